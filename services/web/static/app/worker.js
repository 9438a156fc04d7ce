// The worker of the previews: says whether it can calculate, then answers what it is
// sent, one after the other.

import { load } from "./calc.js";

const calculate = load("/calc.wasm");

calculate.then(
  () => postMessage("ready"),
  () => postMessage("broken"),
);

addEventListener("message", async ({ data: request }) => {
  postMessage(await (await calculate)(request));
});
