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
  #newest = 0; // the newest entry that was hidden

  constructor(log, calls) {
    this.#log = log;
    this.#calls = calls;
    byId("earlier").addEventListener("click", () => this.load());
    byId("tools-toggle").addEventListener("click", () => this.#toggle());
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
    this.hide();
    this.#newest = 0;
  }

  /** Takes away what is shown; only what comes later is shown by itself. */
  hide() {
    this.#newest = this.#latest;
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
    const before = new Set(this.#log.entries.map(({ id }) => id));
    const latest = this.#latest;
    await this.#read(null, ({ entries, next }) => {
      // Entries that went, or more new ones than a page has: the log begins anew.
      const oldest = entries.at(-1)?.id ?? 0;
      const gone = [...before].some((id) => id >= oldest && !entries.some((entry) => entry.id === id));
      const gap = next !== null && oldest > latest + 1;
      const own = this.#log.entries.filter(({ id }) => !before.has(id));
      if (gone || gap) {
        this.reset();
        this.#cursor = next;
        this.#log.precede(entries, next !== null);
      }
      this.#log.follow(gone || gap ? own : entries.filter(({ id }) => id > latest));
    });
  }

  get #latest() {
    return Math.max(this.#newest, ...this.#log.entries.map(({ id }) => id));
  }

  async #read(cursor, show) {
    const [token, filter] = [session.token(), this.#filter];
    if (!token) return;
    try {
      const page = await api.history(token, { ...filter, cursor });
      if (token !== session.token() || filter !== this.#filter) return;
      this.#calls.loaded(page.entries, filter);
      show(page);
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      this.#calls.failed(failure, () => this.load());
    }
  }

  /** Shows the controls, or hides them: what is not seen must not filter. */
  #toggle() {
    const tools = byId("tools");
    tools.hidden = !tools.hidden;
    byId("tools-toggle").setAttribute("aria-expanded", String(!tools.hidden));
    if (!tools.hidden) byId("filter-text").focus({ preventScroll: true });
    else if (Object.keys(this.#filter).length) byId("filter").reset();
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
