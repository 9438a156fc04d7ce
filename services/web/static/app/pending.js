// Pending rows: what was entered and is not stored yet. While the service cannot be reached, each
// says so and shows the result that the calculator in this browser gives.

import { Calculator, context } from "./calculator.js";
import { announce } from "./dom.js";
import { outcome } from "./log.js";
import { localResult, queued, sentence } from "./messages.js";

/**
 * Pending rows in a log. It calls `known()`, which returns the names and the previous result, and
 * `changed()` when `lines` has changed; `retry()` and `withdraw(item)` are actions of a row.
 */
export class Pending {
  #log;
  #handlers;
  #calculator = new Calculator(3000);
  #rows = new Map(); // by item of the queue, in order
  #delayed = false; // whether nothing is being sent
  #announced = new WeakSet(); // items whose result was announced
  #turn = 0;

  /** What the rows add to the context of a preview, as lines. */
  lines = [];

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
  }

  /** Adds the row of an item. */
  add(item) {
    this.#rows.set(item, this.#log.add(item.expression));
    if (this.#delayed) this.#explain(item, queued);
    this.update();
  }

  /** Stops tracking the row of an item, and returns it. */
  take(item) {
    const row = this.#rows.get(item);
    this.#rows.delete(item);
    this.#delayed = false;
    return row;
  }

  /** Says why an item is pending, and that the rows after it wait for it. */
  delay(item, text) {
    this.#delayed = true;
    for (const other of this.#rows.keys()) this.#explain(other, other === item ? text : queued);
    this.update();
  }

  /** Calculates delayed rows from what is known, one after another. */
  async update() {
    if (!this.#delayed && !this.lines.length) return;
    const turn = ++this.#turn;
    const [names, ans] = this.#handlers.known();
    const lines = [];
    for (const item of this.#delayed ? [...this.#rows.keys()] : []) {
      const request = context(names, ans, {}, lines) + item.expression;
      const reply = await this.#calculator.ask(request);
      if (turn !== this.#turn || reply.unavailable === "missing") return;
      if (reply.unavailable) continue;
      if (reply.names?.length) lines.push(reply.parsed);
      if (reply.value != null) lines.push(`ans = ${reply.value}`);
      this.#show(item, reply);
    }
    this.lines = lines;
    this.#handlers.changed();
  }

  #explain(item, text) {
    this.#log.explain(this.#rows.get(item), text, {
      "Try now": this.#handlers.retry,
      "Take back": () => this.#handlers.withdraw(item),
    });
  }

  #show(item, reply) {
    const row = this.#rows.get(item);
    if (!row) return;
    const text = localResult(reply);
    const hasResult = !reply.error && !reply.random;
    const entry = hasResult
      ? { ...reply, expression: item.expression, result: reply.value }
      : null;
    this.#log.showLocal(row, entry, text);
    if (!this.#announced.has(item)) {
      announce(entry ? `${sentence(entry, outcome(entry))}. ${text}` : text);
    }
    this.#announced.add(item);
  }
}
