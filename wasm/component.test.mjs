// Calls the components as JavaScript: node --test wasm/, after make component.

import assert from "node:assert/strict";
import test from "node:test";
import { evaluator } from "../bin/component/calc/calc.js";
import { evaluator as quantities } from "../bin/component/quantities/quantities.js";
import { table } from "../bin/component/table/table.js";

/** Returns the mistake that a call must throw. */
function mistake(call) {
  try {
    call();
  } catch (error) {
    return error.payload;
  }
  assert.fail("no mistake");
}

test("evaluate gives an answer", () => {
  assert.deepEqual(evaluator.evaluate("a = 0.1; a + 1/5"),
    { kind: "value", value: 0.30000000000000004, display: "0.3", parsed: "a = 0.1; a + 1/5" });
  assert.deepEqual(evaluator.evaluate("a = 5"), { kind: "assignment", value: 5, display: "5", parsed: "a = 5" });
  assert.deepEqual(evaluator.evaluate("f(x) = 2x"), { kind: "definition", value: 0, display: "", parsed: "f(x) = 2*x" });
});

test("calls share no state", () => {
  evaluator.evaluate("kept = 5");
  assert.equal(mistake(() => evaluator.evaluate("kept")).code, "unknown-name");
});

test("a mistake has its position", () => {
  const found = mistake(() => evaluator.evaluate("x = π\n1/0"));
  assert.deepEqual(found, { code: "division-by-zero", message: "division by zero", hint: undefined,
    position: { offset: 8, line: 2, column: 2, length: 1 } });
  assert.equal(mistake(() => evaluator.check("(2; 3")).hint, "add `)`");
});

test("check returns the canonical form", () => {
  assert.equal(evaluator.check("1/2pi"), "1/(2*pi)");
  assert.equal(evaluator.check("1/0"), "1/0");
});

test("random numbers come from wasi:random", () => {
  const drawn = new Set(Array.from({ length: 20 }, () => evaluator.evaluate("random()").value));
  assert.equal(drawn.size, 20);
  for (const value of drawn) assert.ok(0 <= value && value < 1);
});

test("long sources and many calls", () => {
  assert.equal(evaluator.evaluate("1" + "+1".repeat(4000)).value, 4001);
  assert.equal(mistake(() => evaluator.evaluate("(".repeat(20000))).code, "limit-source");
  for (let i = 0; i < 2000; i++) assert.equal(evaluator.evaluate(`${i} + 1`).value, i + 1);
});

test("the table has the calculator evaluate", () => {
  assert.deepEqual([...table("x^2", -2, 3)], [4, 1, 0, 1, 4, 9]);
  assert.deepEqual([...table("x", 2, 1)], []);
  assert.deepEqual(mistake(() => table("6 / x", -1, 1)).position, { offset: 2, line: 1, column: 3, length: 1 });
});

test("version 0.2.0 has the unit of a value", () => {
  assert.deepEqual(quantities.evaluate("5 km in miles"), { kind: "value", value: 3.1068559611866697, unit: "mi",
    display: "3.10685596118667 mi", parsed: "5 km in miles" });
  assert.deepEqual(quantities.evaluate("d = 18%"),
    { kind: "assignment", value: 0.18, unit: "%", display: "18%", parsed: "d = 18%" });
  assert.deepEqual(quantities.evaluate("2^10"),
    { kind: "value", value: 1024, unit: "", display: "1024", parsed: "2^10" });
  assert.equal(quantities.check("12:30+0:45"), "12:30 + 0:45");
  assert.deepEqual(mistake(() => quantities.evaluate("5 kg + 3 m")).position,
    { offset: 5, line: 1, column: 6, length: 1 });
  assert.equal(evaluator.evaluate("5 km").display, "5 km");
});
