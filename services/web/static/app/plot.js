// A plot in the log: its picture, its tools, the values at a point, and sliders for the variables.
// It uses the current names of the session, not those at the time when it was entered.

import { Calculator, latest, sourceOf } from "./calculator.js";
import { listen, listenToKeys, moves, Sliders } from "./controls.js";
import { announce, button, element, openMenu, prose, shape } from "./dom.js";
import { used } from "./highlight.js";
import { shown, toLocal, withUnit } from "./numbers.js";
import { Picture, savePng, saveSvg } from "./picture.js";

/** The range of the statement, with a y range that fits the curves. */
const whole = { from: NaN, to: NaN, low: NaN, high: NaN };

/** The narrowest window, relative to its distance from 0, and the widest. */
const narrowest = 1e-13;
const widest = 1e300;

/** A worker of its own, so that a slow plot delays neither typing nor its preview. */
const calculator = new Calculator(3000);

const errors = {
  slow: {
    detail: "This plot takes too long to calculate.",
    hint: "plot a simpler expression, or a shorter range",
  },
  missing: { detail: "This browser cannot calculate plots.", hint: "reload the page" },
};

/** Resolves to the reply of a function of the module, "plot" or "at", or to {error}. */
async function ask(request, name, numbers) {
  const reply = await calculator.ask(request, name, numbers);
  return reply.unavailable ? { error: errors[reply.unavailable] } : reply;
}

/** Resolves to the reply for a window {from, to, low, high} and a size in pixels. */
const askPicture = (request, { from, to, low, high }, width, height) =>
  ask(request, "plot", [width, height, from, to, low, high]);

/** Resolves to the picture of the plot in a request, or to null if there is none. */
export async function sketch(request, width, height) {
  const reply = await askPicture(request, whole, width, height);
  return reply.error ? null : new Picture(reply).svg;
}

let plots = 0; // so far, for ids

const keysHint =
  "Arrow keys move, plus and minus zoom, 0 fits, Shift with left or right reads values.";

/**
 * A plot in a figure, from the `plot` of an entry. It calls `names()` for the names of the
 * session, `context(values)` for a context with other values for some names, and `assign(text)`.
 */
