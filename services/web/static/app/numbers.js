// Number formats: how numbers are shown, and how the person types them. Expressions are always
// sent, stored and calculated with points; only what is shown has the person's format. Also the
// dialog that sets the format and the appearance.

import { byId, openDialog } from "./dom.js";
import { scan } from "./highlight.js";
import { browser } from "./session.js";

const formatName = "abacus.number-format"; // "point", "comma", or null for the language's
const decimalsName = "abacus.decimals"; // a count, "all", or null for 15 digits
const groupsName = "abacus.groups";

/** A decimal number in a text of the calculator, such as 1.5e-7, but not within 0xff or x1. */
const decimal = /(?<![\p{L}\p{Nd}_.])(\d+)(?:\.(\d+))?(e-?\d+)?(?![\p{L}\p{Nd}_.])/gu;

/**
 * A number with a decimal comma, or with points between groups of three digits, or a sign that has
 * another meaning next to such numbers.
 */
const typedComma =
  /(?<![\p{L}\p{Nd}_.,])(?:(\d{1,3}(?:\.\d{3})+(?![\d.])|\d+)(?:,(\d+))?|,(\d+))|[();]/gu;

let settings = read();

function read() {
  const stored = browser.read(formatName);
  const [{ value: sign }] = new Intl.NumberFormat()
    .formatToParts(1.5)
    .filter(({ type }) => type === "decimal");
  const format = stored ?? (sign === "," ? "comma" : "point");
  return {
    stored,
    comma: format === "comma",
    decimals: browser.read(decimalsName),
    groups: browser.read(groupsName) === "on",
  };
}

/** Returns a number with its unit, if it has one. */
export function withUnit(number, unit = "") {
  return `${number}${unit && !"%°′″".includes(unit) ? " " : ""}${unit}`;
}

/** Stores the given settings and applies them. */
export function setNumbers({ format, decimals, groups }) {
  browser.write(formatName, format || null);
  browser.write(decimalsName, decimals || null);
  browser.write(groupsName, groups ? "on" : null);
  settings = read();
}

/** Reports whether the decimal sign is a comma. */
export const decimalComma = () => settings.comma;

/** Returns a result as it is shown in the person's format: rounded, and in groups if so set. */
export function shown(text, value = null) {
  const { decimals, groups } = settings;
  const full = decimals === "all" && value !== null && isNumber(text);
  // The last digits of a whole number beyond 2^53 would not be its own.
  const isExact = Math.abs(value) <= 2 ** 53;
  const digits = isExact ? String(value) : value?.toExponential();
  const source = full ? digits.replace("e+", "e") : text;
  return source.replace(decimal, (number, whole, fraction = "", exponent = "") => {
    const count = Number(decimals);
    const isLong = decimals && decimals !== "all" && !exponent && fraction.length > count;
    const rounds = isLong && Number(Number(number).toFixed(count)) !== 0; // or else it is lost
    // Fewer than 15 digits of a number in this range are exact in toFixed.
    const [a, b = ""] = rounds ? Number(number).toFixed(count).split(".") : [whole, fraction];
    const point = settings.comma ? "," : ".";
    return (groups ? grouped(a) : a) + (b && point + b) + exponent;
  });
}

/** Returns a value of GET /session, a number or {value, unit}, as the calculator displays it. */
export function displayed(value) {
  if (typeof value === "number") return toDigits(value);
  if (value.unit === "h:min") return toClock(value.value);
  return withUnit(toDigits(value.unit === "%" ? 100 * value.value : value.value), value.unit);
}

/** Returns a number with 15 digits; whole ones are shown in full up to 2^53. */
function toDigits(number) {
  if (Number.isInteger(number) && Math.abs(number) <= 2 ** 53) return String(number);
  const rounded = Number(number.toPrecision(15));
  return (Math.abs(rounded) < 1e15 ? String(rounded) : rounded.toExponential()).replace("e+", "e");
}

/** Returns hours as a time: 1:30, 1:02:03.5, 158:00 h. */
function toClock(hours) {
  if (Math.abs(hours) > 1e5) return `${toDigits(hours)} h`;
  const micros = Math.round(Math.abs(hours) * 3600e6);
  const minutes = Math.floor(micros / 60e6);
  const [whole, seconds] = [Math.floor(minutes / 60), (micros - 60e6 * minutes) / 1e6];
  const part = (number) => (number < 10 ? ":0" : ":") + toDigits(number);
  const time = whole + part(minutes % 60) + (seconds ? part(seconds) : "");
  return (hours < 0 ? "-" : "") + time + (whole > 59 ? " h" : "");
}

