// Deleting from the history, with a way back: what is deleted goes from the log at
// once, and from the service when the person goes on.

import * as api from "./api.js";
import { notify } from "./notice.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

/** Deletes. It calls `erased(ids)` when the service has, and `kept()` when nothing is deleted after all. */
export class Erasure {
  #calls;
  #pending = null;

  constructor(calls) {
    this.#calls = calls;
    // Leaving the page is going on, too; the request outlives it.
    addEventListener("pagehide", () => this.settle(true));
  }

  /** Whether a deletion can still be undone. */
  get isOpen() {
    return this.#pending !== null;
  }

  /** Takes entries, or all of them where ids is null, and says so in a notice with a way back. */
  async begin(ids, text) {
    await this.settle();
    this.#pending = { ids, token: session.token() };
    notify(text, { Undo: () => this.#undo() }, () => this.settle());
  }

  /** Deletes what can still be brought back. */
  async settle(leaving = false) {
    if (!this.#pending) return;
    const { ids, token } = this.#pending;
    this.#pending = null;
    try {
      for (const path of ids?.map((id) => `/history/${id}`) ?? ["/history"]) await api.erase(token, path, leaving);
      this.#calls.erased(ids);
    } catch (failure) {
      notify(trouble("The history is not deleted", failure));
      this.#calls.kept();
    }
  }

  #undo() {
    this.#pending = null;
    this.#calls.kept();
  }
}
