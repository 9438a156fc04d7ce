// Makes components of the two core modules, and JavaScript of the components, with jco's
// interface for programs (its command `jco embed` does not find a package's WIT).
//
//   node wasm/component.mjs FOLDER    writes FOLDER/calc and FOLDER/table
//
// The modules are wasm/component.wasm and wasm/table.wasm. FOLDER is below the one that has
// jco in its node_modules.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2]);
const jco = createRequire(join(folder, "/")).resolve("@bytecodealliance/jco");
const { componentEmbed, componentNew, transpile } = await import(pathToFileURL(jco));
// It turns the imports of WASI preview 1, which TinyGo knows, into those of preview 2.
const adapter = await readFile(join(dirname(jco), "../lib/wasi_snapshot_preview1.reactor.wasm"));
const witSource = await readFile(join(here, "calc.wit"), "utf8");

/** Writes the component of a world, and JavaScript that has it import what `map` says. */
async function make(name, module, world, map) {
  const binary = await readFile(join(here, module));
  const embedded = await componentEmbed({ binary, witSource, world });
  const component = await componentNew(embedded, [["wasi_snapshot_preview1", new Uint8Array(adapter)]]);
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, `${name}.component.wasm`), component);
  const { files } = await transpile(component, { name, map });
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name, file)), { recursive: true });
    await writeFile(join(folder, name, file), content);
  }
  console.log(`${name}.component.wasm: ${component.length.toLocaleString("en")} bytes`);
}

await make("calc", "component.wasm", "calculator", {});
// The composition: what the table imports is what the calculator exports.
await make("table", "table.wasm", "table", { "abacus:calc/evaluator": "../calc/calc.js#evaluator" });
