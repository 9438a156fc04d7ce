// The points of interest of a plot: roots, extrema and intersections. The curves of the picture
// show between which of their points to look, and the module calculates the exact values.

import { decimalComma, shown } from "./numbers.js";

/** More points of a kind than this are not of interest. */
const mostPoints = 8;

/**
 * Resolves to the points of interest of curves: roots, extrema and intersections, each {kind, x, y,
 * label}. They are searched for between the points of the curves; `values(x)` resolves to the
 * values of all curves at x.
 */
export async function pointsOf({ curves, low, high, from, to }, values) {
  const found = [];
  const add = async (kind, brackets, difference, refine) => {
    if (brackets.length > mostPoints) return;
    for (const bracket of brackets) {
      const at = await refine(bracket, async (x) => difference(await values(x)));
      if (at === null) continue;
      const x = Number(at.toPrecision(9));
      found.push({ kind, x, y: difference.height(await values(x)) });
    }
  };
  for (const [i, { paths }] of curves.entries()) {
    const value = Object.assign((ys) => ys[i], { height: (ys) => ys[i] });
    await add("root", changes(paths, (_, y) => y), value, root);
    await add("extremum", turns(paths, (high - low) * 1e-6), value, turn);
    for (let j = i + 1; j < curves.length; j++) {
      const other = heightsOf(curves[j].paths);
      const difference = Object.assign((ys) => ys[i] - ys[j], { height: (ys) => ys[i] });
      await add("intersection", changes(paths, (x, y) => y - other(x)), difference, root);
    }
  }
  const inside = ({ x, y }) => y !== null && y >= low && y <= high && x >= from && x <= to;
  const text = (number) => shown(String(Number(number.toPrecision(4))));
  const separator = decimalComma() ? ";" : ",";
  const zero = (number, size) => (Math.abs(number) < size * 1e-9 ? 0 : number);
  return found.filter(inside).map((point) => {
    const [x, y] = [zero(point.x, to - from), zero(point.y, high - low)];
    return { ...point, x, y, label: `(${text(x)}${separator} ${text(y)})` };
  });
}

/** Returns the intervals [from, to] of paths in which f(x, y) changes its sign. */
function changes(paths, f) {
  return paths.flatMap((path) => {
    const brackets = [];
    for (let i = 2; i < path.length; i += 2) {
      const [a, b] = [f(path[i - 2], path[i - 1]), f(path[i], path[i + 1])];
      if (a * b < 0 || (b === 0 && a !== 0)) brackets.push([path[i - 2], path[i]]);
    }
    return brackets;
  });
}

/** Returns the intervals of paths in which a curve turns, by more than a slack, and how. */
function turns(paths, slack) {
  return paths.flatMap((path) => {
    const brackets = [];
    for (let i = 2; i + 3 < path.length; i += 2) {
      const [a, b, c] = [path[i - 1], path[i + 1], path[i + 3]];
      const turned = (b - a) * (b - c) > 0 && Math.abs(b - a) + Math.abs(b - c) > slack;
      if (turned) brackets.push([path[i - 2], path[i + 2], b > a ? 1 : -1]);
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
async function turn([a, b, sign], f) {
  const golden = 0.618033988749895;
  let [left, right] = [a, b];
  for (let i = 0; i < 12; i++) {
    const [u, v] = [right - golden * (right - left), left + golden * (right - left)];
    const [fu, fv] = [await f(u), await f(v)];
    if (sign * (fu - fv) > 0) right = v;
    else left = u;
  }
  const middle = (left + right) / 2;
  const step = (right - left) / 2;
  const [y0, y1, y2] = [await f(middle - step), await f(middle), await f(middle + step)];
  const bend = y0 - 2 * y1 + y2;
  const x = bend ? middle + (step * (y0 - y2)) / (2 * bend) : middle;
  return Number(x.toPrecision(6));
}
