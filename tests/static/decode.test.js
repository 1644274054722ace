/** @import { Nested } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  decodeData,
  decodeHistory,
  decodeNumber,
  decodeNumbers,
  decodeSurface,
  decodeTensor,
  decodeTrace,
} from "../../static/decode.js";
import { decodeSafetensors } from "../../static/safetensors.js";
import { decodeAftermath } from "../../static/views/after/decode.js";

/** @type {[string, number[], Nested, number[]][]} */
const TENSORS = [
  ["a bare number", [], 0.5, [0.5]],
  ["a list", [3], [1, 2, 3], [1, 2, 3]],
  ["rows", [2, 3], [[1, 2, 3], [4, 5, 6]], [1, 2, 3, 4, 5, 6]],
  ["rows of no columns", [2, 0], [[], []], []],
  ["three axes", [2, 1, 2], [[[1, 2]], [[3, 4]]], [1, 2, 3, 4]],
  ["what is not finite", [3], ["NaN", "Infinity", "-Infinity"], [NaN, Infinity, -Infinity]],
  ["minus zero", [1], [-0], [-0]],
];

for (const [name, shape, data, expected] of TENSORS) {
  test(`${name} becomes flat numbers`, () => {
    assert.deepEqual(decodeTensor({ shape, data }), { shape, data: Float64Array.from(expected) });
  });
}

/** @type {[string, number[], Nested][]} */
const MISFITS = [
  ["a row too few", [2, 2], [[1, 2]]],
  ["a ragged row", [2, 2], [[1, 2], [3]]],
  ["a number for a row", [2, 2], [[1, 2], 3]],
  ["a row for a number", [1], [[1]]],
];

for (const [name, shape, data] of MISFITS) {
  test(`${name} is refused`, () => assert.throws(() => decodeTensor({ shape, data }), RangeError));
}

test("a tensor whose data was left out keeps its shape", () => {
  assert.deepEqual(decodeTensor({ shape: [500, 500] }), { shape: [500, 500], data: null });
});

test("numbers and their names are numbers", () => {
  assert.deepEqual([decodeNumber(2), decodeNumber("NaN"), decodeNumber("-Infinity")], [2, NaN, -Infinity]);
});

test("a trace comes with its arrays, its loss and whether anything was left out", () => {
  const answer = {
    run: "r",
    step: 3,
    batch: [4, 0],
    loss: "NaN",
    values: { b1: { shape: [1], data: ["NaN"] } },
  };
  assert.deepEqual(decodeTrace({ ...answer, truncated: true }), {
    ...{ run: "r", step: 3, batch: [4, 0], loss: NaN, truncated: true },
    values: { b1: { shape: [1], data: Float64Array.of(NaN) } },
  });
  assert.equal(decodeTrace(answer).truncated, false);
});

test("a history of a diverging run has infinities in it", () => {
  const answer = {
    run: "r",
    start: 0,
    stop: 3,
    steps: [0, 1, 2],
    loss: [1, "Infinity", "NaN"],
    norms: { a1: [1, 2, "NaN"] },
  };
  assert.deepEqual(decodeHistory(answer), {
    ...{ steps: [0, 1, 2], loss: [1, Infinity, NaN], norms: { a1: [1, 2, NaN] } },
  });
});

test("numbers of an explanation are decoded where a number is meant, and nowhere else", () => {
  const answer = {
    name: "NaN",
    value: "Infinity",
    sentence: "Infinity",
    terms: [{ id: "e", value: "NaN", running: "-Infinity" }],
    values: { latex: "NaN" },
    witnesses: { rule: { value: "NaN", error: 0 }, difference: null },
  };
  assert.deepEqual(decodeNumbers(answer), {
    ...answer,
    value: Infinity,
    terms: [{ id: "e", value: NaN, running: -Infinity }],
    witnesses: { rule: { value: NaN, error: 0 }, difference: null },
  });
});

test("a surface has its units as flat numbers, and its regions where it has any", () => {
  const answer = {
    ...{ run: "r", step: 4, held: {}, middles: { a1: 0 }, labels: [0, 1] },
    axes: [{ input: 0, name: "x0", values: [0, 1] }],
    values: { a1: { shape: [1, 2], data: [["NaN", 2]] } },
    regions: null,
  };
  const surface = decodeSurface(answer);
  assert.deepEqual(surface.values.a1, { shape: [1, 2], data: Float64Array.of(NaN, 2) });
  assert.equal(surface.regions, null);
  const regions = decodeSurface({ ...answer, regions: { shape: [2], data: [0, -1] } }).regions;
  assert.deepEqual(regions, { shape: [2], data: Float64Array.of(0, -1) });
});

test("the examples of a run are those of training and those of the test, with their classes if they have any", () => {
  const data = decodeData({
    ...{ run: "r", step: 0, classes: [], input_names: ["x0"], output_names: ["y0"], plane: [[0, 1]] },
    values: {
      inputs: { shape: [1, 1], data: [[1]] },
      targets: { shape: [1, 1], data: [[2]] },
      test_inputs: { shape: [0, 1], data: [] },
      test_targets: { shape: [0, 1], data: [] },
    },
  });
  assert.deepEqual(data.train.inputs.data, Float64Array.of(1));
  assert.deepEqual(data.test.targets.shape, [0, 1]);
  assert.deepEqual([data.train.labels, data.test.labels], [null, null]);
  assert.deepEqual(data.inputNames, ["x0"]);
});

/** @param {Record<string, { dtype: string, shape: number[], numbers: number[] }>} arrays  @returns {ArrayBuffer} */
function safetensors(arrays) {
  let at = 0;
  /** @type {Record<string, unknown>} */
  const header = { __metadata__: { step: "3" } };
  for (const [name, { dtype, shape, numbers }] of Object.entries(arrays)) {
    header[name] = { dtype, shape, data_offsets: [at, at += 8 * numbers.length] };
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + at);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  const numbers = Float64Array.from(Object.values(arrays).flatMap(({ numbers }) => numbers));
  bytes.set(new Uint8Array(numbers.buffer), 8 + text.length);
  return bytes.buffer;
}

test("arrays come out of a safetensors file as they went in, wherever its numbers begin", () => {
  const found = decodeSafetensors(safetensors({
    W1: { dtype: "F64", shape: [2, 2], numbers: [1, -2.5, NaN, Infinity] },
    loss: { dtype: "F64", shape: [], numbers: [0.25] },
  }));
  assert.deepEqual(Object.keys(found), ["W1", "loss"]);
  assert.deepEqual(found.W1, { shape: [2, 2], data: Float64Array.of(1, -2.5, NaN, Infinity) });
  assert.deepEqual(found.loss, { shape: [], data: Float64Array.of(0.25) });
  assert.throws(
    () => decodeSafetensors(safetensors({ W1: { dtype: "F32", shape: [1], numbers: [1] } })),
    /W1 is of F32/,
  );
});

test("what an update was good for has numbers wherever there are some", () => {
  const found = decodeAftermath({
    ...{ step: 3, batch: [7], loss: { before: 0.5, after: "NaN" }, penalty: null },
    ...{ predicted: "-Infinity", change: "NaN", shares: { W1: -1e-3, b1: "Infinity" } },
    values: { a1: { shape: [1, 2], data: [[1, "NaN"]] } },
  });
  assert.deepEqual(found, {
    ...{ step: 3, batch: [7], loss: { before: 0.5, after: NaN }, penalty: null },
    ...{ predicted: -Infinity, change: NaN, shares: { W1: -1e-3, b1: Infinity } },
    values: { a1: { shape: [1, 2], data: Float64Array.of(1, NaN) } },
  });
});