/** Returns a result in the person's format with all its digits, for copying or typing. */
export const typed = (text) => (settings.comma ? text.replace(decimal, withoutPoint) : text);

const withoutPoint = (number) => number.replace(".", ",");

const isNumber = (text) => /^-?\d+(\.\d+)?(e-?\d+)?$/.test(text);

function grouped(digits) {
  const separator = settings.comma ? "." : ",";
  return digits.length > 3 ? digits.replace(/\B(?=(\d{3})+$)/g, separator) : digits;
}

/** Returns the number of characters after the whole part of a result. */
export function roomBehindPoint(text) {
  const [number] = /^[-−]?[\d.,]*\d/.exec(text) ?? [];
  if (!number) return 0;
  const [whole] = number.split(settings.comma ? "," : ".");
  return text.length - whole.length;
}

/** A number with commas between groups of digits, as the language reads it outside of calls. */
const inGroups = /\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)(?:\.\d+)?/y;

/** Returns an expression of the calculator in the person's format. */
export function toLocal(expression) {
  if (!settings.comma) return expression;
  const calls = []; // for each open parenthesis, whether a name precedes it
  let [text, at, last] = ["", 0, ""];
  for (const { kind, start, end } of scan(expression, { most: Infinity })) {
    if (start < at) continue;
    text += expression.slice(at, start);
    inGroups.lastIndex = start;
    const [token] = (!calls.at(-1) && inGroups.exec(expression)) || [expression.slice(start, end)];
    at = start + token.length;
    if (kind === "open") calls.push(last === "name");
    if (kind === "close") calls.pop();
    last = kind;
    if (kind === "number") text += withoutPoint(token.replaceAll(",", ""));
    else if (token !== ",") text += token;
    else if (calls.length) text += ";";
    else text += /\d/.test(expression[at]) ? ", " : ","; // not a decimal comma
  }
  return text + expression.slice(at);
}

/**
 * Returns what the person typed as an expression of the calculator, {text, back}; back(i) maps a
 * place in the expression to the place in the typed text.
 */
export function toCalculator(typedText) {
  if (!settings.comma) return { text: typedText, back: (i) => i };
  const places = [[0, 0]]; // pairs of a place in the expression and in the typed text
  let [text, at, depth] = ["", 0, 0];
  for (const match of typedText.matchAll(typedComma)) {
    const [found, whole = "0", decimals, bareDecimals] = match;
    if (isComment(typedText, match.index)) continue;
    text += typedText.slice(at, match.index);
    places.push([text.length, match.index]);
    at = match.index + found.length;
    depth += { "(": 1, ")": -1 }[found] ?? 0;
    const fraction = decimals ?? bareDecimals;
    if (found === ";") text += depth > 0 ? "," : ";";
    else if (found === "(" || found === ")") text += found;
    else text += whole.replaceAll(".", "") + (fraction === undefined ? "" : `.${fraction}`);
    places.push([text.length, at]);
  }
  const back = (i) => {
    const [to, from] = places.findLast(([place]) => place <= i);
    return from + i - to;
  };
  return { text: text + typedText.slice(at), back };
}

/** Reports whether a place is inside a comment. */
const isComment = (text, at) => text.slice(text.lastIndexOf("\n", at) + 1, at).includes("#");

const themeName = "abacus.theme";

/** Applies the stored settings, and new ones; `changed` is called when numbers change. */
export function prepareSettings(changed) {
  const controls = ["theme", "number-format", "decimals", "groups"].map(byId);
  const [theme, format, decimals, groups] = controls;
  theme.value = browser.read(themeName) ?? "";
  format.value = settings.stored ?? "";
  decimals.value = settings.decimals ?? "";
  groups.checked = settings.groups;
  const apply = () => {
    document.documentElement.dataset.theme = theme.value;
    byId("format-example").value = shown("12345.6789");
  };
  for (const control of controls) {
    control.addEventListener("change", () => {
      browser.write(themeName, theme.value || null);
      setNumbers({ format: format.value, decimals: decimals.value, groups: groups.checked });
      apply();
      if (control !== theme) changed();
    });
  }
  apply();
  byId("settings-open").addEventListener("click", () => openDialog(byId("settings")));
}
