// Expressions as they are said aloud: screen readers leave out most signs.

const words = [
  [/#[^\n]*/g, " "],
  [/(?<=\d)_(?=\d)/g, ""],
  [/\bsqrt(?=\()|√/g, " square root of "],
  [/\bans\b/g, " the result before "],
  [/\*\*|\^/g, " to the power of "],
  [/\/\//g, " floor divided by "],
  [/[*×·⋅∗]/g, " times "],
  [/[/÷∕]/g, " divided by "],
  [/==/g, " is equal to "],
  [/!=|≠/g, " is not equal to "],
  [/<=|≤/g, " is at most "],
  [/>=|≥/g, " is at least "],
  [/</g, " is less than "],
  [/>/g, " is greater than "],
  [/=/g, " is "],
  [/(\d)[eE][-−](\d)/g, "$1 times 10 to the minus $2"],
  [/(\d)[eE]\+?(\d)/g, "$1 times 10 to the $2"],
  [/[-−]/g, " minus "],
  [/\+/g, " plus "],
  [/!/g, " factorial "],
  [/%/g, " percent "],
  [/\(/g, " open parenthesis "],
  [/\)/g, " close parenthesis "],
  [/\s*[;\n]\s*/g, "; "],
  [/\s+(?=[,;])/g, ""],
];

/** Returns an expression, or a number, in words. */
export function spoken(text) {
  return words.reduce((said, [sign, word]) => said.replace(sign, word), text).replace(/\s+/g, " ").trim();
}

/** Returns the sentence for an entry: the expression and `text`, what it shows as its result. */
export function sentence({ kind, expression, parsed }, text) {
  if (kind === "definition") return `${parsed.slice(0, parsed.indexOf("("))} is defined as ${spoken(parsed.slice(parsed.indexOf("=") + 1))}`;
  if (kind === "plot") return spoken(text);
  const [said, result] = [spoken(expression), spoken(text)];
  // Of `a = 10` nothing is left to say.
  return kind === "assignment" && said.endsWith(` is ${result}`) ? said : `${said} equals ${result}`;
}
