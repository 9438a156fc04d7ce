// The picture of a plot as SVG, from the curves that calc.wasm returns (services/web/preview); the
// gestures and keys that move it; and saving it as a file.

import { download, shape } from "./dom.js";
import { shown } from "./numbers.js";

/** The room around the curves for the labels of ticks, in pixels. */
const margin = { top: 8, right: 14, bottom: 24 };

/** The width of a digit in a label, in pixels: the font is monospaced. */
const digitWidth = 7;

/** How many points of interest have labels; more would hide the curves. */
const mostLabels = 6;

/**
 * Where the middle of a label may be: beside its point, in halves of its width, and below it, in
 * pixels. The first free place is taken.
 */
const places = [[0, -14], [1, 0], [-1, 0], [0, 14], [0, -29], [0, 30], [0, -45], [0, -61]];

/** The heights of a label and of a dot with the room around them, in pixels. */
const labelHeight = 12;
const dotHeight = 10;

/** How far outside the picture a line may extend, in pixels; more would burden renderers. */
const far = 10_000;

/** A picture of a size in pixels: its element is `svg`, the part with the curves `area`. */
export class Picture {
  #curves;
  #width;
  #height;
  #left;
  #cursor = shape("g", { class: "cursor" });
  #points = shape("g", { class: "points" });

