// The keypad for touch screens, with the keys that their own keyboards hide.

import { byId, element } from "./dom.js";
import { browser } from "./storage.js";

const choiceName = "abacus.keyboard";

/** The keys, row by row: label, text (null deletes), and a name where the label is not plain. */
const keys = [
  ["7"], ["8"], ["9"], ["("], [")"], ["⌫", null, "Delete"],
  ["4"], ["5"], ["6"], ["×", "*", "times"], ["÷", "/", "divided by"],
  ["^", "^", "to the power of"],
  ["1"], ["2"], ["3"], ["+", "+", "plus"], ["−", "-", "minus"], ["√", "sqrt(", "square root"],
  ["0"], [".", ".", "point"], [",", ", ", "comma"], ["=", " = ", "equals"], ["%", "%", "percent"],
  ["ans"],
];

/** Prepares the keypad. It calls `insert(text)` and `deleteBackward()`. */
export function prepareKeypad({ insert, deleteBackward }) {
  const pad = byId("keypad");
  for (const [label, text = label, name = label] of keys) {
    const key = element("button", { type: "button", "aria-label": name }, label);
    key.addEventListener("click", () => (text === null ? deleteBackward() : insert(text)));
    pad.append(key);
  }
  // A press must not take the focus, and with it the caret, from the text.
  pad.addEventListener("pointerdown", (event) => event.preventDefault());
  const touch = matchMedia("(pointer: coarse)");
  const toggle = byId("keypad-toggle");
  const apply = () => {
    const wanted = browser.read(choiceName) !== "own";
    pad.hidden = !wanted;
    toggle.setAttribute("aria-pressed", String(wanted));
    byId("input").inputMode = touch.matches && wanted ? "none" : "text";
  };
  toggle.addEventListener("click", () => {
    browser.write(choiceName, pad.hidden ? null : "own");
    apply();
    byId("input").blur();
    byId("input").focus();
  });
  touch.addEventListener("change", apply);
  apply();
}
