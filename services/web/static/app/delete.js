// Deleting: entries, with undo; names and the session, after a question.

import * as api from "./api.js";
import { announce } from "./dom.js";
import { trouble } from "./messages.js";
import { confirm, showToast } from "./overlay.js";
import * as session from "./session.js";
import { browser } from "./session.js";

/** When a page was left with a deletion under way, and how long that may take, in milliseconds. */
const leftName = "abacus.deleting";
const grace = 500;

/**
 * Deletes entries in a way that can be undone: they leave the log at once, and the service when
 * the person goes on. It calls `removed()` when they have left the log, `deleted(ids)` after the
 * service has deleted them, and `restored()` when nothing is deleted after all.
 */
export class EntryDeletion {
  #log;
  #handlers;
  #open = null; // {ids, token} of what can be undone
  #running = 0; // how many deletions have no reply yet

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
    // Leaving the page is going on, too; the request outlives it.
    addEventListener("pagehide", () => {
      if (this.#open) browser.write(leftName, String(Date.now()));
      this.finish(true);
    });
  }

  /** Resolves when a deletion that a page has just left behind is likely to be done. */
  async settled() {
    const age = Date.now() - Number(browser.read(leftName));
    browser.write(leftName, null);
    if (age < grace) await new Promise((resolve) => setTimeout(resolve, grace));
  }

  /** Whether a deletion can still be undone, or is under way: the service has what is not shown. */
  get isOpen() {
    return this.#open !== null || this.#running > 0;
  }

  /** Deletes entries, or all of them if ids is null, and offers to undo it. */
  async begin(ids, text) {
    await this.finish();
    this.#open = { ids, token: session.token() };
    showToast(text, { Undo: () => this.#undo() }, () => this.finish());
    if (ids) this.#log.remove(ids);
    else this.#log.clear();
    this.#handlers.removed();
  }

  /** Deletes for good what can still be undone. */
  async finish(keepalive = false) {
    if (!this.#open) return;
    const { ids, token } = this.#open;
    this.#open = null;
    const paths = ids?.map((id) => `/history/${id}`) ?? ["/history"];
    this.#running++;
    let failure;
    try {
      for (const path of paths) await api.remove(token, path, keepalive);
    } catch (thrown) {
      failure = thrown;
    }
    this.#running--;
    if (!failure) return this.#handlers.deleted(ids);
    showToast(trouble("The history is not deleted", failure));
    this.#handlers.restored();
  }

  #undo() {
    this.#open = null;
    this.#handlers.restored();
  }
}

/**
 * Clears one name; `restore(source)` puts it back. Calls `changed()` in the end.
 */
export async function clearName(name, source, { restore, changed }) {
  try {
    await api.clear(session.token(), name);
    showToast(`Cleared ${source}.`, { "Put back": () => restore(source) });
  } catch (failure) {
    showToast(trouble(`${name} is not cleared`, failure));
  }
  await changed();
}

/** Clears all names if the person agrees. Calls `confirmed()`, and `changed()` in the end. */
export async function clearNames(handlers) {
  const text = "All variables and definitions of this session are removed. The history stays.";
  if (!(await confirm("Clear all names?", text, "Clear names"))) return;
  handlers.confirmed();
  try {
    await api.clear(session.token());
    announce("All names are cleared");
  } catch (failure) {
    const retry = { "Try again": () => clearNames(handlers) };
    showToast(trouble("The names are not cleared", failure), retry);
  }
  await handlers.changed();
}

/** Deletes the session if the person agrees. Calls `confirmed()`, and `deleted()` after it. */
export async function deleteSession(handlers) {
  const text =
    "The names, the history and the links of this session are deleted for good, here and on the " +
    "server.";
  if (!(await confirm("Delete everything?", text, "Delete everything"))) return;
  handlers.confirmed();
  try {
    if (session.token()) await api.remove(session.token(), "/session");
  } catch (failure) {
    if (failure.kind !== "session") {
      const retry = { "Try again": () => deleteSession(handlers) };
      return showToast(trouble("Not everything is deleted", failure), retry);
    }
  }
  handlers.deleted();
  showToast("Everything is deleted. The next calculation starts a new session.");
}
