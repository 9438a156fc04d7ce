// What is pinned: entries of the session that stay in reach, kept in this browser.

import { announce, button, byId, element } from "./dom.js";
import * as session from "./session.js";
import { browser } from "./storage.js";

const name = "abacus.pins";

/** The list of pins. It calls `edit(expression)`. */
export class Pins {
  #calls;

  constructor(calls) {
    this.#calls = calls;
  }

  has = (id) => read().some((pin) => pin.id === id);

  /** Pins an entry with the text of its result, or takes the pin off. */
  toggle({ id, expression }, result) {
    const others = read().filter((pin) => pin.id !== id);
    const pinned = this.has(id);
    write(pinned ? others : [...others, { id, expression, result }]);
    this.show();
    announce(pinned ? "Unpinned" : "Pinned");
  }

  /** Takes the pins off those entries; without ids, off all. */
  remove(ids = null) {
    write(ids ? read().filter((pin) => !ids.includes(pin.id)) : []);
    this.show();
  }

  show() {
    const pins = read();
    const rows = pins.map((pin) => {
      const use = button("", "name", () => this.#calls.edit(pin.expression));
      use.append(element("b", {}, pin.expression), pin.result && ` = ${pin.result}`);
      const off = button("×", "clear", () => this.remove([pin.id]));
      off.setAttribute("aria-label", `Unpin ${pin.expression}`);
      return element("li", {}, use, off);
    });
    byId("pins").replaceChildren(...rows);
    byId("pins").parentElement.hidden = !pins.length;
  }
}

/** Pins belong to a session: another one has others, and none of these. */
function read() {
  try {
    const kept = JSON.parse(browser.kept(name));
    return kept?.session === session.token() ? kept.pins : [];
  } catch {
    return [];
  }
}

function write(pins) {
  browser.keep(name, pins.length ? JSON.stringify({ session: session.token(), pins }) : null);
}
