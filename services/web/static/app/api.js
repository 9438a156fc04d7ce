// The calculator's HTTP interface (openapi.json): one function a route. Each
// returns what the service answered or throws a Failure.

/** How long one request may take, in milliseconds. */
const patience = 15_000;

/**
 * A request that was not answered as asked. `kind` says what to do about it:
 *
 *   expression   the text is wrong; `problem.position` says where
 *   long         the text is too long
 *   session      the session is not known, or not any more
 *   offline, unreachable, late
 *                no answer came; what was sent may still have been done
 *   limited, busy, unavailable, broken
 *                not now; `wait` seconds later perhaps, if the service said so
 *   refused      anything else that will not change by itself
 *
 * `session` is the token of a session that was made all the same.
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
  get passing() {
    return ["offline", "unreachable", "late", "limited", "busy", "unavailable", "broken"].includes(this.kind);
  }
}

/**
 * Evaluates an expression in the session of the token; without one the service
 * makes a session. A repeat with the same key is answered as the first was.
 */
export function evaluate(token, expression, key) {
  return request("POST", "/eval", token, {
    headers: { "Content-Type": "text/plain; charset=utf-8", "Idempotency-Key": key },
    body: expression,
  });
}

/** Returns the session's variables, definitions and version. */
export const names = (token) => request("GET", "/session", token);

/**
 * Returns a page of the history, newest first, and the cursor of the next one. The
 * filter may have `q`, `kind`, `from`, `to`, `limit` and `cursor`.
 */
export function history(token, filter = {}) {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value));
  return request("GET", `/history?${query}`, token);
}

/** Shares entries: {entries: [ids] or "all", title, expires_in}. */
export function share(token, what) {
  return request("POST", "/shares", token, { headers: { "Content-Type": "application/json" }, body: JSON.stringify(what) });
}

/** Returns the session's own shares. */
export const shares = (token) => request("GET", "/shares", token);

/** Ends a share for good. */
export const revoke = (token, share) => request("DELETE", `/shares/${share}`, token);

/** Returns what a share has, for anyone who has its token. */
export const shared = (share) => request("GET", `/shares/${share}`);

/** Makes a session that has the names of a share. */
export const fork = (share) => request("POST", `/shares/${share}/fork`);

/** Removes one name of the session, or all of them. */
export function clear(token, name) {
  return request("DELETE", name ? `/clear/${encodeURIComponent(name)}` : "/clear", token);
}

/**
 * Erases what is at a path: /session with its history, /history, or /history/ID. A
 * request that must outlive the page says so.
 */
export const erase = (token, path, keepalive = false) => request("DELETE", path, token, { keepalive });

async function request(method, path, token, { headers = {}, body, keepalive } = {}) {
  headers.Accept = "application/json";
  if (token) headers.Authorization = `Bearer ${token}`;
  let reply, text;
  try {
    const signal = AbortSignal.timeout(patience);
    reply = await fetch(path, { method, headers, body, signal, keepalive, cache: "no-store", credentials: "omit" });
    text = await reply.text();
  } catch (error) {
    if (!navigator.onLine) throw new Failure("offline");
    throw new Failure(error.name === "TimeoutError" ? "late" : "unreachable");
  }
  const content = parse(text);
  if (reply.ok && (content !== null || reply.status === 204)) return content;
  throw failure(reply, content);
}

/** Hosts and proxies answer in words of their own, or in none: that is null. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function failure(reply, problem) {
  return new Failure(kindOf(reply.status, problem), {
    problem,
    wait: Number(reply.headers.get("Retry-After")) || null,
    session: reply.headers.get("Abacus-Session"),
  });
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
