// A plot of the log: its picture, what moves it, and the values where it is read. It
// knows the session's names as they are now, not as they were when it was entered.

import { ask, latest } from "./curves.js";
import { announce, button, element, prose } from "./dom.js";
import { listen, listenToKeys, moves } from "./gestures.js";
import { Picture, shape } from "./picture.js";
import { savePng, saveSvg } from "./save.js";
import { used } from "./scan.js";
import { Sliders } from "./sliders.js";
import { shown } from "./theme.js";

/** The range of the statement, and heights as the curves need them. */
const whole = { from: NaN, to: NaN, low: NaN, high: NaN };

/** A window is no narrower than this part of its distance from 0, and no wider than that. */
const [narrowest, widest] = [1e-13, 1e300];

/** The room that the texts of ticks take, about, in pixels. */
const [beside, below] = [60, 32];

/** The least that is asked for, in pixels: a smaller picture would have one tick or two. */
const [narrow, flat] = [400, 200];

let count = 0;

/**
 * Asks for the curves of a request in a window, for a picture of so many pixels, and
 * resolves to what calc.wasm answers.
 */
const calculate = (request, { from, to, low, high }, width, height) =>
  ask("plot", request, [Math.max(narrow, width - beside), Math.max(flat, height - below), from, to, low, high]);

/** Returns the picture of the plot in a request, or null where there is none. */
export async function sketch(request, width, height) {
  const answer = await calculate(request, whole, width, height);
  return answer.error ? null : new Picture(answer, width, height).svg;
}

/**
 * A plot in a figure, from the `plot` of an entry. It calls `names()` for the names of
 * the session, `context(values)` for them in a request, with other values of some, and
 * `assign(text)` to set one.
 */
export class Plot {
  #plot;
  #calls;
  #view = element("div", { class: "view", tabindex: "0", role: "application", "aria-roledescription": "plot" });
  #legend = element("dl", { class: "legend" });
  #caption = element("p", { class: "caption" });
  #sliders;
  #window = whole;
  #moved = false; // whether the window has changed since the curves were drawn
  #seen = null; // the answer that is shown
  #picture = null;
  #at = null; // where the curves are read
  #aloud = false; // whether the values are said, too

