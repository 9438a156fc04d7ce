// Expressions as they are said aloud: screen readers leave out most signs.

const words = [
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
  [/(\d)[eE]-(\d)/g, "$1 times 10 to the minus $2"],
  [/(\d)[eE]\+?(\d)/g, "$1 times 10 to the $2"],
  [/[-−]/g, " minus "],
  [/\+/g, " plus "],
  [/!/g, " factorial "],
  [/%/g, " percent "],
  [/√/g, " square root of "],
  [/\(/g, " open parenthesis "],
  [/\)/g, " close parenthesis "],
  [/[;\n]/g, "; "],
  [/#/g, " comment "],
];

/** Returns an expression, or a number, in words. */
export function spoken(text) {
  return words.reduce((said, [sign, word]) => said.replace(sign, word), text).replace(/\s+/g, " ").trim();
}
