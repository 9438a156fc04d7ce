// The picture of a plot: the SVG that calc.wasm draws (shared/plot), with a mark where its curves
// are read; and saving it as a file.

import { download, shape } from "./dom.js";
import { decimalComma, shown } from "./numbers.js";

const parser = new DOMParser();

/** Returns a label of a picture, a number or a point, in the person's format. */
const local = (text) => shown(decimalComma() ? text.replace(", ", "; ") : text);

const number = (node, attribute) => Number(node.getAttribute(attribute));

/** A picture from the `reply` of calc.wasm: its element is `svg`, what it shows `window`. */
export class Picture {
  #area; // where the curves are in the picture: {x, y, width, height}
  #cursor = shape("g", { class: "cursor" });

  constructor(reply) {
    const { from, to, low, high, svg } = reply;
    this.reply = reply;
    this.window = { from, to, low, high };
    // The module wrote this from numbers and the units of the language: it is no one's text.
    this.svg = document.adoptNode(parser.parseFromString(svg, "image/svg+xml").documentElement);
    for (const text of this.svg.querySelectorAll("text")) {
      text.textContent = local(text.textContent);
    }
    const inner = this.svg.querySelector("svg");
    inner.append(this.#cursor);
    const sides = ["x", "y", "width", "height"].map((side) => [side, number(inner, side)]);
    this.#area = Object.fromEntries(sides);
  }

  /** Where the curves are on the screen. */
  get box() {
    const { left, top } = this.svg.getBoundingClientRect();
    const { x, y, width, height } = this.#area;
    return { left: left + x, top: top + y, width, height };
  }

  /** Moves what is drawn to its place in another window, until that has a picture of its own. */
  move(window) {
    const { from, to, low, high } = this.reply;
    const { x: left, y: top, width, height } = this.#area;
    const [across, up] = [window.to - window.from, window.high - window.low];
    const [a, d] = [(to - from) / across, (high - low) / up];
    const e = ((from - window.from) / across) * width;
    const f = ((window.high - high) / up) * height;
    const shift = (node, x, y) => node.setAttribute("transform", `translate(${x} ${y})`);
    this.window = window;
    this.mark(null);
    const lines = this.svg.querySelector("g");
    lines.setAttribute("transform", `matrix(${a} 0 0 ${d} ${e} ${f})`);
    for (const point of this.svg.querySelectorAll(".points g")) {
      const [x, y] = [number(point.firstChild, "cx"), number(point.firstChild, "cy")];
      shift(point, a * x + e - x, d * y + f - y);
    }
    for (const tick of this.svg.querySelectorAll(":scope > text")) {
      const [x, y] = [number(tick, "x") - left, number(tick, "y") - top - 4];
      const isBelow = y > height;
      if (!isBelow && x > 0) continue; // a unit
      const [u, v] = isBelow ? [a * x + e, y] : [x, d * y + f];
      shift(tick, u - x, v - y);
      const part = isBelow ? u / width : v / height;
      tick.setAttribute("visibility", part > -0.01 && part < 1.01 ? "visible" : "hidden");
    }
  }

  /** Marks where the curves are read: at x, with its text, and at their values, null for none. */
  mark(x, text, values = []) {
    if (x === null) return this.#cursor.replaceChildren();
    const { from, to, low, high } = this.window;
    const { width, height } = this.#area;
    const far = high - low; // a dot further outside would burden renderers
    const at = ((x - from) / (to - from)) * width;
    const isLeft = at < width / 2;
    const dots = values.map((y, i) => {
      if (y === null) return "";
      const cy = ((high - Math.max(low - far, Math.min(y, high + far))) / far) * height;
      return shape("circle", { class: `curve-${i + 1}`, cx: at, cy, r: 4 });
    });
    const line = shape("path", { d: `M${at} 0V${height}` });
    const place = { class: "tick", x: isLeft ? at + 6 : at - 6, y: height - 6 };
    const anchor = { "text-anchor": isLeft ? "start" : "end" };
    this.#cursor.replaceChildren(line, ...dots, shape("text", { ...place, ...anchor }, text));
  }
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
