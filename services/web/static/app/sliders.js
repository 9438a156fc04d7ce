// The sliders of a plot, one row per variable.

import { button, element } from "./dom.js";

/**
 * Sliders for the variables of a plot. They move its curves, and change nothing else until a value
 * is set. They call `moved()` and `assign(text)`.
 */
export class Sliders {
  element = element("div", { class: "sliders" });
  values = {}; // of the variables that have been moved, by name
  #handlers;
  #rows = new Map();

  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** Offers variables with their values in the session. */
  offer(variables) {
    for (const [name, row] of this.#rows) {
      if (variables[name] === row.value) continue;
      delete this.values[name];
      if (Object.hasOwn(variables, name)) {
        row.begin(variables[name]);
      } else {
        row.remove();
        this.#rows.delete(name);
      }
    }
    for (const [name, value] of Object.entries(variables)) {
      if (!this.#rows.has(name)) this.#add(name, value);
    }
    this.element.hidden = !this.#rows.size;
  }

  #add(name, value) {
    const move = (moved) => {
      this.values[name] = moved;
      this.#handlers.moved();
    };
    const row = new Slider(name, { move, assign: this.#handlers.assign });
    row.begin(value);
    this.#rows.set(name, row);
    this.element.append(row.element);
  }
}

/** How long a slider plays from one end to the other, in milliseconds. */
const playTime = 5000;

/** The row of one variable: name, track, value, ends, and the buttons that play and set it. */
class Slider {
  value = NaN; // in the session
  #name;
  #track = element("input", { type: "range" });
  #field = numberField("value");
  #least = numberField("least");
  #most = numberField("most");
  #play;
  #set;
  #playing = 0; // the animation frame
  #handlers;

  constructor(name, handlers) {
    this.#name = name;
    this.#handlers = handlers;
    this.#track.setAttribute("aria-label", name);
    this.#field.setAttribute("aria-label", `Value of ${name}`);
    this.#least.setAttribute("aria-label", `Least value of ${name}`);
    this.#most.setAttribute("aria-label", `Greatest value of ${name}`);
    this.#play = button("▶", "quiet play", () => this.#togglePlay());
    this.#set = button("Set", "quiet set", () =>
      handlers.assign(`${name} = ${this.#field.valueAsNumber}`),
    );
    this.#set.setAttribute("aria-label", `Set ${name} to this value`);
    const ends = [this.#least, this.#track, this.#most];
    const parts = [element("code", {}, name), this.#field, ...ends, this.#play, this.#set];
    this.element = element("div", { class: "slider" }, ...parts);
    this.#track.addEventListener("input", () => this.#move(this.#track.valueAsNumber));
    this.#field.addEventListener("input", () => this.#move(this.#field.valueAsNumber));
    for (const end of [this.#least, this.#most]) {
      end.addEventListener("input", () => this.#setEnds());
    }
    this.#showPlay();
  }

  /** Starts from the session's value. */
  begin(value) {
    this.value = value;
    const bound = boundFor(value);
    this.#least.value = -bound;
    this.#most.value = bound;
    this.#setEnds();
    this.#show(value);
  }

  remove() {
    cancelAnimationFrame(this.#playing);
    this.element.remove();
  }

  #setEnds() {
    const [min, max] = [this.#least.valueAsNumber, this.#most.valueAsNumber];
    if (min < max) Object.assign(this.#track, { min, max, step: (max - min) / 200 });
  }

  #move(value) {
    if (!Number.isFinite(value)) return;
    this.#show(value);
    this.#handlers.move(value);
  }

  #show(value) {
    for (const control of [this.#track, this.#field]) {
      if (control.valueAsNumber !== value) control.value = value;
    }
    this.#set.disabled = value === this.value;
  }

  #togglePlay() {
    if (this.#playing) {
      cancelAnimationFrame(this.#playing);
      this.#playing = 0;
      return this.#showPlay();
    }
    const [min, max] = [this.#least.valueAsNumber, this.#most.valueAsNumber];
    const begin = performance.now() - (playTime * (this.#field.valueAsNumber - min)) / (max - min);
    const step = (now) => {
      const phase = ((now - begin) / playTime) % 2;
      const part = phase > 1 ? 2 - phase : phase;
      this.#move(Number((min + part * (max - min)).toPrecision(4)));
      this.#playing = this.element.isConnected ? requestAnimationFrame(step) : 0;
    };
    this.#playing = requestAnimationFrame(step);
    this.#showPlay();
  }

  #showPlay() {
    this.#play.textContent = this.#playing ? "❚❚" : "▶";
    this.#play.setAttribute("aria-label", `${this.#playing ? "Pause" : "Play"} ${this.#name}`);
  }
}

const numberField = (className) =>
  element("input", { type: "number", step: "any", class: className });

/** Returns the end of a slider: 1, 2 or 5 times a power of 10, at least twice the value. */
function boundFor(value) {
  if (!value) return 10;
  const unit = 10 ** Math.floor(Math.log10(2 * Math.abs(value)));
  return unit * [1, 2, 5, 10].find((times) => times * unit >= 2 * Math.abs(value));
}
