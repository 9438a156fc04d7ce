// The panel of the session's variables and definitions.

import { button, byId, element } from "./dom.js";
import { plotOf } from "./plots.js";

/** The panel. It calls `insert(name)`, `edit(expression)` and `clear(name, source)`. */
export class Names {
  #calls;

  constructor(calls) {
    this.#calls = calls;
    const toggle = byId("names-toggle");
    toggle.addEventListener("click", () => {
      this.#open(!this.#isOpen);
      if (this.#isOpen) byId("names-title").focus();
    });
    // Where the panel lies over the log, it must not cover what has the focus.
    byId("names").addEventListener("focusout", ({ relatedTarget: next }) => {
      if (next && next !== toggle && !next.closest("#names, dialog")) this.#open(false);
    });
    byId("names").addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.#isOpen) return;
      this.#open(false);
      toggle.focus();
    });
  }

  /** Shows what GET /session answered. */
  show({ variables, definitions }) {
    const values = Object.entries(variables);
    const sources = Object.entries(definitions);
    fill(byId("variables"), values.map(([name, value]) => this.#row(name, `${name} = ${value}`)));
    fill(byId("definitions"), sources.map(([name, source]) => this.#row(name, source)));
    const none = values.length + sources.length === 0;
    byId("names").querySelector(".empty").hidden = !none;
    byId("clear-names").hidden = none;
  }

  /** Closes the panel where it lies over the log. */
  close() {
    this.#open(false);
  }

  #row(name, source) {
    const use = button("", "name", () => {
      this.close();
      this.#calls.insert(name);
    });
    use.append(element("b", {}, name), source.slice(name.length));
    const clear = button("×", "clear", () => this.#calls.clear(name, source));
    clear.setAttribute("aria-label", `Clear ${name}`);
    return element("li", {}, use, ...this.#plot(name, source), clear);
  }

  #plot(name, source) {
    const statement = plotOf(source);
    if (!statement) return [];
    const plot = button("Plot", "quiet", () => {
      this.close();
      this.#calls.edit(statement);
    });
    plot.setAttribute("aria-label", `Plot ${name}`);
    return [plot];
  }

  get #isOpen() {
    return byId("names").classList.contains("open");
  }

  #open(open) {
    byId("names").classList.toggle("open", open);
    byId("names-toggle").setAttribute("aria-expanded", String(open));
  }
}

function fill(list, rows) {
  list.replaceChildren(...rows);
  list.parentElement.hidden = rows.length === 0;
}
