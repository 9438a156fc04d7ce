// The tokens of an expression and their colours. The tokens are calc's in small: what they get
// wrong is a matter of colour alone.

import { byId, element } from "./dom.js";

/** Returns the pattern of a token, for numbers with this decimal sign. */
const patternFor = (sign) =>
  new RegExp(
    [
      /(?<comment>#[^\n]*)/.source,
      /(?<prefixed>0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+)/.source,
      /(?<time>\d{1,2}(?::[0-5]\d){1,2}(?![\d:]))/.source,
      `(?<number>(?:\\d[\\d_]*(?:${sign}\\d*)?|${sign}\\d+)(?:[eE][+-]?\\d+)?)`,
      /(?<word>(?:and|or|not|mod|xor|div|per|of|off|on|plus|minus|times)(?![\p{L}\p{Nd}_]))/.source,
      /(?<convert>(?:in|to|as)(?![\p{L}\p{Nd}_])|->|→)/.source,
      /(?<operator>\*\*|\/\/|[=!<>]=|[-+*/^=<>!%?:,;×·⋅∗÷∕−√≤≥≠])/.source,
      /(?<name>[\p{L}_][\p{L}\p{Nd}_]*)/.source,
      /(?<open>\()/.source,
      /(?<close>\))/.source,
    ].join("|"),
    "gu",
  );

const withPoint = patternFor("\\.");
const withComma = patternFor("[.,]");

/** The kind of a token, where its name in the pattern is another one. */
const kinds = { prefixed: "number", time: "number", word: "operator", convert: "operator" };

/** The longest text that is scanned at every keystroke, in UTF-16 units. */
const longest = 2000;

/**
 * Returns the tokens {kind, start, end} of a text, with decimal commas if so told; spaces and what
 * is no token are in none. A text that is too long has no tokens.
 */
export function scan(text, { comma = false, most = longest } = {}) {
  const tokens = [];
  if (text.length > most) return tokens;
  for (const match of text.matchAll(comma ? withComma : withPoint)) {
    const group = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    const kind = kinds[group] ?? group;
    tokens.push({ kind, start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}

/** Returns the matching parentheses of which one touches the caret, as tokens, or none. */
function pair(tokens, caret) {
  const open = [];
  for (const token of tokens) {
    if (token.kind === "open") open.push(token);
    if (token.kind !== "close" || !open.length) continue;
    const first = open.pop();
    if ([first.start, first.end, token.start, token.end].includes(caret)) return [first, token];
  }
  return [];
}

/** Returns the token of the function whose parentheses are open at the caret, or null. */
export function callAt(tokens, caret) {
  const open = [];
  let previous = null;
  for (const token of tokens) {
    if (token.end > caret) break;
    const named = previous?.kind === "name" && previous.end === token.start;
    if (token.kind === "open") open.push(named ? previous : null);
    if (token.kind === "close") open.pop();
    previous = token;
  }
  return open.at(-1) ?? null;
}

/** A trigonometric function of a number; `angle` is one with all of its argument. */
const call = String.raw`(?<![\p{L}_])(?:sin|cos|tan)(?:\s*\(\s*|\s+)-?[\d.,]+`;
const openAngle = new RegExp(`${call}$`, "u");
const angle = new RegExp(String.raw`${call}(\s*°)?(?=\s*(?:\)|$))`, "u");

/**
 * Returns what a number as the argument of a trigonometric function means, {means, other, text}:
 * radians or degrees, the other one, and the text with that. null if there is no such argument.
 */
export function angleOf(text) {
  const [number, sign] = angle.exec(text) ?? [];
  if (!number) return null;
  const [means, other] = sign ? ["degrees", "radians"] : ["radians", "degrees"];
  const changed = sign ? number.slice(0, -sign.length) : `${number}°`;
  return { means, other, text: text.replace(angle, changed) };
}

let degrees = false;

/** Sets whether a number that is still open as an angle is in degrees. */
export const useDegrees = (are) => (degrees = are);

/** Returns the sign of degrees if that is missing at the end of a text, or "". */
export const degreeOf = (text) => (degrees && openAngle.test(text) ? "°" : "");

/** Returns what a key writes after a text: a parenthesis after an angle follows its sign. */
export const keyed = (key, before) => (key === ")" ? degreeOf(before) : "") + key;

/**
 * Returns the session's names that texts use or set, sorted, with those that their definitions
 * use; but not hidden ones, such as the parameters of a definition.
 */
export function used(texts, { variables, definitions }, hidden = []) {
  const found = new Set();
  const visit = (text, local) => {
    for (const { kind, start, end } of scan(text, { most: Infinity })) {
      const name = text.slice(start, end);
      if (kind !== "name" || found.has(name) || local.includes(name)) continue;
      const defined = Object.hasOwn(definitions, name);
      if (!defined && !Object.hasOwn(variables, name)) continue;
      found.add(name);
      if (defined) visit(definitions[name], parameters(definitions[name]));
    }
  };
  for (const text of texts) visit(text, hidden);
  return [...found].sort();
}

/** Returns the parameters of a definition, such as x and y of `f(x, y) = x + y`. */
const parameters = (source) =>
  source.slice(source.indexOf("(") + 1, source.indexOf(")")).split(/, */);

/**
 * Shows the text of the input in colours, under the text area whose letters are transparent; the
 * input is as high as this. `error` is the [start, end] of an error or null; parentheses at the
 * caret are shown as a pair, missing ones at the end; kindOf(name) is the class of a name.
 */
export function highlight(text, tokens, { error = null, caret = -1, kindOf }) {
  const mirror = byId("mirror");
  // A text that is too long for colours is laid out once, not at every move of the caret.
  if (!error && !tokens.length && mirror.textContent === `${text}\n`) return;
  const parts = colours(text, tokens, kindOf, pair(tokens, caret));
  const nodes = slice(text, 0, error?.[0] ?? text.length, parts);
  if (error) {
    const rest = slice(text, Math.max(error[1], error[0] + 1), text.length, parts);
    nodes.push(marked(text, error)[1], ...rest);
  }
  const ghost = element("i", { class: "ghost" }, degreeOf(text) + closing(tokens));
  // A last empty line has no height of its own.
  mirror.replaceChildren(...nodes, ...(ghost.textContent ? [ghost] : []), "\n");
}

/** Returns a text as nodes in colours. */
export function coloured(text, tokens, kindOf) {
  return slice(text, 0, text.length, colours(text, tokens, kindOf));
}

/** Returns a parenthesis for each that is open at the end; none if a comment would swallow them. */
export function closing(tokens) {
  if (tokens.at(-1)?.kind === "comment") return "";
  let open = 0;
  for (const { kind } of tokens) {
    if (kind === "open") open++;
    if (kind === "close" && open) open--;
  }
  return ")".repeat(open);
}

/** Returns a text with what is missing at its end, unless something else must come first. */
export const closed = (text, tokens = scan(text)) =>
  isOpen(text, tokens) ? text : text + degreeOf(text) + closing(tokens);

/** Returns the coloured parts {start, end, className} of a text. */
function colours(text, tokens, kindOf, matching = []) {
  return tokens.map((token, i) => {
    const { kind, start, end } = token;
    const known = kind === "name" ? kindOf(text.slice(start, end)) : kind;
    const own = known === "unknown" && isUnit(text, tokens, i) ? "unit" : known;
    return { start, end, className: matching.includes(token) ? "pair" : own };
  });
}

const converts = /^(in|to|as|->|→)$/;

/**
 * Reports whether an unknown name is in the place of a unit: after a number or a conversion, or
 * after another unit, as in `km/h`.
 */
function isUnit(text, tokens, i) {
  const { kind, start, end } = tokens[i - 1] ?? {};
  if (text.slice(end, tokens[i].start).includes("\n")) return false;
  const sign = text.slice(start, end);
  if (["number", "close"].includes(kind) || converts.test(sign)) return true;
  if (kind === "name") return isUnit(text, tokens, i - 1);
  return /^[/*·×^]$/.test(sign) && tokens[i - 2]?.kind === "name" && isUnit(text, tokens, i - 2);
}

/**
 * Reports whether a text may end in the middle of a word: with an unknown name where no unit is
 * expected, such as the `m` of `mortgage`, or with a conversion to nothing yet.
 */
export function isCut(text, kindOf) {
  const tokens = scan(text);
  const last = tokens.at(-1);
  if (last?.end !== text.length) return false;
  const word = text.slice(last.start);
  if (converts.test(word)) return isOpen(text, tokens);
  const isUnknown = last.kind === "name" && kindOf(word) === "unknown";
  return isUnknown && !isUnit(text, tokens, tokens.length - 1);
}

/**
 * Returns what a text may have been before its end was begun, the longest first: without operators
 * at its end, and without its last one or two words or numbers, or a few more within a parenthesis
 * that is open. Returns none if two words or more follow its `error`, a [start, end] or null, or
 * if a number follows a conversion: it is wrong then, not unfinished.
 */
export function beginnings(text, error) {
  const tokens = scan(text);
  const [sign, last] = tokens.slice(-2);
  const isNumber = last?.kind === "number" && converts.test(text.slice(sign.start, sign.end));
  const isWrong = isNumber || error?.[1] <= tokens.at(-2)?.start;
  if (isWrong && !closing(tokens)) return [];
  const texts = [text.replace(/_$/, "")];
  for (let words = 0; words <= 2 || (words <= 9 && closing(tokens)); words++) {
    while (isOpen(text, tokens)) tokens.pop();
    texts.push(text.slice(0, tokens.at(-1)?.end ?? 0));
    tokens.pop();
  }
  return texts.filter((one) => one && one !== text);
}

/** Reports whether something must follow the last token: an `in` after a number means inches. */
function isOpen(text, tokens) {
  if (!tokens.length) return false;
  const { kind, start, end } = tokens.at(-1);
  const word = text.slice(start, end);
  if (converts.test(word)) return tokens.at(-2)?.kind !== "number";
  return kind === "open" || (kind === "operator" && !/^[%!]$/.test(word));
}

function slice(text, start, end, parts) {
  const nodes = [];
  let at = start;
  for (const part of parts) {
    const [from, to] = [Math.max(part.start, at), Math.min(part.end, end)];
    if (from >= to) continue;
    const span = element("span", { class: part.className }, text.slice(from, to));
    nodes.push(text.slice(at, from), span);
    at = to;
  }
  return [...nodes, text.slice(at, end)];
}

/** Converts a problem's position, in bytes of UTF-8, into [start, end] in UTF-16 units. */
export function spanOf(text, position) {
  if (!position) return null;
  const { offset, length } = position;
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const unitsBefore = (end) => decoder.decode(bytes.subarray(0, end)).length;
  return [unitsBefore(offset), unitsBefore(offset + length)];
}

/**
 * Returns a text as nodes with a span in a mark. An empty span takes the next character; at the
 * end of the text, a space stands for what is missing.
 */
export function marked(text, [start, end]) {
  const next = text.codePointAt(start) > 0xffff ? 2 : 1;
  const stop = end === start ? start + next : end;
  const mark = element("mark", {}, text.slice(start, stop).replace("\n", " \n") || " ");
  return [text.slice(0, start), mark, text.slice(stop)];
}

/**
 * Returns the canonical form if it says something new, or "". It does not if it only leaves out
 * spaces or parentheses, or if a notice has it.
 */
export function reading({ parsed, notices = [] }, expression) {
  const isSaid = notices.some(({ code }) => code === "read-as");
  return parsed && !isSaid && differs(parsed, expression) ? parsed : "";
}

/** Reports whether a canonical form adds or replaces something, such as the `*` of `2 pi`. */
function differs(parsed, expression) {
  const text = bare(expression);
  let at = 0;
  for (const character of bare(parsed)) {
    at = text.indexOf(character, at) + 1;
    if (at === 0) return true;
  }
  return false;
}

const plain = { "\n": ";", "**": "^", "×": "*", "·": "*", "÷": "/", "−": "-" };

const bare = (text) => text.replace(/\s|\*\*|[×·÷−]/g, (sign) => plain[sign] ?? "");
