/** @import { Address, Run, Trace } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeTensor } from "../../static/decode.js";
import { edgesOf, isErrorTerm, pathsToLoss } from "../../static/paths.js";
import { evaluate } from "../../static/rule.js";
import { cellsOf, formatAddress } from "../../static/trace.js";
import { callOf, denseRun, indices, random, run, trace } from "./fixture.js";

/**
 * A trace of a step of any network, from random parameters.
 * @param {Run} run
 * @returns {Trace}
 */
function traceOf(run) {
  const next = random(11);
  /** @type {Trace} */
  const trace = { run: run.id, step: 0, batch: [0, 1], loss: 0, values: {}, truncated: false };
  for (const [name, { shape, source }] of Object.entries(run.values)) {
    if (source === "computed") continue;
    trace.values[name] = { shape, data: Float64Array.from(indices(shape), () => 2 * next() - 1) };
  }
  for (const call of run.program.calls) {
    const { shape } = run.values[call.writes];
    const { rule } = run.program.ops[call.op];
    trace.values[call.writes] = {
      shape,
      data: Float64Array.from(indices(shape), (index) => evaluate(rule, call, cellsOf(trace), index)),
    };
  }
  return trace;
}

const deep = denseRun({ widths: [2, 3, 4, 3, 2], examples: 2, batch: 2, epochs: 1 });
const deepTrace = traceOf(deep);

test("an error term is a derivative for every example and unit", () => {
  const names = Object.keys(run.values).filter((name) => isErrorTerm(run, name));
  assert.deepEqual(names.sort(), ["da1", "da2", "delta1", "delta2"]);
});

test("an error term is coefficients times error terms nearer to the loss", () => {
  const cells = cellsOf(trace);
  const W = /** @type {Float64Array} */ (trace.values.W2.data);
  assert.deepEqual(edgesOf(run, callOf("da1"), cells, [0, 1]), [
    { to: { name: "delta2", index: [0, 0] }, coefficient: W[1], reads: [{ name: "W2", index: [0, 1] }] },
  ]);
  const [slope] = edgesOf(run, callOf("delta1"), cells, [1, 0]) ?? [];
  assert.equal(formatAddress(slope.to), "da1[1,0]");
  const a = cells.value("a1", [1, 0]);
  assert.equal(slope.coefficient, a * (1 - a));
  assert.deepEqual(edgesOf(run, callOf("da2"), cells, [0, 0]), [], "straight from the loss");
});

test("all paths of a unit are found, and together they are its error term", () => {
  for (const index of indices([2, 3])) {
    const found = pathsToLoss(deep, deepTrace, { name: "delta1", index }, Infinity);
    assert.ok(found);
    assert.equal(found.count, 4 * 3 * 2);
    assert.equal(found.paths.length, 4 * 3 * 2);
    const sum = found.paths.reduce((total, { product }) => total + product, 0);
    assert.ok(Math.abs(sum - found.total) < 1e-15, `${sum} is not ${found.total}`);
    assert.equal(found.total, cellsOf(deepTrace).value("delta1", index));
    assert.ok(Math.abs(found.rest) < 1e-15);
  }
});

for (const widths of [[2, 4, 1], [3, 2], [2, 3, 4, 3, 2], [1, 5, 5, 1]]) {
  test(`in ${widths.join("-")} the paths of all examples are the gradient of every weight`, () => {
    const net = denseRun({ widths, examples: 2, batch: 2, epochs: 1 });
    const values = traceOf(net);
    const cells = cellsOf(values);
    for (const layer of widths.keys().drop(1)) {
      for (const [unit, input] of indices([widths[layer], widths[layer - 1]])) {
        let sum = 0;
        for (const n of [0, 1]) {
          const found = pathsToLoss(net, values, { name: `delta${layer}`, index: [n, unit] }, Infinity);
          assert.ok(found);
          const a = cells.value(`a${layer - 1}`, [n, input]);
          for (const { product } of found.paths) sum += product * a;
        }
        const gradient = cells.value(`dW${layer}`, [unit, input]);
        assert.ok(
          Math.abs(sum - gradient) <= 1e-14 * Math.max(1, Math.abs(gradient)),
          `${sum} for ${gradient}`,
        );
      }
    }
  });
}

test("a path's product is that of its coefficients and of where it ends", () => {
  const cells = cellsOf(deepTrace);
  const { paths } = pathsToLoss(deep, deepTrace, { name: "delta1", index: [0, 0] }) ?? { paths: [] };
  for (const { cells: passed, edges, product } of paths) {
    const end = /** @type {Address} */ (passed.at(-1));
    const by = edges.reduce((total, { coefficient }) => total * coefficient, 1) *
      cells.value(end.name, end.index);
    assert.ok(Math.abs(by - product) < 1e-18);
    assert.deepEqual(passed.map(({ name }) => name), [
      ...["delta1", "da1", "delta2", "da2", "delta3", "da3", "delta4", "da4"],
    ]);
  }
});

test("the largest paths come first, and the others are in the rest", () => {
  const cell = { name: "delta1", index: [1, 2] };
  const all = pathsToLoss(deep, deepTrace, cell, Infinity);
  const few = pathsToLoss(deep, deepTrace, cell, 5);
  assert.ok(all && few);
  const sizes = all.paths.map(({ product }) => Math.abs(product));
  assert.deepEqual(sizes, [...sizes].sort((a, b) => b - a));
  assert.deepEqual(few.paths, all.paths.slice(0, 5));
  const others = all.paths.slice(5).reduce((total, { product }) => total + product, 0);
  assert.ok(Math.abs(few.rest - others) < 1e-15);
  assert.equal(few.count, all.count);
});

test("a wide and deep network is too much, and a number that was not sent tells nothing", () => {
  const wide = denseRun({ widths: [2, 300, 300, 300, 2], examples: 1, batch: 1, epochs: 1 });
  const values = Object.fromEntries(
    Object.entries(wide.values).map(([name, { shape }]) => [
      name,
      { shape, data: new Float64Array(shape.reduce((product, extent) => product * extent, 1)).fill(0.5) },
    ]),
  );
  const many = { run: wide.id, step: 0, batch: [0], loss: 0, values, truncated: false };
  const began = performance.now();
  assert.equal(pathsToLoss(wide, many, { name: "delta1", index: [0, 0] }), null);
  assert.ok(performance.now() - began < 5000);
  const without = { ...trace, values: { ...trace.values, W2: { shape: [1, 2], data: null } } };
  assert.equal(pathsToLoss(run, without, { name: "delta1", index: [0, 0] }), null);
  const wild = {
    ...trace,
    values: { ...trace.values, W2: decodeTensor({ shape: [1, 2], data: [["NaN", 1]] }) },
  };
  assert.equal(pathsToLoss(run, wild, { name: "delta1", index: [0, 0] }), null);
});
