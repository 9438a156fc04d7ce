// What moves a plot: gestures and keys change the window of its picture, and sliders, one row per
// variable, change its curves.

import { button, element } from "./dom.js";

/** The part of the picture that one key press moves it by, and the factor of one zoom step. */
const panStep = 0.1;
const zoomIn = 1 / 1.5;

/** What keys and tools do; `act` takes the calls of `listen`. */
export const moves = [
  { key: "+", sign: "+", label: "Zoom in", act: (calls) => calls.zoom(zoomIn) },
  { key: "-", sign: "−", label: "Zoom out", act: (calls) => calls.zoom(1 / zoomIn) },
  { key: "ArrowLeft", sign: "←", label: "Move left", act: (calls) => calls.pan(panStep, 0) },
  { key: "ArrowRight", sign: "→", label: "Move right", act: (calls) => calls.pan(-panStep, 0) },
  { key: "ArrowUp", sign: "↑", label: "Move up", act: (calls) => calls.pan(0, panStep) },
  { key: "ArrowDown", sign: "↓", label: "Move down", act: (calls) => calls.pan(0, -panStep) },
  { key: "0", sign: "⤢", label: "Fit", act: (calls) => calls.whole() },
];

/** Keys that have no tool, and other keys for the same moves. */
const keyActions = {
  Escape: (calls) => calls.leave(),
  "Shift+ArrowLeft": (calls) => calls.step(-1),
  "Shift+ArrowRight": (calls) => calls.step(+1),
};
const aliases = { "=": "+", Home: "0" };

/** How far a pointer may move during a click, in pixels. */
const slip = 5;

/**
 * Listens to an element whose picture is at `box()`, a DOMRect, and calls
 *
 *   zoom(factor, x, y)  a factor below 1 comes closer; x and y stay where they are
 *   pan(x, y)           to the right and downwards
 *   read(x, slack)      null outside the picture; a point of interest within the slack is meant
 *
 * with parts of the picture's width and height, from its top left corner; the moves above also
 * call `step(n)` for the next point to read, `whole()` for the whole range, and `leave()`. One
 * finger pans sideways and leaves scrolling to the page (touch-action); two fingers pan and zoom.
 */
export function listen(element, box, calls) {
  const pointers = new Map();
  let moved = 0;

  const part = ({ clientX, clientY }) => {
    const { left, top, width, height } = box();
    return [(clientX - left) / width, (clientY - top) / height];
  };
  const read = (event) => {
    const [x] = part(event);
    const reach = event.pointerType === "touch" ? 16 : 4;
    calls.read(x >= 0 && x <= 1 ? x : null, reach / box().width);
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    pointers.set(event.pointerId, event);
    moved = pointers.size > 1 ? slip : 0;
    element.setPointerCapture(event.pointerId);
  });

  element.addEventListener("pointermove", (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return void (event.pointerType === "mouse" && read(event));
    const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
    moved += Math.abs(dx) + Math.abs(dy);
    if (moved < slip) return;
    pointers.set(event.pointerId, event);
    const other = [...pointers.values()].find((one) => one.pointerId !== event.pointerId);
    const [[x, y], [x0, y0]] = [part(event), part(before)];
    if (!other) return calls.pan(x - x0, event.pointerType === "touch" ? 0 : y - y0);
    const [u, v] = part(other);
    calls.pan((x - x0) / 2, (y - y0) / 2);
    calls.zoom(distance(before, other) / distance(event, other), (x + u) / 2, (y + v) / 2);
  });

  for (const end of ["pointerup", "pointercancel"]) {
    element.addEventListener(end, (event) => {
      const known = pointers.delete(event.pointerId);
      if (known && end === "pointerup" && moved < slip) read(event);
    });
  }
  element.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse" && !pointers.size) calls.read(null);
  });

  // Gestures with two fingers belong to the picture alone.
  const active = { passive: false };
  element.addEventListener("touchmove", (event) => {
    if (event.touches.length > 1) event.preventDefault();
  }, active);

  // The wheel scrolls the page, but zooms with Ctrl or Cmd, or once the picture has the focus.
  element.addEventListener("wheel", (event) => {
    const zooms = event.ctrlKey || event.metaKey;
    if (!zooms && document.activeElement !== element) return;
    event.preventDefault();
    const delta = event.deltaY * (event.deltaMode ? 16 : 1) * (zooms ? 4 : 1);
    calls.zoom(Math.exp(Math.max(-100, Math.min(delta, 100)) / 300), ...part(event));
  }, active);
}

