// The names of an expression: those of the language and of the session, the list that completes
// them while typing, and the panel of the session's names with the entries that are pinned, which
// this browser stores.

import * as api from "./api.js";
import { sourceOf } from "./calculator.js";
import {
  announce, button, byId, confirm, element, focusReturn, Options, showToast,
} from "./dom.js";
import { displayed, shown, toLocal } from "./numbers.js";
import { plotOf } from "./plots.js";
import { outcome } from "./row.js";
import * as session from "./session.js";

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

/** The list that completes names in a text area. It calls `accept(start, end, text)`. */
export class Completion {
  #area;
  #vocabulary;
  #accept;
  #options;
  #word = null;
  #names = [];

  constructor(area, vocabulary, accept) {
    this.#area = area;
    this.#vocabulary = vocabulary;
    this.#accept = accept;
    this.#options = new Options(byId("completions"), area, (index) => this.#take(index));
    area.addEventListener("blur", () => this.close());
  }

  /** Opens the list for a word before the caret that has enough letters, or closes it. */
  update(tokens, letters = enough) {
    const word = wordAt(this.#area, tokens);
    const names = word?.text.length >= letters ? this.#vocabulary.startingWith(word.text) : [];
    const isComplete = names.length === 1 && names[0].name === word.text;
    if (!names.length || isComplete) return this.close();
    this.#word = word;
    this.#names = names;
    this.#options.show(names.map(option));
  }

  close() {
    this.#options.show([]);
  }

  /** Handles a key of the text area while the list is open, and reports whether it did. */
  key(event) {
    const { chosen, isOpen } = this.#options;
    if (!isOpen || event.shiftKey) return false;
    if (this.#options.key(event)) return true;
    if (event.key === "Escape") this.close();
    else if (event.key === "Tab") this.#take(Math.max(chosen, 0));
    else return false;
    return true;
  }

  #take(index) {
    const taken = this.#names[index];
    const { start, end } = this.#word;
    const called = isCalled(taken) && this.#area.value[end] !== "(";
    this.close();
    this.#accept(start, end, called ? `${taken.name}(` : taken.name);
  }
}

function option({ name, signature, help }) {
  const rest = signature.startsWith(name) ? signature.slice(name.length) : "";
  const code = element("code", {}, element("b", {}, name), rest);
  return element("li", {}, code, " ", element("span", {}, help));
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

/**
 * The panel of the session's names. It calls `insert(name)`, `edit(expression)`, `renew()` for what
 * uses older values, `restore(source)` for a name that was cleared, and `changed()` after it has
 * cleared some.
 */
export class Names {
  #panel = byId("names");
  #toggle = byId("names-toggle");
  #handlers;
  #names = { variables: {}, definitions: {} };
  #stale = [];

  constructor(handlers) {
    this.#handlers = handlers;
    byId("clear-names").addEventListener("click", () => this.#clearAll());
    this.#toggle.addEventListener("click", () => {
      this.#setOpen(!this.#isOpen);
      if (this.#isOpen) byId("names-title").focus();
    });
    const leave = () => {
      this.#close();
      this.#toggle.focus();
    };
    this.#panel.addEventListener("dismiss", () => {
      leave();
      focusReturn()();
    });
    // Where the panel covers the log, it closes when the focus moves on.
    this.#panel.addEventListener("focusout", ({ relatedTarget: next }) => {
      if (next && next !== this.#toggle && !next.closest("#names, dialog")) this.#close();
    });
    this.#panel.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && this.#isOpen) leave();
    });
  }

  /** Shows the names, as GET /session returns them. */
  show(names) {
    this.#names = names;
    const { variables, definitions } = names;
    const rows = Object.entries(variables).map(([name, value]) =>
      this.#row(name, ` = ${shown(displayed(value))}`),
    );
    const sourceRows = Object.entries(definitions).map(([name, source]) =>
      this.#row(name, toLocal(source).slice(name.length)),
    );
    fill(byId("variables"), rows);
    fill(byId("definitions"), sourceRows);
    const isEmpty = rows.length + sourceRows.length === 0;
    this.#panel.querySelector(".empty").hidden = !isEmpty;
    byId("clear-names").hidden = isEmpty;
  }

  /** Marks the names that were calculated from values that others no longer have. */
  markStale(stale) {
    if (String(stale) === String(this.#stale)) return; // a control may have the focus
    this.#stale = stale;
    this.show(this.#names);
  }

  /** Closes the panel where it covers the log. */
  #close() {
    this.#setOpen(false);
  }

  /** Returns the row of a name, with the text that is shown after it. */
  #row(name, text) {
    const source = sourceOf(name, this.#names);
    const act = (label, does) => {
      const node = button(label, "quiet", () => {
        this.#close();
        does();
      });
      node.setAttribute("aria-label", `${label} ${name}`);
      return node;
    };
    const plot = plotOf(source);
    const row = listRow([name, text], () => {
      this.#close();
      this.#handlers.insert(name);
    }, `Clear ${name}`, () => this.#clear(name, source));
    row.firstChild.title = toLocal(source);
    if (plot) row.lastChild.before(act("Plot", () => this.#handlers.edit(plot)));
    if (this.#stale.includes(name)) {
      row.className = "stale";
      row.lastChild.before(act("Recalculate", this.#handlers.renew));
    }
    return row;
  }

  async #clear(name, source) {
    try {
      await api.clear(session.token(), name);
      const putBack = () => this.#handlers.restore(source);
      showToast(`Cleared ${source}.`, { Undo: putBack });
    } catch (failure) {
      showToast(api.trouble(`${name} is not cleared`, failure));
    }
    this.#handlers.changed();
  }

  /** Clears all names if the person agrees. */
  async #clearAll() {
    const text = "All variables and definitions of this session are removed. The history stays.";
    if (!(await confirm("Clear all names?", text, "Clear names", { deletes: true }))) return;
    this.#close();
    try {
      await api.clear(session.token());
      announce("All names are cleared");
    } catch (failure) {
      const retry = { "Try again": () => this.#clearAll() };
      showToast(api.trouble("The names are not cleared", failure), retry);
    }
    this.#handlers.changed();
  }

  get #isOpen() {
    return this.#panel.classList.contains("open");
  }

  #setOpen(open) {
    this.#panel.classList.toggle("open", open);
    this.#toggle.setAttribute("aria-expanded", String(open));
  }
}

/** The list of pinned entries. It calls `edit(expression)`. */
export class Pins {
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
  }

  has(id) {
    return session.readOwn("pins").some((pin) => pin.id === id);
  }

  /** Pins an entry with the text of its result, or unpins it. */
  toggle({ id, expression }, result) {
    if (this.has(id)) this.remove([id]);
    else this.#store([...session.readOwn("pins"), { id, expression, result }]);
    showToast(this.has(id) ? "Pinned: it is in Names." : "Unpinned.");
  }

  /** Pins the entries that have replaced pinned ones, instead of those. */
  follow(entries) {
    const pins = session.readOwn("pins").map((pin) => {
      const entry = entries.find(({ replaces }) => replaces === pin.id);
      const result = entry && entry.result !== null ? outcome(entry) : "";
      return entry ? { id: entry.id, expression: entry.expression, result } : pin;
    });
    this.#store(pins);
  }

  /** Unpins entries; without ids, all of them. */
  remove(ids = null) {
    this.#store(session.readOwn("pins").filter(({ id }) => ids && !ids.includes(id)));
  }

  show() {
    const rows = session.readOwn("pins").map(({ id, expression, result }) =>
      listRow([toLocal(expression), result && ` = ${shown(result)}`],
        () => this.#handlers.edit(expression), `Unpin ${expression}`, () => this.remove([id])),
    );
    fill(byId("pins"), rows);
  }

  #store(pins) {
    session.writeOwn("pins", pins);
    this.show();
  }
}

/** Returns a row of the panel: a name with a text, which can be used, and removed by its label. */
function listRow([name, text], use, label, remove) {
  const row = element("li", {}, button("", "name", use), button("×", "clear", remove));
  row.firstChild.append(element("b", {}, name), text);
  row.lastChild.setAttribute("aria-label", label);
  return row;
}

function fill(list, rows) {
  list.replaceChildren(...rows);
  list.parentElement.hidden = rows.length === 0;
}
