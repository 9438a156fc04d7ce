// What waits to be sent, calculated here in the meantime: what the service will
// probably answer, and what that does to the names and to `ans`.

import { context, startWorker } from "./preview.js";

/** Calculates ahead. It calls `foretold(item, reply)`, with the reply of a preview, and `changed()` at the end. */
export class Ahead {
  #calls;
  #worker = null;
  #asked = []; // what is called with an answer of the worker, in order
  #turn = 0;

  /** What the items do to the context of a preview, as the lines of one. */
  lines = [];

  constructor(calls) {
    this.#calls = calls;
  }

  /** Calculates items, one after the other, upon the names and the result before. */
  async follow(names, ans, items) {
    const turn = ++this.#turn;
    const lines = [];
    for (const item of items) {
      const reply = await this.#calculate(context(names, ans, {}, lines) + item.expression);
      if (turn !== this.#turn) return;
      if (reply.names?.length) lines.push(reply.parsed);
      if (reply.value != null) lines.push(`ans = ${reply.value}`);
      this.#calls.foretold(item, reply);
    }
    this.lines = lines;
    this.#calls.changed();
  }

  #calculate(request) {
    this.#worker ??= this.#start();
    this.#worker.postMessage([request]);
    return new Promise((answer) => this.#asked.push(answer));
  }

  #start() {
    const worker = startWorker();
    worker.addEventListener("message", ({ data }) => {
      // Where the module is missing, everything just waits.
      if (data !== "ready" && data !== "broken") this.#asked.shift()(data);
    });
    return worker;
  }
}
