/** @import { Address, Call, Cells, Expr, MathNode, Rule, Run } from "../../static/types.d.ts" */
/** @import { Formula } from "../../static/draw/mathml.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { equation, partOf, rightSide } from "../../static/draw/mathml.js";
import { references } from "../../static/rule.js";
import { terms } from "../../static/terms.js";
import { cellsOf, formatAddress } from "../../static/trace.js";
import {
  add,
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
  run,
  size,
  sum,
  symbolOf,
  trace,
} from "./fixture.js";

const t = (/** @type {string} */ key) =>
  ({ "math.new": "new", "math.if": "if", "math.otherwise": "else" })[key] ?? key;

/** A formula as one line: fractions in braces, ^ and _ for scripts. @param {MathNode} node  @returns {string} */
function show({ tag, children, text }) {
  if (!children) return text ?? "";
  const parts = children.map(show);
  switch (tag) {
    case "mfrac":
      return `{${parts[0]}}/{${parts[1]}}`;
    case "msqrt":
      return `√{${parts.join("")}}`;
    case "msup":
      return `${parts[0]}^${braced(parts[1])}`;
    case "msub":
    case "munder":
      return `${parts[0]}_${braced(parts[1])}`;
    case "msubsup":
      return `${parts[0]}_${braced(parts[1])}^${braced(parts[2])}`;
    case "mtable":
    case "mtr":
      return parts.join("; ");
    case "mspace":
      return " ";
  }
  return parts.join("");
}

/** @param {string} text */
const braced = (text) => [...text].length === 1 ? text : `{${text}}`;

/** @param {MathNode} node  @returns {MathNode[]}  it and all below */
const all = (node) => [node, ...(node.children ?? []).flatMap(all)];

/** @param {string} writes  @param {Partial<Formula>} [options]  @returns {Formula} */
const formula = (writes, options = {}) => ({ run, call: callOf(writes), t, ...options });

/** @type {[string, string][]} */
const LETTERS = [
  ["z1", "z_{n,j}^{(1)}=∑_i W_{j,i}^{(1)}·a_{n,i}^{(0)}+b_j^{(1)}"],
  ["a1", "a_{n,j}^{(1)}={1}/{1+e^{−z_{n,j}^{(1)}}}"],
  ["loss", "L={∑_n ∑_j (a_{n,j}^{(2)}−y_{n,j})^2}/{N·K}"],
  ["da2", "{∂L}/{∂a_{n,j}^{(2)}}={2·(a_{n,j}^{(2)}−y_{n,j})}/{N·K}"],
  ["delta2", "δ_{n,j}^{(2)}={∂L}/{∂a_{n,j}^{(2)}}·(a_{n,j}^{(2)}·(1−a_{n,j}^{(2)}))"],
  ["dW2", "{∂L}/{∂W_{j,i}^{(2)}}=∑_n δ_{n,j}^{(2)}·a_{n,i}^{(1)}"],
  ["db2", "{∂L}/{∂b_j^{(2)}}=∑_n δ_{n,j}^{(2)}"],
  ["da1", "{∂L}/{∂a_{n,i}^{(1)}}=∑_j W_{j,i}^{(2)}·δ_{n,j}^{(2)}"],
  ["W1_new", "W_{j,i}^{(1) new}=W_{j,i}^{(1)}−η·{∂L}/{∂W_{j,i}^{(1)}}"],
];

for (const [writes, expected] of LETTERS) {
  test(`${writes} in letters is ${expected}`, () => assert.equal(show(equation(formula(writes))), expected));
}

/** @type {[string, number[], string, string][]}  with the indices of a cell; with sums written out */
const CELLS = [
  [
    "z1",
    [0, 1],
    "z_{0,1}^{(1)}=∑_i W_{1,i}^{(1)}·a_{0,i}^{(0)}+b_1^{(1)}",
    "z_{0,1}^{(1)}=W_{1,0}^{(1)}·a_{0,0}^{(0)}+W_{1,1}^{(1)}·a_{0,1}^{(0)}+b_1^{(1)}",
  ],
  ["db1", [1], "{∂L}/{∂b_1^{(1)}}=∑_n δ_{n,1}^{(1)}", "{∂L}/{∂b_1^{(1)}}=δ_{0,1}^{(1)}+δ_{1,1}^{(1)}"],
  [
    "da1",
    [0, 1],
    "{∂L}/{∂a_{0,1}^{(1)}}=∑_j W_{j,1}^{(2)}·δ_{0,j}^{(2)}",
    "{∂L}/{∂a_{0,1}^{(1)}}=W_{0,1}^{(2)}·δ_{0,0}^{(2)}",
  ],
  [
    "loss",
    [],
    "L={∑_n ∑_j (a_{n,j}^{(2)}−y_{n,j})^2}/{N·K}",
    "L={(a_{0,0}^{(2)}−y_{0,0})^2+(a_{1,0}^{(2)}−y_{1,0})^2}/{N·K}",
  ],
];

