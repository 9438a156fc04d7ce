// What is said under the input: the preview of the result, how a function is called,
// what is wrong, or, while the input is empty, the keys.

import { byId, element, prose } from "./dom.js";

/** Says what is wrong and what to do about it; nothing is wrong with an empty text. */
export function explain(detail, hint) {
  const problem = byId("problem");
  // A hidden text would describe the input, too, so none is left.
  problem.querySelector(".detail").replaceChildren(...prose(detail));
  problem.querySelector(".hint").replaceChildren(...prose(hint));
  problem.hidden = !detail;
}

/** Shows what the input would give, and how it is read where that is not plain. */
export function foretell(result, reading = "") {
  const nodes = reading ? [" ", element("span", {}, "read as "), element("code", {}, reading)] : [];
  byId("preview").replaceChildren(...(result ? [element("b", {}, result)] : []), ...nodes);
}

/** Shows how the function is called whose parentheses are open at the caret. */
export function instruct(word) {
  const nodes = word ? [element("code", {}, word.signature), ` ${word.help}`] : [];
  byId("signature").replaceChildren(...nodes);
}

/** Shows the keys while there is nothing else to say. */
export function offerKeys(show) {
  byId("help").hidden = !show;
}
