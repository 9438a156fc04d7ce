// How the calculator reads an expression, beside how it is written.

/**
 * Tells whether the parsed form adds or replaces something, such as the `*` of
 * `2 pi`. One that only leaves out spaces or needless parentheses says nothing new.
 */
export function saysMore(parsed, expression) {
  const text = bare(expression);
  let at = 0;
  for (const character of bare(parsed)) {
    at = text.indexOf(character, at) + 1;
    if (at === 0) return true;
  }
  return false;
}

const bare = (text) =>
  text.replace(/\n/g, ";").replace(/\s/g, "").replace(/\*\*/g, "^").replace(/[×·]/g, "*").replace(/÷/g, "/").replace(/−/g, "-");
