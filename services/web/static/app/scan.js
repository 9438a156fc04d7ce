// The tokens of an expression, for colours and completion. It is calc's scanner in
// small: what it takes for one thing more or less is a matter of colour alone.

const pattern = new RegExp(
  [
    /(?<comment>#[^\n]*)/,
    /(?<number>0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/,
    /(?<operator>(?:and|or|not|mod)(?![\p{L}\p{Nd}_])|\*\*|\/\/|[=!<>]=|[-+*/^=<>!%?:,;×·⋅∗÷∕−√≤≥≠])/,
    /(?<name>[\p{L}_][\p{L}\p{Nd}_]*)/,
    /(?<open>\()/,
    /(?<close>\))/,
  ].map((part) => part.source).join("|"),
  "gu",
);

/** The longest text that is scanned at every key, in UTF-16 units. */
const longest = 2000;

/**
 * Returns the tokens {kind, start, end} of a text; spaces and what is no token are in
 * none. A text that is too long has none at all.
 */
export function scan(text, most = longest) {
  const tokens = [];
  if (text.length > most) return tokens;
  for (const match of text.matchAll(pattern)) {
    const kind = Object.keys(match.groups).find((name) => match.groups[name] !== undefined);
    tokens.push({ kind, start: match.index, end: match.index + match[0].length });
  }
  return tokens;
}

/**
 * Returns the two parentheses that belong together where the caret is before or
 * after one of them, as tokens, or none.
 */
export function pair(tokens, caret) {
  const open = [];
  for (const token of tokens) {
    if (token.kind === "open") open.push(token);
    if (token.kind !== "close" || !open.length) continue;
    const begin = open.pop();
    if ([begin.start, begin.end, token.start, token.end].includes(caret)) return [begin, token];
  }
  return [];
}

/** Returns the token of a call's name whose parentheses are open at the caret, or null. */
export function callAt(text, caret) {
  const open = [];
  let last = null;
  for (const token of scan(text.slice(0, caret))) {
    if (token.kind === "open") open.push(last?.kind === "name" && last.end === token.start ? last : null);
    if (token.kind === "close") open.pop();
    last = token;
  }
  return open.at(-1) ?? null;
}

/**
 * Returns the session's names that texts use or set, in order and followed to their
 * ends, but for hidden ones, such as the parameters of a definition.
 */
export function used(texts, { variables, definitions }, hidden = []) {
  const found = new Set();
  const look = (text, hidden) => {
    for (const { kind, start, end } of scan(text, Infinity)) {
      const name = text.slice(start, end);
      const defined = Object.hasOwn(definitions, name);
      if (kind !== "name" || found.has(name) || hidden.includes(name) || !(defined || Object.hasOwn(variables, name))) continue;
      found.add(name);
      if (defined) look(definitions[name], parameters(definitions[name]));
    }
  };
  for (const text of texts) look(text, hidden);
  return [...found].sort();
}

/** Returns the parameters of a definition, such as x and y of `f(x, y) = x + y`. */
const parameters = (source) => source.slice(source.indexOf("(") + 1, source.indexOf(")")).split(/, */);
