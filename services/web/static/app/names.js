// The panel of names: the session's variables and definitions, and pinned entries, which this
// browser stores.

import * as api from "./api.js";
import { valueSource } from "./calculator.js";
import { announce, button, byId, confirm, element, focusReturn, showToast } from "./dom.js";
import { displayed, shown, toLocal } from "./numbers.js";
import { plotOf } from "./plots.js";
import { outcome } from "./row.js";
import * as session from "./session.js";

/**
 * The panel. It calls `insert(name)`, `edit(expression)`, `restore(source)` for a name that was
 * cleared, and `changed()` after it has cleared some.
 */
export class Names {
  #panel = byId("names");
  #toggle = byId("names-toggle");
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    byId("clear-names").addEventListener("click", () => this.#clearAll());
    this.#toggle.addEventListener("click", () => {
      this.#setOpen(!this.#isOpen);
      if (this.#isOpen) byId("names-title").focus();
    });
    this.#panel.addEventListener("dismiss", () => {
      this.#close();
      this.#toggle.focus();
      focusReturn()();
    });
    // Where the panel covers the log, it closes when the focus moves on.
    this.#panel.addEventListener("focusout", ({ relatedTarget: next }) => {
      if (next && next !== this.#toggle && !next.closest("#names, dialog")) this.#close();
    });
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isOpen) return;
      this.#close();
      this.#toggle.focus();
    });
  }

  /** Shows the names, as GET /session returns them. */
  show({ variables, definitions }) {
    const values = Object.entries(variables);
    const sources = Object.entries(definitions);
    const valueRows = values.map(([name, value]) => {
      const text = ` = ${shown(displayed(value))}`;
      return this.#row(name, `${name} = ${valueSource(value)}`, text);
    });
    const sourceRows = sources.map(([name, source]) =>
      this.#row(name, source, toLocal(source).slice(name.length)),
    );
    fill(byId("variables"), valueRows);
    fill(byId("definitions"), sourceRows);
    const none = values.length + sources.length === 0;
    this.#panel.querySelector(".empty").hidden = !none;
    byId("clear-names").hidden = none;
  }

  /** Closes the panel where it covers the log. */
  #close() {
    this.#setOpen(false);
  }

  /** Returns the row of a name with its source, and the text that is shown after the name. */
  #row(name, source, text) {
    const use = button("", "name", () => {
      this.#close();
      this.#handlers.insert(name);
    });
    use.append(element("b", {}, name), text);
    use.title = toLocal(source);
    const clear = button("×", "clear", () => this.#clear(name, source));
    clear.setAttribute("aria-label", `Clear ${name}`);
    return element("li", {}, use, ...this.#plot(name, source), clear);
  }

  #plot(name, source) {
    const statement = plotOf(source);
    if (!statement) return [];
    const plot = button("Plot", "quiet", () => {
      this.#close();
      this.#handlers.edit(statement);
    });
    plot.setAttribute("aria-label", `Plot ${name}`);
    return [plot];
  }

  async #clear(name, source) {
    try {
      await api.clear(session.token(), name);
      const putBack = () => this.#handlers.restore(source);
      showToast(`Cleared ${source}.`, { "Put back": putBack });
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
    const pinned = this.has(id);
    const others = session.readOwn("pins").filter((pin) => pin.id !== id);
    session.writeOwn("pins", pinned ? others : [...others, { id, expression, result }]);
    this.show();
    showToast(pinned ? "Unpinned." : "Pinned: it is in Names.");
  }

  /** Pins the entries that have replaced pinned ones, instead of those. */
  follow(entries) {
    const pins = session.readOwn("pins").map((pin) => {
      const entry = entries.find(({ replaces }) => replaces === pin.id);
      const result = entry && entry.result !== null ? outcome(entry) : "";
      return entry ? { id: entry.id, expression: entry.expression, result } : pin;
    });
    session.writeOwn("pins", pins);
    this.show();
  }

  /** Unpins entries; without ids, all of them. */
  remove(ids = null) {
    const pins = session.readOwn("pins");
    session.writeOwn("pins", ids ? pins.filter(({ id }) => !ids.includes(id)) : []);
    this.show();
  }

  show() {
    fill(byId("pins"), session.readOwn("pins").map((pin) => this.#row(pin)));
  }

  #row({ id, expression, result }) {
    const use = button("", "name", () => this.#handlers.edit(expression));
    use.append(element("b", {}, toLocal(expression)), result && ` = ${shown(result)}`);
    const unpin = button("×", "clear", () => this.remove([id]));
    unpin.setAttribute("aria-label", `Unpin ${expression}`);
    return element("li", {}, use, unpin);
  }
}

function fill(list, rows) {
  list.replaceChildren(...rows);
  list.parentElement.hidden = rows.length === 0;
}
