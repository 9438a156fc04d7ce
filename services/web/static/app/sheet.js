// The log as a sheet: which rows use what other rows set, which ones to calculate again when one
// changes, and in which order. Rows are entries, oldest first. A name has, in a row, the value that
// the nearest row above has set; `ans` is the result of the nearest row above that has one.

import { background, context, sourceOf, valueOf, valueSource } from "./calculator.js";
import { scan } from "./highlight.js";
import { displayed, toLocal } from "./numbers.js";
import { coveredBy, labelled, outcome, totalIn, totalOf, totalsAt } from "./row.js";

const randomNames = ["random", "randint"];

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

/** Returns the effect of a row, as the calculator has read it: `*2` reads `ans`. */
const effectOf = ({ parsed, expression }) => effect(parsed || expression);

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

/** Returns the indexes of the rows that set each name last. */
function lastSetters(all) {
  const last = new Map();
  all.forEach(({ sets }, i) => sets.forEach((name) => last.set(name, i)));
  return last;
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
  const { sets, uses } = effectOf(row);
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
  const before = rows.map(effectOf);
  const after = rows.map(({ id }, i) => (edits.has(id) ? effect(edits.get(id)) : before[i]));
  const covers = rows.map((_, i) => coveredBy(rows, i));
  const last = lastSetters(after);
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
      const follows = covers[i]?.some((other) => changed.has(other));
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
    const isTotal = covers[i] && expression === row.expression; // and stays one
    return [{ row, expression, covers: isTotal ? covers[i].map((other) => rows[other]) : null }];
  });
}

/**
 * Calculates the steps of a plan in this browser, and updates totals to the values of the rows
 * that they cover. It calls `show(step, entry)` for each step that has a result.
 */
export async function calculate(steps, { names, ans }, show = () => {}) {
  const texts = new Map(); // results by row
  const lines = [];
  for (const step of steps) {
    if (step.covers) {
      const values = step.covers.map((row) => texts.get(row) ?? outcome(row));
      step.expression = totalOf(totalIn(step.row).word, values);
    }
    const reply = await background.ask(context(names, ans, {}, lines) + step.expression);
    if (reply.error || reply.unavailable || reply.random) continue;
    lines.push(`> ${reply.parsed}`);
    const entry = { ...reply, expression: step.expression, result: reply.value };
    texts.set(step.row, outcome(entry));
    show(step, entry);
  }
}

/**
 * Resolves to what is out of date now, {edits, renewals, variables, ids, notes}: edits of rows that
 * have other results with the current names or the rows above, edits for the rows of `outdated`,
 * the names of the variables among these, the ids of all rows that the edits would change, and what
 * some rows say about that, as {id, text}.
 */
export async function findStale(rows, { names, ans }, isComplete) {
  const { variables: values, definitions } = names;
  const isCurrent = (name, row) => {
    if (Object.hasOwn(values, name)) {
      return row?.kind === "assignment" && same(values[name], valueOf(row));
    }
    return !Object.hasOwn(definitions, name) || row?.parsed === definitions[name];
  };
  const changedBy = async (steps, previous) => {
    const changed = [];
    await calculate(steps, { names, ans: previous }, ({ row }, entry) => {
      if (visible(valueOf(entry)) !== visible(valueOf(row))) changed.push(row);
    });
    return changed;
  };
  const [edits, notes] = [[], []];
  const sheet = traced(rows);
  for (const { row, before } of doubtful(sheet, isCurrent)) {
    const step = { row, expression: row.expression };
    const [isOther] = await changedBy([step], before ? valueOf(before) : ans);
    if (isOther) edits.push(editOf(row));
    else checked.set(row, before);
    if (isOther && before) {
      notes.push({ id: row.id, text: "This used a result that is not above it now." });
    }
  }
  for (const [i, row] of rows.entries()) {
    const all = totalsAt(rows, i, isComplete);
    const { source } = (await background.first(context(names, ans), all)) ?? {};
    if (source) edits.push(editOf(row, source));
  }
  const due = outdated(sheet, isCurrent, names);
  const renewals = due.flatMap((one) => one.edits);
  const changed = await changedBy(plan(rows, expressionsOf(renewals)), ans);
  const old = due.filter(({ row }) => changed.includes(row));
  const ids = edits.map(({ id }) => id);
  if (!old.length) return { edits, renewals: [], variables: [], ids, notes };
  notes.push({ id: old.at(-1).at.id, text: usesOf(old) });
  const variables = old.filter(({ isVariable }) => isVariable).map(({ name }) => name);
  const isSet = ({ id }) => renewals.some((one) => one.id === id && one.expression !== one.base);
  ids.push(...changed.filter((row) => !isSet(row)).map(({ id }) => id));
  return { edits, renewals, variables, ids, notes };
}

/** Returns the expressions of edits by id. */
export const expressionsOf = (edits) =>
  new Map(edits.map(({ id, expression }) => [id, expression]));

/** Returns the edit of a row that gives it an expression; without one, it is calculated again. */
const editOf = ({ id, expression: base }, expression = base) => ({ id, expression, base });

/** The rows whose results follow from the row with the previous result, and that row. */
const checked = new WeakMap();

/** Returns rows with what each sets, {effects, last}, and the rows that set what it reads. */
function traced(rows) {
  const effects = rows.map(effectOf);
  const walk = new Walk();
  const reads = rows.map((row, i) => {
    const setters = new Map();
    for (const name of walk.reads(effects[i])) setters.set(name, walk.setters.get(name));
    if (setters.has("ans") && walk.previous >= 0) setters.set("ans", walk.previous);
    walk.pass(i, effects[i], row.result !== null);
    return setters;
  });
  return { rows, effects, last: lastSetters(effects), reads };
}

