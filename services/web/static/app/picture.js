// The picture of a plot as SVG, from the curves that calc.wasm returns (services/web/preview), with
// its points of interest; and saving it as a file.

import { download, shape } from "./dom.js";
import { decimalComma, shown } from "./numbers.js";

/** The room around the curves for the labels of ticks, in pixels. */
const margin = { top: 8, right: 14, bottom: 24 };

/** The width of a digit in a label, in pixels: the font is monospaced. */
const digitWidth = 7;

/** How many points of interest have labels; more would hide the curves. */
const mostLabels = 6;

/**
 * Where the middle of a label may be: beside its point, in halves of its width, and below it, in
 * pixels. The first free place is taken: one near the point and clear of the axis, if all labels
 * have such a place, and rather one that no curve crosses.
 */
const near = [
  [0, -14], [1, 0], [-1, 0], [1, -13], [-1, -13], [0, 14], [1, 10], [-1, 10], [0, -19],
];
const anywhere = [[0, -14], [1, 0], [-1, 0], [0, 14], [0, -29], [0, 30], [0, -45], [0, -61]];

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
    const y = this.#height - 6;
    const place = { class: "tick", x: right ? at + 6 : at - 6, y, "text-anchor": anchor };
    const dots = values.map((y, i) => {
      if (y === null) return "";
      return shape("circle", { class: `curve-${i + 1}`, cx: at, cy: this.#y(y), r: 4 });
    });
    const line = shape("path", { d: `M${at} 0V${this.#height}` });
    this.#cursor.replaceChildren(line, ...dots, shape("text", place, text));
  }

  /** Marks points {x, y, text} with dots, and with their texts where there is room. */
  showPoints(points) {
    const dots = points.map(({ x, y }) => {
      return { x: this.#x(x), y: this.#y(y), half: 4, height: dotHeight };
    });
    const texts = points.length <= mostLabels ? points.map(({ text }) => text) : [];
    const tries = [[near, this.#y(0), true], [near, this.#y(0)], [anywhere]];
    let labels;
    while (!labels?.every(Boolean) && tries.length) {
      labels = this.#labels(texts, dots, ...tries.shift());
    }
    const nodes = dots.flatMap(({ x: cx, y: cy }, i) => {
      const dot = shape("circle", { cx, cy, r: 3.5 });
      const { x, y } = labels[i] ?? {};
      if (x === undefined) return [dot];
      const place = { class: "tick", x, y: y + 4, "text-anchor": "middle" };
      return [dot, shape("text", place, texts[i])];
    });
    this.#points.replaceChildren(...nodes);
  }

  /** Returns the boxes of texts beside dots, undefined where there is no room, off an axis. */
  #labels(texts, dots, places, axis = -far, avoidsCurves = false) {
    const taken = [...dots];
    return texts.map((text, i) => {
      const { x: cx, y: cy } = dots[i];
      const half = (digitWidth * text.length) / 2 + 4;
      const boxAt = ([beside, below]) => ({
        x: Math.max(half, Math.min(cx + beside * (half + 5), this.#width - half)),
        y: cy + below, half, height: labelHeight,
      });
      const isClear = ({ x, y }) =>
        y > 10 && y < this.#height - 4 && Math.abs(y - axis) > labelHeight &&
        taken.every((other) =>
          Math.abs(other.x - x) > other.half + half || Math.abs(other.y - y) > other.height);
      // The label is rather on the side where no other point is near.
      const isNear = (side) =>
        dots.some(({ x }) => side * (x - cx) > 0 && side * (x - cx) < 2 * half);
      const [left, right] = [-1, 1].map(isNear);
      const side = left ? 1 : -1;
      const order = left === right ? places : [[side, 0], [side, -13], ...places];
      const boxes = order.map(boxAt).filter(isClear);
      const box = boxes.find((one) => avoidsCurves && !this.#crosses(one)) ?? boxes[0];
      if (box) taken.push(box);
      return box;
    });
  }

  /** Reports whether a curve crosses a box. */
  #crosses({ x, y, half, height }) {
    const { curves, from, to } = this.#curves;
    return curves.some(({ paths }) => {
      const heightAt = heightsOf(paths);
      const isNear = (part) => {
        const at = from + ((x + part * half) / this.#width) * (to - from);
        return Math.abs(this.#y(heightAt(at)) - y) < height / 2;
      };
      return [-1, -0.5, 0, 0.5, 1].some(isNear);
    });
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

/** More points of a kind than this are not of interest. */
const mostPoints = 8;

/**
 * Resolves to the points of interest of curves: roots, extrema and intersections, each {kind, x, y,
 * label, text}; the picture shows the text. They are searched for between the points of the curves;
 * `values(x)` resolves to the values of all curves at x.
 */
export async function pointsOf({ curves, low, high, from, to }, values) {
  const found = [];
  const add = async (brackets, difference, refine) => {
    if (brackets.length > mostPoints) return;
    for (const bracket of brackets) {
      const [, , kind] = bracket;
      const at = await refine(bracket, async (x) => difference(await values(x)));
      if (at === null) continue;
      const x = Number(at.toPrecision(9));
      found.push({ kind, x, y: difference.height(await values(x)) });
    }
  };
  for (const [i, { paths }] of curves.entries()) {
    const value = Object.assign((ys) => ys[i], { height: (ys) => ys[i] });
    await add(changes("root", paths, (_, y) => y), value, root);
    await add(turns(paths, (high - low) * 1e-6), value, turn);
    for (let j = i + 1; j < curves.length; j++) {
      const other = heightsOf(curves[j].paths);
      const difference = Object.assign((ys) => ys[i] - ys[j], { height: (ys) => ys[i] });
      await add(changes("intersection", paths, (x, y) => y - other(x)), difference, root);
    }
  }
  const inside = ({ x, y }) => y !== null && y >= low && y <= high && x >= from && x <= to;
  const text = (number) => shown(String(Number(number.toPrecision(4))));
  const separator = decimalComma() ? ";" : ",";
  const zero = (number, size) => (Math.abs(number) < size * 1e-9 ? 0 : number);
  return found.filter(inside).map((point) => {
    const [x, y] = [zero(point.x, to - from), zero(point.y, high - low)];
    const label = `(${text(x)}${separator} ${text(y)})`;
    const isTurn = point.kind.endsWith("imum");
    return { ...point, x, y, label, text: isTurn ? `${point.kind} ${label}` : label };
  });
}

/** Returns the intervals [from, to, kind] of paths in which f(x, y) changes its sign. */
function changes(kind, paths, f) {
  return paths.flatMap((path) => {
    const brackets = [];
    for (let i = 2; i < path.length; i += 2) {
      const [a, b] = [f(path[i - 2], path[i - 1]), f(path[i], path[i + 1])];
      if (a * b < 0 || (b === 0 && a !== 0)) brackets.push([path[i - 2], path[i], kind]);
    }
    return brackets;
  });
}

/** Returns the intervals [from, to, kind] of paths in which a curve turns by more than a slack. */
function turns(paths, slack) {
  return paths.flatMap((path) => {
    const brackets = [];
    for (let i = 2; i + 3 < path.length; i += 2) {
      const [a, b, c] = [path[i - 1], path[i + 1], path[i + 3]];
      const turned = (b - a) * (b - c) > 0 && Math.abs(b - a) + Math.abs(b - c) > slack;
      if (turned) brackets.push([path[i - 2], path[i + 2], b > a ? "maximum" : "minimum"]);
    }
    return brackets;
  });
}

/** Returns a function that interpolates the heights of paths; NaN where there are none. */
function heightsOf(paths) {
  return (x) => {
    const path = paths.find((points) => points[0] <= x && x <= points.at(-2));
    if (!path) return NaN;
    let i = 2;
    while (path[i] < x) i += 2;
    const part = (x - path[i - 2]) / (path[i] - path[i - 2]);
    return path[i - 1] + part * (path[i + 1] - path[i - 1]);
  };
}

/** Resolves to where f is 0 in an interval, by the Illinois method, or to null if it jumps. */
async function root([a, b], f) {
  let [left, right, fa, fb] = [a, b, await f(a), await f(b)];
  const height = Math.abs(fa) + Math.abs(fb);
  if (fb === 0) return right;
  for (let i = 0; i < 40; i++) {
    const x = (left * fb - right * fa) / (fb - fa);
    const y = await f(x);
    if (Number.isNaN(y) || Number.isNaN(x)) return null;
    if (Math.abs(y) < height * 1e-13 || right - left < (b - a) * 1e-9) {
      return Math.abs(y) < height / 4 ? x : null;
    }
    if (y * fb > 0) [right, fb, fa] = [x, y, fa / 2];
    else [left, fa, fb] = [x, y, fb / 2];
  }
  return null;
}

/** Resolves to where f turns in an interval: by golden sections, then through three points. */
async function turn([a, b, kind], f) {
  const golden = 0.618033988749895;
  let [left, right] = [a, b];
  for (let i = 0; i < 12; i++) {
    const [u, v] = [right - golden * (right - left), left + golden * (right - left)];
    const [fu, fv] = [await f(u), await f(v)];
    if (kind === "maximum" ? fu > fv : fu < fv) right = v;
    else left = u;
  }
  const middle = (left + right) / 2;
  const step = (right - left) / 2;
  const [y0, y1, y2] = [await f(middle - step), await f(middle), await f(middle + step)];
  const bend = y0 - 2 * y1 + y2;
  const x = bend ? middle + (step * (y0 - y2)) / (2 * bend) : middle;
  return Number(x.toPrecision(6));
}

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
