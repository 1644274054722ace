import assert from "node:assert/strict";
import { test } from "node:test";

import { exampleLetter, sharesOf } from "../../static/shares.js";
import { cellsOf } from "../../static/trace.js";
import {
  add,
  alone,
  apply,
  callOf,
  divide,
  element,
  indices,
  multiply,
  named,
  negate,
  number,
  run,
  size,
  sum,
  trace,
} from "./fixture.js";

const cells = cellsOf(trace);

test("what adds up over examples says by which letter", () => {
  const letters = Object.fromEntries(
    run.program.calls.map((call) => [call.writes, exampleLetter(run, call)]),
  );
  assert.deepEqual(Object.entries(letters).filter(([, letter]) => letter), [
    ...[["loss", "n"], ["dW2", "n"], ["db2", "n"], ["dW1", "n"], ["db1", "n"]],
  ]);
});

for (const name of ["loss", "dW2", "db2", "dW1", "db1"]) {
  test(`the shares of the examples add up to every number of ${name}`, () => {
    const call = callOf(name);
    const { rule } = run.program.ops[call.op];
    for (const index of indices(trace.values[name].shape)) {
      const split = sharesOf(rule, call, cells, index, "n");
      assert.ok(split);
      const total = split.shares.reduce((sum, share) => sum + share, split.rest);
      const value = cells.value(name, index);
      assert.ok(
        Math.abs(total - value) <= 1e-15 + 1e-13 * Math.abs(value),
        `${name}[${index}]: ${total} is not ${value}`,
      );
      assert.equal(split.shares.length, 2);
    }
  });
}

const x = { shape: [3], data: [2, -1, 4] };
const W = { shape: [2, 3], data: [[1, 2, 3], [0, -1, 5]] };
const over = sum("n", element("x", "n"));

/** @type {[string, import("../../static/types.d.ts").Expr, number[] | null, number][]} */
const SPLIT = [
  ["a sum", over, [2, -1, 4], 0],
  ["a mean", divide(over, size("x", 0)), [2 / 3, -1 / 3, 4 / 3], 0],
  ["a sum with a penalty", add(over, number(10)), [2, -1, 4], 10],
  ["what is taken away", add(number(10), negate(multiply(number(2), over))), [-4, 2, -8], 10],
  ["a sum under a name", named("error", over), [2, -1, 4], 0],
  ["a sum inside another", sum("j", sum("n", multiply(element("W", "j", "n"), element("x", "n")))), [
    2,
    -1,
    32,
  ], 0],
  ["the square of a sum", multiply(over, over), null, 0],
  ["a function of a sum", apply("exp", over), null, 0],
  ["what is divided by a sum", divide(number(1), over), null, 0],
];

for (const [what, body, shares, rest] of SPLIT) {
  test(`${what} ${shares ? `is shared as ${shares.join(", ")}` : "has no shares"}`, () => {
    const { rule, call, cells } = alone({ result: "r", at: [], body }, { x, W });
    const split = sharesOf(rule, call, cells, [], "n");
    assert.deepEqual(split, shares && { shares, rest });
  });
}
