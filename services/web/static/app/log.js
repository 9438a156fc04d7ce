// The log: one row per entry, with what was entered, how it was read where that differs, the
// result and the time. Entries have the shape of GET /history.

import { button, byId, copy, element, isAtEnd, prose } from "./dom.js";
import { differs, marked } from "./highlight.js";
import { sentence, spoken } from "./messages.js";
import { title } from "./plots.js";
import { shown } from "./settings.js";

/**
 * The log. It calls `edit(expression)`, `act(entry, button)` for the menu of an entry, and
 * `plot(plot)`, which returns a figure.
 */
export class Log {
  #list = byId("log");
  #entries = new Map(); // by id
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
  }

  get empty() {
    return this.#list.childElementCount === 0;
  }

  /** The entries that are shown and stored, newest first. */
  get entries() {
    return [...this.#entries.values()].sort((a, b) => b.id - a.id);
  }

  /**
   * Puts older entries, newest first, before the others without moving what is in view. `more`
   * says whether there are even older ones.
   */
  precede(entries, more) {
    const height = document.documentElement.scrollHeight;
    this.offerEarlier(more);
    for (const entry of entries) {
      if (this.#entries.has(entry.id)) continue;
      this.#entries.set(entry.id, entry);
      this.#list.prepend(this.#row(entry));
    }
    const grown = document.documentElement.scrollHeight - height;
    scrollBy({ top: grown, behavior: "instant" });
  }

  /** Adds a pending row for an expression, and returns it. */
  add(expression) {
    const result = element("span", { class: "result" }, "…");
    const row = element("li", { class: "entry pending" }, this.#line(expression, result));
    this.#list.append(row);
    this.scrollToEnd();
    return row;
  }

  /** Replaces a pending row by the row of its entry. */
  answer(row, entry) {
    if (this.#entries.has(entry.id)) return row.remove();
    if (entry.id !== null) this.#entries.set(entry.id, entry);
    row.replaceWith(this.#row(entry));
    this.scrollToEnd();
  }

  /** Adds newer entries, newest first, before the pending rows. */
  append(entries) {
    const pending = this.#list.querySelector(".pending");
    const added = entries.filter(({ id }) => !this.#entries.has(id)).reverse();
    for (const entry of added) {
      this.#entries.set(entry.id, entry);
      this.#list.insertBefore(this.#row(entry), pending);
    }
    if (added.length) this.scrollToEnd();
  }

  /** Builds all rows anew, as after a change of the number format. */
  redraw() {
    for (const entry of this.#entries.values()) {
      this.#find(entry.id)?.replaceWith(this.#row(entry));
    }
  }

  /** Removes the rows of entries. */
  remove(ids) {
    for (const id of ids) {
      this.#find(id)?.remove();
      this.#entries.delete(id);
    }
  }

  /** Says in a pending row why it is pending, with actions given as {label: function}. */
  explain(row, text, actions) {
    const reason = row.querySelector(".note .why");
    if (reason) {
      // The buttons stay: one of them may have the focus.
      reason.textContent = text;
      return;
    }
    const atEnd = isAtEnd();
    const entries = Object.entries(actions);
    const buttons = entries.map(([label, act]) => button(label, "quiet", act));
    const why = element("span", { class: "why" }, text);
    const words = element("p", {}, why, " ", element("span", { class: "here" }));
    row.append(element("div", { class: "note" }, words, ...buttons));
    if (atEnd) this.scrollToEnd();
  }

  /** Shows in a pending row what this browser calculated: an entry or null, and a sentence. */
  showLocal(row, entry, text) {
    row.querySelector(".result").replaceWith(this.#localResult(entry));
    if (entry?.plot && !row.querySelector(".plot")) row.append(this.#handlers.plot(entry.plot));
    row.querySelector(".here").replaceChildren(...prose(text));
  }

  /** Turns a pending row into one that says why there is no result. */
  refuse(row, expression, { detail, hint }, error) {
    const line = this.#line(expression);
    if (error) line.querySelector(".expression").replaceChildren(...marked(expression, error));
    row.className = "entry refused";
    row.replaceChildren(
      line,
      element("p", { class: "detail" }, ...prose(detail)),
      element("p", { class: "hint" }, ...prose(hint)),
    );
    this.scrollToEnd();
  }

  /** Removes all rows but pending ones. */
  clear() {
    for (const row of this.#list.querySelectorAll(":not(.pending).entry")) row.remove();
    this.#entries.clear();
    this.offerEarlier(false);
  }

  /** Brings the newest row and the input into view. */
  scrollToEnd() {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
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

  #row(entry) {
    const result = entry.kind === "plot" ? [] : [this.#result(entry)];
    const row = element("li", { class: "entry" }, this.#line(entry.expression, ...result));
    if (entry.id !== null) {
      row.dataset.id = entry.id;
      row.querySelector(".line").prepend(this.#more(entry));
    }
    row.append(this.#details(entry));
    if (entry.plot) row.append(this.#handlers.plot(entry.plot));
    return row;
  }

  #details({ id, at, parsed, expression }) {
    const details = element("div", { class: "details" });
    if (differs(parsed, expression)) {
      const reading = [element("span", {}, "read as "), element("code", {}, parsed)];
      details.append(element("span", { class: "parsed" }, ...reading));
    }
    if (id === null) {
      details.append(element("span", { class: "unstored" }, "not stored in the history"));
    }
    details.append(time(new Date(at)));
    return details;
  }

  #more(entry) {
    const more = button("⋮", "more", () => this.#handlers.act(entry, more));
    more.setAttribute("aria-label", `Actions for ${spoken(entry.expression)}`);
    more.setAttribute("aria-haspopup", "menu");
    return more;
  }

  #line(expression, ...result) {
    const edit = button(expression, "expression", () => this.#handlers.edit(expression));
    edit.title = "Edit";
    return element("div", { class: "line" }, edit, ...result);
  }

  #localResult(entry) {
    if (!entry) return element("span", { class: "result" }, "…");
    if (entry.kind === "plot") return element("span", { class: "result" });
    const text = outcome(entry);
    if (entry.kind === "definition") return element("span", { class: "result" }, text);
    return element("span", { class: "result local" }, shown(text));
  }

  #result(entry) {
    const text = outcome(entry);
    if (entry.kind === "definition") return element("span", { class: "result" }, text);
    const result = button(shown(text), `result ${entry.kind}`, () => copy(text));
    result.setAttribute("aria-label", `${sentence(entry, text)}, copy ${text}`);
    result.title = "Copy";
    return result;
  }
}

/** Returns the result of an entry as text. */
export function outcome(entry) {
  if (entry.kind === "definition") return "defined";
  if (entry.kind === "plot") return title(entry.plot);
  // An assignment displays nothing; 15 digits are what the calculator displays of a value.
  return entry.display || String(Number(entry.result.toPrecision(15)));
}

/** Returns the time of an entry: the hour if it was today, else the day as well. */
function time(at) {
  const clock = { hour: "2-digit", minute: "2-digit" };
  const today = at.toDateString() === new Date().toDateString();
  const format = today ? clock : { day: "numeric", month: "short", ...clock };
  const attributes = { datetime: at.toISOString(), title: at.toLocaleString() };
  return element("time", attributes, at.toLocaleString(undefined, format));
}