  constructor(curves, width, height) {
    const across = inside(curves.across, curves.from, curves.to);
    const up = inside(curves.up, curves.low, curves.high);
    this.#curves = curves;
    this.#left = Math.min(8 + digitWidth * longest(up), width / 3);
    this.#width = Math.max(width - this.#left - margin.right, 1);
    this.#height = Math.max(height - margin.top - margin.bottom, 1);
    const size = { width: this.#width, height: this.#height };
    const paths = curves.curves.map(({ paths: pieces }, i) => {
      const d = pieces.map((piece) => this.#line(piece)).join("");
      return shape("path", { class: `curve-${i + 1}`, d });
    });
    const background = shape("rect", { ...size, fill: "none" });
    const parts = [background, this.#grid(), this.#axes(), ...paths, this.#points, this.#cursor];
    // A nested svg clips what extends beyond it.
    this.area = shape("svg", { x: this.#left, y: margin.top, ...size }, ...parts);
    const frame = { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" };
    this.svg = shape("svg", frame, this.area, ...this.#ticks(across, up, width));
  }

  /** Marks where the curves are read: at x, with its text, and at their values, null for none. */
  mark(x, text, values = []) {
    if (x === null) return this.#cursor.replaceChildren();
    const at = this.#x(x);
    const right = at < this.#width / 2;
    const anchor = right ? "start" : "end";
    const y = this.#height - 6; // at the top are the tools
    const place = { class: "tick", x: right ? at + 6 : at - 6, y, "text-anchor": anchor };
    const dots = values.map((y, i) => {
      if (y === null) return "";
      return shape("circle", { class: `curve-${i + 1}`, cx: at, cy: this.#y(y), r: 4 });
    });
    const line = shape("path", { d: `M${at} 0V${this.#height}` });
    this.#cursor.replaceChildren(line, ...dots, shape("text", place, text));
  }

  /** Marks points {x, y, label} with dots, and with their labels where there is room. */
  showPoints(points) {
    const dots = points.map(({ x, y }) => {
      return { x: this.#x(x), y: this.#y(y), half: 4, height: dotHeight };
    });
    const taken = [...dots];
    const nodes = points.flatMap(({ label }, i) => {
      const { x: cx, y: cy } = dots[i];
      const dot = shape("circle", { cx, cy, r: 3.5 });
      const half = (digitWidth * label.length) / 2 + 4;
      const boxAt = ([beside, below]) => ({
        x: Math.max(half, Math.min(cx + beside * (half + 5), this.#width - half)), y: cy + below,
      });
      const isClear = ({ x, y }) =>
        y > 10 && y < this.#height - 4 && taken.every((other) =>
          Math.abs(other.x - x) > other.half + half || Math.abs(other.y - y) > other.height);
      // The label is rather on the side where no other point is near.
      const isNear = (side) =>
        dots.some(({ x }) => side * (x - cx) > 0 && side * (x - cx) < 2 * half);
      const [left, right] = [-1, 1].map(isNear);
      const order = left === right ? places : [[left ? 1 : -1, 0], ...places];
      const box = points.length <= mostLabels && order.map(boxAt).find(isClear);
      if (!box) return [dot];
      taken.push({ ...box, half, height: labelHeight });
      const place = { class: "tick", x: box.x, y: box.y + 4, "text-anchor": "middle" };
      return [dot, shape("text", place, label)];
    });
    this.#points.replaceChildren(...nodes);
  }

  #x(x) {
    const { from, to } = this.#curves;
    return pixels(((x - from) / (to - from)) * this.#width);
  }

  #y(y) {
    const { low, high } = this.#curves;
    return pixels(((high - y) / (high - low)) * this.#height);
  }

  #grid() {
    const { across, up } = this.#curves;
    const upright = across.map(({ at }) => `M${this.#x(at)} 0V${this.#height}`);
    const level = up.map(({ at }) => `M0 ${this.#y(at)}H${this.#width}`);
    return shape("path", { class: "grid", d: [...upright, ...level].join("") });
  }

  /** Returns the axes. An axis outside the window is drawn at its edge. */
  #axes() {
    const x = Math.max(0, Math.min(this.#x(0), this.#width));
    const y = Math.max(0, Math.min(this.#y(0), this.#height));
    return shape("path", { class: "axis", d: `M${x} 0V${this.#height}M0 ${y}H${this.#width}` });
  }

  /** Returns a piece of a curve, given as x0, y0, x1, y1, ...; a single point becomes a dot. */
  #line(points) {
    let line = "";
    for (let i = 0; i < points.length; i += 2) {
      line += `${i ? "L" : "M"}${this.#x(points[i])} ${this.#y(points[i + 1])}`;
    }
    return points.length === 2 ? `${line}h0` : line;
  }

  /** Returns the units of both axes, at their ends. */
  #units() {
    const { unit = "", valueUnit = "" } = this.#curves;
    const [right, bottom] = [this.#left + this.#width - 4, margin.top + this.#height - 6];
    const label = (text, x, y, anchor) =>
      text && shape("text", { class: "tick", x, y, "text-anchor": anchor }, text);
    return [label(unit, right, bottom, "end"), label(valueUnit, this.#left + 6, 20, "start")];
  }

  #ticks(across, up, width) {
    const room = (digitWidth * (longest(across) + 2) * across.length) / this.#width;
    const every = Math.max(1, Math.ceil(room));
    const below = across.filter((_, i) => i % every === 0).map(({ at, text }) => {
      const half = (digitWidth * text.length) / 2;
      const x = Math.max(half, Math.min(this.#left + this.#x(at), width - half));
      const y = margin.top + this.#height + 17;
      return shape("text", { class: "tick", x, y, "text-anchor": "middle" }, shown(text));
    });
    const beside = up.map(({ at, text }) => {
      const place = { x: this.#left - 6, y: margin.top + this.#y(at), dy: "0.32em" };
      return shape("text", { class: "tick", ...place, "text-anchor": "end" }, shown(text));
    });
    return [...below, ...beside, ...this.#units()];
  }
}

/** Returns the ticks inside a range. Rounding may put a tick at an edge slightly outside. */
function inside(ticks, low, high) {
  const slack = (high - low) * 1e-9;
  return ticks.filter(({ at }) => at >= low - slack && at <= high + slack);
}

const longest = (ticks) => Math.max(1, ...ticks.map(({ text }) => text.length));

const pixels = (number) => Math.round(100 * Math.max(-far, Math.min(number, far))) / 100;

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

/** The styles that a saved picture takes from the style sheet. */
const styles = [
  "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "font-family", "font-size",
];

/** The height of a line of the legend, in pixels. */
const legendLine = 20;

/** Pixels of a saved image per pixel of the page. */
const density = 2;

/** Saves a picture of the page as SVG, with the expressions of its curves and a description. */
export function saveSvg(svg, expressions, description) {
  const text = standalone(svg, expressions, description);
  download(new Blob([text], { type: "image/svg+xml" }), "plot.svg");
}

/** Saves a picture of the page as PNG. */
export async function savePng(svg, expressions, description) {
  const image = new Image();
  const text = standalone(svg, expressions, description);
  image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = density * image.width;
  canvas.height = density * image.height;
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((file) => download(file, "plot.png"), "image/png");
}

/** Returns a picture as a self-contained file: with colours, legend and description. */
function standalone(svg, expressions, description) {
  const clone = svg.cloneNode(true);
  const parts = [...svg.querySelectorAll("*")];
  clone.querySelectorAll("*").forEach((part, i) => setStyles(part, getComputedStyle(parts[i])));
  clone.querySelector(".cursor").remove();
  const [width, height] = [svg.width.baseVal.value, svg.height.baseVal.value];
  const total = height + legendLine * (expressions.length + 0.5);
  clone.setAttribute("height", total);
  clone.setAttribute("viewBox", `0 0 ${width} ${total}`);
  clone.removeAttribute("aria-hidden");
  clone.setAttribute("role", "img");
  const { backgroundColor } = getComputedStyle(document.body);
  clone.prepend(
    shape("title", {}, expressions.join(", ")),
    shape("desc", {}, description),
    shape("rect", { width, height: total, fill: backgroundColor }),
  );
  const rows = expressions.map((expression, i) =>
    legendRow(clone, expression, i, height + legendLine * (i + 0.5)),
  );
  clone.append(...rows);
  return new XMLSerializer().serializeToString(clone);
}

function setStyles(part, computed) {
  for (const name of styles) part.setAttribute(name, computed.getPropertyValue(name));
}

function legendRow(clone, expression, i, y) {
  const sample = clone.querySelector(`.curve-${i + 1}`).cloneNode();
  sample.setAttribute("d", `M12 ${y}h32`);
  const label = shape("text", { x: 52, y, dy: "0.32em" }, expression);
  setStyles(label, getComputedStyle(document.body));
  label.setAttribute("fill", getComputedStyle(document.body).color);
  label.setAttribute("font-size", "13px");
  return shape("g", {}, sample, label);
}
