// A plot in the log: its picture, its tools, the values at a point, and sliders for the variables.
// It uses the session's names as they are now, not as they were when it was entered.

import { Calculator, latest } from "./calculator.js";
import { announce, button, element, prose, shape } from "./dom.js";
import { used } from "./highlight.js";
import { listen, listenToKeys, moves, Picture, savePng, saveSvg } from "./picture.js";
import { shown } from "./numbers.js";

/** The range of the statement, and heights that fit the curves. */
const whole = { from: NaN, to: NaN, low: NaN, high: NaN };

/** The narrowest window, as a part of its distance from 0, and the widest. */
const narrowest = 1e-13;
const widest = 1e300;

/** The room for the texts of ticks, in pixels, roughly. */
const beside = 60;
const below = 32;

/** The smallest size to ask for, in pixels: a smaller picture would have one tick or two. */
const leastWidth = 400;
const leastHeight = 200;

/** A worker of its own: a slow plot delays neither typing nor its preview. */
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
  #picture = null;
  #x = null; // where the curves are read
  #aloud = false; // whether the values are announced

  constructor(figure, plot, handlers) {
    this.#plot = plot;
    this.#handlers = handlers;
    this.#sliders = new Sliders({ moved: () => this.refresh(), assign: handlers.assign });
    const hint = element(
      "p",
      { class: "hint", id: `plot-keys-${++plots}` },
      "Arrow keys move, + and − or the wheel zoom, 0 shows the whole range, " +
        "Shift ← and → read values.",
    );
    this.#view.setAttribute("aria-describedby", hint.id);
    this.#view.setAttribute("aria-label", `Plot of ${plot.expressions.join(", ")}`);
    this.#legend.append(...plot.expressions.map(legendRow));
    const tools = this.#tools();
    const parts = [this.#view, this.#legend, tools, hint, this.#caption, this.#sliders.element];
    figure.replaceChildren(...parts);
    this.#describeNames();
    const box = () => (this.#picture?.area ?? this.#view).getBoundingClientRect();
    listen(this.#view, box, this.#moves);
    listenToKeys(figure, this.#moves);
    new ResizeObserver(() => this.refresh()).observe(this.#view);
  }

  /** Draws the curves anew, as after a change of the names. */
  refresh = latest(async () => {
    const { clientWidth: width, clientHeight: height } = this.#view;
    if (!width) return;
    this.#describeNames();
    const window = this.#window;
    const reply = await askCurves(this.#request, window, width, height);
    if (reply.error) return this.#fail(reply.error);
    this.#draw(window === this.#window ? reply : inWindow(reply, this.#window));
    this.#view.setAttribute("aria-label", description(reply));
    if (this.#moved) announce(`${reply.variable} ${range(reply)}`);
    this.#moved = false;
    if (this.#x !== null) this.#showValues();
  });

  /** Shows the values where the curves are read. */
  #showValues = latest(async () => {
    const x = this.#x;
    const { values } = x === null ? {} : await ask(this.#request, "at", [x]);
    if (x !== this.#x) return;
    const point = x === null ? "" : `${this.#plot.variable} = ${digits(x)}`;
    this.#picture?.mark(x, point, values);
    const texts = values?.map((y) => (y === null ? "no value" : `= ${shown(digits(y))}`)) ?? [];
    this.#legend.querySelectorAll("output").forEach((output, i) => {
      output.value = texts[i] ?? "";
    });
    const { expressions } = this.#plot;
    const spoken = texts.map((text, i) => `${expressions[i]} ${text}`);
    if (this.#aloud) announce([point, ...spoken].join(", "));
  });

  /** What gestures, keys and tools do. */
  #moves = {
    zoom: (factor, x, y) => {
      const { from, to, low, high } = this.#target;
      const [u, v] = [from + x * (to - from), high - y * (high - low)];
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
    read: (part) => {
      if (!this.#curves) return;
      if (part === null) return this.#read(null);
      const { from, to } = this.#curves;
      const pixel = (to - from) / this.#picture.area.getBoundingClientRect().width;
      this.#read(round(from + part * (to - from), 10 ** Math.floor(Math.log10(pixel))));
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

  /** The window that was requested last; the one in view may be about to change. */
  get #target() {
    return Number.isNaN(this.#window.from) ? this.#curves ?? whole : this.#window;
  }

  get #request() {
    const { variable, from, to, expressions } = this.#plot;
    const context = this.#handlers.context(this.#sliders.values);
    return `${context}plot(${expressions.join(", ")}, ${variable} = ${from}, ${to})`;
  }

  #look(window) {
    const { from, to, low, high } = window;
    if (!this.#curves || !isRange(from, to) || !isRange(low, high)) return;
    this.#window = window;
    this.#moved = true;
    // The known part of the curves moves at once.
    this.#draw(inWindow(this.#curves, window));
    this.refresh();
  }

  #draw(curves) {
    this.#curves = curves;
    this.#picture = new Picture(curves, this.#view.clientWidth, this.#view.clientHeight);
    this.#view.replaceChildren(this.#picture.svg);
  }

  #read(x, aloud = false) {
    this.#x = x;
    this.#aloud = aloud;
    this.#showValues();
  }

  /** Says which names the curves depend on, and offers sliders for the variables. */
  #describeNames() {
    const { variables, definitions } = this.#handlers.names();
    const { expressions, variable } = this.#plot;
    const names = used(expressions, { variables, definitions }, [variable]);
    const movable = names.filter((name) => Object.hasOwn(variables, name));
    this.#sliders.offer(Object.fromEntries(movable.map((name) => [name, variables[name]])));
    const sources = names.map((name) =>
      movable.includes(name) ? `${name} = ${variables[name]}` : definitions[name],
    );
    this.#caption.textContent = names.length ? `With ${sources.join(", ")}, as set now` : "";
  }

  #fail({ detail, hint = "" }) {
    this.#curves = this.#picture = null;
    this.#view.replaceChildren(element("p", {}, ...prose(detail), " ", ...prose(hint)));
    this.#view.setAttribute("aria-label", `No plot: ${detail}`);
  }

  #tools() {
    const save = (write) => () => {
      if (!this.#picture) return;
      write(this.#picture.svg, this.#plot.expressions, description(this.#curves));
    };
    const tools = [
      ...moves.map(({ sign, label, act }) => [sign, label, () => act(this.#moves)]),
      ["SVG", "Save as SVG", save(saveSvg)],
      ["PNG", "Save as PNG", save(savePng)],
    ];
    const buttons = tools.map(([sign, label, act]) => {
      const tool = button(sign, "quiet", act);
      tool.setAttribute("aria-label", label);
      tool.title = label;
      return tool;
    });
    return element("div", { class: "actions" }, ...buttons);
  }
}

/** Returns a row of the legend: the line of a curve, its expression, and its value when read. */
function legendRow(expression, i) {
  const path = shape("path", { class: `curve-${i + 1}`, d: "M0 6H32" });
  const line = shape("svg", { width: 32, height: 12, "aria-hidden": "true" }, path);
  const term = element("dt", {}, line, element("code", {}, expression));
  return element("div", {}, term, element("dd", {}, element("output", {})));
}

/** Reports whether a range is neither too narrow for its numbers nor too wide. NaN fits. */
function isRange(from, to) {
  if (Number.isNaN(from)) return true;
  const size = Math.max(Math.abs(from), Math.abs(to));
  return to - from > narrowest * size && size < widest;
}

/** Returns what known curves show of another window. */
const inWindow = (curves, window) => (window === whole ? curves : { ...curves, ...window });

/** Describes a picture: the curves, the range, the lowest and the highest visible values. */
function description(reply) {
  const { variable, low, high, curves } = reply;
  const rounded = roundFor(high - low);
  const sentences = curves.map(({ expression, paths }) => {
    const heights = paths.flatMap((path) => path.filter((_, i) => i % 2));
    if (!heights.length) return `${expression} is not to be seen there`;
    const least = heights.reduce((a, b) => Math.min(a, b));
    const most = heights.reduce((a, b) => Math.max(a, b));
    const from = `${least < low ? "below " : ""}${rounded(Math.max(least, low))}`;
    const to = `${most > high ? "above " : ""}${rounded(Math.min(most, high))}`;
    return `${expression} has values from ${from} to ${to}`;
  });
  return `Plot for ${variable} ${range(reply)}: ${sentences.join("; ")}.`;
}

function range({ from, to }) {
  const rounded = roundFor(to - from);
  return `from ${rounded(from)} to ${rounded(to)}`;
}

const digits = (number) => String(Number(number.toPrecision(15)));

/** Returns a function that writes numbers to about a thousandth of a range. */
const roundFor = (size) => (number) =>
  String(round(number, 10 ** Math.floor(Math.log10(size) - 3)));

const round = (number, unit) => Number((Math.round(number / unit) * unit).toPrecision(12));

/**
 * Sliders for the variables of a plot. They move its curves, and change nothing else until a value
 * is set. They call `moved()`, and `assign(text)`.
 */
class Sliders {
  element = element("details", { class: "sliders" }, element("summary", {}, "Variables"));
  values = {}; // of the variables that were moved, by name
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
        row.element.remove();
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

/** The slider, the field and the button of one variable. */
class Slider {
  value = NaN; // in the session
  #name;
  #track = element("input", { type: "range" });
  #field = element("input", { type: "number", step: "any" });
  #set;

  constructor(name, { move, assign }) {
    this.#name = name;
    this.#track.setAttribute("aria-label", name);
    this.#field.setAttribute("aria-label", `Value of ${name}`);
    this.#set = button("", "quiet", () => assign(`${name} = ${this.#field.valueAsNumber}`));
    const parts = [element("code", {}, name), this.#track, this.#field, this.#set];
    this.element = element("div", { class: "slider" }, ...parts);
    this.element.addEventListener("input", ({ target }) => {
      const other = target === this.#track ? this.#field : this.#track;
      if (!Number.isFinite(target.valueAsNumber)) return;
      other.value = target.value;
      this.#offer(target.valueAsNumber);
      move(target.valueAsNumber);
    });
  }

  /** Starts from a value of the session. */
  begin(value) {
    this.value = value;
    const bound = boundFor(value);
    Object.assign(this.#track, { min: -bound, max: bound, step: bound / 100, value });
    this.#field.value = value;
    this.#offer(value);
  }

  #offer(value) {
    this.#set.textContent = `Set ${this.#name} = ${value}`;
    this.#set.disabled = value === this.value;
  }
}

/** Returns the ends of a slider: 1, 2 or 5 times a power of 10, at least twice the value. */
function boundFor(value) {
  if (!value) return 10;
  const unit = 10 ** Math.floor(Math.log10(2 * Math.abs(value)));
  return unit * [1, 2, 5, 10].find((times) => times * unit >= 2 * Math.abs(value));
}