for (const [writes, index, folded, unrolled] of CELLS) {
  test(`${formatAddress({ name: writes, index })} folded is ${folded}`, () => {
    assert.equal(show(equation(formula(writes, { index }))), folded);
  });
  test(`${formatAddress({ name: writes, index })} written out is ${unrolled}`, () => {
    assert.equal(show(equation(formula(writes, { index, unrolled: true }))), unrolled);
  });
}

const cells = cellsOf(trace);

/** @type {[string, number[], string][]} */
const NUMBERS = [
  ["z1", [0, 0], "1·1+(−1)·0.5+0"],
  ["z1", [0, 1], "0.5·1+0.5·0.5+(−0.5)"],
  ["z2", [0, 0], "2·0.62246+(−1)·0.56218+0.5"],
  ["a1", [1, 0], "{1}/{1+e^{−(−1)}}"],
  ["da2", [0, 0], "{2·(0.76544−1)}/{2·1}"],
  ["delta2", [0, 0], "(−0.23456)·(0.76544·(1−0.76544))"],
  ["da1", [0, 0], "2·(−0.042113)"],
];

for (const [writes, index, expected] of NUMBERS) {
  test(`${formatAddress({ name: writes, index })} in numbers is ${expected}`, () => {
    assert.equal(show(rightSide(formula(writes, { index, cells }))), expected);
  });
}

const x = element("x", "k");
const y = element("y");

/**
 * A formula of its own over a vector x and a number y.
 * @param {Expr} body
 * @param {number[]} xs
 * @param {number} [value]
 * @param {Partial<Formula>} [options]
 * @returns {Formula}
 */
function free(body, xs, value = 0, options = {}) {
  /** @type {Rule} */
  const rule = { result: "r", at: [], body };
  /** @type {Call} */
  const call = {
    index: 0,
    phase: "forward",
    layer: 1,
    op: "free",
    bind: { x: "x", y: "y" },
    reads: [],
    writes: "x",
  };
  const info = { layer: null, source: "computed", phase: null, label: "", meaning: "" };
  const values = {
    x: { ...info, quantity: "u", symbol: symbolOf("u"), shape: [xs.length], axes: ["unit"] },
    y: { ...info, quantity: "v", symbol: symbolOf("v"), shape: [], axes: [] },
  };
  const ops = { free: { name: "free", label: "", summary: "", source: "", rule } };
  const small = /** @type {Run} */ (/** @type {unknown} */ ({ values, program: { calls: [call], ops } }));
  /** @type {Cells} */
  const cells = {
    shape: (name) => name === "x" ? [xs.length] : [],
    value: (name, [k]) => name === "x" ? xs[k] : value,
  };
  return { run: small, call, t, index: [], cells, ...options };
}

