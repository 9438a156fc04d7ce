// The picture of curves: grid, ticks, axes and one path a curve, as SVG. It is drawn
// from what calc.wasm answers to a plot (services/web/preview).

/** The room around the curves for the texts of ticks, in pixels. */
const margin = { top: 8, right: 14, bottom: 24 };

/** The width of a digit of a tick's text, in pixels: those of style.css are all alike. */
const digit = 7;

/** How far outside of the picture a line may lead, in pixels; more is a burden to renderers. */
const far = 10_000;

/** Makes an element of SVG from its attributes and its children. */
export function shape(tag, attributes, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A picture of so many pixels: its element is `svg`, the part with the curves `area`. */
export class Picture {
  #answer;
  #width;
  #height;
  #left;
  #cursor = shape("g", { class: "cursor" });

  constructor(answer, width, height) {
    const { curves, from, to, low, high } = answer;
    const [across, up] = [within(answer.across, from, to), within(answer.up, low, high)];
    this.#answer = answer;
    this.#left = Math.min(8 + digit * longest(up), width / 3);
    this.#width = Math.max(width - this.#left - margin.right, 1);
    this.#height = Math.max(height - margin.top - margin.bottom, 1);
    const place = { x: this.#left, y: margin.top, width: this.#width, height: this.#height };
    // A nested svg clips what leads out of it.
    this.area = shape("svg", place, shape("rect", { width: this.#width, height: this.#height, fill: "none" }), this.#grid(), this.#axes());
    this.area.append(...curves.map(({ paths }, i) => shape("path", { class: `curve-${i + 1}`, d: paths.map((path) => this.#line(path)).join("") })), this.#cursor);
    this.svg = shape("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, this.area, ...this.#texts(across, up, width));
  }

  /** Shows where the curves are read: at x, said in a text, and at their values, of which null is none. */
  mark(x, text, values = []) {
    if (x === null) return this.#cursor.replaceChildren();
    const at = this.#x(x);
    const right = at < this.#width / 2;
    const place = { class: "tick", x: right ? at + 6 : at - 6, y: 12, "text-anchor": right ? "start" : "end" };
    const dots = values.map((y, i) => y !== null && shape("circle", { class: `curve-${i + 1}`, cx: at, cy: this.#y(y), r: 4 }));
    this.#cursor.replaceChildren(shape("path", { d: `M${at} 0V${this.#height}` }), ...dots.filter(Boolean), shape("text", place, text));
  }

  #x(x) {
    const { from, to } = this.#answer;
    return near(((x - from) / (to - from)) * this.#width);
  }

  #y(y) {
    const { low, high } = this.#answer;
    return near(((high - y) / (high - low)) * this.#height);
  }

  #grid() {
    const { across, up } = this.#answer;
    const upright = across.map(({ at }) => `M${this.#x(at)} 0V${this.#height}`);
    const level = up.map(({ at }) => `M0 ${this.#y(at)}H${this.#width}`);
    return shape("path", { class: "grid", d: [...upright, ...level].join("") });
  }

  /** The axes, at the edge where the window is beside them. */
  #axes() {
    const x = Math.max(0, Math.min(this.#x(0), this.#width));
    const y = Math.max(0, Math.min(this.#y(0), this.#height));
    return shape("path", { class: "axis", d: `M${x} 0V${this.#height}M0 ${y}H${this.#width}` });
  }

  /** A piece of a curve, from x0, y0, x1, y1 and so on; one of a single point is a dot. */
  #line(path) {
    let line = "";
    for (let i = 0; i < path.length; i += 2) line += `${i ? "L" : "M"}${this.#x(path[i])} ${this.#y(path[i + 1])}`;
    return path.length === 2 ? `${line}h0` : line;
  }

  #texts(across, up, width) {
    const room = (digit * (longest(across) + 2) * across.length) / this.#width;
    const every = Math.max(1, Math.ceil(room));
    const below = across.filter((_, i) => i % every === 0).map(({ at, text }) => {
      const half = (digit * text.length) / 2;
      const x = Math.max(half, Math.min(this.#left + this.#x(at), width - half));
      return shape("text", { class: "tick", x, y: margin.top + this.#height + 17, "text-anchor": "middle" }, text);
    });
    const beside = up.map(({ at, text }) =>
      shape("text", { class: "tick", x: this.#left - 6, y: margin.top + this.#y(at), dy: "0.32em", "text-anchor": "end" }, text),
    );
    return [...below, ...beside];
  }
}

/** Returns the ticks of a window; rounding may put one that is at its edge a little outside. */
function within(ticks, low, high) {
  const slack = (high - low) * 1e-9;
  return ticks.filter(({ at }) => at >= low - slack && at <= high + slack);
}

const longest = (ticks) => Math.max(1, ...ticks.map(({ text }) => text.length));

const near = (pixels) => Math.round(100 * Math.max(-far, Math.min(pixels, far))) / 100;
