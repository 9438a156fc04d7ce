// What the page knows of its session, kept for times when the service cannot be asked.

import * as session from "./session.js";
import { browser } from "./storage.js";

const name = "abacus.known";

/** Keeps the names and the result before of the present session; without one, nothing. */
export function remember(names, ans) {
  const { variables, definitions } = names;
  browser.keep(name, session.token() && JSON.stringify({ token: session.token(), names: { variables, definitions }, ans }));
}

/** Returns {names, ans} of the present session, or null. */
export function recall() {
  try {
    const known = JSON.parse(browser.kept(name));
    return known?.token === session.token() ? known : null;
  } catch {
    return null;
  }
}
