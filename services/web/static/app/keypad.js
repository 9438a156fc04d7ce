// The keypad of touch screens, with what their own keyboards have far away.

import { byId, element } from "./dom.js";
import { browser } from "./storage.js";

const choice = "abacus.keyboard";

/** The keys, row by row: what is shown, what is written, and the name where it is not plain. */
const keys = [
  ["7"], ["8"], ["9"], ["("], [")"], ["⌫", null, "Delete"],
  ["4"], ["5"], ["6"], ["×", "*", "times"], ["÷", "/", "divided by"], ["^", "^", "to the power of"],
  ["1"], ["2"], ["3"], ["+", "+", "plus"], ["−", "-", "minus"], ["√", "sqrt(", "square root"],
  ["0"], [".", ".", "point"], [",", ", ", "comma"], ["=", " = ", "equals"], ["%", "%", "percent"], ["ans"],
];

/** Prepares the keypad. It calls `insert(text)` and `erase()`. */
export function prepareKeypad({ insert, erase }) {
  const pad = byId("keypad");
  for (const [shown, text = shown, name = shown] of keys) {
    const key = element("button", { type: "button", "aria-label": name }, shown);
    key.addEventListener("click", () => (text === null ? erase() : insert(text)));
    pad.append(key);
  }
  // A press must not take the focus, and with it the caret, from the text.
  pad.addEventListener("pointerdown", (event) => event.preventDefault());
  const touch = matchMedia("(pointer: coarse)");
  const toggle = byId("keypad-toggle");
  const show = () => {
    const wanted = browser.kept(choice) !== "own";
    pad.hidden = !wanted;
    toggle.setAttribute("aria-pressed", String(wanted));
    byId("input").inputMode = touch.matches && wanted ? "none" : "text";
  };
  toggle.addEventListener("click", () => {
    browser.keep(choice, pad.hidden ? null : "own");
    show();
    byId("input").blur();
    byId("input").focus();
  });
  touch.addEventListener("change", show);
  show();
}
