/** @import { Expr, Rule } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { asFunction, branch, evaluate, extentsOf, references } from "../../static/rule.js";
import { cellsOf, formatAddress } from "../../static/trace.js";
import {
  alone,
  apply,
  callOf,
  choose,
  divide,
  element,
  letter,
  maximum,
  multiply,
  named,
  negate,
  number,
  power,
  RULES,
  run,
  size,
  sum,
  trace,
} from "./fixture.js";

const cells = cellsOf(trace);

// Worked by hand in fixture.js.
/** @type {[string, number[], number][]} */
const BY_HAND = [
  ["z1", [0, 0], 0.5],
  ["a1", [0, 0], 0.6224593312],
  ["z2", [0, 0], 1.1827421615],
  ["a2", [0, 0], 0.7654404934],
  ["da2", [0, 0], -0.2345595066],
  ["delta2", [0, 0], -0.0421131292],
  ["da1", [0, 0], -0.0842262583],
  ["delta1", [0, 0], -0.0197934834],
];

for (const [name, index, expected] of BY_HAND) {
  test(`${formatAddress({ name, index })} is ${expected}, as worked by hand`, () => {
    const call = callOf(name);
    const value = evaluate(run.program.ops[call.op].rule, call, cells, index);
    assert.ok(Math.abs(value - expected) < 1e-9, `${value} is not ${expected}`);
  });
}

/** @type {[string, number[], string][]} */
const READS = [
  ["z1", [0, 1], "W1[1,0] a0[0,0] W1[1,1] a0[0,1] b1[1]"],
  ["a1", [1, 0], "z1[1,0]"],
  ["loss", [], "a2[0,0] y[0,0] a2[1,0] y[1,0]"],
  ["da2", [1, 0], "a2[1,0] y[1,0]"],
  ["delta1", [0, 1], "da1[0,1] a1[0,1]"],
  ["dW1", [1, 0], "delta1[0,1] a0[0,0] delta1[1,1] a0[1,0]"],
  ["db1", [1], "delta1[0,1] delta1[1,1]"],
  ["da1", [0, 1], "W2[0,1] delta2[0,0]"],
  ["W1_new", [1, 0], "W1[1,0] learning_rate dW1[1,0]"],
];

for (const [name, index, expected] of READS) {
  test(`${formatAddress({ name, index })} reads ${expected}`, () => {
    const call = callOf(name);
    const read = references(run.program.ops[call.op].rule, call, cells, index);
    assert.equal(read.map(formatAddress).join(" "), expected);
  });
}

test("the cells an element reads suffice to compute it", () => {
  for (const call of run.program.calls) {
    const rule = run.program.ops[call.op].rule;
    const index = run.values[call.writes].shape.map(() => 0);
    const allowed = new Set(references(rule, call, cells, index).map(formatAddress));
    const value = (/** @type {string} */ name, /** @type {number[]} */ at) => {
      assert.ok(
        allowed.has(formatAddress({ name, index: at })),
        `${call.writes} reads ${name}[${at}] unannounced`,
      );
      return cells.value(name, at);
    };
    evaluate(rule, call, { ...cells, value }, index);
  }
});

test("reading stops at the number of cells asked for", () => {
  const call = callOf("z1");
  const read = references(RULES.affine, call, cells, [0, 1], 3);
  assert.equal(read.map(formatAddress).join(" "), "W1[1,0] a0[0,0] W1[1,1]");
});

test("a letter goes as far as the first axis it stands at", () => {
  assert.deepEqual(extentsOf(RULES.affine, callOf("z1"), cells), { j: 2, i: 2, n: 2 });
});

const x = element("x", "k");

/** @param {Expr} body  @returns {Rule} */
const rule = (body) => ({ result: "r", at: [], body });

