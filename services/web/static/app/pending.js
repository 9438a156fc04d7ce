// Evaluation: an expression goes to the offline queue and gets a pending row, which becomes the row
// of its entry when the reply comes. While the service cannot be reached, each pending row says so
// and shows the result that the calculator in this browser gives.

import { Calculator, context } from "./calculator.js";
import { announce } from "./dom.js";
import { spanOf } from "./highlight.js";
import { outcome } from "./log.js";
import { delay, localResult, queued, refusal, sentence } from "./messages.js";
import { toLocal } from "./numbers.js";
import { Queue } from "./offline.js";
import { showToast } from "./overlay.js";
import * as session from "./session.js";

/**
 * The expressions that have no reply yet, with their rows in a log. It calls
 *
 *   ready()               resolves when an expression may be sent
 *   known()               returns the names and the previous result
 *   stored(entry, reply)  after an answer
 *   refused(expression, failure)
 *                         puts a wrong expression back into the input, and reports whether it could
 *   withdrawn(expression) puts a pending expression back into the input
 *   unknownSession()      when the session was deleted
 *   switchSession(token)
 *   changed()             when `lines`, or whether there are rows, has changed
 */
export class Pending {
  #log;
  #handlers;
  #queue;
  #calculator = new Calculator(10_000);
  #rows = new Map(); // by item of the queue, in order
  #delayed = false; // whether nothing is being sent
  #announced = new WeakSet(); // items whose result was announced
  #turn = 0;

  /** What the rows add to the context of a preview, as lines. */
  lines = [];

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
    this.#queue = new Queue({
      ready: handlers.ready,
      answered: (item, reply) => this.#answered(item, reply),
      failed: (item, failure) => this.#failed(item, failure),
      delayed: (item, failure, seconds) => {
        const text = delay(failure, seconds);
        this.#delay(item, text);
        announce(text);
      },
      stopped: (item) => {
        this.#delay(item, "Not calculated yet.");
        handlers.unknownSession();
      },
    });
  }

  /** Sends an expression to be evaluated. */
  evaluate(expression) {
    this.#add(this.#queue.add(expression));
  }

  /** Goes on with what an earlier page left. */
  restore() {
    for (const item of this.#queue.restore()) this.#add(item);
  }

  /** Goes on after `unknownSession`, in the present session. */
  resume() {
    this.#queue.resume();
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
      if (turn !== this.#turn || reply.unavailable) return;
      if (reply.parsed && !reply.error && !reply.random) lines.push(`> ${reply.parsed}`);
      this.#show(item, reply);
    }
    this.lines = lines;
    this.#handlers.changed();
  }

  #add(item) {
    this.#rows.set(item, this.#log.add(item.expression));
    if (this.#delayed) this.#explain(item, queued);
    this.update();
    this.#handlers.changed();
  }

  /** Stops tracking the row of an item, and returns it. */
  #take(item) {
    const row = this.#rows.get(item);
    this.#rows.delete(item);
    this.#delayed = false;
    return row;
  }

  #answered(item, reply) {
    const row = this.#take(item);
    if (!session.join(reply.session)) return this.#answeredElsewhere(item, row, reply.session);
    const { entry: id, value: result, ...rest } = reply;
    const entry = { ...rest, id, at: new Date(), expression: item.expression, result };
    this.#log.answer(row, entry);
    announce(sentence(entry, outcome(entry)));
    this.#handlers.stored(entry, reply);
  }

  #answeredElsewhere(item, row, token) {
    row.remove();
    this.#handlers.changed();
    const where = "in the session that it was entered in";
    showToast(`${toLocal(item.expression)} is calculated now, ${where}.`, {
      "Go there": () => this.#handlers.switchSession(token),
    });
  }

  #failed(item, failure) {
    if (failure.session) session.join(failure.session);
    const row = this.#take(item);
    const { expression } = item;
    if (this.#handlers.refused(expression, failure)) return row.remove();
    const problem = refusal(failure);
    const position = failure.problem?.position;
    this.#log.refuse(row, expression, problem, position ? spanOf(expression, position) : null);
    announce(`${expression}: ${problem.detail}. ${problem.hint}`);
  }

  #withdraw(item) {
    this.#queue.remove(item);
    this.#take(item).remove();
    this.#handlers.withdrawn(item.expression);
  }

  /** Says why an item is pending, and that the rows after it wait for it. */
  #delay(item, text) {
    this.#delayed = true;
    for (const other of this.#rows.keys()) this.#explain(other, other === item ? text : queued);
    this.update();
  }

  #explain(item, text) {
    this.#log.explain(this.#rows.get(item), text, {
      "Try now": () => this.#queue.retry(),
      "Take back": () => this.#withdraw(item),
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
