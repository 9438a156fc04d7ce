// What the page says about failures: what happened, and what happens next.

/** The longest source that the calculator takes, in bytes of UTF-8. */
const longest = 16 * 1024;

/** Tells whether the calculator does not take an expression for its length. */
export const isTooLong = (expression) => new TextEncoder().encode(expression).length > longest;

/** Says why an expression was not evaluated, as a sentence and a hint. */
export function refusal(failure) {
  if (failure.kind === "long") {
    return { detail: "This is too long for one calculation.", hint: "16,000 characters fit; split it into steps." };
  }
  if (failure.problem) {
    return { detail: failure.problem.detail, hint: failure.problem.hint ?? "" };
  }
  return { detail: "The calculator did not accept this.", hint: "Reload the page; what you typed is kept." };
}

/** Says why an expression waits, and for how many seconds. */
export function delay(failure, seconds) {
  const again = `It is not stored yet, but kept here, and tried again in ${seconds} s.`;
  switch (failure.kind) {
    case "offline":
      return "You are offline. This is not stored yet, but kept here, and sent when you are back.";
    case "unreachable":
      return `The calculator cannot be reached. ${again}`;
    case "late":
      return `The calculator takes too long to answer. ${again}`;
    case "limited":
      return `That was a lot in a short time: ${failure.problem?.detail ?? "the calculator takes no more for now"}. ${again}`;
    case "busy":
      return `The session is being changed elsewhere at the same time. ${again}`;
    case "unavailable":
      return `The calculator cannot reach its memory right now. ${again}`;
  }
  return `Something went wrong on the calculator's side. ${again}`;
}

/** Says why an expression waits that comes after another one. */
export const queued = "Not stored yet: sent after what is above.";

/** Says what an expression that waits gives here, by the reply of a preview. */
export function foreseen(reply) {
  if (reply.error) return `Calculated here, it fails: ${reply.error.detail}.`;
  if (reply.random) return "It is left to chance, so it has no result until it is stored.";
  return reply.plot ? "It is drawn here." : "The result was calculated here.";
}

/** Says what it means that the calculator cannot be asked, or "" for another failure. */
export function away(failure) {
  const meanwhile = "What you enter is calculated here, kept, and sent";
  switch (failure.kind) {
    case "offline":
      return `You are offline. ${meanwhile} when you are back; then the history is shown, too.`;
    case "unreachable":
      return `The calculator cannot be reached. ${meanwhile} when it can; then the history is shown, too.`;
  }
  return "";
}

/** Says why something other than a calculation did not work. */
export function trouble(what, failure) {
  switch (failure.kind) {
    case "offline":
      return `${what}: you are offline.`;
    case "unreachable":
      return `${what}: the calculator cannot be reached.`;
    case "late":
      return `${what}: the calculator takes too long to answer.`;
    case "limited":
      return `${what}: too many requests in a short time.`;
    case "unavailable":
      return `${what}: the calculator cannot reach its memory right now.`;
  }
  return `${what}: ${failure.problem?.detail ?? "something went wrong on the calculator's side"}.`;
}
