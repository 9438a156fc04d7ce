// Sessions that come by the address: to continue from a share, or to take part in a
// session of another device. The person is asked first, and can go back.

import * as api from "./api.js";
import { linkTo, take } from "./arrival.js";
import { copy } from "./clipboard.js";
import { confirm } from "./dialog.js";
import { notify } from "./notice.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

/** Does what the address asks for, if the person agrees; enter(token) changes to a session. */
export async function arrive(enter) {
  const wish = take();
  if (!wish || wish.token === session.token()) return;
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
    const names = listed(await api.names(token));
    return `This link leads to a session of another device or person. It has ${names}. What you calculate in it can be seen there.`;
  };
  return ["Continue this session here?", ask, () => token];
}

function listed({ variables, definitions }) {
  const names = Object.keys({ ...variables, ...definitions });
  return names.length ? `the names ${names.join(", ")}` : "no names";
}

/** Gives the link by which another device continues this session. */
export async function move() {
  const text = "Open the link on the other device. Whoever has it can see, use and delete this session, so send it to nobody else.";
  if (!(await confirm("Continue on another device?", text, "Copy link"))) return;
  const done = await copy(linkTo(session.token()));
  notify(done ? "The link to this session is copied." : "This browser does not let the page copy.");
}
