// Evaluation: an expression goes into the offline queue and gets a pending row, which becomes the
// row of its entry when the reply comes. An edit goes there as well, and its row shows what it will
// become. While the service cannot be reached, each of these rows says so and shows the result that
// the calculator in this browser gives.

import { delay, queued, refusal, trying } from "./api.js";
import { background, context } from "./calculator.js";
import { announce, showToast } from "./dom.js";
import { spanOf } from "./highlight.js";
import { toLocal } from "./numbers.js";
import { Queue } from "./offline.js";
import { outcome, sentence, totalsOf } from "./row.js";
import * as session from "./session.js";

/** How long a reply may take before a row shows what this browser calculates, in milliseconds. */
const patience = 300;

/**
 * The expressions and edits that have no reply yet, with their rows in a log. It calls `ready`,
 * `planned` and `outdated` as a Queue does, `known()` for the names and the previous result, and
 *
 *   stored(entry, reply), edited(item, entries, reply)  after an answer
 *   editRefused(item, failure)
 *   refused(expression, failure)  puts a wrong expression back into the input, and reports whether
 *                                 it could
 *   deleteRows(ids, text)
 *   withdrawn(expression)         puts a pending expression back into the input
 *   unknownSession()              when the session was deleted
 *   switchSession(token)
 *   changed()                     when `lines`, or whether there are rows, has changed
 */
export class Pending {
  #log;
  #handlers;
  #queue;
  #rows = new Map(); // by item of the queue, in order; null for an edit
  #reasons = new WeakMap(); // why items are pending
  #delayed = false; // whether nothing is being sent
  #announced = new WeakSet(); // items whose result was announced
  #turn = 0;
  #timer = 0;

