// The calculator in this browser: calc.wasm in a worker (worker.js), so that typing never waits,
// and the context that an input needs.

import * as api from "./api.js";
import { used } from "./highlight.js";
import { browser, readJson, token } from "./session.js";

const ratesName = "abacus.rates";

/** The exchange rates, as GET /rates returns them and this browser stores them, or null. */
let rates = readJson(ratesName);

let ratesAt = 0; // when the rates were last requested

/** Loads the exchange rates, at most once an hour; resolves to whether they are new. */
export async function refreshRates() {
  if (Date.now() - ratesAt < 60 * 60 * 1000) return false;
  ratesAt = Date.now();
  const { date } = rates ?? {};
  try {
    rates = await api.rates();
  } catch {
    return false; // the ones at hand will do
  }
  browser.write(ratesName, JSON.stringify(rates));
  return rates.date !== date;
}

/**
 * Returns the context of an input in the form that the module reads: the exchange rates, the
 * bindings and the previous result, other values for some names, then further lines.
 */
export function context({ variables, definitions }, ans, values = {}, lines = []) {
  const assignments = (of) =>
    Object.keys(of).map((name) => sourceOf(name, { variables: of }));
  const all = [...assignments(variables), ...Object.values(definitions)];
  if (rates) {
    const pairs = Object.entries(rates.rates).flat();
    all.push(["rates", rates.date, rates.source, ...pairs].join(" "));
  }
  if (ans !== null) all.push(`ans = ${valueSource(ans)}`);
  all.push(...assignments(values), ...lines);
  return all.map((line) => line + "\n").join("") + "\n";
}

/** Returns the source of a value of GET /session: a number, or {value, unit}. */
export function valueSource(value) {
  if (typeof value === "number") return String(value);
  // The value of 7% is 0.07, but 100 * 0.07 has a wrong last digit.
  if (value.unit === "%") {
    const percent = Number((100 * value.value).toPrecision(15));
    return `${percent / 100 === value.value ? percent : 100 * value.value}%`;
  }
  return `${value.value} ${value.unit}`;
}

/** Returns the source that sets a name of the session to its value or its function. */
export const sourceOf = (name, { variables, definitions }) =>
  Object.hasOwn(variables, name) ? `${name} = ${valueSource(variables[name])}` : definitions[name];

/** Returns the link that puts the expression of an entry into the input, with the names it uses. */
export function expressionLink({ kind, expression }, names) {
  const isAlone = kind !== "value" && kind !== "plot";
  const sources = (isAlone ? [] : used([expression], names)).map((name) => sourceOf(name, names));
  return `${location.origin}/?q=${encodeURIComponent([...sources, expression].join("; "))}`;
}

/** Returns the value of an entry in the form of GET /session, or null if it has none. */
export const valueOf = ({ result, unit }) => (unit ? { value: result, unit } : result);

/** Returns the value of the last entry that has one, or null. */
export function lastValue(entries) {
  const entry = entries.find(({ result }) => result !== null);
  return entry ? valueOf(entry) : null;
}

/** What a person does first. */
const signs = ["pointermove", "pointerdown", "click", "keydown", "input"];

/** A worker that answers requests in order. If one takes too long, the worker is replaced. */
export class Calculator {
  #patience;
  #worker = null;
  #ready = false; // whether the module is loaded
  #broken = false; // whether it cannot be loaded
  #timer = 0;
  #jobs = []; // the first one is running
  #settle = () => {}; // resolves what `prepare` returned

  /** `patience` is the longest that a request may take, in milliseconds. */
  constructor(patience) {
    this.#patience = patience;
    addEventListener("online", () => (this.#broken = false));
  }

  /**
   * Resolves to what a function of the module (services/web/preview) returns for a request and
   * numbers, or to {unavailable: "missing" or "slow"}.
   */
  ask(request, name, numbers) {
    if (this.#broken) return Promise.resolve({ unavailable: "missing" });
    return new Promise((resolve) => {
      this.#jobs.push({ message: [request, name, numbers], resolve });
      if (!this.#worker) this.#start();
      else if (this.#ready && this.#jobs.length === 1) this.#send();
    });
  }

  /**
   * Resolves to the reply for the first of some sources that has a value, with the `source`, or to
   * undefined.
   */
  async first(newContext, sources) {
    for (const source of sources) {
      const reply = await this.ask(newContext + source);
      const hasResult = reply.display || reply.kind === "plot";
      if (!reply.error && !reply.unavailable && hasResult) return { ...reply, source };
    }
    return undefined;
  }

  /**
   * Starts the worker before its first request: at once if the module is probably stored, or else
   * at the first sign of a person, so that a page that is only looked at does not load it. Resolves
   * when the module is loaded, or cannot be.
   */
  prepare() {
    const start = () => this.#worker ?? this.#start();
    const options = { once: true, passive: true, capture: true };
    const whenSigned = (resolve) => signs.forEach((one) => addEventListener(one, resolve, options));
    if (token() || navigator.serviceWorker?.controller) start();
    else new Promise(whenSigned).then(start);
    return new Promise((resolve) => (this.#settle = resolve));
  }

  #start() {
    this.#worker = new Worker("/app/worker.js", { type: "module" });
    this.#worker.addEventListener("message", ({ data }) => this.#receive(data));
    this.#worker.addEventListener("error", () => this.#break());
  }

  #receive(data) {
    if (data === "broken") return this.#break();
    clearTimeout(this.#timer);
    if (data === "ready") {
      this.#ready = true;
      this.#settle();
    } else {
      this.#jobs.shift().resolve(data);
    }
    if (this.#jobs.length) this.#send();
  }

  #send() {
    this.#worker.postMessage(this.#jobs[0].message);
    this.#timer = setTimeout(() => this.#end("slow", 1), this.#patience);
  }

  #break() {
    this.#broken = true;
    this.#settle();
    this.#end("missing", this.#jobs.length);
  }

  /** Terminates the worker, gives up the first jobs, and starts a new worker for the others. */
  #end(unavailable, count) {
    clearTimeout(this.#timer);
    this.#worker.terminate();
    this.#worker = null;
    this.#ready = false;
    for (const { resolve } of this.#jobs.splice(0, count)) resolve({ unavailable });
    if (this.#jobs.length) this.#start();
  }
}

/** The calculator for work that no typing waits for. It starts with its first request. */
export const background = new Calculator(10_000);

/** Returns a function that does some work, and does it again if it was called in the meantime. */
export function latest(work) {
  let [busy, again] = [false, false];
  return async () => {
    again = true;
    if (busy) return;
    busy = true;
    try {
      while (again) {
        again = false;
        await work();
      }
    } finally {
      busy = false;
    }
  };
}
