// What the address asks for: its query, to fill the input; its fragment, to continue
// from a share or a session of another device. A fragment is never sent to a server.

const wish = /^#(fork|session)=(.*)$/s;
const token = /^[\w-]{22,128}$/;

/** Takes {what, token} out of the address, or null if it asks for nothing; a broken token is null. */
export function take() {
  const match = wish.exec(location.hash);
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return match && { what: match[1], token: token.test(match[2]) ? match[2] : null };
}

/** Takes the `q` out of the address, an expression for the input, or null. */
export function takeExpression() {
  const expression = new URLSearchParams(location.search).get("q");
  // A reload must not fill the input again.
  if (location.search) history.replaceState(null, "", location.pathname + location.hash);
  return expression;
}

/** Calls `arrive` when the address of the open page asks for something. */
export function onArrival(arrive) {
  addEventListener("hashchange", arrive);
}

/** Returns the address that fills an expression into the input. */
export const linkWith = (expression) => `${location.origin}/?q=${encodeURIComponent(expression)}`;

/** Returns the address at which another device continues a session. */
export const linkTo = (session) => `${location.origin}/#session=${session}`;
