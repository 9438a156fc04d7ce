// The vocabulary: the names that an expression can use, and the list that completes them while
// typing. The text area keeps the focus and points to the chosen option, as in the combobox pattern
// of the ARIA Authoring Practices; the role itself is not allowed on a text area. Also the examples
// for the first visit.

import { byId, choose, element } from "./dom.js";
import { displayed, shown, toLocal } from "./numbers.js";
import { token as sessionToken } from "./session.js";

/** The names of the language by their kind; the bundler writes them here. */
const kinds = KINDS;

/** The names of the language and of the session, each {name, signature, kind, help}. */
export class Vocabulary {
  #language = new Map();
  #session = new Map();

  constructor() {
    for (const [kind, names] of Object.entries(kinds)) {
      this.describe(names.map((name) => ({ name, signature: name, kind, help: "" })));
    }
  }

  /** Adds descriptions of names of the language. */
  describe(language) {
    for (const about of language) this.#language.set(about.name, about);
  }

  /** Replaces the names of the session, as GET /session returns them. */
  use({ variables, definitions }) {
    this.#session.clear();
    for (const [name, value] of Object.entries(variables)) {
      const help = `= ${displayed(value)}`;
      this.#session.set(name, { name, signature: name, kind: "variable", help });
    }
    for (const [name, source] of Object.entries(definitions)) {
      const [signature] = source.split(" = ", 1);
      const help = source.slice(signature.length).trim();
      this.#session.set(name, { name, signature, kind: "definition", help });
    }
  }

  /** Returns what is known about a name, or undefined. */
  find(name) {
    return this.#session.get(name) ?? this.#language.get(name);
  }

  /** Returns the kind of a name, "unknown" if nothing is known about it. */
  kindOf(name) {
    return this.find(name)?.kind ?? "unknown";
  }

  /** Returns the names that start with a text, those of the session first. */
  startingWith(text) {
    const all = [...this.#session.values(), ...this.#language.values()];
    return all.filter(({ name }) => name.startsWith(text));
  }
}

/** Reports whether a name is called with parentheses. */
export const isCalled = ({ kind }) => kind === "function" || kind === "definition";

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
    this.#chosen = index;
    choose(this.#list, this.#area, index);
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

/** Returns the name that ends at the caret, an empty one if a name can start there, or null. */
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

/** Makes the examples of the first visit call `edit(text)`. A session shows its history instead. */
export function prepareExamples(edit) {
  byId("examples").hidden = sessionToken() !== null;
  for (const example of document.querySelectorAll(".example")) {
    const [code] = example.children;
    example.addEventListener("click", () => edit(code.textContent));
  }
  showExamples();
}

/** Shows the examples in the person's number format. */
export function showExamples() {
  for (const { children: [code, output], dataset } of document.querySelectorAll(".example")) {
    dataset.source ??= code.textContent;
    dataset.result ??= output.textContent;
    code.textContent = toLocal(dataset.source);
    output.textContent = shown(dataset.result);
  }
}
