// The rows of what was entered and is not stored yet. While the calculator cannot be
// reached, each says so and shows the result that it has here.

import { Ahead } from "./ahead.js";
import { announce } from "./dom.js";
import { outcome } from "./log.js";
import { sentence } from "./spoken.js";
import { foreseen, queued } from "./words.js";

/**
 * Rows that wait in a log. It calls `known()`, which returns the names and the result before, and `changed()` when what
 * the rows do to them has; `now()` and `back(item)` are what a person can do about a row.
 */
export class Waiting {
  #log;
  #calls;
  #rows = new Map(); // by item of the outbox, in order
  #held = false; // whether nothing is sent at present
  #told = new WeakSet(); // items whose result was announced
  #ahead;

  constructor(log, calls) {
    this.#log = log;
    this.#calls = calls;
    this.#ahead = new Ahead({ foretold: (item, reply) => this.#foretell(item, reply), changed: calls.changed });
  }

  /** What the rows do to the context of a preview, as the lines of one. */
  get lines() {
    return this.#ahead.lines;
  }

  /** Adds the row of an item. */
  add(item) {
    this.#rows.set(item, this.#log.add(item.expression));
    if (this.#held) this.#hold(item, queued);
    this.follow();
  }

  /** Ends the row of an item, and returns it. */
  take(item) {
    const row = this.#rows.get(item);
    this.#rows.delete(item);
    this.#held = false;
    return row;
  }

  /** Says why an item waits, and in the rows after it that they wait for it. */
  hold(item, text) {
    this.#held = true;
    for (const other of this.#rows.keys()) this.#hold(other, other === item ? text : queued);
    this.follow();
  }

  /** Calculates the rows that are held, upon what is known. */
  follow() {
    if (this.#held || this.lines.length) this.#ahead.follow(...this.#calls.known(), this.#held ? [...this.#rows.keys()] : []);
  }

  #hold(item, text) {
    this.#log.hold(this.#rows.get(item), text, { "Try now": this.#calls.now, "Take back": () => this.#calls.back(item) });
  }

  #foretell(item, reply) {
    const row = this.#rows.get(item);
    if (!row) return;
    const text = foreseen(reply);
    const hasResult = !reply.error && !reply.random;
    const entry = hasResult ? { ...reply, expression: item.expression, result: reply.value } : null;
    this.#log.foretell(row, entry, text);
    if (!this.#told.has(item)) announce(entry ? `${sentence(entry, outcome(entry))}. ${text}` : text);
    this.#told.add(item);
  }
}
