// The help: examples, then operators, functions and constants of the language, with a search.

import { isCalled } from "./completion.js";
import { button, byId, element } from "./dom.js";
import { toLocal } from "./numbers.js";

const titles = { operator: "Operators", function: "Functions", constant: "Constants" };

/** Shows the help for words {name, signature, kind, help}. A choice closes it with its text. */
export function showGuide(words, dialog) {
  const search = byId("guide-search");
  const examples = [...document.querySelectorAll("#examples section")].map((section) => {
    const rows = [...section.querySelectorAll(".example")].map((example) => {
      const [code, output] = example.children;
      return row(dialog, code.textContent, code.textContent, output.textContent);
    });
    return { title: section.querySelector("h3").textContent, rows };
  });
  const groups = Object.entries(titles).map(([kind, title]) => {
    const ofKind = words.filter((word) => word.kind === kind);
    return { title, rows: ofKind.map((word) => wordRow(dialog, word)) };
  });
  const all = [...examples, ...groups].filter(({ rows }) => rows.length);
  const show = () => {
    const wanted = search.value.trim().toLowerCase();
    const matching = all.map(({ title, rows }) => {
      const found = rows.filter((one) => one.textContent.toLowerCase().includes(wanted));
      if (!found.length) return [];
      return [element("h3", {}, title), element("ul", { role: "list" }, ...found)];
    });
    const nodes = matching.flat();
    byId("guide").replaceChildren(...(nodes.length ? nodes : [element("p", {}, "No matches")]));
  };
  search.value = "";
  search.oninput = show;
  show();
}

function wordRow(dialog, word) {
  const { name, signature, help, kind } = word;
  const text = kind === "operator" ? null : isCalled(word) ? `${name}(` : name;
  const start = signature.startsWith(name) ? name : "";
  return row(dialog, text, signature, help, start.length);
}

/** Returns a row with code, of which the first letters stand out, and its help. */
function row(dialog, text, code, help, bold = 0) {
  const start = element("b", {}, code.slice(0, bold));
  const parts = [element("code", {}, start, toLocal(code.slice(bold))), " "];
  parts.push(element("span", {}, help));
  if (text === null) return element("li", {}, element("p", {}, ...parts));
  const use = button("", "", () => dialog.close(text));
  use.append(...parts);
  return element("li", {}, use);
}
