// Hints under the input: the preview of the result, the signature of a function, what is wrong,
// or, while the input is empty, the keys.

import { byId, element, prose } from "./dom.js";

/** Shows what is wrong and what to do about it; an empty detail shows nothing. */
export function showProblem(detail, hint) {
  const problem = byId("problem");
  // The input is described by this text even while it is hidden, so none must stay.
  problem.querySelector(".detail").replaceChildren(...prose(detail));
  problem.querySelector(".hint").replaceChildren(...prose(hint));
  problem.hidden = !detail;
}

/** Shows the result of the input, and its canonical form if that is given. */
export function showPreview(result, parsed = "") {
  const reading = [" ", element("span", {}, "read as "), element("code", {}, parsed)];
  const nodes = result ? [element("b", {}, result)] : [];
  byId("preview").replaceChildren(...nodes, ...(parsed ? reading : []));
}

/** Shows the signature of the function whose arguments are being typed. */
export function showSignature(about) {
  const nodes = about ? [element("code", {}, about.signature), ` ${about.help}`] : [];
  byId("signature").replaceChildren(...nodes);
}

/** Shows or hides the keys. */
export function showKeys(show) {
  byId("help").hidden = !show;
}
