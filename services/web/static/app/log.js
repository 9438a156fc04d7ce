// The log: one row per entry, with what was entered, how it was read where that differs, and the
// result. Entries have the shape of GET /history. The rows are one tab stop: arrow keys move
// between them.

import { valueOf, valueSource } from "./calculator.js";
import { button, byId, element, prose } from "./dom.js";
import { coloured, differs, marked, scan } from "./highlight.js";
import { sentence, spoken } from "./messages.js";
import { decimalComma, shown, toDigits, toLocal, typed } from "./numbers.js";
import { title } from "./plots.js";

/** The longest expression that is shown whole, in UTF-16 units; more than four lines fold. */
const foldAt = 200;

/** The parts of an expression whose colour depends on the names of the session. */
const nameClasses = ["unknown", "variable", "definition", "constant", "function"]
  .map((kind) => `.expression .${kind}`)
  .join();

/** An expression with its label, the words before a colon: `rent: 1200`. */
const labelled = /^\s*(\p{L}[\p{L}\p{Nd} _\-'’.,&/]*?)\s*:(?!=)\s*([^]+)$/u;

/** How long "Copied" is shown, in milliseconds. */
const copiedTime = 1200;

/**
 * The log. It calls `edit(entry)`, `use(entry, button)` for a result, `act(entry, button)` for the
 * menu of an entry, `plot(plot)`, which returns a figure, and `kindOf(name)` for colours.
 */
export class Log {
  #list = byId("log");
  #scroll = byId("scroll");
  #entries = new Map(); // by id
  #current = null; // the cell that Tab reaches
  #decimals = 0; // the room that results need behind their point, in characters
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    this.#list.addEventListener("focusin", ({ target }) => {
      if (target.matches(".line button")) this.#setCurrent(target);
    });
    this.#list.addEventListener("keydown", (event) => this.#key(event));
  }

  get empty() {
    return this.#list.childElementCount === 0;
  }

  /** The entries that are shown and stored, newest first. */
  get entries() {
    return [...this.#entries.values()].sort((a, b) => b.id - a.id);
  }

  /**
   * Returns the expression that is the total or the average of the rows since the last one, or
   * since the beginning of the newest day; "" if there are none.
   */
  totalOf(word) {
    const values = [];
    for (const entry of this.entries) {
      const otherDay = dayOf(entry) !== dayOf(this.entries[0]);
      if (otherDay || /# (total|average)$/.test(entry.expression)) break;
      if (entry.result !== null) values.unshift(outcome(entry));
    }
    const name = { total: "sum", average: "mean" }[word];
    return values.length ? `${name}(${values.join(", ")}) # ${word}` : "";
  }

  /** Whether the end of the log is in view. */
  get isAtEnd() {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroll;
    return scrollTop + clientHeight >= scrollHeight - 8;
  }

  /**
   * Puts older entries, newest first, before the others without moving what is in view. `more`
   * says whether there are even older ones.
   */
  precede(entries, more) {
    const fromEnd = this.#scroll.scrollHeight - this.#scroll.scrollTop;
    this.offerEarlier(more);
    const rows = [];
    for (const entry of entries) {
      if (this.#entries.has(entry.id)) continue;
      this.#entries.set(entry.id, entry);
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
    row.append(this.#line({ expression }, result));
    this.#list.append(row);
    this.scrollToEnd();
    return row;
  }

  /** Replaces a pending row by the row of its entry. */
  answer(row, entry) {
    if (this.#entries.has(entry.id)) return row.remove();
    if (entry.id !== null) this.#entries.set(entry.id, entry);
    const answered = this.#row(entry);
    row.replaceWith(answered);
    this.#arrange([answered]);
    this.scrollToEnd();
  }

  /** Adds newer entries, newest first, before the pending rows. */
  append(entries) {
    const pending = this.#list.querySelector(".pending");
    const added = entries.filter(({ id }) => !this.#entries.has(id)).reverse();
    const rows = added.map((entry) => {
      this.#entries.set(entry.id, entry);
      const row = this.#row(entry);
      this.#list.insertBefore(row, pending);
      return row;
    });
    this.#arrange(rows);
    if (rows.length) this.scrollToEnd();
  }

  /** Builds all rows anew, as after a change of the number format. */
  redraw() {
    const atEnd = this.isAtEnd;
    this.#decimals = 0;
    const rows = [...this.#entries.values()].map((entry) => {
      const row = this.#row(entry);
      this.#find(entry.id)?.replaceWith(row);
      return row;
    });
    this.#arrange(rows);
    if (atEnd) this.scrollToEnd();
  }

  /** Colours the names in all rows anew, as after a change of the names. */
  recolour() {
    for (const name of this.#list.querySelectorAll(nameClasses)) {
      const kind = this.#handlers.kindOf(name.textContent);
      if (name.className !== kind) name.className = kind;
    }
  }

  /** Removes the rows of entries. */
  remove(ids) {
    for (const id of ids) {
      this.#find(id)?.remove();
      this.#entries.delete(id);
    }
    this.#arrange([]);
  }

  /** Says in a pending row why it is pending, with actions given as {label: function}. */
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

  /** Shows in a pending row what this browser calculated: an entry or null, and a sentence. */
  showLocal(row, entry, text) {
    const result = this.#result(entry ?? { kind: "none" }, "local");
    row.querySelector(".result").replaceWith(result);
    if (entry?.plot && !row.querySelector(".plot")) row.append(this.#handlers.plot(entry.plot));
    row.querySelector(".here").replaceChildren(...prose(text));
  }

  /** Turns a pending row into one that says why there is no result. `error` is a span or null. */
  refuse(row, expression, { detail, hint }, error) {
    const line = this.#line({ expression });
    if (error) line.querySelector(".expression").replaceChildren(...marked(expression, error));
    row.className = "entry refused";
    row.replaceChildren(
      line,
      element("p", { class: "detail" }, ...prose(detail)),
      element("p", { class: "hint" }, ...prose(hint)),
    );
    this.#arrange([]);
    this.scrollToEnd();
  }

  /** Removes all rows but pending ones. */
  clear() {
    for (const row of this.#list.querySelectorAll(":not(.pending).entry")) row.remove();
    this.#entries.clear();
    this.#decimals = 0;
    this.#arrange([]);
    this.offerEarlier(false);
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

  #find(id) {
    return this.#list.querySelector(`[data-id="${id}"]`);
  }

  /** Updates what depends on neighbours: days, the newest row, the decimals, the tab stop. */
  #arrange(rows) {
    for (const row of rows) {
      setDay(row);
      setDay(row.nextElementSibling);
    }
    if (!rows.length) setDay(this.#list.firstElementChild);
    const { style } = this.#list;
    if (style.getPropertyValue("--decimals") !== String(this.#decimals)) {
      style.setProperty("--decimals", this.#decimals);
    }
    let newest = this.#list.lastElementChild;
    while (newest && !newest.dataset.day) newest = newest.previousElementSibling;
    this.#list.querySelector(".newest")?.classList.remove("newest");
    newest?.classList.add("newest");
    if (this.#list.contains(document.activeElement)) return;
    const last = this.#list.lastElementChild?.querySelector(".line");
    const cell = last?.querySelector("button.result") ?? last?.querySelector("button");
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
    if (!line || event.ctrlKey || event.altKey || event.metaKey) return;
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

  #row(entry) {
    const row = element("li", { class: "entry" });
    const result = this.#result(entry, entry.kind);
    const more = entry.id === null ? [] : [this.#more(entry)];
    const at = new Date(entry.at);
    row.append(this.#line(entry, result, ...more), time(at));
    row.dataset.day = dayOf(entry);
    if (entry.id !== null) row.dataset.id = entry.id;
    if (entry.plot) row.append(this.#handlers.plot(entry.plot));
    return row;
  }

  #line(entry, ...cells) {
    const { expression, parsed, notices = [] } = entry;
    const [, label, rest] = labelled.exec(expression) ?? [];
    const local = toLocal(rest ?? expression);
    const edit = button("", "expression", () => this.#handlers.edit(entry));
    const tokens = scan(local, { comma: decimalComma() });
    edit.append(...coloured(local, tokens, this.#handlers.kindOf));
    edit.tabIndex = -1;
    edit.title = "Edit";
    const said = element("div", { class: "said" });
    if (label) said.append(element("span", { class: "label" }, label));
    said.append(edit);
    if (local.length > foldAt) said.append(fold(edit));
    if (parsed && differs(parsed, expression)) {
      const reading = element("code", {}, toLocal(parsed));
      said.append(element("span", { class: "details parsed" }, "read as ", reading));
    }
    for (const { message } of notices) {
      said.append(element("span", { class: "details" }, ...prose(message)));
    }
    if (entry.id === null) {
      said.append(element("span", { class: "details unstored" }, "not stored in the history"));
    }
    return element("div", { class: "line" }, said, ...cells);
  }

  #more(entry) {
    const more = button("⋮", "more", () => this.#handlers.act(entry, more));
    more.setAttribute("aria-label", `Actions for ${spoken(toLocal(entry.expression))}`);
    more.setAttribute("aria-haspopup", "menu");
    more.tabIndex = -1;
    return more;
  }

  #result(entry, className) {
    if (entry.kind === "plot") return "";
    const words = { none: "…", definition: "defined" }[entry.kind];
    if (words) return element("span", { class: `result word ${className}` }, words);
    const text = outcome(entry);
    const visible = shown(text, entry.result);
    const result =
      className === "local"
        ? element("span", { class: "result local" }, visible)
        : button(visible, `result ${className}`, () => this.#handlers.use(entry, result));
    const own = roomBehindPoint(visible);
    this.#decimals = Math.max(this.#decimals, own);
    result.style.setProperty("--own", own);
    if (className === "local") return result;
    result.setAttribute("aria-label", `${sentence(entry, text)}, insert or copy`);
    result.title = typed(text);
    result.tabIndex = -1;
    return result;
  }
}

/** Returns the result of an entry as text, with points. */
export function outcome(entry) {
  if (entry.kind === "definition") return "defined";
  if (entry.kind === "plot") return title(entry.plot);
  // An assignment displays nothing.
  return entry.display || toDigits(valueSource(valueOf(entry)));
}

/** Shows "Copied" over a result for a moment. */
export function showCopied(result) {
  result.classList.add("copied");
  setTimeout(() => result.classList.remove("copied"), copiedTime);
}

/** Returns how many characters of a result follow the whole part of its number. */
function roomBehindPoint(text) {
  const [number] = /^[-−]?[\d.,]*\d/.exec(text) ?? [];
  if (!number) return 0;
  const [whole] = number.split(decimalComma() ? "," : ".");
  return text.length - whole.length;
}

function cellLike(cell, line) {
  const name = ["result", "more", "expression"].find((part) => cell.classList.contains(part));
  return line?.querySelector(`button.${name}`) ?? line?.querySelector("button");
}

function fold(expression) {
  const toggle = button("Show all", "quiet unfold", () => {
    const whole = expression.classList.toggle("whole");
    toggle.textContent = whole ? "Show less" : "Show all";
  });
  toggle.tabIndex = -1;
  return toggle;
}

/** Puts a heading above a row that is the first of its day, and none above others. */
function setDay(row) {
  if (!row?.dataset.day) return;
  const { day } = row.dataset;
  const first = row.previousElementSibling?.dataset.day !== day;
  const heading = row.querySelector(".day");
  if (first && !heading) row.prepend(element("h2", { class: "day" }, dayName(new Date(day))));
  if (!first) heading?.remove();
}

const dayOf = ({ at }) => new Date(at).toDateString();

function dayName(date) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - date) / 86_400_000);
  if (days < 2) return days ? "Yesterday" : "Today";
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(undefined, {
    weekday: "long", day: "numeric", month: "long", year,
  });
}

function time(at) {
  const text = at.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
  const attributes = { datetime: at.toISOString(), title: at.toLocaleString() };
  return element("time", attributes, text);
}
