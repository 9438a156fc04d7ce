// Working without the service: the offline queue of expressions to be sent, what to repeat after an
// outage, and the service worker that keeps the page itself available.

import * as api from "./api.js";
import { hideToast, showToast } from "./dom.js";
import * as session from "./session.js";
import { browser, readJson } from "./session.js";

const queueName = "abacus.outbox";

/** Seconds between attempts while no reply comes. */
const backoff = [1, 2, 4, 8, 15];

/** How often the service may fail with an item before the page asks whether it is well. */
const enoughAttempts = 4;

/**
 * The offline queue: sends expressions and edits one after another, in order. Items survive
 * reloads, and each has a key that makes a repeat harmless. It calls, with an item that `add`
 * returned, and goes on once these resolve:
 *
 *   ready(item)                       resolves when the item may be sent
 *   planned(item)                     resolves to the request of an edit (api.replace) or the
 *                                     expression of a total, or to null
 *   outdated()                        resolves when what has changed elsewhere is known
 *   answered(item, reply)
 *   failed(item, failure)             it will not be sent again
 *   delayed(item, failure, seconds)   it will, after that many seconds
 *   stopped(item)                     its session is unknown: see `resume`
 */
export class Queue {
  #handlers;
  #items = [];
  #sending = false;
  #wake = null;
  #unknown = null; // the session that `stopped` was about

  constructor(handlers) {
    this.#handlers = handlers;
    addEventListener("online", () => this.retry());
    document.addEventListener("visibilitychange", () => document.hidden || this.retry());
  }

  /** Adds {expression} or an edit to the queue, and returns its item. */
  add(content) {
    const item = { key: newKey(), ...content, attempts: 0 };
    this.#items.push(item);
    write([...read(), item]);
    this.#send();
    return item;
  }

  /** Takes over what an earlier page left in the queue, and returns it. */
  restore() {
    this.#items = read().map((item) => ({ ...item, attempts: 0 }));
    this.#send();
    return [...this.#items];
  }

  /** Removes an item. An attempt that is under way may still have its effect. */
  remove(item) {
    this.#items = this.#items.filter((other) => other !== item);
    write(read().filter((other) => other.key !== item.key));
    this.retry();
  }

  /** Starts the next attempt now. */
  retry() {
    this.#wake?.();
    this.#send();
  }

  /** Continues after `stopped`, in the present session. The unknown session has done nothing. */
  resume() {
    for (const item of this.#items) {
      if (item.session === this.#unknown) this.#store(item, { session: undefined });
    }
    this.#unknown = null;
    this.#send();
  }

  /** Stores more properties of an item. */
  #store(item, more) {
    const { key } = item;
    Object.assign(item, more);
    write(read().map((other) => (other.key === key ? { ...other, ...more } : other)));
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

  /** Sends an item once, and reports whether to continue with the queue. */
  async #attempt(item) {
    // A repeat goes to the session of the first attempt, even if another tab has switched: only
    // that session knows the key.
    if (item.session === undefined) this.#store(item, { session: session.token() ?? "" });
    await this.#handlers.ready(item);
    let reply;
    try {
      reply = await this.#request(item);
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      return this.#fail(item, failure);
    }
    if (this.#items.includes(item)) {
      await this.#finish(item, () => this.#handlers.answered(item, reply));
    }
    return true;
  }

  /** Sends a request. That of an edit or a total is built once, so that repeats are identical. */
  async #request(item) {
    if ((item.edits || item.total) && !item.request) {
      const request = await this.#handlers.planned(item);
      if (!request) throw new api.Failure("conflict");
      this.#store(item, { request });
    }
    const { session: owner, expression, request, key } = item;
    if (item.edits) return api.replace(owner, request, key);
    return api.evaluate(owner, request ?? expression, key);
  }

  async #fail(item, failure) {
    const isTemporary = failure.temporary && !(await isFault(item, failure));
    if (!this.#items.includes(item)) return true;
    if (failure.kind === "changed") {
      // Nothing was done, so the next attempt may be a different request.
      await this.#handlers.outdated();
      this.#store(item, { request: null, key: newKey() });
      return true;
    }
    if (failure.kind === "session") {
      this.#unknown = item.session;
      this.#handlers.stopped(item);
      return false;
    }
    if (isTemporary) await this.#delay(item, failure);
    else await this.#finish(item, () => this.#handlers.failed(item, failure));
    return true;
  }

  #finish(item, report) {
    this.remove(item);
    return report();
  }

  async #delay(item, failure) {
    const seconds = failure.wait ?? backoff[Math.min(item.attempts, backoff.length - 1)];
    item.attempts++;
    this.#handlers.delayed(item, failure, seconds);
    await new Promise((wake) => {
      this.#wake = wake;
      setTimeout(wake, seconds * 1000);
    });
    this.#wake = null;
  }
}

/**
 * Reports whether an item fails again and again although the service is well: what is behind it
 * must not wait any longer.
 */
const isFault = async ({ attempts }, { kind }) =>
  attempts >= enoughAttempts && ["unavailable", "broken"].includes(kind) && (await api.isWell());

const read = () => readJson(queueName) ?? [];

function write(items) {
  browser.write(queueName, items.length ? JSON.stringify(items) : null);
}

/** Returns 128 random bits in hexadecimal. (randomUUID exists only over https.) */
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * An outage of the service: one toast explains it, and what was missed is repeated afterwards. It
 * calls `unknownSession` when the service does not know the session.
 */
export class Outage {
  #missed = new Set();
  #unknownSession;

  constructor(unknownSession) {
    this.#unknownSession = unknownSession;
    addEventListener("online", () => this.end());
  }

  /**
   * Says why something was not loaded, and reports whether the service cannot be reached. If so,
   * `repeat` is called when it can be reached again.
   */
  explain(what, failure, repeat) {
    if (failure.kind === "session") return this.#unknownSession();
    const outage = api.outage(failure);
    if (outage) this.#missed.add(repeat);
    const act = outage ? () => this.end() : repeat;
    showToast(outage || api.trouble(what, failure), { "Try again": act });
    return Boolean(outage);
  }

  /** Repeats what was missed. */
  end() {
    if (!this.#missed.size) return;
    const missed = [...this.#missed];
    this.#missed.clear();
    hideToast();
    for (const repeat of missed) repeat();
  }
}

/** The age at which a page offers a new version, and the time between two checks, in ms. */
const hour = 60 * 60 * 1000;

/**
 * Registers the service worker (sw.js) after the page has loaded, so that the page opens without a
 * network and a new version replaces it at the next visit. Browsers allow that over https and on
 * localhost.
 */
export function keepPage() {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  const opened = Date.now();
  // Storing the page must not delay loading it.
  if (document.readyState === "complete") register(serviceWorker, opened);
  else addEventListener("load", () => register(serviceWorker, opened));
  serviceWorker.addEventListener("controllerchange", () => {
    if (Date.now() - opened < hour) return;
    showToast("A new version is ready.", { Reload: () => location.reload() });
  });
}

async function register(serviceWorker, opened) {
  try {
    const registration = await serviceWorker.register("/sw.js");
    let checked = opened;
    document.addEventListener("visibilitychange", () => {
      if (document.hidden || Date.now() - checked < hour) return;
      checked = Date.now();
      registration.update().catch(() => {}); // checked again later
    });
  } catch {
    // Some browsers store nothing in private windows; the page works without it.
  }
}
