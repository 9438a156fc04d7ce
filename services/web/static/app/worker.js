// The worker of previews and plots: says whether it can calculate, then answers what it
// is sent, one after the other: the arguments of a call, in a list.

import { load } from "./calc.js";

const calculate = load("/calc.wasm");

calculate.then(
  () => postMessage("ready"),
  () => postMessage("broken"),
);

addEventListener("message", async ({ data: call }) => {
  postMessage(await (await calculate)(...call));
});
