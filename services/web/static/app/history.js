// The history in the log: its pages, kept in step with other tabs and devices, and deletion.

import * as api from "./api.js";
import { announce, byId, showToast } from "./dom.js";
import { toLocal } from "./numbers.js";
import * as session from "./session.js";
import { browser } from "./session.js";

/**
 * The history in the log. It calls `loaded(entries, isNewest)` for every page, newest entry first,
 * and `failed(failure, retry)`. The service may still have entries that are shown as deleted:
 * `visible(entries)` returns the others, or null while that is not known.
 */
export class History {
  #log;
  #handlers;
  #cursor = null;
  #hidden = 0; // the newest of the hidden entries

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
    byId("earlier").addEventListener("click", () => this.load());
  }

  /** Removes all entries from the log; `load` shows the newest page again. */
  reset() {
    this.#hidden = 0;
    this.#cursor = null;
    this.#log.clear();
  }

  /** Removes all entries from the log; only `load`, which it offers, shows them again. */
  hide() {
    const newest = this.#newest;
    this.reset();
    this.#hidden = newest;
    announce("The view is cleared");
    this.#log.offerEarlier(session.token() !== null);
  }

  /** Shows the next page: entries older than those that are shown. */
  async load() {
    const show = (page) => {
      this.#cursor = page.next;
      this.#log.precede(page.entries, page.next !== null);
    };
    await this.#read(this.#cursor, show, () => (this.#cursor ? this.load() : this.refresh()));
  }

  /** Shows the newest page in place of all that is shown. */
  async reload() {
    await this.#read(null, (page) => this.#restart(page), () => this.reload());
  }

  /** Shows what other tabs or devices have added, edited and deleted. */
  async refresh() {
    const newest = this.#newest;
    const { changes } = this.#log;
    const show = (page) => {
      const { entries, next } = page;
      // The page may be older than an edit or a deletion that is already shown.
      if (changes !== this.#log.changes) return this.refresh();
      for (const entry of entries) this.#log.replace(entry);
      const ids = entries.map(({ id }) => id);
      // Entries that this page has added in the meantime may be missing from the reply.
      const own = this.#log.entries.filter(({ id }) => id > newest && !ids.includes(id));
      const all = this.#log.entries.map(({ id }) => id);
      const shown = all.filter((id) => id <= newest || ids.includes(id));
      const start = shown.length ? ids.indexOf(shown[0]) : ids.length;
      if (start >= 0 && this.#continues(ids.slice(start), shown, next, newest)) {
        return this.#log.append(entries.slice(0, start).filter(({ id }) => id > newest));
      }
      this.#restart(page);
      return this.#log.append(own);
    };
    await this.#read(null, show, () => this.refresh());
  }

  #restart({ entries, next }) {
    this.reset();
    this.#cursor = next;
    this.#log.precede(entries, next !== null);
  }

  /** Reports whether the rows that are shown continue the rest of the newest page. */
  #continues(rest, shown, next, newest) {
    if (!shown.length) return next === null || newest > 0;
    if (next === null && rest.length < shown.length) return false; // some were deleted
    return rest.every((id, i) => i >= shown.length || id === shown[i]);
  }

  get #newest() {
    return Math.max(this.#hidden, ...this.#log.entries.map(({ id }) => id));
  }

  async #read(cursor, show, retry) {
    const token = session.token();
    if (!token) return;
    try {
      const page = await api.history(token, { cursor });
      const entries = this.#handlers.visible(page.entries);
      if (token !== session.token() || !entries) return;
      page.entries = session.withNotices(entries);
      await show(page);
      this.#handlers.loaded(page.entries, cursor === null);
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      this.#handlers.failed(failure, retry);
    }
  }
}

/** When a page was left during a deletion, and how long the deletion may take, in milliseconds. */
const leftName = "abacus.deleting";
const grace = 500;

/**
 * Deletes entries so that it can be undone: they disappear from the log at once, and from the
 * service once the person goes on. It calls `removed()` when they are gone from the log,
 * `deleted(ids)` after the service has deleted them, and `restored()` if nothing is deleted after
 * all.
 */
