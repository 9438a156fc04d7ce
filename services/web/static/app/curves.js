// The curves of plots, calculated in a worker of their own: however long one takes, it
// holds up neither typing nor its preview.

import { startWorker } from "./preview.js";

/** How long one answer may take, in milliseconds. */
const patience = 3000;

const slow = { detail: "This plot takes too long to calculate.", hint: "plot a simpler expression, or a shorter range" };
const missing = { detail: "This browser cannot calculate plots.", hint: "reload the page" };

let worker = null;
let ready = false;
let timer = 0;
const jobs = []; // the first one is being calculated

/**
 * Resolves to what a function of the module, "plot" or "at", answers to a request and
 * to numbers (services/web/preview); {error} tells why there is no answer.
 */
export function ask(name, request, numbers) {
  return new Promise((answer) => {
    jobs.push({ message: [request, name, numbers], answer });
    if (!worker) start();
    else if (ready && jobs.length === 1) send();
  });
}

function start() {
  worker = startWorker();
  worker.addEventListener("message", ({ data }) => hear(data));
  worker.addEventListener("error", () => end(missing, jobs.length));
}

function hear(data) {
  if (data === "broken") return end(missing, jobs.length);
  clearTimeout(timer);
  if (data === "ready") ready = true;
  else jobs.shift().answer(data);
  if (jobs.length) send();
}

function send() {
  worker.postMessage(jobs[0].message);
  timer = setTimeout(() => end(slow, 1), patience);
}

/** Ends the worker, and so many jobs with it; the others begin anew. */
function end(error, count) {
  clearTimeout(timer);
  worker.terminate();
  [worker, ready] = [null, false];
  for (const { answer } of jobs.splice(0, count)) answer({ error });
  if (jobs.length) start();
}

/** Returns a function that does some work, and once more after it if called meanwhile. */
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
