// The session of this browser: a token that stands for its names and history.

import { browser } from "./storage.js";

const name = "abacus.session";
const earlier = "abacus.session.before";

/** Returns the token, or null before the first calculation. */
export const token = () => browser.kept(name);

/** Keeps the token of a reply where there is none, and tells whether it is the session of now. */
export function join(newToken) {
  if (!token()) browser.keep(name, newToken);
  return token() === newToken;
}

/** Changes to another session, and remembers the present one. */
export function changeTo(newToken) {
  if (token() && token() !== newToken) browser.keep(earlier, token());
  browser.keep(name, newToken);
}

/** Returns the token of the session that was changed from, or null. */
export const before = () => browser.kept(earlier);

/** Forgets the token; the next calculation begins a new session. */
export function leave() {
  if (before() === token()) browser.keep(earlier, null);
  browser.keep(name, null);
}

/** Calls `change` when another tab has joined or left a session. */
export function onChange(change) {
  addEventListener("storage", (event) => {
    // A null key means that everything was removed.
    if (event.key === name || event.key === null) change();
  });
}