/** @type {[string, Expr, number[], number][]} */
const VALUES = [
  ["an empty sum", sum("k", x), [], 0],
  ["the maximum of nothing", maximum("k", x), [], -Infinity],
  ["a sum from the left", sum("k", x), [1e16, 1, -1e16, 1], 1],
  ["a sum of minus zeros, which begins at 0", sum("k", x), [-0, -0], 0],
  ["a maximum", maximum("k", x), [-3, -1, -2], -1],
  ["a maximum with NaN", maximum("k", x), [1, NaN, 2], NaN],
  ["a sum with NaN", sum("k", x), [1, NaN, 2], NaN],
  ["infinity less infinity", sum("k", x), [Infinity, -Infinity], NaN],
  ["an index as a number", sum("k", multiply(letter("k"), x)), [5, 7, 11], 29],
  ["a size", divide(sum("k", x), size("x", 0)), [1, 2, 6], 3],
  ["a square", sum("k", power(x, number(2))), [3, -4], 25],
  ["a root", sum("k", power(x, number(0.5))), [9], 3],
  ["zero over zero", sum("k", divide(x, x)), [0], NaN],
  ["one over zero", sum("k", divide(number(1), x)), [0], Infinity],
  ["one over minus zero", sum("k", divide(number(1), negate(x))), [0], -Infinity],
  ["one to the NaN", sum("k", power(number(1), x)), [NaN], 1],
  ["minus one to infinity", sum("k", power(number(-1), x)), [Infinity], 1],
  ["NaN to the 0", sum("k", power(x, number(0))), [NaN], 1],
  ["exp that overflows", sum("k", apply("exp", x)), [1000], Infinity],
  ["expm1 of little", sum("k", apply("expm1", x)), [1e-20], 1e-20],
  ["the logarithm of 0", sum("k", apply("log", x)), [0], -Infinity],
  ["the logarithm of a negative", sum("k", apply("log", x)), [-1], NaN],
  ["log1p of little", sum("k", apply("log1p", x)), [1e-20], 1e-20],
  ["abs", sum("k", apply("abs", x)), [-2, 3], 5],
  ["max of NaN and 0", sum("k", apply("max", x, number(0))), [NaN], NaN],
  ["tanh", sum("k", apply("tanh", x)), [Infinity], 1],
  ["erf", sum("k", apply("erf", x)), [Infinity], 1],
  ["sqrt", sum("k", apply("sqrt", x)), [9], 3],
  ["the root of a negative", sum("k", apply("sqrt", x)), [-1], NaN],
  ["sin", sum("k", apply("sin", x)), [0], 0],
  ["cos", sum("k", apply("cos", x)), [0], 1],
  ["the sine of infinity", sum("k", apply("sin", x)), [Infinity], NaN],
  ["the signs of numbers", apply("abs", sum("k", apply("sign", x))), [-2, 0, -0, -1e-300], 2],
  ["the sign of NaN", sum("k", apply("sign", x)), [NaN], NaN],
  ["floor", sum("k", apply("floor", x)), [-1.5, 1.5], -1],
  ["min of NaN and 0", sum("k", apply("min", x, number(0))), [NaN], NaN],
  ["min", sum("k", apply("min", x, number(0))), [-2, 3], -2],
  ["a Kronecker delta", sum("k", choose(letter("k"), "=", number(2), x, number(0))), [5, 6, 7], 7],
  ["a choice taken", sum("k", choose(x, ">", number(0), number(10), number(1))), [1, 0, -1], 12],
  ["a choice at equality", sum("k", choose(x, ">=", number(0), number(10), number(1))), [0], 10],
  ["a choice by index", sum("k", choose(letter("k"), "=", number(1), x, number(0))), [5, 6, 7], 6],
  ["a choice with NaN", sum("k", choose(x, "<", number(0), number(10), number(1))), [NaN], 1],
  ["a name", sum("k", named("error", x)), [2], 2],
];

for (const [name, body, data, expected] of VALUES) {
  test(`${name} is ${Object.is(expected, -0) ? "-0" : expected}`, () => {
    const { call, cells } = alone(rule(body), { x: { shape: [data.length], data } });
    const value = evaluate(rule(body), call, cells, []);
    assert.ok(Object.is(value, expected), `${value} is not ${expected}`);
  });
}

test("of a choice by indices only the branch taken is read", () => {
  /** @type {Rule} */
  const delta = {
    result: "r",
    at: ["k", "j"],
    body: choose(letter("k"), "=", letter("j"), element("x", "k"), element("y", "j")),
  };
  const vector = { shape: [3], data: [1, 2, 3] };
  const { call, cells } = alone(delta, { x: vector, y: vector });
  assert.equal(references(delta, call, cells, [2, 2]).map(formatAddress).join(), "x[2]");
  assert.equal(references(delta, call, cells, [2, 1]).map(formatAddress).join(), "y[1]");
  assert.equal(branch(choose(x, "=", letter("k"), x, x), { k: 1 }), null);
  assert.equal(branch(choose(letter("k"), "=", number(1), x, x), { k: "k" }), null);
});

test("a choice that looks at one branch does not compute the other", () => {
  const body = choose(number(1), ">", number(0), number(1), sum("k", x));
  const { call, cells } = alone(rule(body), { x: { shape: [1], data: [1] } });
  const value = () => assert.fail("computed the branch not taken");
  assert.equal(evaluate(rule(body), call, { ...cells, value }, []), 1);
});

test("an elementwise rule is a function of one number", () => {
  const sigmoid = asFunction(RULES.sigmoid);
  assert.equal(sigmoid?.(0), 0.5);
  assert.equal(asFunction(RULES.relu)?.(-3), 0);
});

test("a number given for another operand makes it a function of the one that is left", () => {
  const prelu = rule(
    choose(element("z", "n"), ">", number(0), element("z", "n"), multiply(x, element("z", "n"))),
  );
  assert.equal(asFunction(prelu), null);
  const f = asFunction(prelu, { x: 0.25 });
  assert.equal(f?.(2), 2);
  assert.equal(f?.(-2), -0.5);
});

for (const name of ["affine", "softmax", "sigmoid_delta", "mse"]) {
  test(`${name} is no function of one number`, () => {
    assert.equal(asFunction(RULES[name]), null);
  });
}