export class EntryDeletion {
  #log;
  #handlers;
  #open = null; // {ids, token, changesAns, what, say} of what can be undone
  #running = 0; // how many deletions have no reply yet
  #isFinal = false; // whether the last deletion can no longer be undone

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
    // Leaving the page also counts as going on; the request outlives the page.
    addEventListener("pagehide", () => {
      if (this.#open) browser.write(leftName, String(Date.now()));
      this.finish(true);
    });
  }

  /** Resolves once a deletion that a page has just left behind is probably done. */
  async settled() {
    session.writeOwn("deleted", []); // by a page that has come to a sudden end
    const age = Date.now() - Number(browser.read(leftName));
    browser.write(leftName, null);
    if (age < grace) await new Promise((resolve) => setTimeout(resolve, grace));
  }

  /** Whether a toast offers to undo a deletion. */
  get isOpen() {
    return this.#open !== null && !byId("toast").hidden;
  }

  /** Returns those entries of the service that are not deleted; null while that is not known. */
  visible(entries) {
    if (this.#running || this.#open?.ids === null) return null;
    const deleted = [...(this.#open?.ids ?? []), ...session.readOwn("deleted")];
    return entries.filter(({ id }) => !deleted.includes(id));
  }

  /** Says which deletion or edit can be undone, or returns "". */
  get undoable() {
    if (this.#open) return this.#open.what;
    const [{ id, base } = {}] = session.readOwn("edits").at(-1) ?? [];
    const isLast = id && this.#log.current(id)?.expression === base;
    return isLast ? `edit ${toLocal(base)}` : "";
  }

  /** Deletes entries, or all of them if ids is null, and offers to undo that. */
  async begin(ids, text) {
    await this.finish();
    const previous = this.#log.entries.find(({ result }) => result !== null);
    const changesAns = !ids || ids.includes(previous?.id);
    const { expression } = this.#log.current(ids?.[0]) ?? {};
    const rows = ids?.length === 1 ? toLocal(expression) : `${ids?.length} rows`;
    const what = `delete ${ids ? rows : "the history"}`;
    const say = showToast(text, { Undo: () => this.undo() });
    this.#open = { ids, token: session.token(), changesAns, what, say };
    if (ids) this.#log.remove(ids);
    else this.#log.clear();
    this.#handlers.removed();
    if (!changesAns) this.#tell(ids);
  }

  /** Tells the other tabs which entries can still be restored, and are not to be shown. */
  #tell(ids) {
    session.writeOwn("deleted", ids);
    session.notifyTabs();
  }

  /**
   * Resolves when an evaluation may be sent. One whose previous result depends on the deletion, and
   * an edit, come after it.
   */
  async settle(isEdit) {
    if (isEdit || this.#open?.changesAns) await this.finish();
    if (isEdit) this.#isFinal = false; // the edit is what can be undone
  }

  /** Really deletes what can still be undone. */
  async finish(keepalive = false) {
    if (!this.#open) return;
    const { ids, token, say } = this.#open;
    say("");
    this.#open = null;
    this.#isFinal = true;
    const paths = ids?.map((id) => `/history/${id}`) ?? ["/history"];
    if (keepalive) session.writeOwn("deleted", []); // what comes after the request may not run
    this.#running++;
    let failure;
    try {
      for (const path of paths) await api.remove(token, path, keepalive);
    } catch (thrown) {
      failure = thrown;
    }
    this.#running--;
    this.#log.changes++; // a page requested before may still have the entries
    this.#tell([]);
    if (!failure) return this.#handlers.deleted(ids);
    showToast(api.trouble("The history is not deleted", failure));
    this.#handlers.restored();
  }

  /** Undoes the last deletion, or says that it is too late; reports whether there was one. */
  undo() {
    if (this.#open) {
      this.#open.say("");
      announce("Undone");
      this.#open = null;
      this.#tell([]);
      this.#handlers.restored();
      return true;
    }
    const wasFinal = this.#isFinal;
    this.#isFinal = false;
    if (wasFinal) showToast("The last deletion cannot be undone any more.");
    return wasFinal;
  }
}