/**
 * Returns the rows whose results may be different now, each as {row, before}: those that use a name
 * whose value has changed since the last row set it, those that use the previous result of another
 * row, `before`, than when they were checked, and those that convert money, because rates change.
 * It includes only rows that can be calculated with the current names.
 */
function doubtful({ rows, effects, last, reads }, isCurrent) {
  return rows.flatMap((row, i) => {
    const setters = [...reads[i]].filter(([name]) => name !== "ans");
    const before = rows[reads[i].get("ans")];
    const lacksAns = reads[i].has("ans") && !before;
    if (effects[i].sets.size || isRandom(reads[i]) || lacksAns) return [];
    if (setters.some(([name, setter]) => setter !== last.get(name))) return [];
    const isOld = setters.some(([name, setter]) => !isCurrent(name, rows[setter]));
    const isMoved = before && checked.get(row) !== before;
    return isOld || isMoved || money.test(row.expression) ? [{ row, before }] : [];
  });
}

/**
 * Returns the rows that were calculated from values that names no longer have, in order, as
 * {row, name, isVariable, cause, at, edits}: the variable that the row sets, or its expression, the
 * value in words, the row that has set another one, and the edits that bring the row up to date.
 * These rows are variables and the last total. Without such variables, it is the last result as
 * well, if the newest row has set the other value. A name that was calculated from its own earlier
 * value is a step of a loop, which leaves the others as they are.
 */
function outdated({ rows, effects, last, reads }, isCurrent, names) {
  const setting = (name, i) => {
    if (effects[i]?.sets.size !== 1) return `an older value of ${name}`;
    return rows[i].kind === "assignment" ? `${name} = ${outcome(rows[i])}` : rows[i].parsed;
  };
  const isStep = (name, newest) => {
    const sources = new Set([newest]);
    for (const i of sources) {
      if (reads[i].has(name)) return true;
      for (const setter of reads[i].values()) if (setter !== undefined) sources.add(setter);
    }
    return false;
  };
  const isOther = (name, setter, newest) => {
    if (newest === undefined) return false;
    if (setter === newest) return !isCurrent(name, rows[newest]);
    return setting(name, setter) !== setting(name, newest) && !isStep(name, newest);
  };
  // The newest value goes where the older one was set, and all rows in between follow, so a later
  // edit of one of them does not bring the older value back.
  const renewing = (name, setter, i) => {
    const newest = last.get(name);
    if (setter === undefined || setter === newest) return editOf(rows[i]);
    const usesLater = [...reads[newest].values()].some((other) => other >= setter);
    const isMovable = effects[newest].sets.size === 1 && !usesLater;
    const source = isMovable ? repeatable(rows[newest]) : sourceOf(name, names);
    const isOnly = effects[setter].sets.size === 1;
    return editOf(rows[setter], isOnly ? source : `${rows[setter].expression}\n${source}`);
  };
  const lastTotal = rows.findLast((row) => totalIn(row).word);
  const found = new Map(); // by index
  rows.forEach((row, i) => {
    const { kind, expression } = row;
    const [name = totalIn(row).word ?? expression] = effects[i].sets;
    const isOnly = kind === "assignment" && effects[i].sets.size === 1;
    const isVariable = isOnly && last.get(name) === i && isCurrent(name, row);
    if (!isVariable && (kind !== "value" || effects[i].sets.size)) return;
    if (reads[i].has(name) || reads[i].has("ans") || isRandom(reads[i])) return;
    const covered = coveredBy(rows, i) ?? [];
    const setters = covered.flatMap((j) => [...effects[j].sets].map((one) => [one, j]));
    const own = [...reads[i], ...setters].filter(([used, setter]) => {
      const newest = last.get(used);
      const isDue = isVariable || row === lastTotal || newest === rows.length - 1;
      return isDue && newest !== i && isOther(used, setter, newest);
    });
    const [[used, setter] = []] = own;
    const reason = used
      ? { cause: setting(used, setter), at: rows[last.get(used)] }
      : isVariable && [...reads[i].values()].map((j) => found.get(j)).find(Boolean);
    if (!reason) return;
    const edits = own.map((one) => renewing(...one, i));
    found.set(i, { ...reason, row, name, isVariable, edits });
  });
  const all = [...found.values()];
  const hasVariables = all.some(({ isVariable }) => isVariable);
  const isResult = (one) => !one.isVariable && one.row !== lastTotal;
  const result = hasVariables ? undefined : all.findLast(isResult);
  return all.filter((one) => one === result || !isResult(one));
}

/** Says which variables and rows use which values that names no longer have. */
function usesOf(old) {
  const causes = new Map(); // names by value
  for (const { name, cause } of old) causes.set(cause, [...(causes.get(cause) ?? []), name]);
  const sentences = [...causes].map(([cause, names]) => {
    const { length } = names;
    const all = length > 5 ? `${length} rows` : new Intl.ListFormat("en-GB").format(names);
    return `${all} still ${length > 1 ? "use" : "uses"} ${toLocal(cause)}.`;
  });
  return sentences.join(" ");
}

/** Returns edits of the entries that have replaced their own. */
export const follow = (edits, entries) =>
  edits.map((edit) => {
    const next = entries.find(({ replaces }) => replaces === edit.id);
    return next ? { ...edit, id: next.id } : edit;
  });

/** Returns a value as it is shown: what is not visible is no difference. */
const visible = (value) => (value === null ? "" : displayed(value));

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
