// The plots of the page, as far as it needs them from the start. The rest comes with
// the first one, and each is calculated when it comes near the view.

import { byId, element, isAtEnd } from "./dom.js";

const load = () => import("./plot.js");

/** How long typing pauses before a plot is sketched, in milliseconds. */
const pause = 200;

/** The size of a sketch, in pixels. */
const [widest, tallest] = [440, 140];

/** Plots. They make the calls of Plot (plot.js). */
export class Plots {
  #calls;
  #plots = new Map(); // by figure: what is to be drawn, and whether it is
  #near = new IntersectionObserver((changes) => changes.forEach((change) => this.#meet(change)), { rootMargin: "50% 0%" });
  #timer = 0;
  #wanted = "";

  constructor(calls) {
    this.#calls = calls;
  }

  /** Returns a figure for the `plot` of an entry, to be put into the page. */
  figure(plot) {
    const figure = element("figure", { class: "plot" });
    this.#plots.set(figure, { plot, drawn: null, near: false, stale: true });
    this.#near.observe(figure);
    return figure;
  }

  /** Draws anew, as the names of the session have changed. */
  refresh() {
    for (const [figure, state] of this.#plots) {
      if (!figure.isConnected) this.#forget(figure);
      state.stale = true;
      this.#draw(figure, state);
    }
  }

  /** Shows a small picture under the input, of the plot in a request; without one, none. */
  sketch(request, wait = pause) {
    this.#wanted = request;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      const box = byId("sketch");
      const width = Math.min(box.parentElement.clientWidth, widest);
      const rest = request && (await load().catch(() => null));
      const svg = rest && (await rest.sketch(request, width, tallest));
      if (request !== this.#wanted) return;
      box.replaceChildren(...(svg ? [svg] : []));
    }, wait);
  }

  #meet({ target, isIntersecting }) {
    if (!target.isConnected) return this.#forget(target);
    const state = this.#plots.get(target);
    state.near = isIntersecting;
    this.#draw(target, state);
  }

  #forget(figure) {
    this.#near.unobserve(figure);
    this.#plots.delete(figure);
  }

  async #draw(figure, state) {
    if (!state.near || !state.stale) return;
    state.stale = false;
    if (state.drawn) return (await state.drawn)?.refresh();
    state.drawn = this.#begin(figure, state);
  }

  /** Resolves to the Plot of a figure, or to null where the rest of this cannot be loaded. */
  async #begin(figure, state) {
    const rest = await load().catch(() => null);
    if (rest) return steadily(figure, () => new rest.Plot(figure, state.plot, this.#calls));
    figure.textContent = "This plot cannot be drawn: a part of the page is missing. Reload it when you are online.";
    [state.drawn, state.stale] = [null, true];
    return null;
  }
}

/** Lets a figure grow without moving what is in view, and keeps the end in view. */
function steadily(figure, change) {
  const root = document.documentElement;
  const height = root.scrollHeight;
  const follow = figure.getBoundingClientRect().top < 0 || isAtEnd();
  const result = change();
  if (follow) scrollBy({ top: root.scrollHeight - height, behavior: "instant" });
  return result;
}

/** Says what a plot is. */
export const title = ({ expressions, from, to }) => `plot of ${expressions.join(", ")} from ${brief(from)} to ${brief(to)}`;

const brief = (number) => Number(number.toPrecision(6));

/** Returns the statement that plots a definition of one variable, or "" for any other source. */
export function plotOf(source) {
  const [, name, variable] = /(?:^|; )([^;()= ]+)\(([^,() ]+)\) = (?!.*; )/s.exec(source) ?? [];
  return name ? `plot(${name}(${variable}), ${variable} = -10, 10)` : "";
}
