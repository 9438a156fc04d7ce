// The row of an entry: what was entered, how it was read if that differs, and the result, for the
// eye and for screen readers.

import { valueOf } from "./calculator.js";
import { button, copy, element, openMenu, prose } from "./dom.js";
import { coloured, reading, scan } from "./highlight.js";
import { decimalComma, displayed, roomBehindPoint, shown, toLocal, typed } from "./numbers.js";
import { plotOf, title } from "./plots.js";

/** The longest expression shown in full, in UTF-16 units. More than four lines are folded. */
const foldAt = 200;

/**
 * What fits beside each other on a narrow screen, in characters: a result beside anything, or an
 * expression and its result without notes.
 */
export const shortResult = 10;
const lineLength = 24;

/** How long "Copied" is shown, in milliseconds. */
const copiedTime = 2500;

/** An expression with its label, the words before a colon: `rent: 1200`. */
export const labelled = /^\s*(\p{L}[\p{L}\p{Nd} _\-'’.,&/]*?)\s*:(?!=)\s*([^]+)$/u;

/** Returns the row of an entry; handlers are those of the log. */
export function rowOf(entry, handlers, was = "") {
  const row = element("li", { class: "entry" });
  const result = resultOf(entry, entry.kind, handlers, was);
  const more = entry.id === null ? [] : [moreOf(entry, handlers)];
  const line = lineOf(entry, handlers, result, ...more);
  if (was) {
    const before = element("span", { class: "details" }, "was ", element("del", {}, shown(was)));
    line.querySelector(".said").append(before);
  }
  row.append(line, time(placeOf(entry)));
  row.dataset.day = dayOf(entry);
  if (entry.id !== null) row.dataset.id = entry.id;
  if (entry.plot) row.append(handlers.plot(entry.plot));
  return row;
}

/** Returns the line of a row: the expression, and cells. */
export function lineOf(entry, handlers, ...cells) {
  const { expression, notices = [] } = entry;
  const total = totalLabel(entry);
  const [, label = total, rest] = labelled.exec(expression) ?? [];
  const local = toLocal(rest ?? expression);
  const edit = button("", "expression", () => handlers.edit(entry));
  const tokens = scan(local, { comma: decimalComma() });
  edit.append(...coloured(local, tokens, handlers.kindOf));
  edit.tabIndex = -1;
  edit.title = "Edit (F2)";
  edit.setAttribute("aria-label", `${total || spoken(local)}, edit`);
  const said = element("div", { class: total ? "said total" : "said" });
  if (label) said.append(element("span", { class: "label" }, label));
  said.append(edit);
  if (local.length > foldAt) said.append(fold(edit));
  const readAs = reading(entry, expression);
  if (readAs) {
    const code = element("code", {}, toLocal(readAs));
    said.append(element("span", { class: "details parsed" }, "read as ", code));
  }
  for (const { message } of notices) {
    const [text, advice] = message.split(/(?<=\bwrite )/);
    const note = element("span", { class: "details" }, ...prose(toLocal(text)));
    if (advice) {
      const offer = button("", "advised", () => handlers.offer(message));
      offer.append(...prose(toLocal(advice)));
      offer.tabIndex = -1;
      note.append(offer);
    }
    said.append(note);
  }
  if (entry.id === null) {
    said.append(element("span", { class: "details unstored" }, "not stored in the history"));
  }
  const { length } = cells[0]?.textContent ?? "";
  const fills = said.childElementCount > 1 || local.length + length > lineLength;
  const stacks = length > shortResult && fills;
  return element("div", { class: stacks ? "line stacked" : "line" }, said, ...cells);
}

function moreOf(entry, handlers) {
  const more = button("⋮", "more", () => openMenu(more, handlers.actions(entry)));
  const name = totalLabel(entry) || spoken(toLocal(entry.expression));
  more.setAttribute("aria-label", `Actions for ${name}`);
  more.setAttribute("aria-haspopup", "menu");
  more.tabIndex = -1;
  return more;
}

/** Returns the actions that an entry offers, by label. */
export function actionsOf(entry, { insert, reuse, edit, again, link, share, pins, remove }) {
  const { id, kind, expression, parsed } = entry;
  const result = typed(outcome(entry));
  const hasResult = entry.result !== null;
  const both = `${toLocal(expression)} = ${result}`;
  const statement = kind === "definition" && plotOf(parsed);
  return {
    ...(hasResult && {
      "Insert the result": () => insert(result),
      "Copy the result": () => copy(result, "The result is copied."),
    }),
    ...(statement && { Plot: () => reuse(statement) }),
    Edit: () => edit(entry),
    "Change in a new row": () => reuse(expression),
    "Calculate again": () => again(expression),
    "Copy the expression": () => copy(toLocal(expression), "The expression is copied."),
    ...(hasResult && { "Copy both": () => copy(both, "Both are copied.") }),
    "Copy a link to the expression": link,
    [hasResult ? "Share with its result" : "Share"]: share,
    [pins.has(id) ? "Unpin" : "Pin"]: () => pins.toggle(entry, hasResult ? outcome(entry) : ""),
    Delete: remove,
  };
}

/**
 * Returns the cell of a result. `was` is the result that it has replaced, or "". A local result,
 * which this browser has calculated, is not a button.
 */
export function resultOf(entry, className, handlers, was = "") {
  if (entry.kind === "plot") return "";
  const words = { none: "…", definition: "defined" }[entry.kind];
  if (words) return element("span", { class: `result word ${className}` }, words);
  const text = outcome(entry);
  const visible = shown(text, entry.result);
  const isLocal = className === "local";
  const result = isLocal
    ? element("span", { class: "result local" }, visible)
    : button(visible, `result ${className}`, () => handlers.use(entry, result));
  result.style.setProperty("--own", roomBehindPoint(visible));
  if (isLocal) return result;
  const before = was && `, was ${spoken(was)}`;
  const name = `${sentence(entry, text)}${before}, copy, or insert into your text`;
  result.setAttribute("aria-label", name);
  result.title = `${typed(text)}\nCopies, or inserts if the input has text`;
  result.tabIndex = -1;
  return result;
}

/** Says that an entry is deleted, and that what it has set is not. */
export function deleted({ kind, expression }) {
  const hasName = kind === "assignment" || kind === "definition";
  return `Deleted ${toLocal(expression)}.${hasName ? " The name stays." : ""}`;
}

/** Returns the result of an entry as text, with points. */
export function outcome(entry) {
  if (entry.kind === "definition") return "defined";
  if (entry.kind === "plot") return title(entry.plot);
  // An assignment displays nothing.
  return entry.display || displayed(valueOf(entry));
}

const timers = new WeakMap(); // of results that were copied

/** Shows "Copied" beside a result for a moment. */
export function showCopied(result) {
  clearTimeout(timers.get(result)); // an earlier press must not end it
  result.classList.add("copied");
  timers.set(result, setTimeout(() => result.classList.remove("copied"), copiedTime));
}

/** Returns the cell of a line that corresponds to a cell of another line. */
export function cellLike(cell, line) {
  const name = ["result", "more", "expression"].find((part) => cell.classList.contains(part));
  return cellOf(line, name);
}

/** Returns the cell of a line with this name, or else its first one. */
export const cellOf = (line, name) =>
  line?.querySelector(`button.${name}`) ?? line?.querySelector("button");

function fold(expression) {
  const toggle = button("Show all", "quiet unfold", () => {
    const whole = expression.classList.toggle("whole");
    toggle.textContent = whole ? "Show less" : "Show all";
  });
  toggle.tabIndex = -1;
  return toggle;
}

/** Puts a heading above a row that is the first of its day, and removes it from others. */
export function setDay(row) {
  if (!row?.dataset.day) return;
  const { day } = row.dataset;
  const first = row.previousElementSibling?.dataset.day !== day;
  const heading = row.querySelector(".day");
  if (first && !heading) row.prepend(element("h2", { class: "day" }, dayName(new Date(day))));
  if (!first) heading?.remove();
}

/** Returns the day under which an entry is shown, as a text. */
const dayOf = (entry) => placeOf(entry).toDateString();

/** Returns when an entry was made, or the one whose place it has taken. */
export const placeOf = ({ place, at }) => new Date(place ?? at);

function dayName(date) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - date) / 86_400_000);
  if (days < 2) return days ? "Yesterday" : "Today";
  const year = date.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(undefined, {
    weekday: "long", day: "numeric", month: "long", year,
  });
}