export class Plot {
  #plot;
  #handlers;
  #view = element("div", {
    class: "view", tabindex: "0", role: "application", "aria-roledescription": "plot",
  });
  #legend = element("dl", { class: "legend" });
  #caption = element("p", { class: "caption" });
  #sliders;
  #window = whole;
  #moved = false; // whether the window has changed since the picture was drawn
  #picture = null;
  #x = null; // where the curves are read
  #aloud = false; // whether the values are announced

  constructor(figure, plot, handlers) {
    this.#plot = plot;
    this.#handlers = handlers;
    this.#sliders = new Sliders({ moved: () => this.#freeze(), assign: handlers.assign });
    const hint = element("p", { class: "unseen", id: `plot-keys-${++plots}` }, keysHint);
    this.#view.setAttribute("aria-describedby", hint.id);
    this.#view.setAttribute("aria-label", `Plot of ${plot.expressions.map(toLocal).join(", ")}`);
    this.#legend.append(...plot.expressions.map(legendRow));
    const foot = element("div", { class: "foot" }, this.#legend, this.#tools());
    figure.replaceChildren(this.#view, hint, foot, this.#sliders.element, this.#caption);
    this.#describeNames();
    const box = () => this.#picture?.box ?? this.#view.getBoundingClientRect();
    listen(this.#view, box, this.#moves);
    listenToKeys(figure, this.#moves);
    new ResizeObserver(() => this.refresh()).observe(this.#view);
  }

  /** Redraws the picture, for example after a change of the names. */
  refresh = latest(async () => {
    const { clientWidth: width, clientHeight: height } = this.#view;
    if (!width) return;
    this.#describeNames();
    const window = this.#window;
    const reply = await askPicture(this.#request, window, width, height);
    if (reply.error) return this.#fail(reply.error);
    this.#picture = new Picture(reply);
    if (window !== this.#window && this.#window !== whole) this.#picture.move(this.#window);
    this.#view.replaceChildren(this.#picture.svg);
    this.#view.setAttribute("aria-label", toLocal(reply.description));
    this.#legend.querySelectorAll(".domain").forEach((domain, i) => {
      domain.textContent = shown(reply.domains[i]);
    });
    if (this.#moved) announce(toLocal(reply.range));
    this.#moved = false;
    if (this.#x !== null) this.#showValues();
  });

  /** Shows the values where the curves are read. */
  #showValues = latest(async () => {
    const x = this.#x;
    const { values } = x === null ? {} : await ask(this.#request, "at", [x]);
    if (x !== this.#x) return;
    const { unit, valueUnit, low, high } = this.#picture?.reply ?? {};
    const quantity = (number, of) => withUnit(shown(digits(number)), of);
    const point = x === null ? "" : `${this.#plot.variable} = ${quantity(x, unit)}`;
    this.#picture?.mark(x, point, values);
    const rounded = (y) => (Math.abs(y) < (high - low) * 1e-9 ? 0 : y);
    const text = (y) => (y === null ? "no value" : `= ${quantity(rounded(y), valueUnit)}`);
    const texts = values?.map(text) ?? [];
    this.#legend.querySelectorAll("output").forEach((output, i) => {
      output.value = texts[i] ?? "";
    });
    const { expressions } = this.#plot;
    const spoken = texts.map((text, i) => `${toLocal(expressions[i])} ${text}`);
    if (this.#aloud) announce([point, ...spoken].join(", "));
  });

  /** What gestures, keys and tools do. */
  #moves = {
    zoom: (factor, x, y) => {
      const { from, to, low, high } = this.#target;
      const isAimed = x !== undefined;
      const [u, v] = isAimed ? [from + x * (to - from), high - y * (high - low)] : this.#focus;
      this.#look({
        from: u + (from - u) * factor,
        to: u + (to - u) * factor,
        low: v + (low - v) * factor,
        high: v + (high - v) * factor,
      });
    },
    pan: (x, y) => {
      const { from, to, low, high } = this.#target;
      const [u, v] = [x * (to - from), y * (high - low)];
      this.#look({ from: from - u, to: to - u, low: low + v, high: high + v });
    },
    whole: () => this.#look(whole),
    read: (part, slack) => {
      if (!this.#picture) return;
      if (part === null) return this.#read(null);
      const { window, box, reply } = this.#picture;
      const size = window.to - window.from;
      const at = window.from + part * size;
      const meant = reply.points.find(({ x }) => Math.abs(x - at) < slack * size);
      this.#read(meant ? meant.x : round(at, 10 ** Math.floor(Math.log10(size / box.width))));
    },
    step: (n) => {
      if (!this.#picture) return;
      const { from, to } = this.#picture.window;
      const step = this.#picture.reply.step / 10;
      const x = round((this.#x ?? (from + to) / 2) + n * step, step);
      this.#read(Math.max(from, Math.min(x, to)), true);
    },
    leave: () => this.#read(null),
  };

  /** The window that was requested last; the visible one may be about to change. */
  get #target() {
    return this.#window === whole ? this.#picture?.window ?? whole : this.#window;
  }

  /** What keys and tools zoom about: where values are read, or the points of interest. */
  get #focus() {
    const { from, to, low, high } = this.#target;
    const isInside = ({ x, y }) => x > from && x < to && y > low && y < high;
    const points = this.#picture?.reply.points ?? [];
    const seen = points.filter(({ x }) => this.#x === null || x === this.#x).filter(isInside);
    const mean = (key) => seen.reduce((sum, point) => sum + point[key], 0) / seen.length;
    if (seen.length) return [mean("x"), mean("y")];
    const x = Math.max(from, Math.min(this.#x ?? (from + to) / 2, to));
    return [x, (low + high) / 2];
  }

  get #request() {
    const { variable, from, to, unit = "", expressions } = this.#plot;
    const context = this.#handlers.context(this.#sliders.values);
    const range = `${variable} = ${from} ${unit}, ${to} ${unit}`;
    return `${context}plot(${expressions.join(", ")}, ${range})`;
  }

  /** Keeps the frame fixed while sliders move the curves in it. */
  #freeze() {
    this.#window = { ...this.#target };
    this.refresh();
  }

  /** Gives both axes the same scale, around the middle of the picture. */
  #equalize() {
    const { from, to, low, high } = this.#target;
    const { width, height } = this.#picture.box;
    const half = ((to - from) * height) / width / 2;
    this.#look({ from, to, low: (low + high) / 2 - half, high: (low + high) / 2 + half });
  }

  #look(window) {
    const { from, to, low, high } = window;
    if (!this.#picture || !isRange(from, to) || !isRange(low, high)) return;
    this.#window = window;
    this.#moved = true;
    if (window !== whole) this.#picture.move(window); // the part that is known moves at once
    this.refresh();
  }

  #read(x, aloud = false) {
    this.#x = x;
    this.#aloud = aloud;
    this.#showValues();
  }

  /** Says which names the curves depend on, and offers sliders for the variables. */
  #describeNames() {
    const all = this.#handlers.names();
    const { expressions, variable } = this.#plot;
    const names = used(expressions, all, [variable]);
    const values = names.map((name) => [name, all.variables[name]]);
    this.#sliders.offer(Object.fromEntries(values.filter(([, one]) => typeof one === "number")));
    const list = names.map((name) => toLocal(sourceOf(name, all))).join(", ");
    this.#caption.textContent = list && `With ${list}, as set now`;
  }

  #fail({ detail, hint = "" }) {
    this.#picture = null;
    this.#view.replaceChildren(element("p", {}, ...prose(detail), " ", ...prose(hint)));
    this.#view.setAttribute("aria-label", `No plot: ${detail}`);
  }

  /** Returns the tools below the picture. Tools that are used less are in a menu. */
  #tools() {
    const save = (write) => () => {
      if (!this.#picture) return;
      const expressions = this.#plot.expressions.map(toLocal);
      write(this.#picture.svg, expressions, toLocal(this.#picture.reply.description));
    };
    const tool = (sign, label, act) => {
      const node = button(sign, "", act);
      node.setAttribute("aria-label", label);
      node.title = label;
      return node;
    };
    const [zoomIn, zoomOut, ...others] = moves;
    const fit = others.pop();
    const shownTools = [zoomIn, zoomOut, fit].map(({ sign, label, act }) =>
      tool(sign, label, () => act(this.#moves)),
    );
    const menuActions = {
      ...Object.fromEntries(others.map(({ label, act }) => [label, () => act(this.#moves)])),
      "Equal axes": () => this.#picture && this.#equalize(),
      "Save as SVG": save(saveSvg),
      "Save as PNG": save(savePng),
    };
    const rest = tool("⋯", "More tools", () => openMenu(rest, menuActions));
    rest.setAttribute("aria-haspopup", "menu");
    return element("div", { class: "tools" }, ...shownTools, rest);
  }
}

/** Returns a row of the legend: the line of a curve, its expression, and its value when read. */
function legendRow(expression, i) {
  const path = shape("path", { class: `curve-${i + 1}`, d: "M0 6H32" });
  const line = shape("svg", { width: 32, height: 12, "aria-hidden": "true" }, path);
  const term = element("dt", {}, line, element("code", {}, toLocal(expression)));
  const domain = element("span", { class: "domain" });
  return element("div", {}, term, element("dd", {}, element("output", {}), domain));
}

/** Reports whether a range is neither too narrow for its numbers nor too wide. NaN fits. */
function isRange(from, to) {
  if (Number.isNaN(from)) return true;
  const size = Math.max(Math.abs(from), Math.abs(to));
  return to - from > narrowest * size && size < widest;
}

const digits = (number) => String(Number(number.toPrecision(15)));

const round = (number, unit) => Number((Math.round(number / unit) * unit).toPrecision(12));
