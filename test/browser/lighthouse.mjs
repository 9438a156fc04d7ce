// Serves the app and runs Lighthouse on its pages, as on a phone with a slow network:
// `make lighthouse`. Every score must be 100; for one that is not, the reasons are printed.
//
//	node test/browser/lighthouse.mjs FOLDER    (into which npm has installed Lighthouse)

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const modules = join(resolve(process.argv[2]), "node_modules");
const { default: lighthouse } = await import(join(modules, "lighthouse/core/index.js"));
const { launch } = await import(join(modules, "chrome-launcher/dist/index.js"));

const state = await mkdtemp(join(tmpdir(), "abacus-"));
const host = spawn("bin/abacus", ["up", "--listen", "127.0.0.1:0", "--state-dir", state],
  { stdio: ["ignore", "pipe", "inherit"] });
const browser = await launch({ chromeFlags: ["--headless=new", "--no-sandbox"] });
try {
  const base = await address();
  for (const path of ["/", await share(base), "/problems"]) await judge(base + path);
} finally {
  await browser.kill();
  host.kill();
  await once(host, "exit");
  await rm(state, { recursive: true });
}

/** Returns the URL that the host serves. */
async function address() {
  for await (const line of createInterface(host.stdout)) {
    const serving = /^Serving (http\S+)/.exec(line);
    if (serving) return serving[1];
  }
  throw new Error("the app does not respond");
}

/** Shares a calculation, and returns the path of its page. */
async function share(base) {
  const body = "rate = 4.5%\n1200 * (1 + rate)^10";
  const { session } = await (await fetch(`${base}/eval`, { method: "POST", body })).json();
  const headers = { Authorization: `Bearer ${session}`, "Content-Type": "application/json" };
  const shared = await fetch(`${base}/shares`,
    { method: "POST", headers, body: JSON.stringify({ entries: "all" }) });
  return shared.headers.get("Location");
}

/** Prints the scores of a page, and below them its flaws. */
async function judge(url) {
  const { lhr } = await lighthouse(url, { port: browser.port, logLevel: "error" });
  const categories = Object.values(lhr.categories)
    .filter(({ id }) => id !== "seo" || lhr.audits["is-crawlable"].score);
  const times = [
    "first-contentful-paint", "largest-contentful-paint", "interactive", "total-blocking-time",
  ];
  const print = (title, value) => console.log(`  ${title.padEnd(24)} ${value}`);
  console.log(new URL(url).pathname);
  for (const { title, score } of categories) print(title, Math.round(score * 100));
  for (const id of times) print(lhr.audits[id].title, lhr.audits[id].displayValue);
  for (const { auditRefs, score } of categories.filter(({ score }) => score < 1)) {
    process.exitCode = 1;
    const flaws = auditRefs.map(({ id }) => lhr.audits[id])
      .filter(({ score }) => score !== null && score < 1);
    for (const { title, displayValue = "" } of flaws) console.log(`    ${title} ${displayValue}`);
  }
}
