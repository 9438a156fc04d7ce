// The functions, constants and operators of the language in the help, loaded when it is opened.

import { isCalled } from "./completion.js";
import { button, byId, element } from "./dom.js";

const titles = { function: "Functions", constant: "Constants", operator: "Operators" };

/** Lists words {name, signature, kind, help}; choosing one closes the dialog with its text. */
export function describe(words, dialog) {
  const groups = Object.entries(titles).map(([kind, title]) => {
    const ofKind = words.filter((word) => word.kind === kind);
    const rows = ofKind.map((word) => element("li", {}, row(word, dialog)));
    if (!rows.length) return [];
    return [element("h3", {}, title), element("ul", { role: "list" }, ...rows)];
  });
  byId("guide").replaceChildren(...groups.flat());
}

function row(word, dialog) {
  const { name, signature, help, kind } = word;
  const start = signature.startsWith(name) ? name : "";
  const code = element("code", {}, element("b", {}, start), signature.slice(start.length));
  const parts = [code, " ", element("span", {}, help)];
  if (kind === "operator") return element("p", {}, ...parts);
  const use = button("", "", () => dialog.close(isCalled(word) ? `${name}(` : name));
  use.append(...parts);
  return use;
}
