/** @import { Matrix } from "../../static/views/matrices/arrange.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { references } from "../../static/rule.js";
import { formatAddress } from "../../static/trace.js";
import { arrange, cellAt, readBy } from "../../static/views/matrices/arrange.js";
import { codeOf } from "../../static/views/matrices/code.js";
import { callOf, indices, run } from "./fixture.js";

/** @param {Matrix} matrix */
function line({ name, part, rows, cols, turned }) {
  return `${part} ${name}${turned ? "ᵀ" : ""} ${rows ?? "·"}×${cols ?? "·"}`;
}

/** @type {[string, string[], string[]][]} */
const ARRANGED = [
  ["z1", ["top W1ᵀ i×j", "left a0 n×i", "line b1 ·×j", "result z1 n×j"], []],
  ["a1", ["beside z1 n×j", "result a1 n×j"], []],
  ["loss", ["beside a2 n×j", "beside y n×j", "result loss ·×·"], []],
  ["delta1", ["beside da1 n×j", "beside a1 n×j", "result delta1 n×j"], []],
  ["dW1", ["left delta1ᵀ j×n", "top a0 n×i", "result dW1 j×i"], []],
  ["db1", ["top delta1 n×j", "result db1 ·×j"], []],
  ["da1", ["top W2 j×i", "left delta2 n×j", "result da1 n×i"], []],
  ["W1_new", ["beside W1 j×i", "beside dW1 j×i", "result W1_new j×i"], ["learning_rate"]],
  ["b1_new", ["line b1 ·×j", "line db1 ·×j", "result b1_new ·×j"], ["learning_rate"]],
];

for (const [name, expected, singles] of ARRANGED) {
  test(`${name} is arranged as ${expected.join(", ")}`, () => {
    const found = arrange(run, callOf(name));
    assert.deepEqual(found.matrices.map(line), expected);
    assert.deepEqual(found.singles, singles);
  });
}

test("the row and the column that are lit hold just the cells the number reads", () => {
  const shape = (/** @type {string} */ name) => run.values[name].shape;
  for (const call of run.program.calls) {
    const { rule } = run.program.ops[call.op];
    const arrangement = arrange(run, call);
    /** @type {Record<string, number>} */
    const extents = {};
    for (const { name, at } of arrangement.matrices) {
      at.forEach((letter, axis) => extents[letter] = shape(name)[axis]);
    }
    for (const index of indices(shape(call.writes))) {
      const settled = Object.fromEntries(rule.at.map((letter, axis) => [letter, index[axis]]));
      const lit = arrangement.matrices.filter(({ part }) => part !== "result").flatMap((matrix) => {
        const { rows, cols } = readBy(matrix, settled, extents);
        const list = [];
        for (let row = rows.from; row < rows.to; row++) {
          for (let col = cols.from; col < cols.to; col++) {
            list.push(formatAddress(cellAt(matrix, row, col, 0)));
          }
        }
        return list;
      });
      const read = references(rule, call, { shape }, index).map(formatAddress);
      assert.deepEqual(
        lit.sort(),
        read.filter((address) => !arrangement.singles.includes(address)).sort(),
        formatAddress({ name: call.writes, index }),
      );
    }
  }
});

/** @type {[string, string | null][]} */
const CODE = [
  ["z1", "z1 = a0 @ W1.T + b1"],
  ["dW1", "dW1 = delta1.T @ a0"],
  ["da1", "da1 = delta2 @ W2"],
  ["db1", "db1 = delta1.sum(axis=0)"],
  ["a1", null],
  ["loss", null],
];

for (const [name, expected] of CODE) {
  test(`${name} in NumPy is ${expected}`, () => {
    const call = callOf(name);
    assert.equal(codeOf(run, call, arrange(run, call)), expected);
  });
}
