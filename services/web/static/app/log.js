// The log: one row (row.js) per entry, in the order of the history. Entries have the shape of GET
// /history. The rows are one tab stop: arrow keys move between them.

import { button, byId, element, problem, prose } from "./dom.js";
import { marked } from "./highlight.js";
import { cellLike, cellOf, lineOf, outcome, placeOf, resultOf, rowOf, setDay } from "./row.js";

/** The classes of names, whose colours depend on the names of the session. */
const nameClasses = ["unknown", "unit", "variable", "definition", "constant", "function"]
  .map((kind) => `.expression .${kind}`)
  .join();

/**
 * The log. It calls `edit(entry)` for an expression, `use(entry, button)` for a result,
 * `actions(entry)` for the menu of an entry, `plot(plot)`, which returns a figure, `kindOf(name)`
 * for colours, and `rebuilt()` after it has replaced rows. `editOf(id)` returns the edit of an
 * entry that has no reply yet, as {expression, why, actions}, or undefined: until then, the row of
 * the entry shows the edit whenever it is rebuilt.
 */
export class Log {
  #list = byId("log");
  #scroll = byId("scroll");
  #entries = new Map(); // by id
  #successors = new Map(); // ids of entries by those that they have replaced
  #replaced = new Set(); // ids of entries whose rows also show the result before
  #current = null; // the cell that Tab reaches
  #stale = []; // ids of entries that are out of date
  #notes = []; // what rows say about that (markStale)
  #locals = new WeakMap(); // entries that this browser has calculated, by row
  #decimals = 0; // the most decimals of a result, in characters
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    this.#list.addEventListener("focusin", ({ target }) => {
      if (target.matches(".line button")) this.#setCurrent(target);
    });
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    // The end stays in view when the room for the log changes.
    let room = 0;
    new ResizeObserver(() => {
      const { scrollTop, scrollHeight, clientHeight } = this.#scroll;
      if (!this.empty && scrollTop + room >= scrollHeight - 8) this.scrollToEnd();
      room = clientHeight;
    }).observe(this.#scroll);
  }

  /** How many times entries have been replaced or removed. */
  changes = 0;

  /** Whether rows are marked as out of date. */
  get hasStale() {
    return this.#stale.length > 0;
  }

  get empty() {
    return this.#list.childElementCount === 0;
  }

  /** Called when the row of an edit is gone or, with its entry, after it was rebuilt. */
  interrupted = () => {};

  /** The entries that are shown and stored, the newest first. */
  get entries() {
    const rows = [...this.#list.children].reverse();
    return rows.flatMap(({ dataset }) => this.#entries.get(Number(dataset.id)) ?? []);
  }

  /**
   * Returns what all rows show or those above a row, the newest first: entries, and what pending
   * rows and edits will be.
   */
  results(end) {
    const rows = [...this.#list.children];
    return rows.slice(0, end && rows.indexOf(end)).reverse().flatMap((row) => {
      const local = row.matches(".pending, .revised") ? this.#locals.get(row) : null;
      const entry = this.#entries.get(Number(row.dataset.id));
      return entry || local ? { at: new Date(), ...entry, ...local } : [];
    });
  }

  /** Whether all rows of the history are shown. */
  get isComplete() {
    return byId("earlier").hidden;
  }

  /** Returns the entry that is now shown in the place of another. */
  current(id) {
    let last = id;
    while (this.#successors.has(last)) last = this.#successors.get(last);
    return this.#entries.get(last);
  }

  /** Returns that entry with the expression that its row shows, which may be that of an edit. */
  visible(id) {
    const entry = this.current(id);
    const { expression } = (entry && this.#handlers.editOf(entry.id)) ?? entry ?? {};
    return entry && { ...entry, expression };
  }

  /** Returns the row in which an entry is, or the one that has replaced it, or null. */
  find(id) {
    return this.#list.querySelector(`[data-id="${this.current(id)?.id}"]`);
  }

  /** Whether the end of the log is visible. */
  get isAtEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroll;
    return scrollTop + clientHeight >= scrollHeight - 8;
  }

  /**
   * Adds older entries, the newest first, before the others without moving what is visible. `more`
   * says whether there are still older ones.
   */
  precede(entries, more) {
    const fromEnd = this.#scroll.scrollHeight - this.#scroll.scrollTop;
    this.offerEarlier(more);
    const rows = [];
    let next = this.entries.at(-1);
    for (const entry of entries) {
      if (this.#entries.has(entry.id)) continue;
      // An edited entry belongs to the time of its place.
      if (next && placeOf(entry) > placeOf(next)) entry.place = placeOf(next);
      next = entry;
      rows.unshift(this.#row(entry));
    }
    this.#list.prepend(...rows);
    this.#arrange(rows);
    this.#scroll.scrollTop = this.#scroll.scrollHeight - fromEnd;
  }

  /** Adds a pending row for an expression, and returns it. */
  add(expression) {
    const row = element("li", { class: "entry pending" });
    const result = element("span", { class: "result word" }, "…");
    row.append(lineOf({ expression }, this.#handlers, result));
    this.#list.append(row);
    this.scrollToEnd();
    return row;
  }

  /** Replaces a pending row by the row of its entry. */
  answer(row, entry) {
    if (this.#entries.has(entry.id)) return row.remove();
    const answered = this.#row(entry);
    row.replaceWith(answered);
    this.#arrange([answered]);
    this.scrollToEnd();
  }

  /** Adds newer entries, the newest first, before the pending rows. */
  append(entries) {
    const pending = this.#list.querySelector(".pending");
    const added = entries.filter(({ id }) => !this.#entries.has(id)).reverse();
    const rows = added.map((entry) => this.#list.insertBefore(this.#row(entry), pending));
    this.#arrange(rows);
    if (rows.length) this.scrollToEnd();
  }

  /**
   * Shows an entry in the place of the one that it replaces, if that is shown, together with the
   * old result if that is different.
   */
  replace(entry) {
    const before = this.#entries.get(entry.replaces);
    if (!before) return;
    const row = this.find(before.id);
    this.changes++;
    this.#entries.delete(before.id);
    this.#successors.set(before.id, entry.id);
    entry.place = placeOf(before);
    const was = outcome(before) === outcome(entry) ? "" : outcome(before);
    if (was) this.#replaced.add(entry.id);
    this.#exchange(row, entry, was);
  }

  /** Removes the old results from all rows. */
  forgetReplaced() {
    for (const id of this.#replaced) this.rebuild(id);
    this.#replaced.clear();
  }

  /** Rebuilds that row: as it is stored, or as a pending edit will make it. */
  rebuild(id) {
    const entry = this.current(id);
    if (entry) this.#exchange(this.find(id), entry);
  }

  /**
   * Marks the rows whose entries were calculated with values that names no longer have. Notes say
   * so at rows, as {id, text, actions}.
   */
  markStale(ids, notes = []) {
    this.#stale = ids;
    this.#notes = notes;
    for (const row of this.#list.children) this.#mark(row);
  }

  #mark(row) {
    const id = Number(row.dataset.id);
    row.classList.toggle("stale", this.#stale.includes(id));
    if (row.matches(".pending, .revised")) return; // which have a note of their own
    row.querySelector(".note")?.remove();
    const note = this.#notes.find((one) => one.id === id);
    if (note) this.explain(row, note.text, note.actions);
  }

  /** Gives the focus to a cell of a row: expression, result or more. */
  focus(id, name) {
    cellOf(this.find(id)?.querySelector(".line"), name)?.focus();
  }

  /** Rebuilds all rows, for example after a change of the number format. */
  redraw() {
    const atEnd = this.isAtEnd;
    this.#decimals = 0;
    for (const id of this.#entries.keys()) this.rebuild(id);
    if (atEnd) this.scrollToEnd();
  }

  /** Recolours the names in all rows, for example after a change of the names. */
  recolour() {
    for (const name of this.#list.querySelectorAll(nameClasses)) {
      const kind = this.#handlers.kindOf(name.textContent);
      const stays = name.className === kind || (kind === "unknown" && name.className === "unit");
      if (!stays) name.className = kind;
    }
  }

  /** Removes the rows of entries. */
  remove(ids) {
    this.changes++;
    const edited = this.#list.querySelector(".editing");
    for (const id of ids) {
      this.find(id)?.remove();
      this.#entries.delete(id);
    }
    this.#arrange([]);
    if (edited?.isConnected === false) this.interrupted();
  }

  /** Shows a note in a row, such as why it is pending, with actions given as {label: function}. */
  explain(row, text, actions) {
    const reason = row.querySelector(".note .why");
    if (reason) {
      // The buttons stay: one of them may have the focus.
      reason.textContent = text;
      return;
    }
    const atEnd = this.isAtEnd;
    const entries = Object.entries(actions);
    const buttons = entries.map(([label, act]) => button(label, "quiet", act));
    const why = element("span", { class: "why" }, text);
    const words = element("p", {}, why, " ", element("span", { class: "here" }));
    row.append(element("div", { class: "note" }, words, ...buttons));
    if (atEnd) this.scrollToEnd();
  }

  /** Shows in a pending row what this browser has calculated: an entry or null, and a sentence. */
  showLocal(row, entry, text) {
    const atEnd = this.isAtEnd;
    this.#locals.set(row, entry);
    const result = resultOf(entry ?? { kind: "none" }, "local", this.#handlers);
    row.querySelector(".result")?.replaceWith(result);
    this.#measure(row);
    if (entry?.plot && !row.querySelector(".plot")) row.append(this.#handlers.plot(entry.plot));
    row.querySelector(".here")?.replaceChildren(...prose(text));
    if (atEnd) this.scrollToEnd();
  }

  /** Turns a pending row into one that says why there is no result. `error` is a span or null. */
  refuse(row, expression, refusal, error) {
    const line = lineOf({ expression }, this.#handlers);
    if (error) line.querySelector(".expression").replaceChildren(...marked(expression, error));
    row.className = "entry refused";
    row.replaceChildren(line, ...problem(refusal));
    this.#arrange([]);
    this.scrollToEnd();
  }

  /** Removes all rows except pending ones. */
  clear() {
    this.changes++;
    const edited = this.#list.querySelector(".editing");
    for (const row of this.#list.querySelectorAll(":not(.pending).entry")) row.remove();
    this.#entries.clear();
    this.#decimals = 0;
    this.#arrange([]);
    this.#scroll.scrollTop = 0;
    this.offerEarlier(false);
    if (edited) this.interrupted();
  }

  /** Scrolls to the newest row. */
  scrollToEnd() {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  /** Shows or hides the button for earlier entries. */
  offerEarlier(more) {
    const earlier = byId("earlier");
    if (!more && earlier === document.activeElement) byId("input").focus();
    earlier.hidden = !more;
  }

  /** Returns a new row for an entry, which it remembers if the entry is stored. */
  #row(entry, was) {
    if (entry.id !== null) this.#entries.set(entry.id, entry);
    const row = rowOf(entry, this.#handlers, was);
    const edit = this.#handlers.editOf(entry.id);
    if (edit) this.#revise(row, entry, edit);
    else this.#measure(row);
    this.#mark(row);
    return row;
  }

  /** Shows the expression of an edit in a row whose result is not known yet. */
  #revise(row, entry, { expression, why, actions }) {
    const result = element("span", { class: "result word" }, "…");
    const revised = { ...entry, expression, parsed: "", notices: [] };
    row.querySelector(".plot")?.remove();
    row.querySelector(".line").replaceWith(lineOf(revised, this.#handlers, result));
    row.classList.add("revised");
    if (why) this.explain(row, why, actions);
  }

  /** Makes room for the decimals of a row. */
  #measure(row) {
    const own = row.querySelector(".result")?.style.getPropertyValue("--own");
    this.#decimals = Math.max(this.#decimals, Number(own ?? 0));
  }

  /** Replaces the row of an entry by another one, with the focus in the same cell. */
  #exchange(row, entry, was) {
    const focused = row.contains(document.activeElement) && document.activeElement;
    const newRow = this.#row(entry, was);
    row.replaceWith(newRow);
    this.#arrange([newRow]);
    if (focused) cellLike(focused, newRow.querySelector(".line"))?.focus();
    if (row.matches(".editing")) this.interrupted(this.visible(entry.id));
    this.#handlers.rebuilt();
  }

  /** Updates what depends on neighbouring rows: days, the newest row, decimals, the tab stop. */
  #arrange(rows) {
    for (const row of rows) {
      setDay(row);
      setDay(row.nextElementSibling);
    }
    if (!rows.length) setDay(this.#list.firstElementChild);
    const { style } = document.querySelector("main"); // for the preview as well
    if (style.getPropertyValue("--decimals") !== String(this.#decimals)) {
      style.setProperty("--decimals", this.#decimals);
    }
    let newest = this.#list.lastElementChild;
    while (newest && !newest.dataset.day) newest = newest.previousElementSibling;
    this.#list.querySelector(".newest")?.classList.remove("newest");
    newest?.classList.add("newest");
    const isUsed = this.#list.contains(document.activeElement);
    if (isUsed && this.#current?.isConnected) return;
    const cell = cellOf(this.#list.lastElementChild?.querySelector(".line"), "result");
    if (cell) this.#setCurrent(cell);
  }

  #setCurrent(cell) {
    this.#current?.setAttribute("tabindex", "-1");
    this.#current = cell;
    cell.setAttribute("tabindex", "0");
  }

  #key(event) {
    const { key, target } = event;
    const line = target.closest(".line");
    if (!line || target.matches("textarea")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const entry = this.#entries.get(Number(target.closest(".entry").dataset.id));
    if (key === "Delete" && entry) return this.#handlers.actions(entry).Delete();
    const cells = [...line.querySelectorAll("button")];
    const rows = [...this.#list.children];
    const index = rows.indexOf(target.closest(".entry"));
    const sideways = { ArrowLeft: -1, ArrowRight: +1 }[key];
    const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: rows.length - 1 }[key];
    const next = sideways
      ? cells[cells.indexOf(target) + sideways]
      : cellLike(target, rows[to]?.querySelector(".line"));
    if (sideways === undefined && to === undefined) return;
    event.preventDefault();
    if (next) next.focus();
    else if (to === rows.length) byId("input").focus();
  }
}
