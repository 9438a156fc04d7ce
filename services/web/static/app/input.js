// The input: a text area that grows with its text, completes names, walks through earlier inputs
// and keeps its draft in this browser; and the hints above it. Its text is in the person's number
// format.

import { button, byId, element, problem, prose } from "./dom.js";
import { angleOf, callAt, closed, degreeOf, highlight, keyed, scan } from "./highlight.js";
import { Completion } from "./names.js";
import { decimalComma, roomBehindPoint, toLocal } from "./numbers.js";
import { shortResult } from "./row.js";
import { browser, tab } from "./session.js";

const draft = "abacus.draft";

/** How long to wait for typing to pause before saying what is missing or wrong, in milliseconds. */
const pause = 800;

/** Operators that continue from the previous result if typed into an empty input. */
const binary = /^[-+*/^×÷·%]$/;

/**
 * The input. It calls `submit(text)`, which reports whether it took the text, `changed(text)`
 * after every change, `help()` for a `?` in an empty input, `hasAns()`, and `pickResult(step,
 * again)`, which returns the text of an older (-1) or newer (+1) result than the one picked before,
 * or of the newest result.
 */
export class Input {
  #area = byId("input");
  #vocabulary;
  #completion;
  #tokens = [];
  #error = null; // [start, end]
  #doubt = 0; // the timer of `doubt`
  #past = [];
  #oldest = Infinity; // the entry of the first of them
  #index = 0; // in #past; its length stands for the newest text
  #newest = "";
  #continued = false; // whether the text is `ans` and an operator, written by the page
  #picked = null; // {start, end} of the result that was inserted last, if the text is the same
  #handlers;
  isPasted = false; // whether the text is a pasted one

