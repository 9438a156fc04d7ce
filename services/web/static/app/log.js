// The log: what was entered, what was understood where that differs, the result
// and the time. An entry is as GET /history has it.

import { button, byId, element, isAtEnd, prose } from "./dom.js";
import { title } from "./plots.js";
import { saysMore } from "./reading.js";
import { marked } from "./span.js";
import { sentence, spoken } from "./spoken.js";
import { shown } from "./theme.js";

/** The log. It calls `copy(text)`, `edit(expression)`, `plot(plot)` for the figure of one, and `act(entry, button)` for more. */
export class Log {
  #list = byId("log");
  #shown = new Map(); // entries by id
  #calls;

  constructor(calls) {
    this.#calls = calls;
  }

  get empty() {
    return this.#list.childElementCount === 0;
  }

  /** The entries that are shown and stored, newest first. */
  get entries() {
    return [...this.#shown.values()].sort((a, b) => b.id - a.id);
  }

  /**
   * Puts entries before the others, newest first, without moving what is in view,
   * and offers those before them if there are more.
   */
  precede(entries, more) {
    const height = document.documentElement.scrollHeight;
    this.offer(more);
    for (const entry of entries) {
      if (this.#shown.has(entry.id)) continue;
      this.#shown.set(entry.id, entry);
      this.#list.prepend(this.#row(entry));
    }
    scrollBy({ top: document.documentElement.scrollHeight - height, behavior: "instant" });
  }

  /** Adds a row for an expression that has no answer yet, and returns it. */
  add(expression) {
    const row = element("li", { class: "entry pending" }, this.#line(expression, element("span", { class: "result" }, "…")));
    this.#list.append(row);
    this.reveal();
    return row;
  }

  /** Turns a pending row into that of an entry. */
  answer(row, entry) {
    if (this.#shown.has(entry.id)) return row.remove();
    if (entry.id !== null) this.#shown.set(entry.id, entry);
    row.replaceWith(this.#row(entry));
    this.reveal();
  }

  /** Adds entries that came by another way, newest first, before what is pending. */
  follow(entries) {
    const pending = this.#list.querySelector(".pending");
    const more = entries.filter(({ id }) => !this.#shown.has(id)).reverse();
    for (const entry of more) {
      this.#shown.set(entry.id, entry);
      this.#list.insertBefore(this.#row(entry), pending);
    }
    if (more.length) this.reveal();
  }

  /** Shows all entries anew, as when the look of numbers has changed. */
  redraw() {
    for (const entry of this.#shown.values()) {
      this.#list.querySelector(`[data-id="${entry.id}"]`)?.replaceWith(this.#row(entry));
    }
  }

  /** Removes the rows of entries. */
  remove(ids) {
    for (const id of ids) {
      this.#list.querySelector(`[data-id="${id}"]`)?.remove();
      this.#shown.delete(id);
    }
  }

  /** Says in a pending row why it waits, with actions given as {label: function}. */
  hold(row, text, actions) {
    const words = row.querySelector(".note .why");
    if (words) {
      // The buttons stay: one of them may have the focus.
      words.textContent = text;
      return;
    }
    const atEnd = isAtEnd();
    const buttons = Object.entries(actions).map(([label, act]) => button(label, "quiet", act));
    row.append(element("div", { class: "note" }, element("p", {}, element("span", { class: "why" }, text), " ", element("span", { class: "here" })), ...buttons));
    if (atEnd) this.reveal();
  }

  /** Shows in a pending row that is held what it gives here, an entry or null, and says so. */
  foretell(row, entry, text) {
    row.querySelector(".result").replaceWith(entry ? this.#foretold(entry) : element("span", { class: "result" }, "…"));
    if (entry?.plot && !row.querySelector(".plot")) row.append(this.#calls.plot(entry.plot));
    row.querySelector(".here").replaceChildren(...prose(text));
  }

  /** Turns a pending row into one that tells why there is no result. */
  refuse(row, expression, { detail, hint }, place) {
    const text = this.#line(expression);
    if (place) text.querySelector(".expression").replaceChildren(...marked(expression, place));
    row.className = "entry refused";
    row.replaceChildren(text, element("p", { class: "detail" }, ...prose(detail)), element("p", { class: "hint" }, ...prose(hint)));
    this.reveal();
  }

  /** Removes everything but what is pending. */
  clear() {
    for (const row of this.#list.querySelectorAll(":not(.pending).entry")) row.remove();
    this.#shown.clear();
    this.offer(false);
  }

  /** Brings the newest row and the input into view. */
  reveal() {
    scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
  }

  /** Offers earlier entries, or not. */
  offer(more) {
    const earlier = byId("earlier");
    if (!more && earlier === document.activeElement) byId("input").focus();
    earlier.hidden = !more;
  }

  #row(entry) {
    const result = entry.kind === "plot" ? [] : [this.#result(entry)];
    const row = element("li", { class: "entry" }, this.#line(entry.expression, ...result));
    if (entry.id !== null) {
      row.dataset.id = entry.id;
      row.querySelector(".line").prepend(this.#more(entry));
    }
    const details = element("div", { class: "details" });
    if (saysMore(entry.parsed, entry.expression)) {
      details.append(element("span", { class: "parsed" }, element("span", {}, "read as "), element("code", {}, entry.parsed)));
    }
    if (entry.id === null) details.append(element("span", { class: "unstored" }, "not stored in the history"));
    details.append(time(new Date(entry.at)));
    row.append(details);
    if (entry.plot) row.append(this.#calls.plot(entry.plot));
    return row;
  }

  #more(entry) {
    const more = button("⋮", "more", () => this.#calls.act(entry, more));
    more.setAttribute("aria-label", `Actions for ${spoken(entry.expression)}`);
    more.setAttribute("aria-haspopup", "menu");
    return more;
  }

  #line(expression, ...result) {
    const edit = button(expression, "expression", () => this.#calls.edit(expression));
    edit.title = "Change this";
    return element("div", { class: "line" }, edit, ...result);
  }

  #foretold(entry) {
    if (entry.kind === "plot") return element("span", { class: "result" });
    const text = outcome(entry);
    return element("span", { class: entry.kind === "definition" ? "result" : "result foretold" }, entry.kind === "definition" ? text : shown(text));
  }

  #result(entry) {
    const text = outcome(entry);
    if (entry.kind === "definition") return element("span", { class: "result" }, text);
    const copy = button(shown(text), `result ${entry.kind}`, () => this.#calls.copy(text));
    copy.setAttribute("aria-label", `${sentence(entry, text)}, copy ${text}`);
    copy.title = "Copy";
    return copy;
  }
}

/** Returns what an entry has as its result, in a text. */
export function outcome(entry) {
  if (entry.kind === "definition") return "defined";
  if (entry.kind === "plot") return title(entry.plot);
  // The reply to an assignment displays nothing; 15 digits are what the
  // calculator displays of a value.
  return entry.display || String(Number(entry.result.toPrecision(15)));
}

/** Today's times show the hour, earlier ones the day as well. */
function time(at) {
  const clock = { hour: "2-digit", minute: "2-digit" };
  const today = at.toDateString() === new Date().toDateString();
  const text = at.toLocaleString(undefined, today ? clock : { day: "numeric", month: "short", ...clock });
  return element("time", { datetime: at.toISOString(), title: at.toLocaleString() }, text);
}
