// A plot in the log: its picture, its tools, the values at a point, and sliders for the variables.
// It uses the current names of the session, not those at the time when it was entered.

import { Calculator, latest, sourceOf } from "./calculator.js";
import { listen, listenToKeys, moves, Sliders } from "./controls.js";
import { announce, button, element, openMenu, prose, shape } from "./dom.js";
import { used } from "./highlight.js";
import { shown, toLocal, withUnit } from "./numbers.js";
import { Picture, pointsOf, savePng, saveSvg } from "./picture.js";

/** The range of the statement, with a y range that fits the curves. */
const whole = { from: NaN, to: NaN, low: NaN, high: NaN };

/** The narrowest window, relative to its distance from 0, and the widest. */
const narrowest = 1e-13;
const widest = 1e300;

/** The approximate room for the labels of ticks, in pixels. */
const beside = 60;
const below = 32;

/** The smallest size to request, in pixels: a smaller picture would have only one or two ticks. */
const leastWidth = 400;
const leastHeight = 200;

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

/** Resolves to the curves in a window, for a picture of that size in pixels. */
function askCurves(request, { from, to, low, high }, width, height) {
  const size = [Math.max(leastWidth, width - beside), Math.max(leastHeight, height - below)];
  return ask(request, "plot", [...size, from, to, low, high]);
}

