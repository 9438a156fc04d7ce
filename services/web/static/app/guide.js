// What the language knows, as the help lists it; loaded when it is opened.

import { button, byId, element } from "./dom.js";
import { isCalled } from "./vocabulary.js";

const titles = { function: "Functions", constant: "Constants", operator: "Operators" };

/** Lists words, each {name, signature, kind, help}; a function or constant that is chosen closes the dialog with its text. */
export function describe(words, dialog) {
  const groups = Object.entries(titles).map(([kind, title]) => {
    const rows = words.filter((word) => word.kind === kind).map((word) => element("li", {}, row(word, dialog)));
    return rows.length ? [element("h3", {}, title), element("ul", { role: "list" }, ...rows)] : [];
  });
  byId("guide").replaceChildren(...groups.flat());
}

function row(word, dialog) {
  const [begin, end] = word.signature.startsWith(word.name) ? [word.name, word.signature.slice(word.name.length)] : ["", word.signature];
  const parts = [element("code", {}, element("b", {}, begin), end), " ", element("span", {}, word.help)];
  if (word.kind === "operator") return element("p", {}, ...parts);
  const use = button("", "", () => dialog.close(isCalled(word) ? `${word.name}(` : word.name));
  use.append(...parts);
  return use;
}