/** Returns a time, without the day: that stands above the row. */
const time = (at) =>
  element("time", { datetime: at.toISOString() }, at.toLocaleTimeString(undefined, {
    timeStyle: "short",
  }));

/** An expression that is a total or an average of rows. */
const totalled = /^((?:sum|mean)\((.*)\)) # (total|average)$/;

/** Returns the expression of a total or an average of results. */
export function totalOf(word, values) {
  const name = { total: "sum", average: "mean" }[word];
  return `${name}(${values.join(", ")}) # ${word}`;
}

/** Returns the word of a row that is a total or an average, and of how many rows; or nothing. */
export function totalIn({ expression }) {
  const [, , values, word] = totalled.exec(expression) ?? [];
  return { word, count: values?.split(", ").length };
}

/** Returns an expression without the comment that makes it a total. */
export const withoutTotal = (expression) => expression.replace(totalled, "$1");

/** Says how many rows a total or an average takes; "" for any other entry. */
export function totalLabel(entry) {
  const { word, count } = totalIn(entry);
  return word ? `${word} of ${count} ${count === 1 ? "row" : "rows"}` : "";
}

/** An amount, a number or a product of numbers, which may get a name and have a unit, [1]. */
const amount = new RegExp(
  /^\s*(?:[\p{L}_][\p{L}\p{Nd}_]*\s*=?)?\s*-?\p{Sc}?[\d.,]+(?:\s*[*×·]\s*[\d.,]+)*\s*/u.source +
  /([\p{L}\p{Sc}°][^\s\d^()+-]*)?\s*(?:#.*)?$/u.source, "u",
);

/** Reports whether a row is an item of a list: an amount, or whatever has a label. */
function isItem({ expression, unit }) {
  const [found, word] = amount.exec(expression) ?? [];
  return labelled.test(expression) || Boolean(found && (unit || !word));
}

/**
 * Returns the rows, newest first, that can be added up: down to a heading, another total or a row
 * without a result.
 */
export function addable(rows) {
  const ends = (row, i) =>
    row.result === null || totalIn(row).word || dayOf(row) !== dayOf(rows[Math.max(i - 1, 0)]);
  const end = rows.findIndex(ends);
  return end < 0 ? rows : rows.slice(0, end);
}

/**
 * Returns the totals or averages that the rows above, newest first, allow: of the items directly
 * above if there are at least two, or else of all that can be added up, then of one row fewer each.
 * The first one that has a value is meant: the others may add up different dimensions. With a
 * count, it returns only the total of that many results; 0 stands for none.
 */
export function totalsOf(word, count, rows) {
  const all = addable(rows);
  const items = all.findIndex((row) => !isItem(row)); // -1 if all are
  const taken = items > 1 ? all.slice(0, items) : all;
  const counted = rows.filter(({ result }) => result !== null).slice(0, count);
  const values = (count ? counted : taken).map(outcome).reverse();
  const totals = values.map((_, i) => totalOf(word, values.slice(i)));
  return count ? totals.slice(0, 1) : totals;
}

/**
 * Returns the indexes of the rows, oldest first, whose results the total in a row adds up, or null
 * if it adds up others.
 */
export function coveredBy(rows, i) {
  const { word, count } = totalIn(rows[i]);
  if (!word) return null;
  const results = [...rows.keys()].filter((j) => j < i && rows[j].result !== null).slice(-count);
  const total = totalOf(word, results.map((j) => outcome(rows[j])));
  return total === rows[i].expression ? results : null;
}

/**
 * Returns what a total may become that does not add up the rows above it, which may not all be
 * there; none for any other row.
 */
export function totalsAt(rows, i, isComplete) {
  const { word, count } = totalIn(rows[i]);
  if (!word || coveredBy(rows, i) || (!isComplete && i < count)) return [];
  const above = rows.slice(0, i).reverse();
  return [...totalsOf(word, 0, above).slice(-count), ...totalsOf(word, count, above)];
}

/** Signs and the words for them: screen readers leave out most signs. */
const signs = [
  [/#[^\n]*/g, " "], [/^\s*=(?!=)|(?<!=)=\s*$/g, " "], [/<</g, " shifted left by "],
  [/>>/g, " shifted right by "], [/(?<=(?:\d|\b(?:in|to|as)\b)\s*\p{L}+)\/(?=\p{L})/gu, " per "],
  [/(?<=\d)_(?=\d)/g, ""], [/\bsqrt(?=\()|√/g, " square root of "],
  [/\bans\b/g, " the previous result "], [/\*\*|\^/g, " to the power of "],
  [/\/\//g, " floor divided by "], [/[*×·⋅∗]/g, " times "], [/[/÷∕]/g, " divided by "],
  [/==/g, " is equal to "], [/!=|≠/g, " is not equal to "], [/<=|≤/g, " is at most "],
  [/>=|≥/g, " is at least "], [/</g, " is less than "], [/>/g, " is greater than "],
  [/=/g, " is "], [/(\d)[eE][-−](\d)/g, "$1 times 10 to the minus $2"],
  [/(\d)[eE]\+?(\d)/g, "$1 times 10 to the $2"], [/[-−]/g, " minus "], [/\+/g, " plus "],
  [/!/g, " factorial "], [/%/g, " percent "], [/\(/g, " open parenthesis "],
  [/\)/g, " close parenthesis "], [/\s*[;\n]\s*/g, "; "], [/\s+(?=[,;])/g, ""],
];

/** Returns an expression or a number in words. */
export function spoken(text) {
  const words = signs.reduce((said, [sign, word]) => said.replace(sign, word), text);
  return words.replace(/\s+/g, " ").trim();
}

/** Returns the sentence that announces an entry; `text` is its result as shown. */
export function sentence({ kind, expression, parsed }, text) {
  const result = spoken(typed(text));
  const total = totalLabel({ expression }); // without all its numbers
  if (total) return `${total} equals ${result}`;
  if (kind === "definition") {
    const [name] = parsed.split("(", 1);
    return `${name} is defined as ${spoken(parsed.slice(parsed.indexOf("=") + 1))}`;
  }
  if (kind === "plot") return spoken(text);
  // An expression that begins with an operator continues from the previous result.
  const isContinued = /^\s*[*/^×÷]/.test(expression);
  const said = spoken(toLocal(isContinued ? parsed : expression));
  // `a = 10` already says everything.
  if (kind === "assignment" && said.endsWith(` is ${result}`)) return said;
  return `${said} equals ${result}`;
}
