// The history: its pages in the log, in step with other tabs and devices; the search; and saving
// it as a file, CSV or JSON.

import * as api from "./api.js";
import { announce, byId, download, element } from "./dom.js";
import { outcome } from "./row.js";
import { trouble } from "./messages.js";
import { decimalComma, shown, toLocal, typed } from "./numbers.js";
import { openDialog, showToast } from "./overlay.js";
import * as session from "./session.js";

/**
 * The history in the log. It calls `loaded(entries, isNewest)` for every page, newest entry first,
 * and `failed(failure, retry)`. It uses no page while `waits()`: the service then has entries whose
 * deletion is shown already.
 */
export class History {
  #log;
  #handlers;
  #cursor = null;
  #hidden = 0; // the newest entry that was hidden

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
    byId("earlier").addEventListener("click", () => this.load());
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

  /** Shows what another tab or device has added, edited and deleted. */
  async refresh() {
    const newest = this.#newest;
    const { changes } = this.#log;
    const show = (page) => {
      const { entries, next } = page;
      // The page may be of a time before an edit or a deletion that is shown by now.
      if (changes !== this.#log.changes) return this.refresh();
      for (const entry of entries) this.#log.replace(entry);
      const ids = entries.map(({ id }) => id);
      // What this page has added meanwhile may be missing in the reply.
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

  /** Reports whether the rows that are shown go on with the rest of the newest page. */
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
      if (token !== session.token() || this.#handlers.waits()) return;
      await show(page);
      this.#handlers.loaded(page.entries, cursor === null);
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      this.#handlers.failed(failure, retry);
    }
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
  #form = byId("filter");
  #text = byId("search-text");
  #list = byId("found");
  #chosen = 0;
  #requests = 0;
  #timer = 0;

  constructor() {
    this.#form.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#search(), pause);
    });
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#dialog.close(option.dataset.expression);
    });
  }

  /** Opens the search and resolves to the chosen expression, or "". */
  async open() {
    if (this.#dialog.open) return "";
    this.#form.reset();
    this.#show([]);
    this.#search();
    const answer = await openDialog(this.#dialog);
    clearTimeout(this.#timer);
    return answer;
  }

  async #search() {
    const request = ++this.#requests;
    const token = session.token();
    const { q, kind, days } = Object.fromEntries(new FormData(this.#form));
    const filter = { q, kind, from: days && midnight(Number(days)).toISOString() };
    let entries = [];
    let message = "No matching entries";
    try {
      if (token) ({ entries } = await api.history(token, filter));
    } catch (failure) {
      message = trouble("The history cannot be searched", failure);
    }
    if (request !== this.#requests) return;
    byId("found-none").textContent = message;
    this.#show(entries, Object.values(filter).some(Boolean));
  }

  #show(entries, filtered) {
    const newest = new Map(); // entries by expression
    for (const entry of entries) {
      if (!newest.has(entry.expression)) newest.set(entry.expression, entry);
    }
    const options = [...newest.values()].map(option);
    this.#list.replaceChildren(...options);
    this.#list.hidden = !options.length;
    byId("found-none").hidden = options.length > 0 || !filtered;
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
    const chosen = this.#list.children[this.#chosen];
    if (event.key === "ArrowDown") this.#choose(this.#chosen + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#chosen - 1);
    else if (event.key === "Enter") this.#dialog.close(chosen?.dataset.expression ?? "");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

function option(entry, index) {
  const { expression } = entry;
  const attributes = { role: "option", id: `found-${index}`, "aria-selected": "false" };
  const item = element("li", attributes, element("span", {}, toLocal(expression)));
  if (entry.result !== null) {
    item.append(element("span", { class: "value" }, shown(outcome(entry), entry.result)));
  }
  item.dataset.expression = expression;
  return item;
}

const columns = ["id", "at", "kind", "expression", "parsed", "result"];

/** The formats of the file: its media type, the text of an entry, and the file of all texts. */
const formats = {
  json: {
    type: "application/json",
    entry: (entry) => JSON.stringify(entry),
    file: (texts) => `[\n${texts.join(",\n")}\n]\n`,
  },
  csv: {
    type: "text/csv",
    entry: (entry) => record(columns.map((name) => entry[name] ?? "")),
    file: (texts) => record(columns) + texts.join(""),
  },
  // What spreadsheets open by a double click: a byte order mark, and the person's number format.
  spreadsheet: {
    type: "text/csv",
    extension: "csv",
    entry: (entry) => {
      const texts = { ...entry, expression: toLocal(entry.expression) };
      texts.parsed = toLocal(entry.parsed);
      texts.result = entry.result === null ? "" : typed(outcome(entry));
      return record(columns.map((name) => texts[name]), decimalComma() ? ";" : ",");
    },
    file: (texts) => `\ufeff${record(columns, decimalComma() ? ";" : ",")}${texts.join("")}`,
  },
};

/** How many entries are read between two announcements of the progress. */
const announceEvery = 10_000;

/** How often a page is requested, and the seconds between requests if the service names none. */
const attempts = 5;
const retryPause = 1;

/** Saves the whole history as a file: json, csv or spreadsheet. */
export async function save(format) {
  const { type, entry, file, extension = format } = formats[format];
  try {
    const texts = await collect(entry);
    if (!texts) return showToast("The history is not saved: you stopped it.");
    download(new Blob([file(texts)], { type }), `abacus.${extension}`);
    showToast("The history is saved as a file.");
  } catch (failure) {
    if (!(failure instanceof api.Failure)) throw failure;
    const retry = { "Try again": () => save(format) };
    showToast(trouble("The history is not saved", failure), retry);
  }
}

/** Returns the texts of all entries, or null if the person stopped it. */
async function collect(write) {
  const token = session.token();
  const texts = [];
  let [cursor, stopped, update] = [null, false, null];
  do {
    const page = await retry(() => api.history(token, { cursor, limit: 200 }));
    if (stopped) return null;
    // Texts take less memory than entries.
    texts.push(...page.entries.map(write));
    cursor = page.next;
    const progress = `${texts.length.toLocaleString()} entries are read…`;
    if (cursor) update ??= showToast(progress, { Stop: () => (stopped = true) });
    update?.(progress);
    if (texts.length % announceEvery === 0) announce(progress);
  } while (cursor);
  return texts;
}

/** Repeats a request after temporary failures: one page must not cost all the others. */
async function retry(request) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (failure) {
      if (!failure.temporary || attempt === attempts) throw failure;
      await new Promise((resolve) => setTimeout(resolve, (failure.wait ?? retryPause) * 1000));
    }
  }
}

/** Returns a CSV record (RFC 4180). */
function record(values, separator = ",") {
  return values.map((value) => field(value, separator)).join(separator) + "\r\n";
}

/** Returns a field of a record. One that a spreadsheet would run as a formula gets a quote. */
function field(value, separator) {
  const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : `${value}`;
  const plain = !/["\r\n]/.test(text) && !text.includes(separator);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}
