// The log as a sheet: which rows use what other rows set, which ones to calculate again when one
// changes, and in which order. Rows are entries, oldest first. A name has, in a row, the value that
// the nearest row above has set; `ans` is the result of the nearest row above that has one.

import { valueOf, valueSource } from "./calculator.js";
import { scan } from "./highlight.js";
import { dayOf, labelled, outcome, totalOf, totalWord } from "./row.js";

const randomNames = ["random", "randint"];
const unrepeatable = [...randomNames, "ans"];

const isRandom = (names) => randomNames.some((name) => names.has(name));

/** Matches what an expression with money contains. */
const money = /\p{Sc}|(?<![\p{L}\p{Nd}_])[A-Z]{3}(?![\p{L}\p{Nd}_])/u;

/** Returns the statements of a source, each as its tokens {kind, text}. */
function statements(source) {
  const [, , bare = source] = labelled.exec(source) ?? [];
  const list = [[]];
  let [end, depth] = [0, 0];
  for (const token of scan(bare, { most: Infinity })) {
    const text = bare.slice(token.start, token.end);
    depth += { open: 1, close: -1 }[token.kind] ?? 0;
    if (bare.slice(end, token.start).includes("\n") || (text === ";" && !depth)) list.push([]);
    if (text !== ";" && token.kind !== "comment") list.at(-1).push({ kind: token.kind, text });
    end = token.end;
  }
  return list.filter((tokens) => tokens.length);
}

/** The operators that can begin an expression; the others continue from the previous result. */
const sign = /^([-+−√]|not|plus|minus)$/;

const namesIn = (tokens) => tokens.filter(({ kind }) => kind === "name").map(({ text }) => text);

const effects = new Map(); // by source, since every keystroke looks through the sheet
const mostEffects = 5000;

/**
 * Returns what a source does with names: {sets, uses, bodies, hasResult}. A body has the names that
 * a function uses, which are read when it is called. The last statement decides whether there is a
 * result.
 */
function effect(source) {
  if (effects.size > mostEffects) effects.clear();
  if (!effects.has(source)) effects.set(source, read(source));
  return effects.get(source);
}

function read(source) {
  const sets = new Set();
  const uses = new Set();
  const bodies = new Map();
  let hasResult = false;
  for (const tokens of statements(source)) {
    const [first, second] = tokens;
    const equals = tokens.findIndex(({ text }) => text === "=");
    const names = namesIn(tokens.slice(equals + 1));
    const isFunction = second?.kind === "open" && tokens[equals - 1]?.kind === "close";
    hasResult = !isFunction && first.text !== "plot";
    if (first.kind === "operator" && !sign.test(first.text)) uses.add("ans");
    if (first.kind !== "name" || (equals !== 1 && !isFunction)) {
      for (const name of namesIn(tokens)) if (!sets.has(name)) uses.add(name);
      continue;
    }
    if (isFunction) {
      const parameters = namesIn(tokens.slice(1, equals));
      bodies.set(first.text, names.filter((name) => !parameters.includes(name)));
    } else {
      for (const name of names) if (!sets.has(name)) uses.add(name);
    }
    sets.add(first.text);
  }
  return { sets, uses, bodies, hasResult };
}

/** Adds to names what the functions among them use, directly or indirectly. */
function followed(names, bodies) {
  const all = new Set(names);
  for (const name of all) for (const used of bodies.get(name) ?? []) all.add(used);
  return all;
}

/** A walk down the rows: which row has set each name, and which has given the previous result. */
class Walk {
  setters = new Map(); // indexes of rows by name
  previous = -1; // the row whose result is `ans`
  #bodies = new Map();