/** Listens to the keys of an element, except in its fields, with the same calls. */
export function listenToKeys(element, calls) {
  element.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.altKey || event.metaKey;
    const act = !modified && !event.target.matches("input") && keyAction(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act(calls);
  });
}

function keyAction({ key, shiftKey }) {
  const name = shiftKey && key.startsWith("Arrow") ? `Shift+${key}` : key;
  return keyActions[name] ?? moves.find((move) => move.key === (aliases[name] ?? name))?.act;
}

const distance = (a, b) => Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));

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
  #track;
  #field;
  #least;
  #most;
  #play = button("", "quiet play", () => this.#togglePlay());
  #set;
  #playing = 0; // the animation frame
  #move;

  constructor(name, { move, assign }) {
    this.#name = name;
    this.#move = move;
    const field = (type, className, label, input) => {
      const node = element("input", { type, class: className, step: "any", "aria-label": label });
      node.addEventListener("input", () => input(node.valueAsNumber));
      return node;
    };
    const change = (value) => this.#change(value);
    const setEnds = () => this.#setEnds();
    this.#track = field("range", "", name, change);
    this.#field = field("number", "value", `Value of ${name}`, change);
    this.#least = field("number", "least", `Least value of ${name}`, setEnds);
    this.#most = field("number", "most", `Greatest value of ${name}`, setEnds);
    this.#set = button("Set", "quiet set", () => assign(`${name} = ${this.#field.valueAsNumber}`));
    this.#set.setAttribute("aria-label", `Set ${name} to this value`);
    this.element = element(
      "div", { class: "slider" }, element("code", {}, name), this.#field, this.#least, this.#track,
      this.#most, this.#play, this.#set,
    );
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

  get #ends() {
    return [this.#least.valueAsNumber, this.#most.valueAsNumber];
  }

  #setEnds() {
    const [min, max] = this.#ends;
    if (min < max) Object.assign(this.#track, { min, max, step: (max - min) / 200 });
  }

  #change(value) {
    if (!Number.isFinite(value)) return;
    this.#show(value);
    this.#move(value);
  }

  #show(value) {
    for (const control of [this.#track, this.#field]) {
      if (control.valueAsNumber !== value) control.value = value;
    }
    this.#set.disabled = value === this.value;
  }

  #togglePlay() {
    const [min, max] = this.#ends;
    const begin = performance.now() - (playTime * (this.#field.valueAsNumber - min)) / (max - min);
    const step = (now) => {
      const phase = ((now - begin) / playTime) % 2;
      const part = phase > 1 ? 2 - phase : phase;
      this.#change(Number((min + part * (max - min)).toPrecision(4)));
      this.#playing = this.element.isConnected ? requestAnimationFrame(step) : 0;
    };
    cancelAnimationFrame(this.#playing);
    this.#playing = this.#playing ? 0 : requestAnimationFrame(step);
    this.#showPlay();
  }

  #showPlay() {
    this.#play.textContent = this.#playing ? "❚❚" : "▶";
    this.#play.setAttribute("aria-label", `${this.#playing ? "Pause" : "Play"} ${this.#name}`);
  }
}

/** Returns the end of a slider: 1, 2 or 5 times a power of 10, at least twice the value. */
function boundFor(value) {
  if (!value) return 10;
  const unit = 10 ** Math.floor(Math.log10(2 * Math.abs(value)));
  return unit * [1, 2, 5, 10].find((times) => times * unit >= 2 * Math.abs(value));
}
