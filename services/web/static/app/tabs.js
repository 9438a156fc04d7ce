// The other tabs of this browser, and coming back to this one.

import * as session from "./session.js";

const channel = new BroadcastChannel("abacus");

/** The least time between two looks at the service when the page is come back to, in milliseconds. */
const pause = 5000;

/** Tells the other tabs that something of the session has changed. */
export function tell() {
  channel.postMessage(session.token());
}

/** Calls `change` when another tab has changed the session, and when the page is come back to. */
export function onNews(change) {
  let looked = Date.now();
  channel.addEventListener("message", ({ data: token }) => token === session.token() && change());
  addEventListener("focus", () => {
    if (Date.now() - looked < pause) return;
    looked = Date.now();
    change();
  });
}
