// The history: its pages in the log, filtered and in step with other tabs and devices, and the
// search by Ctrl+R.

import * as api from "./api.js";
import { byId, element } from "./dom.js";
import { trouble } from "./messages.js";
import { openDialog } from "./overlay.js";
import * as session from "./session.js";

/**
 * The history in the log. It calls `loaded(entries, filter)` for every page, newest entry first,
 * and `failed(failure, retry)`.
 */
export class History {
  #log;
  #handlers;
  #cursor = null;
  #filter = {};
  #hidden = 0; // the newest entry that was hidden

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
    byId("earlier").addEventListener("click", () => this.load());
    byId("tools-toggle").addEventListener("click", () => this.#toggle());
    const form = byId("filter");
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.#apply(form));
    form.addEventListener("reset", () => setTimeout(() => this.#apply(form)));
  }

  /** The filter, as GET /history takes it. */
  get filter() {
    return this.#filter;
  }

  /** Removes all entries from the log; `load` shows the newest page again. */
  reset() {
    this.hide();
    this.#hidden = 0;
  }

  /** Removes all entries from the log; only `load` shows them again. */
  hide() {
    this.#hidden = this.#newest;
    this.#cursor = null;
    this.#log.clear();
  }

  /** Shows the next page, of entries before those that are shown. */
  async load() {
    await this.#read(this.#cursor, (page) => {
      this.#cursor = page.next;
      this.#log.precede(page.entries, page.next !== null);
      const filtered = Object.keys(this.#filter).length > 0;
      byId("filter-none").hidden = page.entries.length > 0 || !filtered;
    });
  }

  /** Shows what another tab or device has added and deleted. */
  async refresh() {
    const before = new Set(this.#log.entries.map(({ id }) => id));
    const newest = this.#newest;
    await this.#read(null, ({ entries, next }) => {
      // If entries were deleted, or more were added than a page has, the log starts anew.
      const oldest = entries.at(-1)?.id ?? 0;
      const ids = new Set(entries.map(({ id }) => id));
      const deleted = [...before].some((id) => id >= oldest && !ids.has(id));
      const gap = next !== null && oldest > newest + 1;
      if (!deleted && !gap) return this.#log.append(entries.filter(({ id }) => id > newest));
      const own = this.#log.entries.filter(({ id }) => !before.has(id));
      this.reset();
      this.#cursor = next;
      this.#log.precede(entries, next !== null);
      this.#log.append(own);
    });
  }

  get #newest() {
    return Math.max(this.#hidden, ...this.#log.entries.map(({ id }) => id));
  }

  async #read(cursor, show) {
    const [token, filter] = [session.token(), this.#filter];
    if (!token) return;
    try {
      const page = await api.history(token, { ...filter, cursor });
      if (token !== session.token() || filter !== this.#filter) return;
      this.#handlers.loaded(page.entries, filter);
      show(page);
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      this.#handlers.failed(failure, () => this.load());
    }
  }

  /** Shows or hides the filter; a hidden one does not filter. */
  #toggle() {
    const tools = byId("tools");
    tools.hidden = !tools.hidden;
    byId("tools-toggle").setAttribute("aria-expanded", String(!tools.hidden));
    if (!tools.hidden) byId("filter-text").focus({ preventScroll: true });
    else if (Object.keys(this.#filter).length) byId("filter").reset();
  }

  #apply(form) {
    const { q, kind, days } = Object.fromEntries(new FormData(form));
    this.#filter = {};
    if (q) this.#filter.q = q;
    if (kind) this.#filter.kind = kind;
    if (days) this.#filter.from = midnight(Number(days)).toISOString();
    this.reset();
    byId("filter-none").hidden = true;
    this.load();
  }
}

/** Returns the local midnight some days ago; 0 is today's. */
function midnight(daysAgo) {
  const at = new Date();
  at.setDate(at.getDate() - daysAgo);
  at.setHours(0, 0, 0, 0);
  return at;
}

/** How long typing pauses before the service is asked, in milliseconds. */
const pause = 120;

/** The search dialog. */
export class Search {
  #dialog = byId("search");
  #text = byId("search-text");
  #list = byId("found");
  #chosen = 0;
  #requests = 0;
  #timer = 0;

  constructor() {
    this.#text.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#search(), pause);
    });
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#dialog.close(option.textContent);
    });
  }

  /** Opens the search and resolves to the chosen expression, or "". */
  async open() {
    if (this.#dialog.open) return "";
    this.#text.value = "";
    this.#show([]);
    this.#search();
    const answer = await openDialog(this.#dialog);
    clearTimeout(this.#timer);
    return answer;
  }

  async #search() {
    const request = ++this.#requests;
    const token = session.token();
    let expressions = [];
    let message = "Nothing in the history contains this.";
    try {
      const page = token ? await api.history(token, { q: this.#text.value }) : { entries: [] };
      expressions = page.entries.map((entry) => entry.expression);
    } catch (failure) {
      message = trouble("The history cannot be searched", failure);
    }
    if (request !== this.#requests) return;
    byId("found-none").textContent = message;
    this.#show(expressions);
  }

  #show(expressions) {
    const options = [...new Set(expressions)].map((expression, index) => {
      const attributes = { role: "option", id: `found-${index}`, "aria-selected": "false" };
      return element("li", attributes, expression);
    });
    this.#list.replaceChildren(...options);
    this.#list.hidden = !options.length;
    byId("found-none").hidden = options.length > 0 || !this.#text.value;
    this.#text.setAttribute("aria-expanded", String(options.length > 0));
    this.#choose(0);
  }

  #choose(index) {
    this.#list.children[this.#chosen]?.setAttribute("aria-selected", "false");
    const count = this.#list.children.length;
    this.#chosen = count ? (index + count) % count : 0;
    const chosen = this.#list.children[this.#chosen];
    if (!chosen) return this.#text.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.#text.setAttribute("aria-activedescendant", chosen.id);
  }

  #key(event) {
    const again = event.ctrlKey && event.key === "r";
    const chosen = this.#list.children[this.#chosen];
    if (event.key === "ArrowDown" || again) this.#choose(this.#chosen + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#chosen - 1);
    else if (event.key === "Enter") this.#dialog.close(chosen?.textContent ?? "");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
