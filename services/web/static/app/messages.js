// The sentences of the page: about failures, and about results for screen readers.

/** The longest source that the calculator accepts, in bytes of UTF-8. */
const longest = 16 * 1024;

/** Reports whether an expression is too long for the calculator. */
export const isTooLong = (expression) => new TextEncoder().encode(expression).length > longest;

/** Says why an expression was not evaluated, as {detail, hint}. */
export function refusal({ kind, problem }) {
  if (kind === "long") {
    return {
      detail: "This is too long for one calculation.",
      hint: "16,000 characters fit; split it into steps.",
    };
  }
  if (problem) return { detail: problem.detail, hint: problem.hint ?? "" };
  return {
    detail: "The calculator did not accept this.",
    hint: "Reload the page; what you typed is kept.",
  };
}

/** Says why an expression is pending, and when it is tried again. */
export function delay(failure, seconds) {
  const retry = `It is not stored yet, but kept here, and tried again in ${seconds} s.`;
  const limit = failure.problem?.detail ?? "the calculator takes no more for now";
  switch (failure.kind) {
    case "offline":
      return "You are offline. This is not stored yet, but kept here, and sent when you are back.";
    case "limited":
      return `That was a lot in a short time: ${limit}. ${retry}`;
    case "busy":
      return `The session is being changed elsewhere at the same time. ${retry}`;
  }
  return `${sentences[failure.kind] ?? sentences.broken} ${retry}`;
}

/** Says why an expression behind another one is pending. */
export const queued = "Not stored yet: sent after what is above.";

/** Says what a pending expression gives in this browser, from the reply of a preview. */
export function localResult(reply) {
  if (reply.error) return `Calculated here, it fails: ${reply.error.detail}.`;
  if (reply.random) return "It is random, so it has no result until it is stored.";
  if (reply.plot) return "It is drawn here.";
  const rates = reply.notices?.find(({ code }) => code === "rates");
  return `The result was calculated here${rates ? `, with ${rates.message}` : ""}.`;
}

/** Says what it means that the calculator cannot be reached, or "" for another failure. */
export function outage({ kind }) {
  const meanwhile = "What you enter is calculated here, kept, and sent";
  if (kind === "offline") {
    return `You are offline. ${meanwhile} when you are back; then the history is shown, too.`;
  }
  if (kind === "unreachable") {
    return `${sentences[kind]} ${meanwhile} when it can; then the history is shown, too.`;
  }
  return "";
}

/** Says why something other than an evaluation did not work. */
export function trouble(what, { kind, problem }) {
  const reasons = { ...sentences, offline: "You are offline.", limited: "Too many requests." };
  const reason = kind === "broken" && problem ? `${problem.detail}.` : reasons[kind];
  const sentence = reason ?? `${problem?.detail ?? sentences.broken.slice(0, -1)}.`;
  return `${what}: ${sentence[0].toLowerCase()}${sentence.slice(1)}`;
}

const sentences = {
  unreachable: "The calculator cannot be reached.",
  late: "The calculator takes too long to answer.",
  unavailable: "The calculator cannot reach its memory right now.",
  broken: "Something went wrong on the calculator's side.",
};

/** Signs and the words for them: screen readers leave out most signs. */
const signs = [
  [/#[^\n]*/g, " "],
  [/(?<=\d)_(?=\d)/g, ""],
  [/\bsqrt(?=\()|√/g, " square root of "],
  [/\bans\b/g, " the previous result "],
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

/** Returns an expression or a number in words. */
export function spoken(text) {
  const words = signs.reduce((said, [sign, word]) => said.replace(sign, word), text);
  return words.replace(/\s+/g, " ").trim();
}

/** Returns the sentence that announces an entry; `text` is its result as shown. */
export function sentence({ kind, expression, parsed }, text) {
  if (kind === "definition") {
    const [name] = parsed.split("(", 1);
    return `${name} is defined as ${spoken(parsed.slice(parsed.indexOf("=") + 1))}`;
  }
  if (kind === "plot") return spoken(text);
  const [said, result] = [spoken(expression), spoken(text)];
  // `a = 10` has said everything already.
  if (kind === "assignment" && said.endsWith(` is ${result}`)) return said;
  return `${said} equals ${result}`;
}
