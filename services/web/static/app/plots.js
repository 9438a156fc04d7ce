// What the first load needs of plots: plot.js is loaded with the first plot, and each plot is drawn
// when it comes near the visible part of the page.

import { byId, element } from "./dom.js";

const load = () => import("./plot.js").catch(() => null);

/** How long to wait for typing to pause before sketching a plot, in milliseconds. */
const pause = 200;

/** The largest size of a sketch, and its edges and padding at both sides, in pixels. */
const sketchWidth = 440;
const sketchHeight = 140;
const sketchEdges = 18;

/** The plots. They call what a Plot (plot.js) calls. */
export class Plots {
  #handlers;
  #figures = new Map(); // by figure: {plot, drawn, near, stale}
  #observer = new IntersectionObserver(
    (changes) => changes.forEach((change) => this.#observed(change)),
    { root: byId("scroll"), rootMargin: "50% 0%" },
  );
  #timer = 0;
  #request = "";

  constructor(handlers) {
    this.#handlers = handlers;
  }

  /** Returns a figure for the `plot` of an entry. */
  figure(plot) {
    const figure = element("figure", { class: "plot" });
    this.#figures.set(figure, { plot, drawn: null, near: false, stale: true });
    this.#observer.observe(figure);
    return figure;
  }

  /** Redraws the plots, for example after a change of the names. */
  refresh() {
    for (const [figure, state] of this.#figures) {
      if (!figure.isConnected) this.#forget(figure);
      state.stale = true;
      this.#draw(figure, state);
    }
  }

  /** Shows a small picture of the plot in a request under the input, after a pause. */
  sketch(request) {
    this.#request = request;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#sketch(request), pause);
  }

  /** Removes the sketch. */
  removeSketch() {
    this.#request = "";
    clearTimeout(this.#timer);
    byId("sketch").replaceChildren();
  }

  async #sketch(request) {
    const box = byId("sketch");
    const room = byId("input").form.querySelector(".field").offsetWidth - sketchEdges;
    const width = Math.min(room, sketchWidth);
    const module = request && (await load());
    const svg = module && (await module.sketch(request, width, sketchHeight));
    if (request === this.#request) box.replaceChildren(...(svg ? [svg] : []));
  }

  #observed({ target, isIntersecting }) {
    if (!target.isConnected) return this.#forget(target);
    const state = this.#figures.get(target);
    state.near = isIntersecting;
    this.#draw(target, state);
  }

  #forget(figure) {
    this.#observer.unobserve(figure);
    this.#figures.delete(figure);
  }

  async #draw(figure, state) {
    if (!state.near || !state.stale) return;
    state.stale = false;
    if (state.drawn) (await state.drawn)?.refresh();
    else state.drawn = this.#create(figure, state);
  }

  /** Resolves to the Plot of a figure, or to null where plot.js cannot be loaded. */
  async #create(figure, state) {
    const module = await load();
    if (module) return steadily(figure, () => new module.Plot(figure, state.plot, this.#handlers));
    figure.textContent =
      "This plot cannot be drawn: a part of the page is missing. Reload it when you are online.";
    state.drawn = null;
    state.stale = true;
    return null;
  }
}

/**
 * Changes a figure's height without moving what is visible. At the end of the log, the end stays
 * visible, or the beginning of the row if that is higher than the visible part.
 */
function steadily(figure, change) {
  const scroll = byId("scroll");
  const { scrollTop, scrollHeight, clientHeight } = scroll;
  const belowTop = (node) => node.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
  const above = belowTop(figure) < 0;
  const atEnd = scrollTop + clientHeight >= scrollHeight - 8;
  const result = change();
  const row = figure.closest(".entry");
  if (atEnd && row.offsetHeight > clientHeight) scroll.scrollTop += belowTop(row);
  else if (above || atEnd) scroll.scrollTop = scrollTop + scroll.scrollHeight - scrollHeight;
  return result;
}

/** Returns a title for a plot. */
export const title = ({ expressions, from, to }) =>
  `plot of ${expressions.join(", ")} from ${brief(from)} to ${brief(to)}`;

const brief = (number) => Number(number.toPrecision(6));

/** Returns the statement that plots a definition of one variable, or "" for any other source. */
export function plotOf(source) {
  const definition = /(?:^|; )([^;()= ]+)\(([^,() ]+)\) = (?!.*; )/s;
  const [, name, variable] = definition.exec(source) ?? [];
  return name ? `plot(${name}(${variable}), ${variable} = -10, 10)` : "";
}
