// The history as the log shows it: page by page, by a filter, and in step with other
// tabs and devices.

import * as api from "./api.js";
import { byId } from "./dom.js";
import * as session from "./session.js";

/** What of the history is shown. It calls `loaded(entries)` for every page, newest first, and `failed(failure, again)`. */
export class History {
  #log;
  #calls;
  #cursor = null;
  #filter = {};

  constructor(log, calls) {
    this.#log = log;
    this.#calls = calls;
    byId("earlier").addEventListener("click", () => this.load());
    const form = byId("filter");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.#choose(form));
    form.addEventListener("reset", () => setTimeout(() => this.#choose(form)));
  }

  /** The filter, as GET /history takes it. */
  get filter() {
    return this.#filter;
  }

  /** Begins anew with the newest page; what is shown goes. */
  reset() {
    this.#cursor = null;
    this.#log.clear();
  }

  /** Shows the next page, of entries before those that are shown. */
  async load() {
    await this.#read(this.#cursor, (page) => {
      this.#cursor = page.next;
      this.#log.precede(page.entries, page.next !== null);
      byId("filter-none").hidden = page.entries.length > 0 || !Object.keys(this.#filter).length;
    });
  }

  /** Shows what has come since, from another tab or device. */
  async refresh() {
    await this.#read(null, async (page) => {
      const shown = new Set(this.#log.entries.map(({ id }) => id));
      // Entries that went, or more new ones than a page has: the log begins anew.
      const oldest = page.entries.at(-1)?.id ?? 0;
      const gone = [...shown].some((id) => id >= oldest && !page.entries.some((entry) => entry.id === id));
      const gap = page.next !== null && !shown.has(oldest);
      if (!gone && !gap) return this.#log.follow(page.entries.filter(({ id }) => !shown.has(id)));
      this.reset();
      this.#cursor = page.next;
      this.#log.precede(page.entries, page.next !== null);
    });
  }

  async #read(cursor, show) {
    const [token, filter] = [session.token(), this.#filter];
    if (!token) return;
    try {
      const page = await api.history(token, { ...filter, cursor });
      if (token !== session.token() || filter !== this.#filter) return;
      this.#calls.loaded(page.entries, filter);
      await show(page);
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      this.#calls.failed(failure, () => this.load());
    }
  }

  #choose(form) {
    const { q, kind, days } = Object.fromEntries(new FormData(form));
    const filter = {};
    if (q) filter.q = q;
    if (kind) filter.kind = kind;
    if (days) filter.from = since(Number(days)).toISOString();
    this.#filter = filter;
    this.reset();
    byId("filter-none").hidden = true;
    this.load();
  }
}

/** Returns the local midnight so many days ago; 0 is today's. */
function since(days) {
  const at = new Date();
  at.setDate(at.getDate() - days);
  at.setHours(0, 0, 0, 0);
  return at;
}