/** Resolves to the picture of the plot in a request, or to null if there is none. */
export async function sketch(request, width, height) {
  const reply = await askCurves(request, whole, width, height);
  return reply.error ? null : new Picture(reply, width, height).svg;
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
  #moved = false; // whether the window has changed since the curves were drawn
  #curves = null; // the reply that is shown
  #points = []; // of interest: {kind, x, y}
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
    const box = () => (this.#picture?.area ?? this.#view).getBoundingClientRect();
    listen(this.#view, box, this.#moves);
    listenToKeys(figure, this.#moves);
    new ResizeObserver(() => this.refresh()).observe(this.#view);
  }

  /** Redraws the curves, for example after a change of the names. */
  refresh = latest(async () => {
    const { clientWidth: width, clientHeight: height } = this.#view;
    if (!width) return;
    this.#describeNames();
    const window = this.#window;
    const request = this.#request;
    const reply = await askCurves(request, window, width, height);
    if (reply.error) return this.#fail(reply.error);
    if (!this.#moved) this.#points = [];
    this.#draw(window === this.#window ? reply : inWindow(reply, this.#window));
    this.#showDomains(reply);
    this.#view.setAttribute("aria-label", description(reply));
    if (this.#moved) announce(`${reply.variable} ${range(reply)}`);
    this.#moved = false;
    if (this.#x !== null) this.#showValues();
    const values = async (x) => (await ask(request, "at", [x])).values ?? [];
    const points = await pointsOf(reply, values);
    if (this.#curves !== reply) return; // moved in the meantime
    this.#points = points;
    this.#picture.showPoints(points);
    this.#view.setAttribute("aria-label", description(reply, points));
  });

  /** Shows the values where the curves are read. */
  #showValues = latest(async () => {
    const x = this.#x;
    const { values } = x === null ? {} : await ask(this.#request, "at", [x]);
    if (x !== this.#x) return;
    const { unit, valueUnit } = this.#curves ?? {};
    const quantity = (number, of) => withUnit(shown(digits(number)), of);
    const point = x === null ? "" : `${this.#plot.variable} = ${quantity(x, unit)}`;
    this.#picture?.mark(x, point, values);
    const size = this.#curves ? this.#curves.high - this.#curves.low : 0;
    const rounded = (y) => (Math.abs(y) < size * 1e-9 ? 0 : y);
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
      if (!this.#curves) return;
      if (part === null) return this.#read(null);
      const { from, to } = this.#curves;
      const at = from + part * (to - from);
      const meant = this.#points.find(({ x }) => Math.abs(x - at) < slack * (to - from));
      if (meant) return this.#read(meant.x);
      const pixel = (to - from) / this.#picture.area.getBoundingClientRect().width;
      this.#read(round(at, 10 ** Math.floor(Math.log10(pixel))));
    },
    step: (n) => {
      if (!this.#curves) return;
      const { from, to, across } = this.#curves;
      const step = (across.length > 1 ? across[1].at - across[0].at : to - from) / 10;
      const x = round((this.#x ?? (from + to) / 2) + n * step, step);
      this.#read(Math.max(from, Math.min(x, to)), true);
    },
    leave: () => this.#read(null),
  };

  /** The window that was requested last; the visible one may be about to change. */
  get #target() {
    return Number.isNaN(this.#window.from) ? this.#curves ?? whole : this.#window;
  }

  /** What keys and tools zoom about: where values are read, or the points of interest. */
  get #focus() {
    const { from, to, low, high } = this.#target;
    const isInside = ({ x, y }) => x > from && x < to && y > low && y < high;
    const points = this.#points.filter(({ x }) => this.#x === null || x === this.#x);
    const seen = points.filter(isInside);
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
    const { from, to, low, high } = this.#target;
    this.#window = { from, to, low, high };
    this.refresh();
  }

  /** Gives both axes the same scale, around the middle of the picture. */
  #equalize() {
    const { from, to, low, high } = this.#target;
    const { width, height } = this.#picture.area.getBoundingClientRect();
    const half = ((to - from) * height) / width / 2;
    this.#look({ from, to, low: (low + high) / 2 - half, high: (low + high) / 2 + half });
  }

  #look(window) {
    const { from, to, low, high } = window;
    if (!this.#curves || !isRange(from, to) || !isRange(low, high)) return;
    this.#window = window;
    this.#moved = true;
    // The part of the curves that is known moves at once.
    this.#draw(inWindow(this.#curves, window));
    this.refresh();
  }

  #draw(curves) {
    this.#curves = curves;
    this.#picture = new Picture(curves, this.#view.clientWidth, this.#view.clientHeight);
    this.#picture.showPoints(this.#points);
    this.#view.replaceChildren(this.#picture.svg);
  }

  /** Says in the legend where a curve has values, if that is not the whole range. */
  #showDomains({ curves, from, to, variable }) {
    const slack = (to - from) / 200;
    const text = (number) => shown(String(round(number, 10 ** Math.floor(Math.log10(slack)))));
    this.#legend.querySelectorAll(".domain").forEach((domain, i) => {
      const { paths } = curves[i];
      if (!paths.length) return void (domain.textContent = "no values here");
      const [first, last] = [paths[0][0], paths.at(-1).at(-2)];
      const lower = first > from + slack ? `${variable} ≥ ${text(first)}` : "";
      const upper = last < to - slack ? `${variable} ≤ ${text(last)}` : "";
      domain.textContent = [lower, upper].filter(Boolean).join(", ");
    });
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
    this.#curves = this.#picture = null;
    this.#view.replaceChildren(element("p", {}, ...prose(detail), " ", ...prose(hint)));
    this.#view.setAttribute("aria-label", `No plot: ${detail}`);
  }

  /** Returns the tools below the picture. Tools that are used less are in a menu. */
  #tools() {
    const save = (write) => () => {
      if (!this.#picture) return;
      write(this.#picture.svg, this.#plot.expressions, description(this.#curves, this.#points));
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
      "Equal axes": () => this.#curves && this.#equalize(),
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

/** Returns what known curves show in another window. */
const inWindow = (curves, window) => (window === whole ? curves : { ...curves, ...window });

/** Describes a picture: the curves, the range, the visible values, and points of interest. */
function description(reply, points = []) {
  const { variable, low, high, curves, valueUnit } = reply;
  const rounded = roundFor(high - low);
  const sentences = curves.map(({ expression, paths }) => {
    const heights = paths.flatMap((path) => path.filter((_, i) => i % 2));
    if (!heights.length) return `${toLocal(expression)} is not visible there`;
    const least = heights.reduce((a, b) => Math.min(a, b));
    const most = heights.reduce((a, b) => Math.max(a, b));
    const from = `${least < low ? "below " : ""}${rounded(Math.max(least, low))}`;
    const to = `${most > high ? "above " : ""}${rounded(Math.min(most, high))}`;
    return `${toLocal(expression)} has values from ${from} to ${withUnit(to, valueUnit)}`;
  });
  const places = points.map(({ kind, label }) => `${kind} at ${label}`);
  return `Plot for ${variable} ${range(reply)}: ${[...sentences, ...places].join("; ")}.`;
}

function range({ from, to, unit }) {
  const rounded = roundFor(to - from);
  return `from ${rounded(from)} to ${withUnit(rounded(to), unit)}`;
}

const digits = (number) => String(Number(number.toPrecision(15)));

/** Returns a function that shows numbers, rounded to about a thousandth of a range. */
const roundFor = (size) => (number) =>
  shown(String(round(number, 10 ** Math.floor(Math.log10(size) - 3))));

const round = (number, unit) => Number((Math.round(number / unit) * unit).toPrecision(12));