  /** The lines that the rows add to the context of a preview. */
  lines = [];

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
    this.#queue = new Queue({
      ...handlers,
      answered: (item, reply) => this.#answered(item, reply),
      failed: (item, failure) => this.#failed(item, failure),
      delayed: (item, failure, seconds) => {
        const text = delay(failure, seconds, item.attempts);
        this.#delay(item, text);
        announce(text);
      },
      stopped: (item) => {
        this.#delay(item, "Not calculated yet.");
        handlers.unknownSession();
      },
    });
  }

  /**
   * Sends expressions to be evaluated; with more than one, it says so and offers to undo it. A
   * total is {expression, total}: what was typed, and its word and count (totalsOf).
   */
  evaluate(...expressions) {
    const newest = Math.max(0, ...this.#log.entries.map(({ id }) => id));
    const items = expressions.map((expression) =>
      this.#queue.add(expression.total ? expression : { expression }));
    for (const item of items) this.#add(item);
    if (items.length > 1) this.#offer(items, newest);
  }

  /** Offers to add up the rows of items, whose entries are newer than some, and to delete them. */
  #offer(items, newest) {
    const isOwn = ({ id, expression }) =>
      id > newest && items.some((item) => (item.request ?? item.expression) === expression);
    const entries = () => this.#log.entries.filter(isOwn);
    const lines = `${items.length} lines`;
    showToast(`${lines} were pasted, each in a row of its own.`, {
      "Add their total": () => {
        const isAdded = (one) => one.result !== null && (!one.id || isOwn(one));
        const { length } = this.#log.results().filter(isAdded);
        if (length) this.evaluate({ expression: `total ${length}`, total: ["total", length] });
      },
      Undo: () => {
        for (const item of items.filter((one) => this.#rows.has(one))) {
          this.#queue.remove(item);
          this.#take(item).remove();
        }
        const ids = entries().map(({ id }) => id);
        if (ids.length) this.#handlers.deleteRows(ids, `Deleted the rows of ${lines}.`);
      },
    });
  }

  /** Sends an edit; `undoes` says whether it reverts another edit. */
  edit(edits, undoes) {
    this.#add(this.#queue.add({ edits, undoes }));
  }

  /** Continues with what an earlier page left behind. */
  restore() {
    for (const item of this.#queue.restore()) this.#add(item);
  }

  /** Returns the last edit of an entry, {expression, why, actions}, or undefined (see Log). */
  editOf(id) {
    const isOfEntry = (edit) => this.#log.current(edit.id)?.id === id;
    const item = [...this.#rows.keys()].findLast(({ edits }) => edits?.some(isOfEntry));
    if (!item) return undefined;
    const edit = item.edits.find(isOfEntry);
    const isFirst = this.#delayed && edit === item.edits[0];
    const why = isFirst ? (this.#reasons.get(item) ?? queued) : "";
    return { expression: edit.expression, why, actions: this.#actions(item) };
  }

  /** Continues after `unknownSession`, in the present session. */
  resume() {
    this.#queue.resume();
  }

  /** Calculates the rows from what is known, at once or when no reply has come for a while. */
  update() {
    const turn = ++this.#turn; // ends what is under way
    clearTimeout(this.#timer);
    if (!this.#rows.size && !this.lines.length) return;
    const wait = this.#delayed || this.lines.length ? 0 : patience;
    this.#timer = setTimeout(() => this.#calculate(turn), wait);
  }

  /** Resolves to the expression of a total, which takes rows above its own. */
  async totalFor(item, newContext) {
    const all = totalsOf(...item.total, this.#log.results(this.#rows.get(item)));
    const total = await background.first(newContext, all);
    return total?.source ?? all[0] ?? item.expression;
  }

  /** Calculates the rows one after another, unless the turn is over. */
  async #calculate(turn) {
    const { names, ans } = this.#handlers.known();
    const lines = [];
    for (const item of [...this.#rows.keys()]) {
      for (const part of partsOf(item)) {
        const { id } = part;
        const before = context(names, ans, {}, lines);
        const isOpen = item.total && !item.request;
        const expression = isOpen ? await this.totalFor(item, before) : part.expression;
        const reply = await background.ask(before + expression);
        if (turn !== this.#turn || reply.unavailable) return;
        if (reply.parsed && !reply.error && !reply.random) lines.push(`> ${reply.parsed}`);
        const row = id ? this.#log.find(id) : this.#rows.get(item);
        if (row) this.#show(item, row, expression, reply);
      }
    }
    this.lines = lines;
    this.#handlers.changed();
  }

  #add(item) {
    this.#rows.set(item, item.edits ? null : this.#log.add(item.expression));
    for (const { id } of item.edits ?? []) this.#log.rebuild(id);
    if (this.#delayed) this.#explain(item, queued);
    this.update();
    this.#handlers.changed();
  }

  /** Stops tracking the row of an item, and returns it. */
  #take(item) {
    const row = this.#rows.get(item);
    this.#rows.delete(item);
    this.#delayed = false;
    this.update();
    return row;
  }

  #answered(item, reply) {
    const row = this.#take(item);
    if (!session.join(reply.session)) return this.#answeredElsewhere(item, row, reply.session);
    if (item.edits) {
      const entries = reply.results.map((result, i) => entryOf(result, item.request.expr[i]));
      session.keepNotices(entries);
      return this.#handlers.edited(item, entries, reply);
    }
    const entry = entryOf(reply, item.request ?? item.expression);
    session.keepNotices([entry]);
    this.#log.answer(row, entry);
    announce(sentence(entry, outcome(entry)));
    this.#handlers.stored(entry, reply);
  }

  #answeredElsewhere(item, row, token) {
    if (!item.edits) row.remove();
    this.#handlers.changed();
    const where = "in the session that it was entered in";
    const [{ expression }] = partsOf(item);
    showToast(`${toLocal(expression)} is calculated now, ${where}.`, {
      "Go there": () => this.#handlers.switchSession(token),
    });
  }

  #failed(item, failure) {
    if (failure.session) session.join(failure.session);
    const row = this.#take(item);
    if (item.edits) return this.#handlers.editRefused(item, failure);
    const { expression, total } = item;
    if (total && failure.problem) delete failure.problem.position; // which is in the sum
    if (this.#handlers.refused(expression, failure)) return row.remove();
    const problem = refusal(failure);
    this.#log.refuse(row, expression, problem, spanOf(expression, failure.problem?.position));
    announce(`${expression}: ${problem.detail}. ${problem.hint}`);
  }

  #withdraw(item) {
    this.#queue.remove(item);
    const row = this.#take(item);
    if (item.edits) return this.#log.redraw();
    row.remove();
    this.#handlers.withdrawn(item.expression);
  }

  /** Shows why an item is pending, and that the rows after it are waiting for it. */
  #delay(item, text) {
    this.#delayed = true;
    for (const other of this.#rows.keys()) this.#explain(other, other === item ? text : queued);
    this.update();
  }

  #explain(item, text) {
    this.#reasons.set(item, text);
    const row = this.#rows.get(item) ?? this.#log.find(item.edits[0].id);
    if (row) this.#log.explain(row, text, this.#actions(item)); // else it is not in the log
  }

  #actions(item) {
    return {
      "Try now": () => {
        const [first] = this.#rows.keys();
        this.#explain(first, trying);
        this.#queue.retry();
      },
      "Take back": () => this.#withdraw(item),
    };
  }

  /** Shows in a row what a part of an item gives in this browser. */
  #show(item, row, expression, reply) {
    const text = localResult(reply);
    const hasResult = !reply.error && !reply.random;
    const entry = hasResult ? { ...reply, expression, result: reply.value } : null;
    this.#log.showLocal(row, entry, text);
    if (this.#delayed && !this.#announced.has(item)) {
      announce(entry ? `${sentence(entry, outcome(entry))}. ${text}` : text);
    }
    if (this.#delayed) this.#announced.add(item);
  }
}

/** Returns the entry of a reply, or of a result in one. */
function entryOf({ entry: id, value: result, ...rest }, expression) {
  return { ...rest, id, at: new Date(), expression, result };
}

/** Returns what an item evaluates, in order: {expression}, and in an edit the id it replaces. */
function partsOf({ expression, edits, request }) {
  if (!edits) return [{ expression: request ?? expression }];
  const { expr, replaces } = request ?? {};
  return expr?.map((source, i) => ({ expression: source, id: replaces[i] })) ?? edits;
}

/** Says what a pending expression gives in this browser, given the reply of a preview. */
function localResult(reply) {
  if (reply.error) return `Calculated here, it fails: ${reply.error.detail}.`;
  if (reply.random) return "It is random, so it has no result until it is stored.";
  if (reply.plot) return "It is drawn here.";
  const rates = reply.notices?.find(({ code }) => code === "rates");
  return rates ? `The result was calculated here, with ${rates.message}.` : "Calculated here.";
}
