// Deep links: what the address asks for. Its query fills the input; its fragment leads to a share
// or to a session of another device. Fragments are never sent to a server.

import * as api from "./api.js";
import { trouble } from "./messages.js";
import { confirm, showToast } from "./overlay.js";
import * as session from "./session.js";
import { handOver } from "./share.js";

const fragment = /^#(fork|session)=(.*)$/s;
const validToken = /^[\w-]{22,128}$/;

/** How many names of another session the question lists. */
const mostNames = 12;

/** Returns the link that puts an expression into the input. */
export const expressionLink = (text) => `${location.origin}/?q=${encodeURIComponent(text)}`;

/** Takes the expression for the input out of the address, or returns null. */
export function takeExpression() {
  const expression = new URLSearchParams(location.search).get("q");
  // A reload must not fill the input again.
  if (location.search) history.replaceState(null, "", location.pathname + location.hash);
  return expression;
}

/** Follows the fragment of the address, now and whenever it changes; `enter(token)` switches. */
export function followFragments(enter) {
  addEventListener("hashchange", () => follow(enter));
  return follow(enter);
}

/** Asks whether to go where the fragment leads, and goes there. */
async function follow(enter) {
  const match = fragment.exec(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  if (!match) return;
  const [, kind, token] = match;
  if (!validToken.test(token)) {
    return showToast(
      "The link cannot be followed: it is not complete. Copy all of it, or ask for it again.",
    );
  }
  if (token === session.token()) return showToast("This is the session of that link already.");
  const target = kind === "fork" ? shareTarget(token) : sessionTarget(token);
  try {
    const keeps = session.token()
      ? " The session of this browser is kept, and you can go back to it."
      : "";
    const question = (await target.describe()) + keeps;
    if (await confirm(target.title, question, "Continue")) enter(await target.open());
  } catch (failure) {
    showToast(trouble("The link cannot be followed", failure));
  }
}

const shareTarget = (token) => ({
  title: "Continue from the shared calculations?",
  async describe() {
    const { title, ...names } = await api.shared(token);
    const what = title || "the shared calculations";
    return `A session of your own begins with what “${what}” has: ${listed(names)}.`;
  },
  open: async () => (await api.fork(token)).session,
});

const sessionTarget = (token) => ({
  title: "Continue this session here?",
  async describe() {
    const requests = [api.names(token), api.history(token, { limit: 1 })];
    const [names, { entries }] = await Promise.all(requests);
    const [last] = entries;
    const lastWords = last
      ? ` Its last calculation was ${brief(last.expression)}, ${date(last.at)}.`
      : "";
    return (
      `This link leads to a session of another device or person. It has ${listed(names)}.` +
      `${lastWords} What you calculate in it can be seen there.`
    );
  },
  open: () => token,
});

function listed({ variables, definitions }) {
  const names = Object.keys({ ...variables, ...definitions });
  if (!names.length) return "no names";
  const some = names.slice(0, mostNames).join(", ");
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return `the name${names.length > 1 ? "s" : ""} ${some}${more}`;
}

const brief = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const date = (at) =>
  new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Hands over the link that continues this session on another device. */
export function openDeviceLink() {
  return handOver({
    link: `${location.origin}/#session=${session.token()}`,
    heading: "Continue on another device",
    words:
      "Open the link there, or point its camera at the code. Whoever has the link can see, use " +
      "and delete this session, so send it to nobody else.",
  });
}
