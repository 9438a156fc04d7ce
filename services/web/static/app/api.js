// The calculator's HTTP interface (openapi.json), one function per route. Each returns the decoded
// reply or throws a Failure.

/** The timeout of a request, in milliseconds. */
const timeout = 15_000;

/**
 * A request that failed. `kind` says what can be done about it:
 *
 *   expression   the text is wrong; `problem.position` says where
 *   long         the text is too long
 *   session      the session is unknown or deleted
 *   changed      the session has changed since the version that was named
 *   offline, unreachable, late
 *                no reply came; the request may still have had its effect
 *   limited, busy, unavailable, broken
 *                not now; retry after `wait` seconds if the service said so
 *   refused      anything else that a retry does not change
 *
 * `session` is the token of a session that was created nevertheless.
 */
export class Failure extends Error {
  constructor(kind, { problem = null, wait = null, session = null } = {}) {
    super(problem?.detail ?? kind);
    this.kind = kind;
    this.problem = problem;
    this.wait = wait;
    this.session = session;
  }

  /** Whether the same request may succeed later. */
  get temporary() {
    return temporary.includes(this.kind);
  }
}

const temporary = [
  "offline", "unreachable", "late", "limited", "busy", "unavailable", "broken",
];

/**
 * Evaluates an expression in the session of the token; without a token the service creates a
 * session. A repeat with the same key gets the stored response.
 */
export function evaluate(token, expression, key) {
  return request("POST", "/eval", token, {
    headers: { "Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": key },
    body: expression,
  });
}

/**
 * Evaluates expressions in place of the entries that they replace, all or none of them, and only if
 * the session has the version: {expr, replaces, version}.
 */
export function replace(token, { version, ...content }, key) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  return request("POST", "/eval", token, {
    headers: { ...headers, "If-Match": `"${version}"` },
    body: JSON.stringify(content),
  });
}

/** Returns the exchange rates. */
export const rates = () => request("GET", "/rates");

/** Returns the session's variables, definitions and version. */
export const names = (token) => request("GET", "/session", token);

/**
 * Returns a page of the history, newest first, and the cursor of the next page. The filter may
 * have `q`, `kind`, `from`, `to`, `limit` and `cursor`.
 */
export function history(token, filter = {}) {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  return request("GET", `/history?${query}`, token);
}

/** Shares entries: {entries: [ids] or "all", title, expires_in}. */
export function share(token, what) {
  const headers = { "Content-Type": "application/json" };
  return request("POST", "/shares", token, { headers, body: JSON.stringify(what) });
}

/** Returns the session's own shares. */
export const shares = (token) => request("GET", "/shares", token);

/** Revokes a share for good. */
export const revoke = (token, share) => request("DELETE", `/shares/${share}`, token);

/** Returns the content of a share, for anyone who has its token. */
export const shared = (share) => request("GET", `/shares/${share}`);

/** Creates a session with the names of a share. */
export const fork = (share) => request("POST", `/shares/${share}/fork`);

/** Removes one name of the session, or all of them. */
export function clear(token, name) {
  return request("DELETE", name ? `/clear/${encodeURIComponent(name)}` : "/clear", token);
}

/**
 * Deletes what is at a path: /session with its history, /history, or /history/ID. `keepalive`
 * lets the request outlive the page.
 */
export const remove = (token, path, keepalive = false) =>
  request("DELETE", path, token, { keepalive });

async function request(method, path, token, { headers = {}, body, keepalive } = {}) {
  headers.Accept = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  let reply, text;
  try {
    const signal = AbortSignal.timeout(timeout);
    const options = { cache: "no-store", credentials: "omit" };
    reply = await fetch(path, { method, headers, body, signal, keepalive, ...options });
    text = await reply.text();
  } catch (error) {
    if (!navigator.onLine) throw new Failure("offline");
    throw new Failure(error.name === "TimeoutError" ? "late" : "unreachable");
  }
  const content = parse(text);
  if (reply.ok && (content !== null || reply.status === 204)) return content;
  throw new Failure(kindOf(reply.status, content), {
    problem: content,
    wait: Number(reply.headers.get("Retry-After")) || null,
    session: reply.headers.get("Abacus-Session"),
  });
}

/** Returns the JSON of a body; null for the pages that hosts and proxies send instead. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function kindOf(status, problem) {
  if (problem?.position) return "expression";
  switch (status) {
    case 401:
      return "session";
    case 404:
      return problem?.code === "unknown-session" ? "session" : "refused";
    case 409:
      return "busy";
    case 412:
      return "changed";
    case 413:
      return "long";
    case 429:
      return "limited";
    case 502:
    case 503:
    case 504:
      return "unavailable";
    case 400:
    case 422:
      return problem ? "expression" : "refused";
  }
  return status >= 500 || status < 400 ? "broken" : "refused";
}
