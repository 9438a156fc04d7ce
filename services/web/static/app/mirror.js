// What lies under the text of the input: the same text, in colours, with the mark of
// an error. It makes the input as high as its text is.

import { byId, element } from "./dom.js";
import { marked } from "./span.js";
import { pair, scan } from "./scan.js";

/**
 * Shows a text. `place` is the [start, end] of an error or null; the parentheses at
 * the caret are shown as a pair; kindOf(name) is the class of a name.
 */
export function show(text, { place = null, caret = -1, kindOf }) {
  const nodes = [];
  const colours = colour(text, caret, kindOf);
  // A text that is too long for colours is laid out once, not at every move of the caret.
  if (!place && !colours.length && byId("mirror").textContent === `${text}\n`) return;
  const parts = place ? [[0, place[0]], place, [Math.max(place[1], place[0] + 1), text.length]] : [[0, text.length]];
  parts.forEach(([start, end], i) => {
    if (i === 1) nodes.push(marked(text, [start, end])[1]);
    else nodes.push(...coloured(text, start, end, colours));
  });
  // A last empty line has no height of its own.
  byId("mirror").replaceChildren(...nodes, "\n");
}

/** Returns {start, end, name} for every part of a text that has a colour. */
function colour(text, caret, kindOf) {
  const tokens = scan(text);
  const pairs = pair(tokens, caret);
  return tokens.map((token) => {
    const { kind, start, end } = token;
    if (pairs.includes(token)) return { start, end, name: "pair" };
    return { start, end, name: kind === "name" ? kindOf(text.slice(start, end)) : kind };
  });
}

function coloured(text, start, end, colours) {
  const nodes = [];
  let at = start;
  for (const part of colours) {
    const [from, to] = [Math.max(part.start, at), Math.min(part.end, end)];
    if (from >= to) continue;
    nodes.push(text.slice(at, from), element("span", { class: part.name }, text.slice(from, to)));
    at = to;
  }
  return [...nodes, text.slice(at, end)];
}