/** @type {[string, Expr, number[], number, string][]} */
const WRITTEN = [
  ["minus a negative number", add(number(1), negate(y)), [], -0.3, "1−(−0.3)"],
  ["the negative of a negative number", negate(y), [], -0.3, "−(−0.3)"],
  ["the negative of minus zero", negate(y), [], -0, "−(−0)"],
  ["a leading negative", add(negate(y), number(1)), [], 0.3, "−0.3+1"],
  ["a negative addend", add(number(1), y), [], -0.3, "1+(−0.3)"],
  ["a leading negative addend", add(y, number(1)), [], -0.3, "−0.3+1"],
  ["minus a sum", add(number(1), negate(add(y, number(2)))), [], 3, "1−(3+2)"],
  ["an addition inside another", add(number(1), add(y, number(2))), [], 3, "1+(3+2)"],
  ["minus a product that begins negative", add(number(1), negate(multiply(y, y))), [], -3, "1−(−3)·(−3)"],
  ["a product of sums", multiply(add(y, number(1)), negate(y)), [], 3, "(3+1)·(−3)"],
  ["a negative square", power(y, number(2)), [], -3, "(−3)^2"],
  ["a square", power(y, number(2)), [], 3, "3^2"],
  ["a square of a small number", power(y, number(2)), [], 1.5e-7, "(1.5e−7)^2"],
  ["a square of a sum", power(add(y, number(1)), number(2)), [], 3, "(3+1)^2"],
  ["a square of a fraction", power(divide(y, number(2)), number(2)), [], 3, "({3}/{2})^2"],
  ["a square of a power", power(apply("exp", y), number(2)), [], 3, "(e^3)^2"],
  ["a fraction of negatives", divide(y, negate(y)), [], -3, "{−3}/{−(−3)}"],
  ["a factor that is a fraction", multiply(y, divide(y, number(2))), [], 3, "3·{3}/{2}"],
  ["a sum", sum("k", x), [1, 2], 0, "1+2"],
  ["a sum of negatives", sum("k", x), [-1, -2], 0, "−1+(−2)"],
  ["a sum as a factor", multiply(y, sum("k", x)), [1, 2], 3, "3·(1+2)"],
  ["a sum as an addend", add(y, sum("k", x)), [1, 2], 3, "3+1+2"],
  ["a negative sum as an addend", add(y, sum("k", x)), [-1, 2], 3, "3+(−1+2)"],
  ["minus a sum of terms", add(y, negate(sum("k", x))), [1, 2], 3, "3−(1+2)"],
  ["a sum of one term as a factor", multiply(y, sum("k", x)), [2], 3, "3·2"],
  ["a sum of nothing", sum("k", x), [], 0, "0"],
  ["a sum of sums", sum("k", add(x, y)), [1, 2], 3, "(1+3)+(2+3)"],
  ["a long sum", sum("k", x), [1, 2, 3, 4, 5, 6, 7], 0, "1+2+3+4+⋯+7"],
  ["a sum that just fits", sum("k", x), [1, 2, 3, 4, 5], 0, "1+2+3+4+5"],
  ["a maximum", maximum("k", x), [1, -2], 0, "max(1,−2)"],
  ["max of two", apply("max", y, number(0)), [], -2, "max(−2,0)"],
  ["an absolute value", apply("abs", y), [], -2, "|−2|"],
  ["a logarithm", multiply(y, apply("log", y)), [], 2, "2·ln(2)"],
  ["log1p", apply("log1p", y), [], -0.5, "ln(1+(−0.5))"],
  ["tanh", apply("tanh", negate(y)), [], 2, "tanh(−2)"],
  ["a root", multiply(y, apply("sqrt", add(y, number(1)))), [], -2, "(−2)·√{−2+1}"],
  ["a root to a power", power(apply("sqrt", y), number(3)), [], 2, "(√{2})^3"],
  ["a number rounded down", power(apply("floor", y), number(2)), [], -1.5, "⌊−1.5⌋^2"],
  ["the error function", apply("erf", y), [], -2, "erf(−2)"],
  ["sine and cosine", add(apply("sin", y), negate(apply("cos", y))), [], -2, "sin(−2)−cos(−2)"],
  ["a sign", apply("sign", y), [], -2, "sgn(−2)"],
  ["the smaller", apply("min", y, number(0)), [], -2, "min(−2,0)"],
  ["exp of a negative", apply("exp", negate(y)), [], -2, "e^{−(−2)}"],
  ["a choice", choose(y, ">=", number(0), number(1), number(0)), [], -2, "{1; if −2≥0; 0; else"],
  ["less one", multiply(y, apply("expm1", negate(y))), [], 2, "2·(e^{−2}−1)"],
  ["a constant", multiply(y, number(0.044715)), [], 2, "2·0.044715"],
  ["a constant of many figures", multiply(y, number(1.0507009873554805)), [], 2, "2·1.0507"],
  ["a circle's number", multiply(y, number(Math.PI)), [], 2, "2·π"],
  [
    "a Kronecker delta",
    sum("k", multiply(x, choose(letter("k"), "=", number(1), y, negate(y)))),
    [5, 6],
    2,
    "5·(−2)+6·2",
  ],
  [
    "a choice as a factor",
    multiply(y, choose(y, ">", number(0), y, number(0))),
    [],
    2,
    "2·({2; if 2>0; 0; else)",
  ],
  ["NaN and infinity", sum("k", x), [NaN, Infinity, -Infinity], 0, "NaN+∞+(−∞)"],
  ["an index as a number", sum("k", multiply(letter("k"), x)), [5, 6], 0, "0·5+1·6"],
  ["sizes", divide(y, size("x", 0)), [5, 6], 3, "{3}/{2}"],
  ["a name", multiply(named("error", y), named("slope", add(number(1), negate(y)))), [], -3, "(−3)·(1−(−3))"],
];

for (const [name, body, xs, value, expected] of WRITTEN) {
  test(`${name} is written ${expected}`, () =>
    assert.equal(show(rightSide(free(body, xs, value))), expected));
}

test("two minus signs never meet", () => {
  for (const [, body, xs, value] of WRITTEN) {
    assert.doesNotMatch(show(rightSide(free(body, xs, value))), /[−+·]\s*[−+]/);
  }
});

