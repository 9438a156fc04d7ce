// The calculator's HTTP interface (openapi.json): one function per route, which returns the decoded
// reply or throws a Failure; and sentences about failures.

/** How long to wait for a reply, in milliseconds. */
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
 *   refused      anything else that a retry cannot change
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
 * Evaluates expressions in place of the entries that they replace: all or none, and only if the
 * session has the given version. The edit is {expr, replaces, version}.
 */
export function replace(token, { version, ...content }, key) {
  const headers = { "Content-Type": "application/json", "Idempotency-Key": key };
  return request("POST", "/eval", token, {
    headers: { ...headers, "If-Match": `"${version}"` },
    body: JSON.stringify(content),
  });
}

/** Reports whether the service can calculate and store. */
export async function isWell() {
  try {
    const { sessions, history } = (await request("GET", "/health")).services;
    return sessions === "ok" && history === "ok";
  } catch {
    return false;
  }
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

/** Creates a session with the names and entries of a share. */
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

/** Returns the JSON of a body, or null for the pages that hosts and proxies send instead. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const kinds = {
  401: "session", 409: "busy", 412: "changed", 413: "long", 429: "limited",
  502: "unavailable", 503: "unavailable", 504: "unavailable",
};

function kindOf(status, problem) {
  const isRefused = problem && (status === 400 || status === 422);
  if (problem?.position || isRefused) return "expression";
  if (problem?.code === "unknown-session" && status === 404) return "session";
  return kinds[status] ?? (status >= 500 || status < 400 ? "broken" : "refused");
}

/** The longest source that the calculator accepts, in bytes of UTF-8. */
const longest = 16 * 1024;

/** Reports whether an expression is too long for the calculator. */
export const isTooLong = (expression) => new TextEncoder().encode(expression).length > longest;

/** Says why an expression was not evaluated, as {detail, hint}. */
export function refusal({ kind, problem }) {
  if (kind === "long") {
    return {
      detail: "This is too long for one calculation.",
      hint: "16,000 characters fit; split it into steps.",
    };
  }
  if (problem) return { detail: problem.detail, hint: problem.hint ?? "" };
  return {
    detail: "The calculator did not accept this.",
    hint: "Reload the page; what you typed is kept.",
  };
}

/** Says why an expression is pending after some attempts, and when it is tried again. */
export function delay(failure, seconds, attempts) {
  const isRepeat = attempts > 1;
  const again = isRepeat ? `: tried ${attempts} times, again` : ", and tried again";
  const retry = `It is not stored yet, but kept here${again} in ${seconds} s.`;
  const limit = failure.problem?.detail ?? "the calculator takes no more for now";
  switch (failure.kind) {
    case "offline":
      return (
        `You are ${isRepeat ? "still " : ""}offline. ` +
        "This is not stored yet, but kept here, and sent when you are back."
      );
    case "limited":
      return `That was a lot in a short time: ${limit}. ${retry}`;
    case "busy":
      return `The session is being changed elsewhere at the same time. ${retry}`;
  }
  return `${fault(failure)} ${retry}`;
}

/** Say why an expression behind another one is pending, and what happens to the first one. */
export const queued = "Not stored yet.";
export const trying = "Not stored yet: trying now…";

/** Says what it means that the calculator cannot be reached. Returns "" for other failures. */
export function outage({ kind }) {
  const meanwhile = "What you enter is calculated here, kept, and sent";
  const later = "Older calculations come back then, too.";
  if (kind === "offline") {
    return `You are offline. ${meanwhile} when you are back. ${later}`;
  }
  if (kind === "unreachable") {
    return `${sentences[kind]} ${meanwhile} when it can. ${later}`;
  }
  return "";
}

/** Says why something other than an evaluation did not work. */
export function trouble(what, failure) {
  const { kind, problem } = failure;
  const reasons = { offline: "You are offline.", limited: "Too many requests." };
  const isUnknown = !["unreachable", "late", "unavailable"].includes(kind);
  const sentence = reasons[kind] ?? (isUnknown && problem ? `${problem.detail}.` : fault(failure));
  return `${what}: ${sentence[0].toLowerCase()}${sentence.slice(1)}`;
}

/** Says what is wrong with the service. */
function fault({ kind, problem }) {
  if (kind !== "unavailable") return sentences[kind] ?? sentences.broken;
  if (!problem) return sentences.unreachable;
  if (/^the service (sessions|history) /.test(problem.detail)) return sentences.unavailable;
  return `The calculator cannot do this right now: ${problem.detail}.`;
}

const sentences = {
  unreachable: "The calculator cannot be reached.",
  late: "The calculator takes too long to answer.",
  unavailable: "The calculator cannot reach its memory right now.",
  broken: "Something went wrong on the calculator's side.",
};
