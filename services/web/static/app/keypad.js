// The keypad of touch screens: two pages of keys, and the person's names as chips.

import { byId, element, shape } from "./dom.js";
import { decimalComma } from "./numbers.js";
import { browser } from "./session.js";

const choiceName = "abacus.keyboard";

/** How long a key is held before it repeats, and between repeats, in milliseconds. */
const holdTime = 450;
const repeatTime = 60;

/** The keys of a page: label, what it writes or does, its name, and its class. */
const numberPage = [
  ["AC", { act: "clear" }, "Clear", "edit"], ["←", { act: "left" }, "Left", "edit"],
  ["→", { act: "right" }, "Right", "edit"], ["⌫", { act: "delete" }, "Delete", "edit"],
  ["÷", "/", "divided by", "sign"],
  ["7"], ["8"], ["9"], ["(", "(", "open parenthesis"], ["×", "*", "times", "sign"],
  ["4"], ["5"], ["6"], [")", ")", "close parenthesis"], ["−", "-", "minus", "sign"],
  ["1"], ["2"], ["3"], ["%", "%", "percent"], ["+", "+", "plus", "sign"],
  ["f(x)", { act: "page" }, "More keys", "edit"], ["0"], [".", { act: "point" }, "point"],
  ["ans"], ["=", { act: "submit" }, "Calculate", "go"],
];
const functionPage = [
  ["AC", { act: "clear" }, "Clear", "edit"], ["←", { act: "left" }, "Left", "edit"],
  ["→", { act: "right" }, "Right", "edit"], ["⌫", { act: "delete" }, "Delete", "edit"],
  ["^", "^", "to the power of", "sign"],
  ["sin", "sin("], ["cos", "cos("], ["tan", "tan("], ["√", "sqrt(", "square root"],
  ["!", "!", "factorial", "sign"],
  ["ln", "ln("], ["log", "log("], ["π", "pi", "pi"], ["e"], ["(", "(", "open parenthesis"],
  ["x"], ["=", " = ", "equals"], [",", { act: "separator" }, "comma"], ["#", " # ", "comment"],
  [")", ")", "close parenthesis"],
  ["123", { act: "page" }, "Numbers", "edit"], ["plot", "plot("], ["°", "°", "degrees"],
  ["⏎", "\n", "New line"], ["=", { act: "submit" }, "Calculate", "go"],
];

/** The order of the number page in three rows of nine, on a phone that lies on its side. */
const wideOrder = [
  "AC", "←", "→", "⌫", "7", "8", "9", "÷", "×",
  "(", ")", "%", "ans", "4", "5", "6", "−", "+",
  "f(x)", ".", "0", "1", "2", "3", "=",
];

/** The keypad. It calls `insert(text)` and the functions of `acts` by their names. */
export class Keypad {
  #pad = byId("keypad");
  #page = numberPage;
  #names = [];
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    // A press must not take the focus, and with it the caret, from the text.
    this.#pad.addEventListener("pointerdown", (event) => event.preventDefault());
    const touch = matchMedia("(pointer: coarse)");
    const toggle = byId("keypad-toggle");
    const apply = () => {
      const wanted = browser.read(choiceName) !== "own";
      this.#pad.hidden = !wanted;
      toggle.setAttribute("aria-pressed", String(wanted));
      byId("input").inputMode = touch.matches && wanted ? "none" : "text";
    };
    toggle.addEventListener("click", () => {
      browser.write(choiceName, this.#pad.hidden ? null : "own");
      apply();
      byId("input").blur();
      byId("input").focus();
    });
    touch.addEventListener("change", apply);
    apply();
    this.draw();
  }

  /** Shows the session's names as chips. */
  offer({ variables, definitions }) {
    this.#names = [...Object.keys(variables), ...Object.keys(definitions).map((one) => `${one}(`)];
    this.draw();
  }

  /** Draws the keys, as after a change of the number format. */
  draw() {
    const chips = this.#page === functionPage ? this.#names : [];
    const row = element("div", { class: "chips" }, ...chips.map((name) => this.#key(name, name)));
    const keys = this.#page.map(([label, what = label, name, className]) =>
      this.#key(what.act === "point" && decimalComma() ? "," : label, what, name, className),
    );
    this.#pad.replaceChildren(...(chips.length ? [row] : []), ...keys);
  }

  #key(label, what, name = label, className = "") {
    const attributes = { type: "button", class: `key ${className}`.trim(), "aria-label": name };
    const key = element("button", attributes, label === "⌫" ? deleteIcon() : label);
    key.addEventListener("click", () => this.#press(what));
    key.style.setProperty("--wide", wideOrder.indexOf(label));
    if (what.act === "delete") repeat(key, () => this.#press(what));
    return key;
  }

  #press(what) {
    const { insert, acts } = this.#handlers;
    if (typeof what === "string") return insert(what);
    if (what.act === "page") {
      this.#page = this.#page === numberPage ? functionPage : numberPage;
      return this.draw();
    }
    if (what.act === "point") return insert(decimalComma() ? "," : ".");
    if (what.act === "separator") return insert(decimalComma() ? "; " : ", ");
    acts[what.act]();
  }
}

/** Returns the icon of the delete key, which fonts draw in all sizes. */
function deleteIcon() {
  const path = shape("path", { d: "M7.5 4H17v12H7.5L2.5 10zM10 8l4 4M14 8l-4 4" });
  return shape("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, path);
}

/** Repeats an action while a key is held. */
function repeat(key, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  key.addEventListener("pointerdown", () => {
    const again = () => {
      act();
      timer = setTimeout(again, repeatTime);
    };
    timer = setTimeout(again, holdTime);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    key.addEventListener(end, stop);
  }
}