/** @type {[string, Expr, string][]} */
const SYMBOLS = [
  ["a sum over an addition", sum("k", add(x, y)), "∑_k (u_k+v)"],
  ["a sum as a factor", multiply(sum("k", x), y), "(∑_k u_k)·v"],
  ["a sum before an addend", add(sum("k", x), y), "∑_k u_k+v"],
  ["a sum over a negative", sum("k", negate(x)), "∑_k (−u_k)"],
  ["a maximum", add(y, negate(maximum("k", x))), "v−max_k u_k"],
  ["a square", power(y, number(2)), "(v)^2"],
  ["a Kronecker delta", sum("k", choose(letter("k"), "=", number(1), x, y)), "∑_k {u_k; if k=1; v; else"],
];

for (const [name, body, expected] of SYMBOLS) {
  test(`${name} in symbols is written ${expected}`, () => {
    assert.equal(show(rightSide(free(body, [1, 2], 0, { index: null, cells: null }))), expected);
  });
}

test("the length at which a sum gets dots can be chosen", () => {
  const body = sum("k", x);
  assert.equal(show(rightSide(free(body, [1, 2, 3, 4], 0, { longest: 3 }))), "1+2+⋯+4");
});

test("every cell that is read can be clicked on, in reading order", () => {
  for (const call of run.program.calls) {
    const index = run.values[call.writes].shape.map(() => 0);
    const tree = rightSide({ run, call, t, index, cells });
    const shown = new Set(all(tree).map(({ attrs }) => attrs["data-address"]).filter(Boolean));
    assert.deepEqual(
      [...shown],
      references(run.program.ops[call.op].rule, call, cells, index).map(formatAddress),
    );
  }
});

test("nothing can be clicked on while its index is a letter", () => {
  assert.deepEqual(all(equation(formula("z1"))).filter(({ attrs }) => attrs["data-address"]), []);
});

test("the symbol on the left leads to the cell itself", () => {
  const [left] = all(equation(formula("W1_new", { index: [1, 0] }))).filter(({ attrs }) =>
    attrs["data-address"]
  );
  assert.equal(left.attrs["data-address"], "W1_new[1,0]");
});

test("node ids are those of the rule, each once", () => {
  const ids = all(rightSide(formula("z1", { index: [0, 1], cells }))).map(({ attrs }) => attrs["data-node"])
    .filter(Boolean);
  assert.deepEqual(ids, [
    ...["e", "e.0", "e.0@0", "e.0@0.0", "e.0@0.1", "e.0@1", "e.0@1.0", "e.0@1.1", "e.1"],
  ]);
});

test("parts with a role carry it as a class", () => {
  const roles = all(rightSide(formula("delta1", { index: [0, 1], cells }))).map(({ attrs }) => attrs.class)
    .filter((name) => {
      return name?.startsWith("role-");
    });
  assert.deepEqual(roles, ["role-error", "role-slope"]);
});

test("numbers say their sign beside their colour", () => {
  const signs = all(rightSide(formula("z1", { index: [0, 0], cells }))).map(({ attrs }) => attrs["data-sign"])
    .filter(Boolean);
  assert.deepEqual(signs, ["positive", "positive", "negative", "positive", "zero"]);
});

test("parentheses do not stretch", () => {
  const signs = all(rightSide(formula("loss"))).filter(({ tag, text }) =>
    tag === "mo" && /[()|]/.test(text ?? "")
  );
  assert.ok(signs.length > 0 && signs.every(({ attrs }) => attrs.stretchy === "false"));
});

test("every term of the account can be written alone", () => {
  for (const call of run.program.calls) {
    const rule = run.program.ops[call.op].rule;
    const index = run.values[call.writes].shape.map(() => 0);
    for (const { id, addresses } of terms(rule, call, cells, index)) {
      const part = partOf({ run, call, t, index }, id);
      const shown = new Set(all(part).map(({ attrs }) => attrs["data-address"]).filter(Boolean));
      const sums = all(part).some(({ text }) => text === "∑");
      if (!sums) assert.deepEqual([...shown], addresses.map(formatAddress), `${call.writes} ${id}`);
      assert.equal(part.attrs["data-node"], id);
    }
  }
  assert.equal(show(partOf(formula("z1", { index: [0, 1] }), "e.0@1")), "W_{1,1}^{(1)}·a_{0,1}^{(0)}");
  assert.equal(show(partOf(formula("z1", { index: [0, 1], cells }), "e.0@1")), "0.5·0.5");
});

for (const id of ["e.9", "e@0", "e.0.0.7", "e.1@0"]) {
  test(`${id} is no part of an affine rule`, () =>
    assert.throws(() => partOf(formula("z1"), id), RangeError));
}

test("the other language's word stands above a value after the update", () => {
  const zh = { ...formula("b1_new"), t: () => "新" };
  assert.equal(show(equation(zh)), "b_j^{(1) 新}=b_j^{(1)}−η·{∂L}/{∂b_j^{(1)}}");
});
