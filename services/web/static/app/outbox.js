// What was entered and has no answer yet: sent one after the other, in order,
// kept across reloads, each with a key that makes repeating it harmless.

import { evaluate } from "./api.js";
import * as session from "./session.js";
import { browser } from "./storage.js";

const name = "abacus.outbox";

/** Seconds between attempts while no answer comes. */
const pauses = [1, 2, 4, 8, 15];

/**
 * Sends expressions. It calls `ready()`, which resolves when one may be sent, and
 * with the item that `add` returned,
 *
 *   answered(item, reply)
 *   failed(item, failure)            it will not be sent again
 *   waiting(item, failure, seconds)  it will be, after so many seconds
 *   stopped(item, failure)           the session is not known: see `resume`
 */
export class Outbox {
  #calls;
  #items = [];
  #sending = false;
  #wake = null;
  #unknown = null; // the session that `stopped` was about

  constructor(calls) {
    this.#calls = calls;
    addEventListener("online", () => this.hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.hurry());
  }

  /** Takes an expression and sends it when its turn comes. */
  add(expression) {
    const item = { key: newKey(), expression, attempts: 0 };
    this.#items.push(item);
    write([...read(), item]);
    this.#send();
    return item;
  }

  /** Takes over what an earlier page left, and returns it. */
  restore() {
    this.#items = read().map((item) => ({ ...item, attempts: 0 }));
    this.#send();
    return [...this.#items];
  }

  /** Gives up an item. A repeat that is under way may still be done. */
  remove(item) {
    this.#items = this.#items.filter((other) => other !== item);
    write(read().filter((other) => other.key !== item.key));
    this.hurry();
  }

  /** Makes the next attempt now. */
  hurry() {
    this.#wake?.();
    this.#send();
  }

  /** Goes on after `stopped`, in the session of now: of those in the unknown one nothing is done. */
  resume() {
    for (const item of this.#items) if (item.session === this.#unknown) this.#keep(item, undefined);
    this.#unknown = null;
    this.#send();
  }

  /** Keeps with an item, across reloads, which session it goes to. */
  #keep(item, session) {
    item.session = session;
    write(read().map((other) => (other.key === item.key ? { ...other, session } : other)));
  }

  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#items.length && (await this.#attempt(this.#items[0])));
    } finally {
      this.#sending = false;
    }
  }

  /** Sends an item once, and tells whether to go on with the queue. */
  async #attempt(item) {
    // A repeat goes to the session of the first attempt, even if another tab has
    // changed it: only there does the key tell that it is a repeat.
    if (item.session === undefined) this.#keep(item, session.token() ?? "");
    let reply;
    await this.#calls.ready();
    try {
      reply = await evaluate(item.session, item.expression, item.key);
    } catch (failure) {
      return this.#postpone(item, failure);
    }
    if (this.#items.includes(item)) this.#finish(item, () => this.#calls.answered(item, reply));
    return true;
  }

  async #postpone(item, failure) {
    if (!this.#items.includes(item)) return true;
    if (failure.kind === "session") {
      this.#unknown = item.session;
      this.#calls.stopped(item, failure);
      return false;
    }
    if (failure.passing) await this.#pause(item, failure);
    else this.#finish(item, () => this.#calls.failed(item, failure));
    return true;
  }

  #finish(item, tell) {
    this.remove(item);
    tell();
  }

  async #pause(item, failure) {
    const seconds = failure.wait ?? pauses[Math.min(item.attempts, pauses.length - 1)];
    item.attempts++;
    this.#calls.waiting(item, failure, seconds);
    await new Promise((wake) => {
      this.#wake = wake;
      setTimeout(wake, seconds * 1000);
    });
    this.#wake = null;
  }
}

function read() {
  try {
    return JSON.parse(browser.kept(name)) ?? [];
  } catch {
    return [];
  }
}

function write(items) {
  browser.keep(name, items.length ? JSON.stringify(items) : null);
}

/** Returns 128 random bits. randomUUID is for https alone. */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
