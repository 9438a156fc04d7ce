// What the page knows, kept for times when the service cannot be asked.

import * as api from "./api.js";
import * as session from "./session.js";
import { browser } from "./storage.js";

const name = "abacus.known";
const language = "abacus.functions";

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

/**
 * Returns what the language knows, as GET /functions has it, or had it the last time.
 * Colours and completion do without it, if need be.
 */
export async function functions() {
  try {
    const { functions } = await api.functions();
    browser.keep(language, JSON.stringify(functions));
    return functions;
  } catch {
    return JSON.parse(browser.kept(language)) ?? [];
  }
}
