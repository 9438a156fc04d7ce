// The input: a text area that grows with its text, completes names, walks through
// what was entered, and keeps its draft in this browser.

import { explain, foretell, instruct, offerKeys } from "./advice.js";
import { Completion } from "./completion.js";
import { byId } from "./dom.js";
import { show } from "./mirror.js";
import { callAt } from "./scan.js";
import { browser, tab } from "./storage.js";

const draft = "abacus.draft";

/** How long a person pauses before a text that is not finished is found wrong, in milliseconds. */
const pause = 800;

/**
 * The input. It calls `submit(text)`, `changed(text)` after every change, and
 * `help()` for a `?` in an empty one.
 */
export class Input {
  #area = byId("input");
  #vocabulary;
  #completion;
  #mark = null; // [start, end] of what is wrong
  #doubt = 0; // the timer of a pause
  #past = [];
  #place = 0; // in #past; its length stands for the newest text, which is #newest
  #newest = "";
  #calls;

  constructor(vocabulary, calls) {
    this.#vocabulary = vocabulary;
    this.#calls = calls;
    this.#completion = new Completion(this.#area, vocabulary, (start, end, text) => this.#replace(start, end, text));
    this.#area.addEventListener("input", () => {
      this.#edited();
      this.#completion.update();
    });
    document.addEventListener("selectionchange", () => document.activeElement === this.#area && this.paint());
    this.#area.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => this.#redirect(event));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // Some may have typed before this script had come.
    this.set(this.#area.value || (tab.kept(draft) ?? browser.kept(draft) ?? ""));
  }

  get empty() {
    return this.#area.value === "";
  }

  get text() {
    return this.#area.value;
  }

  /** Replaces the text and puts the caret at its end, or where it is told. */
  set(text, caret = text.length) {
    this.#area.value = text;
    this.#area.setSelectionRange(caret, caret);
    this.#edited();
  }

  /** Replaces the text by one to be changed, and takes the focus. */
  edit(text) {
    this.#remember();
    this.set(text);
    this.focus();
  }

  /** Writes a text at the caret and takes the focus. */
  insert(text) {
    this.#replace(this.#area.selectionStart, this.#area.selectionEnd, text);
    this.focus();
  }

  /** Removes what is selected, or the character before the caret. */
  erase() {
    const { selectionStart: start, selectionEnd: end } = this.#area;
    const before = [...this.text.slice(0, start)].at(-1)?.length ?? 0;
    this.#replace(start === end ? start - before : start, end, "");
    this.focus();
  }

  /** Removes the text; up brings it back. */
  clear() {
    this.#remember();
    this.set("");
  }

  focus() {
    this.#area.focus();
  }

  /** Shows what is wrong under the text, marks its place, and sets the caret there. */
  refuse({ detail, hint }, place) {
    clearTimeout(this.#doubt);
    this.#find({ detail, hint }, place);
    this.#area.setAttribute("aria-invalid", "true");
    if (place) this.#area.setSelectionRange(place[1], place[1]);
  }

  /** Shows what the text would give, and how it is read where that is not plain. */
  foretell(result, reading) {
    clearTimeout(this.#doubt);
    foretell(result, reading);
  }

  /** Shows what is wrong with the text as it is, once the person pauses. */
  doubt(words, place) {
    foretell("");
    clearTimeout(this.#doubt);
    this.#doubt = setTimeout(() => this.#find(words, place), pause);
  }

  /** Shows the text in its colours, as the names are known now. */
  paint() {
    const caret = this.#area.selectionStart;
    show(this.text, { place: this.#mark, caret, kindOf: (name) => this.#vocabulary.find(name)?.kind ?? "unknown" });
    const call = callAt(this.text, caret);
    instruct(call && this.#vocabulary.find(this.text.slice(call.start, call.end)));
  }

  /** Puts texts, oldest first, before those that up and down walk through. */
  precede(texts) {
    this.#past.unshift(...texts);
    this.#place += texts.length;
  }

  /** Makes a text the last one that up and down walk through. */
  remember(text) {
    if (text.trim() && text !== this.#past.at(-1)) this.#past.push(text);
    this.#place = this.#past.length;
  }

  /** Forgets what up and down walk through. */
  forget() {
    this.#past = [];
    this.#place = 0;
  }

  #edited() {
    const text = this.text;
    clearTimeout(this.#doubt);
    this.#mark = null;
    this.#completion.close();
    this.paint();
    explain("", "");
    if (!text.trim()) foretell("");
    offerKeys(!text);
    this.#area.removeAttribute("aria-invalid");
    for (const area of [browser, tab]) area.keep(draft, text || null);
    this.#calls.changed(text);
  }

  /** Replaces a part of the text as typing does, so that the browser can undo it. */
  #replace(start, end, text) {
    this.#area.focus();
    this.#area.setSelectionRange(start, end);
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) this.#area.setRangeText(text, start, end, "end");
    this.#edited();
  }

  #find({ detail, hint }, place) {
    explain(detail, hint);
    this.#mark = place;
    this.paint();
  }

  #submit() {
    const text = this.#area.value;
    if (!text.trim() || !this.#calls.submit(text)) return;
    this.remember(text);
    this.set("");
    this.focus();
  }

  #key(event) {
    // During composition the keys belong to the input method.
    if (event.isComposing) return;
    if (event.ctrlKey && event.key === " ") {
      event.preventDefault();
      return this.#completion.update(true);
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (this.#completion.key(event)) return event.preventDefault();
    const act = {
      Enter: () => !event.shiftKey && (this.#submit(), true),
      Escape: () => !this.empty && (this.clear(), true),
      ArrowUp: () => !event.shiftKey && this.#onEdge("lastIndexOf") && this.#walk(-1),
      ArrowDown: () => !event.shiftKey && this.#onEdge("indexOf") && this.#walk(+1),
      "?": () => this.empty && (this.#calls.help(), true),
    }[event.key];
    if (act?.()) event.preventDefault();
  }

  /** Tells whether the caret is on the first line (lastIndexOf) or the last one. */
  #onEdge(find) {
    const { value, selectionStart, selectionEnd } = this.#area;
    if (selectionStart !== selectionEnd) return false;
    const from = find === "lastIndexOf" ? selectionStart - 1 : selectionStart;
    return from < 0 || value[find]("\n", from) < 0;
  }

  #walk(step) {
    const place = this.#place + step;
    if (place < 0 || place > this.#past.length) return false;
    if (this.#place === this.#past.length) this.#newest = this.#area.value;
    this.#place = place;
    const text = this.#past[place] ?? this.#newest;
    // The caret goes to the edge from which the next step leads on.
    const line = text.indexOf("\n");
    this.set(text, step < 0 && line >= 0 ? line : text.length);
    return true;
  }

  #remember() {
    this.remember(this.#area.value);
  }

  /** Takes over what is typed while nothing in particular has the focus. */
  #redirect(event) {
    const elsewhere = event.target === document.body || event.target.matches?.("#log button");
    const types = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!elsewhere || !types || document.querySelector("dialog[open]")) return;
    this.focus();
    this.#key(event);
  }
}
