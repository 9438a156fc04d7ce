// The panel of names: the session's variables and definitions, and pinned entries, which this
// browser stores.

import { valueSource } from "./calculator.js";
import { announce, button, byId, element } from "./dom.js";
import { shown, toDigits, toLocal } from "./numbers.js";
import { plotOf } from "./plots.js";
import { outcome } from "./row.js";
import * as session from "./session.js";
import { browser, readJson } from "./session.js";

const pinsName = "abacus.pins";

/**
 * The panel. It calls `insert(name)`, `edit(expression)` and `clear(name, source)`.
 */
export class Names {
  #panel = byId("names");
  #toggle = byId("names-toggle");
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    this.#toggle.addEventListener("click", () => {
      this.#setOpen(!this.#isOpen);
      if (this.#isOpen) byId("names-title").focus();
    });
    // Where the panel covers the log, it closes when the focus moves on.
    this.#panel.addEventListener("focusout", ({ relatedTarget: next }) => {
      if (next && next !== this.#toggle && !next.closest("#names, dialog")) this.close();
    });
    this.#panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isOpen) return;
      this.close();
      this.#toggle.focus();
    });
  }

  /** Shows the names, as GET /session returns them. */
  show({ variables, definitions }) {
    const values = Object.entries(variables);
    const sources = Object.entries(definitions);
    const valueRows = values.map(([name, value]) => {
      const text = ` = ${shown(toDigits(valueSource(value)))}`;
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
  close() {
    this.#setOpen(false);
  }

  /** Returns the row of a name with its source, and what is shown behind the name. */
  #row(name, source, text) {
    const use = button("", "name", () => {
      this.close();
      this.#handlers.insert(name);
    });
    use.append(element("b", {}, name), text);
    use.title = toLocal(source);
    const clear = button("×", "clear", () => this.#handlers.clear(name, source));
    clear.setAttribute("aria-label", `Clear ${name}`);
    return element("li", {}, use, ...this.#plot(name, source), clear);
  }

  #plot(name, source) {
    const statement = plotOf(source);
    if (!statement) return [];
    const plot = button("Plot", "quiet", () => {
      this.close();
      this.#handlers.edit(statement);
    });
    plot.setAttribute("aria-label", `Plot ${name}`);
    return [plot];
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
    return readPins().some((pin) => pin.id === id);
  }

  /** Pins an entry with the text of its result, or unpins it. */
  toggle({ id, expression }, result) {
    const pinned = this.has(id);
    const others = readPins().filter((pin) => pin.id !== id);
    writePins(pinned ? others : [...others, { id, expression, result }]);
    this.show();
    announce(pinned ? "Unpinned" : "Pinned");
  }

  /** Pins the entries that have replaced pinned ones. */
  follow(entries) {
    const pins = readPins().map((pin) => {
      const entry = entries.find(({ replaces }) => replaces === pin.id);
      const result = entry && entry.result !== null ? outcome(entry) : "";
      return entry ? { id: entry.id, expression: entry.expression, result } : pin;
    });
    writePins(pins);
    this.show();
  }

  /** Unpins entries; without ids, all of them. */
  remove(ids = null) {
    writePins(ids ? readPins().filter((pin) => !ids.includes(pin.id)) : []);
    this.show();
  }

  show() {
    fill(byId("pins"), readPins().map((pin) => this.#row(pin)));
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

/** Returns the pins of the present session; another session has its own. */
function readPins() {
  const stored = readJson(pinsName);
  return stored?.session === session.token() ? stored?.pins ?? [] : [];
}

function writePins(pins) {
  const stored = { session: session.token(), pins };
  browser.write(pinsName, pins.length ? JSON.stringify(stored) : null);
}
