// What this browser stores for the page: settings and drafts, the token of the session with its
// last known bindings and entries, and the news between tabs that use it. Where storage is
// forbidden or full, a value lasts as long as the page. Also what the address of the page asks for.

/** How long `writeLater` waits for a newer value, in milliseconds. */
const writePause = 250;

function area(storage) {
  const memory = new Map(); // values that the storage did not accept
  const later = new Map(); // values that are not written yet
  let timer = 0;

  function write(name, text) {
    later.delete(name);
    memory.delete(name);
    try {
      if (text === null) storage().removeItem(name);
      else storage().setItem(name, text);
    } catch {
      memory.set(name, text);
    }
  }

  function flush() {
    clearTimeout(timer);
    for (const [name, text] of later) write(name, text);
  }

  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => document.hidden && flush());

  return {
    /** Stores a text under a name; null removes it. */
    write,

    /** Stores a text that changes often: once, after a pause or when the page goes away. */
    writeLater(name, text) {
      later.set(name, text);
      clearTimeout(timer);
      timer = setTimeout(flush, writePause);
    },

    /** Returns the text that is stored under a name, or null. */
    read(name) {
      if (later.has(name)) return later.get(name);
      if (memory.has(name)) return memory.get(name);
      try {
        return storage().getItem(name);
      } catch {
        return null;
      }
    },
  };
}

export const browser = area(() => localStorage);
export const tab = area(() => sessionStorage);

/** Returns the JSON value that is stored under a name, or null if there is none that parses. */
export function readJson(name) {
  try {
    return JSON.parse(browser.read(name));
  } catch {
    return null;
  }
}

/** Returns a list that is stored for the present session; another session has its own. */
export function readOwn(what) {
  const stored = readJson(`abacus.${what}`);
  return stored?.session === token() ? stored?.[what] ?? [] : [];
}

/** Stores a list for the present session. */
export function writeOwn(what, list) {
  const stored = { session: token(), [what]: list };
  browser.write(`abacus.${what}`, list.length ? JSON.stringify(stored) : null);
}

/** How many of the newest entries keep their notices, which the history does not have. */
const mostNotices = 200;

/** Stores the notices of entries that a reply has brought. */
export function keepNotices(entries) {
  const added = entries.flatMap(({ id, notices }) => (id && notices ? [{ id, notices }] : []));
  if (added.length) writeOwn("notices", [...readOwn("notices"), ...added].slice(-mostNotices));
}

/** Returns entries of the history with the notices that are stored. */
export function withNotices(entries) {
  const stored = new Map(readOwn("notices").map(({ id, notices }) => [id, notices]));
  return entries.map((entry) => ({ ...entry, notices: stored.get(entry.id) }));
}

const tokenName = "abacus.session";
const previousName = "abacus.session.before";
const knownName = "abacus.known";

/** Returns the token, or null before the first calculation. */
export const token = () => browser.read(tokenName);

/** Stores the token of a reply if there is none yet, and reports whether it is the session's. */
export function join(newToken) {
  if (!token()) browser.write(tokenName, newToken);
  return token() === newToken;
}

/** Switches to another session; `previous` then returns this one. */
export function switchTo(newToken) {
  if (token() && token() !== newToken) browser.write(previousName, token());
  browser.write(tokenName, newToken);
}

/** Returns the token of the session before the last switch, or null. */
export const previous = () => browser.read(previousName);

/** Removes the token; the next calculation starts a new session. */
export function leave() {
  if (previous() === token()) browser.write(previousName, null);
  browser.write(tokenName, null);
}

/** Calls `changed` when another tab has joined, switched or left the session. */
export function onChange(changed) {
  addEventListener("storage", (event) => {
    // A null key means that everything was removed.
    if (event.key === tokenName || event.key === null) changed();
  });
}

/** How many of the newest entries are stored. */
const mostEntries = 200;

/**
 * Stores the bindings, `ans` and the newest entries of the session, for use while the service
 * cannot be reached.
 */
export function saveKnown({ variables, definitions }, ans, entries) {
  const names = { variables, definitions };
  const known = { token: token(), names, ans, entries: entries.slice(0, mostEntries) };
  browser.writeLater(knownName, known.token && JSON.stringify(known));
}

/** Returns the {names, ans, entries} that saveKnown stored for this session, or null. */
export function loadKnown() {
  const known = readJson(knownName);
  return known?.token === token() ? known : null;
}

const channel = new BroadcastChannel("abacus");

/** The least time between two refreshes when the window gets the focus, in milliseconds. */
const pause = 5000;

/** Tells the other tabs that the session has changed. */
export function notifyTabs() {
  channel.postMessage(token());
}

/** Calls `refresh` when another tab has changed the session, and when the window gets the focus. */
export function onNews(refresh) {
  let refreshed = Date.now();
  channel.addEventListener("message", ({ data }) => data === token() && refresh());
  addEventListener("focus", () => {
    if (Date.now() - refreshed < pause) return;
    refreshed = Date.now();
    refresh();
  });
}

/**
 * Removes the expression from the address, so that a reload does not repeat it, and returns it, or
 * null.
 */
export function takeQuery() {
  const expression = new URLSearchParams(location.search).get("q");
  if (location.search) history.replaceState(null, "", location.pathname + location.hash);
  return expression;
}

/** Removes the fragment from the address and returns it with its `#`, or "". */
export function takeFragment() {
  const { hash, pathname } = location;
  if (hash) history.replaceState(null, "", pathname);
  return hash;
}