  constructor(figure, plot, calls) {
    this.#plot = plot;
    this.#calls = calls;
    this.#sliders = new Sliders({ moved: () => this.refresh(), assign: calls.assign });
    const hint = element("p", { class: "hint", id: `plot-keys-${++count}` }, "Arrow keys move, + and − or the wheel zoom, 0 shows the whole range, Shift ← and → read values.");
    this.#view.setAttribute("aria-describedby", hint.id);
    this.#view.setAttribute("aria-label", `Plot of ${plot.expressions.join(", ")}`);
    this.#legend.append(...plot.expressions.map(row));
    figure.replaceChildren(this.#view, this.#legend, this.#tools(), hint, this.#caption, this.#sliders.element);
    this.#describeNames();
    listen(this.#view, () => (this.#picture?.area ?? this.#view).getBoundingClientRect(), this.#moves);
    listenToKeys(figure, this.#moves);
    new ResizeObserver(() => this.refresh()).observe(this.#view);
  }

  /** Draws anew, as after a change of the names. */
  refresh = latest(async () => {
    const { clientWidth: width, clientHeight: height } = this.#view;
    if (!width) return;
    this.#describeNames();
    const window = this.#window;
    const answer = await calculate(this.#request, window, width, height);
    if (answer.error) return this.#fail(answer.error);
    this.#draw(window === this.#window ? answer : seenIn(this.#window, answer));
    this.#view.setAttribute("aria-label", description(answer));
    if (this.#moved) announce(`${answer.variable} ${range(answer)}`);
    this.#moved = false;
    if (this.#at !== null) this.#tell();
  });

  /** Shows the values where the curves are read. */
  #tell = latest(async () => {
    const x = this.#at;
    const { values } = x === null ? {} : await ask("at", this.#request, [x]);
    if (x !== this.#at) return;
    const place = x === null ? "" : `${this.#plot.variable} = ${text(x)}`;
    this.#picture?.mark(x, place, values);
    const said = values?.map((y) => (y === null ? "no value" : `= ${shown(text(y))}`)) ?? [];
    this.#legend.querySelectorAll("output").forEach((output, i) => (output.value = said[i] ?? ""));
    if (this.#aloud) announce([place, ...said.map((value, i) => `${this.#plot.expressions[i]} ${value}`)].join(", "));
  });

  /** What gestures and buttons do. */
  #moves = {
    zoom: (factor, x, y) => {
      const { from, to, low, high } = this.#present;
      const [u, v] = [from + x * (to - from), high - y * (high - low)];
      this.#look({ from: u + (from - u) * factor, to: u + (to - u) * factor, low: v + (low - v) * factor, high: v + (high - v) * factor });
    },
    pan: (x, y) => {
      const { from, to, low, high } = this.#present;
      const [u, v] = [x * (to - from), y * (high - low)];
      this.#look({ from: from - u, to: to - u, low: low + v, high: high + v });
    },
    whole: () => this.#look(whole),
    read: (part) => {
      if (!this.#seen) return;
      const { from, to } = this.#seen;
      const pixel = (to - from) / this.#picture.area.getBoundingClientRect().width;
      this.#read(part === null ? null : round(from + part * (to - from), 10 ** Math.floor(Math.log10(pixel))));
    },
    step: (n) => {
      if (!this.#seen) return;
      const { from, to, across } = this.#seen;
      const step = (across.length > 1 ? across[1].at - across[0].at : to - from) / 10;
      const x = round((this.#at ?? (from + to) / 2) + n * step, step);
      this.#read(Math.max(from, Math.min(x, to)), true);
    },
    leave: () => this.#read(null),
  };

  /** The window that was asked for last: what is seen may be about to change. */
  get #present() {
    return Number.isNaN(this.#window.from) ? this.#seen ?? whole : this.#window;
  }

  get #request() {
    const { variable, from, to, expressions } = this.#plot;
    return `${this.#calls.context(this.#sliders.moved)}plot(${expressions.join(", ")}, ${variable} = ${from}, ${to})`;
  }

  #look(window) {
    const fits = (from, to) => Number.isNaN(from) || (to - from > narrowest * Math.max(Math.abs(from), Math.abs(to)) && Math.max(-from, to) < widest);
    if (!this.#seen || !fits(window.from, window.to) || !fits(window.low, window.high)) return;
    this.#window = window;
    this.#moved = true;
    // What is known of the curves is seen at once.
    this.#draw(seenIn(window, this.#seen));
    this.refresh();
  }

  #draw(answer) {
    this.#seen = answer;
    this.#picture = new Picture(answer, this.#view.clientWidth, this.#view.clientHeight);
    this.#view.replaceChildren(this.#picture.svg);
  }

  #read(x, aloud = false) {
    this.#at = x;
    this.#aloud = aloud;
    this.#tell();
  }

  /** Says which of the session's names the curves depend on, and offers the variables to be moved. */
  #describeNames() {
    const names = this.#calls.names();
    const all = used(this.#plot.expressions, names, [this.#plot.variable]);
    const variables = all.filter((name) => Object.hasOwn(names.variables, name));
    this.#sliders.offer(Object.fromEntries(variables.map((name) => [name, names.variables[name]])));
    const words = all.map((name) => (variables.includes(name) ? `${name} = ${names.variables[name]}` : names.definitions[name]));
    this.#caption.textContent = words.length ? `With ${words.join(", ")}, as set now` : "";
  }

  #fail({ detail, hint = "" }) {
    this.#seen = this.#picture = null;
    this.#view.replaceChildren(element("p", {}, ...prose(detail), " ", ...prose(hint)));
    this.#view.setAttribute("aria-label", `No plot: ${detail}`);
  }

  #tools() {
    const save = (write) => () => this.#picture && write(this.#picture.svg, this.#plot.expressions, description(this.#seen));
    const tools = [
      ...moves.map(({ sign, label, act }) => [sign, label, () => act(this.#moves)]),
      ["SVG", "Save as SVG", save(saveSvg)],
      ["PNG", "Save as PNG", save(savePng)],
    ];
    return element("div", { class: "actions" }, ...tools.map(([sign, label, act]) => {
      const tool = button(sign, "quiet", act);
      tool.setAttribute("aria-label", label);
      tool.title = label;
      return tool;
    }));
  }
}

/** A row of the legend: the line of a curve, its expression and its value. */
function row(expression, i) {
  const line = shape("svg", { width: 32, height: 12, "aria-hidden": "true" }, shape("path", { class: `curve-${i + 1}`, d: "M0 6H32" }));
  return element("div", {}, element("dt", {}, line, element("code", {}, expression)), element("dd", {}, element("output", {})));
}

/** Returns what an answer shows of another window. */
const seenIn = (window, answer) => (window === whole ? answer : { ...answer, ...window });

/** Says what is seen: the curves, the range, the lowest and the highest values. */
function description(answer) {
  const { variable, low, high, curves } = answer;
  const up = rounding(high - low);
  const said = curves.map(({ expression, paths }) => {
    const heights = paths.flatMap((path) => path.filter((_, i) => i % 2));
    if (!heights.length) return `${expression} is not to be seen there`;
    const [least, most] = [heights.reduce((a, b) => Math.min(a, b)), heights.reduce((a, b) => Math.max(a, b))];
    const ends = [least < low ? "below " : "", up(Math.max(least, low)), " to ", most > high ? "above " : "", up(Math.min(most, high))];
    return `${expression} has values from ${ends.join("")}`;
  });
  return `Plot for ${variable} ${range(answer)}: ${said.join("; ")}.`;
}

function range({ from, to }) {
  const across = rounding(to - from);
  return `from ${across(from)} to ${across(to)}`;
}

const text = (number) => String(Number(number.toPrecision(15)));
/** Returns a function that writes numbers to about a thousandth of a range. */
const rounding = (range) => (number) => String(round(number, 10 ** Math.floor(Math.log10(range) - 3)));

const round = (number, unit) => Number((Math.round(number / unit) * unit).toPrecision(12));
