// Sliders for the variables that a plot depends on: they move its curves, and nothing
// else until a value is set.

import { button, element } from "./dom.js";

/** A disclosure of sliders. It calls `moved()`, and `assign(text)` for a value that is to be set. */
export class Sliders {
  element = element("details", { class: "sliders" }, element("summary", {}, "Variables"));
  /** The values of the variables that were moved, by name. */
  moved = {};
  #calls;
  #rows = new Map();

  constructor(calls) {
    this.#calls = calls;
  }

  /** Offers variables, with the values that they have in the session. */
  offer(variables) {
    for (const [name, row] of this.#rows) {
      if (variables[name] === row.value) continue;
      delete this.moved[name];
      if (!Object.hasOwn(variables, name)) this.#remove(name);
      else row.begin(variables[name]);
    }
    for (const [name, value] of Object.entries(variables)) if (!this.#rows.has(name)) this.#add(name, value);
    this.element.hidden = !this.#rows.size;
  }

  #remove(name) {
    this.#rows.get(name).element.remove();
    this.#rows.delete(name);
  }

  #add(name, value) {
    const row = new Row(name, {
      move: (moved) => {
        this.moved[name] = moved;
        this.#calls.moved();
      },
      assign: this.#calls.assign,
    });
    row.begin(value);
    this.#rows.set(name, row);
    this.element.append(row.element);
  }
}

/** The slider, the field and the button of one variable. */
class Row {
  value = NaN; // in the session
  #name;
  #slider = element("input", { type: "range" });
  #field = element("input", { type: "number", step: "any" });
  #set;

  constructor(name, { move, assign }) {
    this.#name = name;
    this.#slider.setAttribute("aria-label", name);
    this.#field.setAttribute("aria-label", `Value of ${name}`);
    this.#set = button("", "quiet", () => assign(`${name} = ${this.#field.valueAsNumber}`));
    this.element = element("div", { class: "slider" }, element("code", {}, name), this.#slider, this.#field, this.#set);
    this.element.addEventListener("input", ({ target }) => {
      const other = target === this.#slider ? this.#field : this.#slider;
      if (!Number.isFinite(target.valueAsNumber)) return;
      other.value = target.value;
      this.#offer(target.valueAsNumber);
      move(target.valueAsNumber);
    });
  }

  /** Begins at the value of the session. */
  begin(value) {
    this.value = value;
    const bound = reach(value);
    Object.assign(this.#slider, { min: -bound, max: bound, step: bound / 100, value });
    this.#field.value = value;
    this.#offer(value);
  }

  #offer(value) {
    this.#set.textContent = `Set ${this.#name} = ${value}`;
    this.#set.disabled = value === this.value;
  }
}

/** Returns how far a slider goes to both sides of 0: 1, 2 or 5 times a power of 10, twice the value or more. */
function reach(value) {
  if (!value) return 10;
  const unit = 10 ** Math.floor(Math.log10(2 * Math.abs(value)));
  return unit * [1, 2, 5, 10].find((times) => times * unit >= 2 * Math.abs(value));
}