  /** Returns the names that a row reads. */
  reads({ uses, bodies }) {
    return followed(uses, bodies.size ? new Map([...this.#bodies, ...bodies]) : this.#bodies);
  }

  /** Moves past a row. */
  pass(index, { sets, bodies }, hasResult) {
    for (const name of sets) {
      this.setters.set(name, index);
      this.#bodies.delete(name);
    }
    for (const [name, names] of bodies) this.#bodies.set(name, names);
    if (hasResult) this.previous = index;
  }
}

/**
 * Returns the expression that gives the value of a row again. A random one becomes a number, with
 * the expression as its comment.
 */
export function repeatable(row) {
  const { expression, kind } = row;
  const { sets, uses } = effect(expression);
  if (!isRandom(uses) || row.result === null || sets.size > 1) return expression;
  const [name] = kind === "assignment" ? sets : [];
  const start = name ? `${name} = ` : "";
  return `${start}${valueSource(valueOf(row))} # ${expression.replace(/\s+/g, " ").trim()}`;
}

/**
 * Returns the rows to calculate again if some get other expressions, in order: those rows, the rows
 * that depend on them but are not random, and rows whose names they need as they were. `edits` has
 * the expressions by id. Each is {row, expression, covers}: the rows that a total covers, or null.
 */
export function plan(rows, edits) {
  const before = rows.map(({ expression }) => effect(expression));
  const after = rows.map(({ id }, i) => (edits.has(id) ? effect(edits.get(id)) : before[i]));
  const covers = new Map();
  for (const { row, covered } of totals(rows)) {
    const values = covered.map((i) => outcome(rows[i]));
    // If it is not the total of these rows, it is a sum like any other.
    if (totalOf(totalWord(rows[row]), values) === rows[row].expression) covers.set(row, covered);
  }
  const last = new Map(); // the rows that set each name last
  after.forEach(({ sets }, i) => sets.forEach((name) => last.set(name, i)));

  const changed = new Set(); // rows whose results may change
  const needed = new Set(); // rows that set names as they were
  rows.forEach(({ id }, i) => edits.has(id) && changed.add(i));
  const runs = (i) => changed.has(i) || needed.has(i);
  let size;
  do {
    size = changed.size + needed.size;
    const walk = new Walk();
    const stale = new Set(); // names that changed rows set
    const written = new Set(); // names that the rows to calculate set
    const need = (i) => {
      if (i !== undefined && i >= 0 && !isRandom(after[i].uses)) needed.add(i);
    };
    let previous = -1; // before the edits
    rows.forEach((row, i) => {
      const names = walk.reads(after[i]);
      const usesAns = names.has("ans");
      const follows = covers.get(i)?.some((other) => changed.has(other));
      const hasOther = changed.has(walk.previous) || walk.previous !== previous;
      const usesStale = [...names].some((name) => stale.has(name));
      const depends = follows || usesStale || (usesAns && hasOther);
      if (depends && !isRandom(names)) changed.add(i);
      if (row.result !== null) previous = i;
      for (const name of after[i].sets) if (written.has(name)) needed.add(i);
      if (runs(i)) {
        for (const name of names) {
          const setter = walk.setters.get(name);
          if (setter !== last.get(name)) need(setter);
        }
        if (usesAns) need(walk.previous);
        // A name that the row no longer sets has its earlier value again.
        for (const name of before[i].sets) {
          if (!after[i].sets.has(name)) need(walk.setters.get(name));
        }
        for (const name of [...before[i].sets, ...after[i].sets]) {
          written.add(name);
          if (changed.has(i)) stale.add(name);
          else stale.delete(name);
        }
      }
      walk.pass(i, after[i], edits.has(row.id) ? after[i].hasResult : row.result !== null);
    });
  } while (changed.size + needed.size > size);

  return rows.flatMap((row, i) => {
    if (!runs(i)) return [];
    const expression = edits.get(row.id) ?? repeatable(row);
    return [{ row, expression, covers: covers.get(i)?.map((other) => rows[other]) ?? null }];
  });
}

/**
 * Returns the totals and averages as {row, covered, start}: indexes of rows. They cover the rows
 * with results from start on, which is where the day begins or the last total was.
 */
export function totals(rows) {
  const all = [];
  let [covered, start] = [[], 0];
  rows.forEach((row, i) => {
    if (i && dayOf(row) !== dayOf(rows[i - 1])) [covered, start] = [[], i];
    if (totalWord(row)) {
      all.push({ row: i, covered, start });
      [covered, start] = [[], i + 1];
    } else if (row.result !== null) {
      covered.push(i);
    }
  });
  return all;
}

/**
 * Returns the rows that may be stale: those that use a name whose value has changed since the last
 * row set it, and those that convert money, because rates change. It includes only rows that can be
 * calculated with the current names. `isCurrent(name, row)` reports whether a name still has the
 * value that the row set; row is undefined for a name that no row sets.
 */
export function doubtful(rows, isCurrent) {
  const effects = rows.map(({ expression }) => effect(expression));
  const last = new Map();
  effects.forEach(({ sets }, i) => sets.forEach((name) => last.set(name, i)));
  const walk = new Walk();
  return rows.filter((row, i) => {
    const names = [...walk.reads(effects[i])];
    const setters = names.map((name) => walk.setters.get(name));
    walk.pass(i, effects[i], row.result !== null);
    if (effects[i].sets.size || names.some((name) => unrepeatable.includes(name))) return false;
    if (names.some((name, j) => setters[j] !== last.get(name))) return false;
    const isOld = names.some((name, j) => !isCurrent(name, rows[setters[j]]));
    return isOld || money.test(row.expression);
  });
}
