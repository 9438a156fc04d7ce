// The keypad of touch screens.

import { button, byId } from "./dom.js";
import { useDegrees } from "./highlight.js";
import { decimalComma } from "./numbers.js";
import { browser } from "./session.js";

const choiceName = "abacus.keyboard";
const angleName = "abacus.angle"; // "radians", or null for degrees

/** How long a key is held before it repeats, and between repeats, in milliseconds. */
const holdTime = 450;
const repeatTime = 60;

/** The number page in three rows of nine, for a phone in landscape: what its keys write or do. */
const wideOrder = [
  "clear", "left", "right", "delete", "7", "8", "9", "/", "*", "(", ")", "%", "ans",
  "4", "5", "6", "-", "+", "page", ".", "0", "1", "2", "3", "submit",
];

const written = ({ dataset, textContent }) => dataset.text ?? textContent;

/**
 * The keypad. It calls `insert(text)`, the functions of `acts` by name, and `changed()` when angles
 * have another unit: degrees on a touch screen, unless the person has chosen radians.
 */
export class Keypad {
  #pad = byId("keypad");
  #point = this.#pad.querySelector("[aria-label=point]");
  #comma = this.#pad.querySelector("[aria-label=comma]");
  #angle = this.#pad.querySelector("[data-act=angle]");

  constructor({ insert, changed, acts }) {
    // A press must not take the focus, and with it the caret, from the text.
    this.#pad.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#pad.addEventListener("click", ({ target }) => {
      const key = target.closest(".key");
      const { act } = key?.dataset ?? {};
      if (act === "page") this.#pad.classList.toggle("second");
      else if (act === "angle") choose(angleName, browser.read(angleName) ? null : "radians");
      else if (act) acts[act]();
      else if (key) insert(written(key));
    });
    repeat(this.#pad.querySelector("[data-act=delete]"), acts.delete);
    for (const key of this.#pad.querySelectorAll(".key:not(.functions)")) {
      key.style.setProperty("--wide", wideOrder.indexOf(key.dataset.act ?? written(key)));
    }
    const touch = matchMedia("(pointer: coarse)");
    const toggle = byId("keypad-toggle");
    const apply = () => {
      const wanted = browser.read(choiceName) !== "own";
      const isUsed = touch.matches && wanted;
      const inDegrees = !browser.read(angleName);
      this.#pad.hidden = !wanted;
      toggle.setAttribute("aria-pressed", String(wanted));
      byId("input").inputMode = isUsed ? "none" : "text";
      this.#angle.textContent = inDegrees ? "DEG" : "RAD";
      this.#angle.ariaLabel = inDegrees ? "Degrees" : "Radians";
      useDegrees(touch.matches && inDegrees);
      changed();
    };
    const choose = (name, choice) => {
      browser.write(name, choice);
      apply();
    };
    toggle.addEventListener("click", () => {
      choose(choiceName, this.#pad.hidden ? null : "own");
      byId("input").blur();
      byId("input").focus();
    });
    touch.addEventListener("change", apply);
    apply();
    this.useFormat();
  }

  /** Shows the names of the session as chips. */
  offer({ variables, definitions }) {
    const names = [...Object.keys(variables), ...Object.keys(definitions).map((one) => `${one}(`)];
    const chips = names.map((name) => button(name, "key", () => {}));
    this.#pad.querySelector(".chips").replaceChildren(...chips);
  }

  /** Gives the keys of the signs that numbers have the ones of the format that is set now. */
  useFormat() {
    const isComma = decimalComma();
    this.#point.textContent = isComma ? "," : ".";
    this.#point.ariaLabel = isComma ? "decimal comma" : "point";
    this.#comma.textContent = isComma ? ";" : ",";
    this.#comma.dataset.text = isComma ? "; " : ", ";
    this.#comma.ariaLabel = isComma ? "semicolon" : "comma";
  }
}

/** Repeats an action while a key is held down. */
function repeat(key, act) {
  let timer = 0;
  key.addEventListener("pointerdown", () => {
    timer = setTimeout(() => (timer = setInterval(act, repeatTime)), holdTime);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    key.addEventListener(end, () => clearInterval(timer)); // which also clears the first timer
  }
}