  constructor(vocabulary, handlers) {
    this.#vocabulary = vocabulary;
    this.#handlers = handlers;
    const accept = (start, end, text) => this.#replace(start, end, text);
    this.#completion = new Completion(this.#area, vocabulary, accept);
    this.#area.addEventListener("beforeinput", (event) => this.#complete(event));
    this.#area.addEventListener("input", ({ inputType }) => {
      if (inputType === "insertFromPaste") this.isPasted = true;
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
      this.submit();
    });
    byId("composer").addEventListener("reset", (event) => {
      event.preventDefault();
      this.edit("");
    });
    // The person may have typed before this script was loaded.
    this.set(this.#area.value || (tab.read(draft) ?? browser.read(draft) ?? ""));
  }

  get text() {
    return this.#area.value;
  }

  /** The text with the sign of degrees that the page shows at its end. */
  get meant() {
    return this.text + degreeOf(this.text);
  }

  get isRefused() {
    return byId("composer").classList.contains("invalid");
  }

  /** Replaces the text and puts the caret at its end, or at the given place. */
  set(text, caret = text.length) {
    this.#area.value = text;
    this.isPasted = false;
    this.#area.setSelectionRange(caret, caret);
    this.#edited();
  }

  /** Replaces the text, which the up key brings back, and takes the focus. */
  edit(text) {
    this.remember(this.text);
    this.set(text);
    this.focus();
  }

  /** Inserts a text at the caret and takes the focus. */
  insert(text) {
    const { selectionStart: start, selectionEnd: end, value } = this.#area;
    if (value === "" && binary.test(text.trim()) && this.#handlers.hasAns()) {
      this.#replace(0, 0, `ans ${text.trim()} `);
      this.#continued = true;
    } else {
      this.#replace(start, end, keyed(text, value.slice(0, start)));
    }
    this.focus();
  }

  /** Deletes the selection, or the character before the caret. */
  deleteBackward() {
    if (this.#uncontinue()) return;
    this.focus();
    document.execCommand("delete");
  }

  /** Moves the caret by characters. */
  moveCaret(step) {
    const { selectionStart: start, selectionEnd: end } = this.#area;
    const at = Math.max(0, Math.min(this.text.length, (step < 0 ? start : end) + step));
    this.focus();
    this.#area.setSelectionRange(at, at);
  }

  /** Clears the text; the up key brings it back. */
  clear() {
    this.remember(this.text);
    this.set("");
  }

  focus() {
    this.#area.focus({ preventScroll: true });
  }

  /** Submits the text, with its parentheses closed, and clears it if it was taken. */
  submit() {
    const text = closed(this.text, this.#tokens);
    if (!text.trim() || !this.#handlers.submit(text)) return;
    this.remember(text);
    this.set("");
    this.focus();
  }

  /** Shows why the text was refused, and marks the place. The caret goes there, except by touch. */
  refuse(wrong, error) {
    clearTimeout(this.#doubt);
    showProblem(wrong);
    showPreview("");
    this.#error = error ?? null;
    this.#paint();
    byId("composer").classList.add("invalid");
    this.#area.setAttribute("aria-invalid", "true");
    if (!error || matchMedia("(pointer: coarse)").matches) return;
    this.#area.setSelectionRange(error[1], error[1]);
  }

  /** Makes buttons of expressions in a hint or a notice, the text of a place. */
  suggest(place, hint, expressions) {
    let rest = hint;
    const nodes = expressions.flatMap((one) => {
      const [before] = rest.split(one, 1);
      rest = rest.slice(before.length + one.length);
      const offer = button(toLocal(one), "quiet offer", () => this.edit(toLocal(one)));
      return [toLocal(before), offer];
    });
    if (nodes.length) place?.replaceChildren(...nodes, toLocal(rest));
  }

  /** Shows the result of the text and how it is read, if there is something to show. */
  preview(result, parsed, notices, more = this.#angle()) {
    clearTimeout(this.#doubt);
    showProblem(null);
    showPreview(result);
    showReading(parsed, notices, more);
  }

  /**
   * Shows, dimmed, the result that a text had before its end was begun, and says what is wrong with
   * the text after a pause in typing. A refused text has neither.
   */
  doubt(wrong, last, suggest) {
    if (this.isRefused) return;
    showPreview(last);
    byId("preview").classList.add("stale");
    showReading("");
    clearTimeout(this.#doubt);
    this.#doubt = setTimeout(() => {
      showProblem(wrong);
      if (wrong) suggest();
    }, pause);
  }

  /** Recolours the text after a change of the names. */
  repaint() {
    this.#tokens = scan(this.text, { comma: decimalComma() });
    this.#paint();
  }

  /** Lets the up and down keys reach the expressions of entries, the newest first. */
  precede(entries) {
    const older = entries.filter(({ id }) => id < this.#oldest);
    this.#oldest = older.at(-1)?.id ?? this.#oldest;
    this.#past.unshift(...older.map(({ expression }) => toLocal(expression)).reverse());
    this.#index += older.length;
  }

  /** Makes a text the newest one that the up and down keys reach. */
  remember(text) {
    if (text.trim() && text !== this.#past.at(-1)) this.#past.push(text);
    this.#index = this.#past.length;
  }

  /** Forgets all texts that the up and down keys reach. */
  forget() {
    this.#past = [];
    this.#index = 0;
    this.#oldest = Infinity;
  }

  #edited() {
    const { text } = this;
    this.isPasted &&= text !== "";
    clearTimeout(this.#doubt);
    this.#continued = false;
    this.#picked = null;
    this.#tokens = scan(text, { comma: decimalComma() });
    this.#error = null;
    this.#completion.close();
    this.#paint();
    showProblem(null);
    if (!text.trim()) {
      showPreview("");
      showReading("");
    }
    byId("help").hidden = text !== "";
    byId("composer").classList.remove("invalid");
    this.#area.removeAttribute("aria-invalid");
    for (const area of [browser, tab]) area.writeLater(draft, text || null);
    this.#handlers.changed(this.meant);
  }

  /** Returns the meaning of a trigonometric function's argument, and a button to change it. */
  #angle() {
    const angle = angleOf(this.text);
    if (!angle || degreeOf(this.text)) return [];
    const change = button(`use ${angle.other}`, "quiet offer", () => {
      this.#replace(0, this.text.length, angle.text);
    });
    return [`in ${angle.means}`, change];
  }

  #paint() {
    const { text } = this;
    const caret = this.#area.selectionStart;
    const kindOf = (name) => this.#vocabulary.kindOf(name);
    highlight(text, this.#tokens, { error: this.#error, caret, kindOf });
    const call = callAt(this.#tokens, caret);
    const about = call && this.#vocabulary.find(text.slice(call.start, call.end));
    const nodes = about ? [element("code", {}, about.signature), ` ${about.help}`] : [];
    byId("signature").replaceChildren(...nodes);
  }

  /** Replaces a part of the text as typing would, so that the browser can undo it. */
  #replace(start, end, text) {
    this.#area.focus({ preventScroll: true });
    this.#area.setSelectionRange(start, end);
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) {
      this.#area.setRangeText(text, start, end, "end");
      this.#edited();
    }
    this.#completion.close();
  }

  /** Writes what belongs before a typed character: `ans` before an operator, ° before a `)`. */
  #complete(event) {
    const { data, inputType, isComposing } = event;
    if (inputType !== "insertText" || isComposing || !data) return;
    const isFirst = !this.text && binary.test(data) && this.#handlers.hasAns();
    const before = this.text.slice(0, this.#area.selectionStart);
    if (!isFirst && keyed(data, before) === data) return;
    event.preventDefault();
    this.insert(data);
  }

  /** Removes the `ans` that the page wrote, and reports whether there was one. */
  #uncontinue() {
    if (!this.#continued) return false;
    this.set(this.text.replace(/^ans (.) $/, "$1"));
    return true;
  }

  #key(event) {
    // During composition the keys belong to the input method. Safari ends it before the key that
    // ends it arrives, with the code 229.
    if (event.isComposing || event.keyCode === 229) return;
    if (this.#act(event)) event.preventDefault();
  }

  /** Handles a key of the text area, and reports whether it did. */
  #act(event) {
    const { key, code, shiftKey, altKey } = event;
    const arrow = { ArrowUp: -1, ArrowDown: +1 }[key];
    if (event.ctrlKey && key === " ") {
      this.#completion.update(this.#tokens, 0);
      return true;
    }
    if (altKey && arrow) return this.#pick(arrow);
    if (event.ctrlKey || altKey || event.metaKey) return false;
    if (this.#completion.key(event)) return true;
    if (arrow && !shiftKey) return this.#isOnEdge(arrow) && this.#walk(arrow);
    if (code === "NumpadDecimal" && event.getModifierState("NumLock")) {
      this.insert(decimalComma() ? "," : ".");
      return true;
    }
    switch (key) {
      case "Enter":
        if (!shiftKey) this.submit();
        return !shiftKey;
      case "Escape":
        if (!this.text) return false;
        this.clear();
        return true;
      case "Backspace":
        return this.#uncontinue();
      case "?":
        if (this.text) return false;
        this.#handlers.help();
        return true;
    }
    return false;
  }

  /** Inserts an older or newer result in place of the selection or of the one just inserted. */
  #pick(step) {
    const { selectionStart, selectionEnd: end } = this.#area;
    const again = this.#picked?.end === end;
    const text = this.#handlers.pickResult(step, again);
    if (!text) return true;
    const start = again ? this.#picked.start : selectionStart;
    this.#replace(start, end, text);
    this.#picked = { start, end: start + text.length };
    return true;
  }

  /** Reports whether the caret is on the first line (-1) or the last line (+1). */
  #isOnEdge(step) {
    const { value, selectionStart, selectionEnd } = this.#area;
    if (selectionStart !== selectionEnd) return false;
    const beyond = step < 0 ? value.slice(0, selectionStart) : value.slice(selectionStart);
    return !beyond.includes("\n");
  }

  #walk(step) {
    const index = this.#index + step;
    if (index < 0 || index > this.#past.length) return false;
    if (this.#index === this.#past.length) this.#newest = this.text;
    this.#index = index;
    const text = this.#past[index] ?? this.#newest;
    // The caret goes to the edge where the next step continues.
    const line = text.indexOf("\n");
    this.set(text, step < 0 && line >= 0 ? line : text.length);
    return true;
  }

  /** Takes over what is typed or pasted while nothing that uses letters has the focus. */
  #redirect(event) {
    const elsewhere = !event.target.closest?.("input, textarea, select, [popover], .plot");
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    const types = event.key.length === 1 && event.key !== " " && !modified;
    const pastes = event.key === "v" && (event.ctrlKey || event.metaKey);
    if (!elsewhere || !(types || pastes) || document.querySelector("dialog[open]")) return;
    this.focus();
    this.#key(event);
  }
}

/** Shows what is wrong and what to do: {detail, hint, offer: {label, act}}, or nothing for null. */
function showProblem(wrong) {
  const offers = wrong?.offer ? [button(wrong.offer.label, "quiet offer", wrong.offer.act)] : [];
  // The input refers to this text even while it is hidden, so no old text may remain.
  byId("problem").replaceChildren(...(wrong ? problem(wrong) : []), ...offers);
  byId("problem").hidden = !wrong;
}

function showPreview(result) {
  const preview = byId("preview");
  preview.classList.remove("stale");
  preview.classList.toggle("long", result.length > shortResult);
  preview.style.setProperty("--own", roomBehindPoint(result));
  preview.textContent = result;
}

/** Shows how the text is read if that is not obvious, the calculator's notices, and more nodes. */
function showReading(parsed, notices = [], more = []) {
  const reading = parsed ? [["read as ", element("code", {}, parsed)]] : [];
  const said = notices.map((text) => [element("span", { class: "hint" }, ...prose(toLocal(text)))]);
  const parts = [...reading, ...said, ...(more.length ? [more] : [])];
  byId("reading").replaceChildren(...parts.flatMap((part, i) => (i ? [" · ", ...part] : part)));
}
