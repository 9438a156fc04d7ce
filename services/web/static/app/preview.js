// The preview: what an expression would give, while it is still being typed. A
// worker calculates it, so typing is never held up.

/** How long a calculation may take before a newer one ends it, in milliseconds. */
const patience = 200;

/**
 * The names of a session and the result before, as the module reads them; then lines of
 * what comes later, and other values of some names.
 */
export function context({ variables, definitions }, ans, values = {}, later = []) {
  const set = (values) => Object.entries(values).map(([name, value]) => `${name} = ${value}`);
  const lines = [...set(variables), ...Object.values(definitions)];
  if (ans !== null) lines.push(`ans = ${ans}`);
  lines.push(...later, ...set(values));
  return lines.map((line) => line + "\n").join("") + "\n";
}

/** Starts a worker that calculates (worker.js). */
export const startWorker = () => new Worker("/app/worker.js", { type: "module" });

/** Previews. It calls `show(source, reply)`, for the newest source alone. */
export class Preview {
  #show;
  #worker = null;
  #state = "none"; // of the worker: none, loading, ready, busy or broken
  #sent = null;
  #next = null;
  #timer = 0;

  constructor(show) {
    this.#show = show;
    addEventListener("online", () => this.#state === "broken" && (this.#state = "none"));
    this.#start(); // it is ready when typing begins
  }

  /** Asks for the preview of a source in a context. */
  ask(context, source) {
    this.#next = { context, source };
    if (this.#state === "none") this.#start();
    this.#send();
  }

  /** Withdraws what was asked for. */
  cancel() {
    this.#next = null;
    this.#sent = null;
  }

  #start() {
    this.#state = "loading";
    this.#worker = startWorker();
    this.#worker.addEventListener("message", ({ data }) => this.#hear(data));
    // Without the module there is no preview; the answers do without it.
    this.#worker.addEventListener("error", () => (this.#state = "broken"));
  }

  #hear(message) {
    if (message === "broken") return void (this.#state = "broken");
    this.#state = "ready";
    clearTimeout(this.#timer);
    if (message !== "ready" && this.#sent && !this.#next) this.#show(this.#sent, message);
    this.#send();
  }

  #send() {
    if (this.#state !== "ready" || !this.#next) return;
    const { context, source } = this.#next;
    this.#state = "busy";
    this.#sent = source;
    this.#next = null;
    this.#worker.postMessage([context + source]);
    this.#timer = setTimeout(() => this.#giveUp(), patience);
  }

  /** Ends a calculation that takes too long; the next one needs a new worker. */
  #giveUp() {
    this.#worker.terminate();
    this.#state = "none";
    if (this.#next) this.#start();
  }
}
