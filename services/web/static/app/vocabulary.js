// The vocabulary: the names that an expression can use, the list that completes them while typing,
// and the help, which lists them all. The text area keeps the focus and points to the chosen
// option, as in the combobox pattern of the ARIA Authoring Practices; the role itself is not
// allowed on a text area.

import { valueSource } from "./calculator.js";
import { button, byId, element } from "./dom.js";
import { shown, toLocal } from "./numbers.js";
import { openDialog } from "./overlay.js";

/** The reply of GET /functions; the bundler writes it here. */
const functions = FUNCTIONS;

/** The names of the language and of the session, each {name, signature, kind, help}. */
export class Vocabulary {
  #language = new Map(functions.map((about) => [about.name, about]));
  #session = new Map();

  /** Replaces the names of the session, as GET /session returns them. */
  use({ variables, definitions }) {
    this.#session.clear();
    for (const [name, value] of Object.entries(variables)) {
      const help = `= ${valueSource(value)}`;
      this.#session.set(name, { name, signature: name, kind: "variable", help });
    }
    for (const [name, source] of Object.entries(definitions)) {
      const [signature] = source.split(" = ", 1);
      const help = source.slice(signature.length).trim();
      this.#session.set(name, { name, signature, kind: "definition", help });
    }
  }

  /** The names of the language, in its own order. */
  get language() {
    return [...this.#language.values()];
  }

  /** Returns what is known about a name, or undefined. */
  find(name) {
    return this.#session.get(name) ?? this.#language.get(name);
  }

  /** Returns the names that start with a text, those of the session first. */
  startingWith(text) {
    const all = [...this.#session.values(), ...this.#language.values()];
    return all.filter(({ name }) => name.startsWith(text));
  }
}

/** Reports whether a name is called with parentheses. */
const isCalled = ({ kind }) => kind === "function" || kind === "definition";

/** How many letters open the list. */
const enough = 2;

/** The list for a text area. It calls `accept(start, end, text)`. */
export class Completion {
  #list = byId("completions");
  #area;
  #vocabulary;
  #accept;
  #word = null;
  #options = [];
  #chosen = -1;

  constructor(area, vocabulary, accept) {
    this.#area = area;
    this.#vocabulary = vocabulary;
    this.#accept = accept;
    area.addEventListener("blur", () => this.close());
    // A press must not take the focus from the text.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const index = [...this.#list.children].indexOf(event.target.closest("[role=option]"));
      if (index >= 0) this.#take(index);
    });
  }

  /** Opens, changes or closes the list for the word before the caret. */
  update(tokens) {
    const word = wordAt(this.#area, tokens);
    if (word?.text.length >= enough) this.#show(word);
    else this.close();
  }

  /** Opens the list for any word before the caret, even an empty one. */
  open(tokens) {
    const word = wordAt(this.#area, tokens);
    if (word) this.#show(word);
    else this.close();
  }

  close() {
    if (this.#list.hidden) return;
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#choose(-1);
  }

  /** Handles a key of the text area while the list is open, and reports whether it did. */
  key({ key, shiftKey }) {
    if (this.#list.hidden || shiftKey) return false;
    const count = this.#options.length;
    switch (key) {
      case "ArrowDown":
        this.#choose((this.#chosen + 1) % count);
        return true;
      case "ArrowUp":
        this.#choose(this.#chosen <= 0 ? count - 1 : this.#chosen - 1);
        return true;
      case "Tab":
        this.#take(Math.max(this.#chosen, 0));
        return true;
      case "Enter":
        if (this.#chosen < 0) return false;
        this.#take(this.#chosen);
        return true;
      case "Escape":
        this.close();
        return true;
    }
    return false;
  }

  #show(word) {
    const options = this.#vocabulary.startingWith(word.text);
    const complete = options.length === 1 && options[0].name === word.text;
    if (!options.length || complete) return this.close();
    this.#word = word;
    this.#options = options;
    this.#list.replaceChildren(...options.map(option));
    this.#list.hidden = false;
    this.#choose(-1);
  }

  #choose(index) {
    this.#list.children[this.#chosen]?.setAttribute("aria-selected", "false");
    this.#chosen = index;
    const chosen = this.#list.children[index];
    if (!chosen) return this.#area.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.#area.setAttribute("aria-activedescendant", chosen.id);
  }

  #take(index) {
    const taken = this.#options[index];
    const { start, end } = this.#word;
    const called = isCalled(taken) && this.#area.value[end] !== "(";
    this.close();
    this.#accept(start, end, called ? `${taken.name}(` : taken.name);
  }
}

function option({ name, signature, help }, index) {
  const rest = signature.startsWith(name) ? signature.slice(name.length) : "";
  const attributes = { role: "option", id: `completion-${index}`, "aria-selected": "false" };
  const code = element("code", {}, element("b", {}, name), rest);
  return element("li", attributes, code, " ", element("span", {}, help));
}

/** Returns the name that ends at the caret, an empty one where a name can start, or null. */
function wordAt({ value, selectionStart: caret, selectionEnd }, tokens) {
  if (caret !== selectionEnd) return null;
  const token = tokens.find(({ start, end }) => start < caret && caret <= end);
  const ends = token?.end === caret;
  if (token?.kind === "name" && ends) {
    return { start: token.start, end: caret, text: value.slice(token.start, caret) };
  }
  const free = !token || token.kind === "open" || (token.kind === "operator" && ends);
  return free ? { start: caret, end: caret, text: "" } : null;
}

const titles = { operator: "Operators", function: "Functions", constant: "Constants" };

/** Opens the help for words {name, signature, kind, help}; resolves to the text chosen or "". */
export function openGuide(words) {
  const dialog = byId("keys");
  const closed = openDialog(dialog);
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
  return closed;
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

/** Shows the examples of the first visit in the person's number format. */
/** Has the examples of the first visit call `edit(text)`. */
export function prepareExamples(edit) {
  for (const example of document.querySelectorAll(".example")) {
    const [code] = example.children;
    example.addEventListener("click", () => edit(code.textContent));
  }
  showExamples();
}

export function showExamples() {
  for (const { children: [code, output], dataset } of document.querySelectorAll(".example")) {
    dataset.source ??= code.textContent;
    dataset.result ??= output.textContent;
    code.textContent = toLocal(dataset.source);
    output.textContent = shown(dataset.result);
  }
}
