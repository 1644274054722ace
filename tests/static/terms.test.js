/** @import { Expr, Term } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { evaluate } from "../../static/rule.js";
import { countTerms, terms } from "../../static/terms.js";
import { cellsOf, formatAddress } from "../../static/trace.js";
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
  RULES,
  run,
  size,
  sum,
  trace,
} from "./fixture.js";

const cells = cellsOf(trace);

/** @param {Term[]} list */
function lines(list) {
  return list.map(({ id, operation, role, addresses }) => {
    return [operation, id, role, ...addresses.map(formatAddress)].filter(Boolean).join(" ");
  });
}

/** @type {[string, number[], string[]][]} */
const ACCOUNTS = [
  ["z1", [0, 1], ["+ e.0@0 W1[1,0] a0[0,0]", "+ e.0@1 W1[1,1] a0[0,1]", "+ e.1 b1[1]"]],
  ["a1", [0, 1], ["= e.0", "÷ e.1 z1[0,1]"]],
  ["loss", [], ["+ e.0@0@0 a2[0,0] y[0,0]", "+ e.0@1@0 a2[1,0] y[1,0]", "÷ e.1"]],
  ["da2", [0, 0], ["× e.0.0", "× e.0.1 a2[0,0] y[0,0]", "÷ e.1"]],
  ["delta2", [0, 0], ["× e.0.0 error da2[0,0]", "× e.1.0 slope a2[0,0]"]],
  ["dW2", [0, 1], ["+ e@0 delta2[0,0] a1[0,1]", "+ e@1 delta2[1,0] a1[1,1]"]],
  ["db2", [0], ["+ e@0 delta2[0,0]", "+ e@1 delta2[1,0]"]],
  ["da1", [0, 1], ["+ e@0 W2[0,1] delta2[0,0]"]],
  ["W2_new", [0, 1], ["+ e.0 W2[0,1]", "− e.1.0 learning_rate dW2[0,1]"]],
];

for (const [name, index, expected] of ACCOUNTS) {
  test(`${formatAddress({ name, index })} is made of ${expected.length} terms`, () => {
    const call = callOf(name);
    assert.deepEqual(lines(terms(run.program.ops[call.op].rule, call, cells, index)), expected);
  });
}

test("the last total is the number itself, bit for bit", () => {
  for (const call of run.program.calls) {
    const rule = run.program.ops[call.op].rule;
    for (const index of indices(run.values[call.writes].shape)) {
      const total = terms(rule, call, cells, index).at(-1)?.running;
      assert.equal(total, evaluate(rule, call, cells, index), `${call.writes}[${index}]`);
    }
  }
});

test("the total follows the account: 0.5, then 0.75, then 0.25", () => {
  // z1[0,1] = 0.5 · 1 + 0.5 · 0.5 + (-0.5)
  const list = terms(RULES.affine, callOf("z1"), cells, [0, 1]);
  assert.deepEqual(list.map(({ value, running }) => [value, running]), [[0.5, 0.5], [0.25, 0.75], [
    -0.5,
    0.25,
  ]]);
});

const x = element("x", "k");
const all = element("x", "m");

// With x = [3, 4] and k = 1: what is listed, and the totals.
/** @type {[string, Expr, string[], number[]][]} */
const SHAPES = [
  ["a single element", x, ["= e x[1]"], [4]],
  ["the negative of one", negate(x), ["= e x[1]"], [-4]],
  ["a function", apply("tanh", number(0)), ["= e"], [0]],
  ["a name around a sum", named("error", sum("m", all)), ["+ e.0@0 error x[0]", "+ e.0@1 error x[1]"], [
    3,
    7,
  ]],
  ["a constant factor", multiply(number(2), x), ["× e.0", "× e.1 x[1]"], [2, 8]],
  ["a leading minus", add(negate(x), number(1)), ["− e.0.0 x[1]", "+ e.1"], [-4, -3]],
  ["a named sum among addends", add(x, named("path", sum("m", all))), [
    ...["+ e.0 x[1]", "+ e.1.0@0 path x[0]", "+ e.1.0@1 path x[1]"],
  ], [4, 7, 11]],
  ["minus a sum", add(x, negate(sum("m", all))), ["+ e.0 x[1]", "− e.1.0 x[0] x[1]"], [4, -3]],
  ["a mean", divide(sum("m", all), size("x", 0)), ["+ e.0@0 x[0]", "+ e.0@1 x[1]", "÷ e.1"], [3, 7, 3.5]],
  ["a difference divided", divide(add(x, number(-1)), number(2)), [
    ...["+ e.0.0 x[1]", "+ e.0.1", "÷ e.1"],
  ], [4, 3, 1.5]],
  ["a sum below the line", divide(x, sum("m", all)), ["= e.0 x[1]", "÷ e.1 x[0] x[1]"], [4, 4 / 7]],
];

for (const [name, body, expected, totals] of SHAPES) {
  test(`${name} is listed as ${expected.join(", ")}`, () => {
    const { rule, call, cells } = alone({ result: "r", at: ["k"], body }, {
      x: { shape: [2], data: [3, 4] },
    });
    const list = terms(rule, call, cells, [1]);
    assert.deepEqual(lines(list), expected);
    assert.deepEqual(list.map(({ running }) => running), totals);
  });
}

test("of a long sum the rest is one term, and a divisor still comes last", () => {
  const data = Array.from({ length: 10 }, (_, k) => k);
  const body = divide(sum("m", all), size("x", 0));
  const { rule, call, cells } = alone({ result: "r", at: [], body }, { x: { shape: [10], data } });
  const list = terms(rule, call, cells, [], 3);
  assert.deepEqual(list.map(({ id, value, running, count }) => [id, value, running, count]), [
    ["e.0@0", 0, 0, 1],
    ["e.0@1", 1, 1, 1],
    ["e.0@2", 2, 3, 1],
    ["rest", 42, 45, 7],
    ["e.1", 10, 4.5, 1],
  ]);
});

test("counting terms gives as many as there are", () => {
  for (const call of run.program.calls) {
    const { rule } = run.program.ops[call.op];
    const list = terms(rule, call, cells, rule.at.map(() => 0));
    assert.equal(countTerms(rule, call, cells), list.length, call.writes);
    assert.equal(countTerms(rule, call, cells, 1), terms(rule, call, cells, rule.at.map(() => 0), 1).length);
  }
});
