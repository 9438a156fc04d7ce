// The input: a text area that grows with its text, completes names, walks through earlier inputs,
// and keeps its draft in this browser.

import { Completion } from "./completion.js";
import { byId } from "./dom.js";
import { callAt, highlight, scan } from "./highlight.js";
import { showKeys, showPreview, showProblem, showSignature } from "./hints.js";
import { browser, tab } from "./storage.js";

const draft = "abacus.draft";

/** How long typing pauses before unfinished text is called wrong, in milliseconds. */
const pause = 800;

/**
 * The input. It calls `submit(text)`, which reports whether it took the text, `changed(text)`
 * after every change, and `help()` for a `?` in an empty input.
 */
export class Input {
  #area = byId("input");
  #vocabulary;
  #completion;
  #tokens = [];
  #error = null; // [start, end]
  #doubt = 0; // the timer of `doubt`
  #past = [];
  #index = 0; // in #past; its length stands for the newest text
  #newest = "";
  #handlers;

  constructor(vocabulary, handlers) {
    this.#vocabulary = vocabulary;
    this.#handlers = handlers;
    const accept = (start, end, text) => this.#replace(start, end, text);
    this.#completion = new Completion(this.#area, vocabulary, accept);
    this.#area.addEventListener("input", () => {
      this.#edited();
      this.#completion.update(this.#tokens);
    });
    document.addEventListener("selectionchange", () => {
      if (document.activeElement === this.#area) this.#paint();
    });
    this.#area.addEventListener("keydown", (event) => this.#key(event));
    document.addEventListener("keydown", (event) => this.#redirect(event));
    byId("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    // Text may have been typed before this script was loaded.
    this.set(this.#area.value || (tab.read(draft) ?? browser.read(draft) ?? ""));
  }

  get text() {
    return this.#area.value;
  }

  get empty() {
    return this.text === "";
  }

  /** Replaces the text and puts the caret at its end, or at the given place. */
  set(text, caret = text.length) {
    this.#area.value = text;
    this.#area.setSelectionRange(caret, caret);
    this.#edited();
  }

  /** Replaces the text, which up brings back, and takes the focus. */
  edit(text) {
    this.remember(this.text);
    this.set(text);
    this.focus();
  }

  /** Inserts a text at the caret and takes the focus. */
  insert(text) {
    this.#replace(this.#area.selectionStart, this.#area.selectionEnd, text);
    this.focus();
  }

  /** Deletes the selection, or the character before the caret. */
  deleteBackward() {
    const { selectionStart: start, selectionEnd: end } = this.#area;
    const before = [...this.text.slice(0, start)].at(-1)?.length ?? 0;
    this.#replace(start === end ? start - before : start, end, "");
    this.focus();
  }

  /** Clears the text; up brings it back. */
  clear() {
    this.remember(this.text);
    this.set("");
  }

  focus() {
    this.#area.focus();
  }

  /** Shows why the text was refused, marks the place, and puts the caret there. */
  refuse(problem, error) {
    clearTimeout(this.#doubt);
    this.#showError(problem, error);
    this.#area.setAttribute("aria-invalid", "true");
    if (error) this.#area.setSelectionRange(error[1], error[1]);
  }

  /** Shows the result of the text, and its canonical form if that is given. */
  preview(result, parsed) {
    clearTimeout(this.#doubt);
    showPreview(result, parsed);
  }

  /** Shows what is wrong with the text, after a pause in typing. */
  doubt(problem, error) {
    showPreview("");
    clearTimeout(this.#doubt);
    this.#doubt = setTimeout(() => this.#showError(problem, error), pause);
  }

  /** Colours the text anew, after the names have changed. */
  repaint() {
    this.#paint();
  }

  /** Puts texts, oldest first, before those that up and down walk through. */
  precede(texts) {
    this.#past.unshift(...texts);
    this.#index += texts.length;
  }

  /** Makes a text the newest one that up and down walk through. */
  remember(text) {
    if (text.trim() && text !== this.#past.at(-1)) this.#past.push(text);
    this.#index = this.#past.length;
  }

  /** Forgets all texts that up and down walk through. */
  forget() {
    this.#past = [];
    this.#index = 0;
  }

  #edited() {
    const { text } = this;
    clearTimeout(this.#doubt);
    this.#tokens = scan(text);
    this.#error = null;
    this.#completion.close();
    this.#paint();
    showProblem("", "");
    if (!text.trim()) showPreview("");
    showKeys(!text);
    this.#area.removeAttribute("aria-invalid");
    for (const area of [browser, tab]) area.writeLater(draft, text || null);
    this.#handlers.changed(text);
  }

  #paint() {
    const { text } = this;
    const caret = this.#area.selectionStart;
    const kindOf = (name) => this.#vocabulary.find(name)?.kind ?? "unknown";
    highlight(text, this.#tokens, { error: this.#error, caret, kindOf });
    const call = callAt(this.#tokens, caret);
    showSignature(call && this.#vocabulary.find(text.slice(call.start, call.end)));
  }

  /** Replaces a part of the text as typing does, so that the browser can undo it. */
  #replace(start, end, text) {
    this.#area.focus();
    this.#area.setSelectionRange(start, end);
    const command = text ? "insertText" : "delete";
    if (!document.execCommand(command, false, text)) {
      this.#area.setRangeText(text, start, end, "end");
      this.#edited();
    }
    this.#completion.close();
  }

  #showError({ detail, hint }, error) {
    showProblem(detail, hint);
    this.#error = error;
    this.#paint();
  }

  #submit() {
    const { text } = this;
    if (!text.trim() || !this.#handlers.submit(text)) return;
    this.remember(text);
    this.set("");
    this.focus();
  }

  #key(event) {
    // During composition the keys belong to the input method.
    if (event.isComposing) return;
    if (event.ctrlKey && event.key === " ") {
      event.preventDefault();
      return this.#completion.open(this.#tokens);
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (this.#completion.key(event)) return event.preventDefault();
    if (this.#act(event)) event.preventDefault();
  }

  /** Handles a key of the text area, and reports whether it did. */
  #act({ key, shiftKey }) {
    switch (key) {
      case "Enter":
        if (shiftKey) return false;
        this.#submit();
        return true;
      case "Escape":
        if (this.empty) return false;
        this.clear();
        return true;
      case "ArrowUp":
        return !shiftKey && this.#isOnEdge("lastIndexOf") && this.#walk(-1);
      case "ArrowDown":
        return !shiftKey && this.#isOnEdge("indexOf") && this.#walk(+1);
      case "?":
        if (!this.empty) return false;
        this.#handlers.help();
        return true;
    }
    return false;
  }

  /** Reports whether the caret is on the first line (lastIndexOf) or the last line (indexOf). */
  #isOnEdge(find) {
    const { value, selectionStart, selectionEnd } = this.#area;
    if (selectionStart !== selectionEnd) return false;
    const from = find === "lastIndexOf" ? selectionStart - 1 : selectionStart;
    return from < 0 || value[find]("\n", from) < 0;
  }

  #walk(step) {
    const index = this.#index + step;
    if (index < 0 || index > this.#past.length) return false;
    if (this.#index === this.#past.length) this.#newest = this.text;
    this.#index = index;
    const text = this.#past[index] ?? this.#newest;
    // The caret goes to the edge from which the next step goes on.
    const line = text.indexOf("\n");
    this.set(text, step < 0 && line >= 0 ? line : text.length);
    return true;
  }

  /** Takes over what is typed while nothing that uses keys has the focus. */
  #redirect(event) {
    const elsewhere = event.target === document.body || event.target.matches?.("#log button");
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    const types = event.key.length === 1 && event.key !== " " && !modified;
    if (!elsewhere || !types || document.querySelector("dialog[open]")) return;
    this.focus();
    this.#key(event);
  }
}
