// Turns the core modules wasm/component.wasm and wasm/table.wasm into components, and these into
// JavaScript. It uses jco's API, since the command `jco embed` does not find a package's WIT.
//
//   node wasm/component.mjs FOLDER    writes FOLDER/calc, FOLDER/quantities and FOLDER/table
//
// FOLDER is below the folder whose node_modules has jco.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const folder = resolve(process.argv[2]);
const jco = createRequire(join(folder, "/")).resolve("@bytecodealliance/jco");
const { componentEmbed, componentNew, transpile } = await import(pathToFileURL(jco));
// The adapter turns imports of WASI preview 1, which TinyGo emits, into those of preview 2.
const adapter = await readFile(join(dirname(jco), "../lib/wasi_snapshot_preview1.reactor.wasm"));

const adapters = [["wasi_snapshot_preview1", new Uint8Array(adapter)]];

/** Writes a module as a component of a world, and as JavaScript with the imports of `map`. */
async function build(name, module, wit, world, map) {
  const binary = await readFile(join(here, module));
  const witSource = await readFile(join(here, wit), "utf8");
  const embedded = await componentEmbed({ binary, witSource, world });
  const component = await componentNew(embedded, adapters);
  await mkdir(join(folder, name), { recursive: true });
  await writeFile(join(folder, name, `${name}.component.wasm`), component);
  const { files } = await transpile(component, { name, map });
  for (const [file, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name, file)), { recursive: true });
    await writeFile(join(folder, name, file), content);
  }
  console.log(`${name}.component.wasm: ${component.length.toLocaleString("en")} bytes`);
}

// One module has both versions of the world.
await build("calc", "component.wasm", "calc.wit", "calculator", {});
await build("quantities", "component.wasm", "quantities.wit", "calculator", {});
// The composition: the table imports what the calculator exports.
const imports = { "abacus:calc/evaluator": "../calc/calc.js#evaluator" };
await build("table", "table.wasm", "calc.wit", "table", imports);
