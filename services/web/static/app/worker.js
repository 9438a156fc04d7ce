// The worker that runs calc.wasm (services/web/preview). It posts "ready" or "broken" first, then
// one reply per request; a request is [text, function, numbers].

/** The memory size, in bytes, at which an instance is replaced: it never frees any. */
const large = 16 << 20;

/** The precision of displayed values, as in the replies of the service. */
const digits = 15;

// A preview does not depend on the outside; the module imports what its runtime refers to.
const stubs = new Proxy({}, { get: () => () => 0, has: () => true });

const loading = WebAssembly.compileStreaming(fetch("/calc.wasm"));
let calc = null;

loading.then(
  () => postMessage("ready"),
  () => postMessage("broken"),
);

addEventListener("message", async ({ data: [request, name = "preview", numbers = [digits]] }) => {
  const module = await loading;
  if (!calc || calc.memory.buffer.byteLength > large) {
    const instance = await WebAssembly.instantiate(module, { wasi_snapshot_preview1: stubs });
    calc = instance.exports;
    calc._initialize();
  }
  postMessage(answer(new TextEncoder().encode(request), name, numbers));
});

function answer(request, name, numbers) {
  const address = calc.alloc(request.length);
  new Uint8Array(calc.memory.buffer).set(request, address);
  const at = calc[name](request.length, ...numbers);
  const length = new DataView(calc.memory.buffer).getUint32(at, true);
  return JSON.parse(new TextDecoder().decode(new Uint8Array(calc.memory.buffer, at + 4, length)));
}
