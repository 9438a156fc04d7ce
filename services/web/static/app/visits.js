// Sessions that come by the address: to continue from a share, or to take part in a
// session of another device. The person is asked first, and can go back.

import * as api from "./api.js";
import { linkTo, take } from "./arrival.js";
import { confirm } from "./dialog.js";
import { handOver } from "./link.js";
import { notify } from "./notice.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

/** How many names are told of a session before it is continued. */
const enough = 12;

/** Does what the address asks for, if the person agrees; enter(token) changes to a session. */
export async function arrive(enter) {
  const wish = take();
  if (!wish) return;
  if (!wish.token) return notify("The link cannot be followed: it is not complete. Copy all of it, or ask for it again.");
  if (wish.token === session.token()) return notify("This is the session of that link already.");
  const [title, ask, go] = wish.what === "fork" ? fromShare(wish.token) : fromSession(wish.token);
  try {
    const kept = session.token() ? " The session of this browser is kept, and you can go back to it." : "";
    if (await confirm(title, (await ask()) + kept, "Continue")) enter(await go());
  } catch (failure) {
    notify(trouble("The link cannot be followed", failure));
  }
}

function fromShare(token) {
  const ask = async () => {
    const { title, ...names } = await api.shared(token);
    return `A session of your own begins with what “${title || "the shared calculations"}” has: ${listed(names)}.`;
  };
  return ["Continue from the shared calculations?", ask, async () => (await api.fork(token)).session];
}

function fromSession(token) {
  const ask = async () => {
    const [names, { entries }] = await Promise.all([api.names(token), api.history(token, { limit: 1 })]);
    const last = entries.map(({ expression, at }) => ` Its last calculation was ${brief(expression)}, ${date(at)}.`).join("");
    return `This link leads to a session of another device or person. It has ${listed(names)}.${last} What you calculate in it can be seen there.`;
  };
  return ["Continue this session here?", ask, () => token];
}

function listed({ variables, definitions }) {
  const names = Object.keys({ ...variables, ...definitions });
  const more = names.length > enough ? ` and ${names.length - enough} more` : "";
  return names.length ? `the name${names.length > 1 ? "s" : ""} ${names.slice(0, enough).join(", ")}${more}` : "no names";
}

const brief = (text) => (text.length > 60 ? `${text.slice(0, 60)}…` : text);

const date = (at) => new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });

/** Gives the link by which another device continues this session. */
export function move() {
  return handOver({
    link: linkTo(session.token()),
    heading: "Continue on another device",
    words: "Open the link there, or point its camera at the code. Whoever has the link can see, use and delete this session, so send it to nobody else.",
  });
}
