import assert from "node:assert/strict";
import { test } from "node:test";

import * as spec from "../../static/spec.js";

const SEED = {
  data: { kind: "uniform", examples: 100, inputs: 2, outputs: 1 },
  layers: [
    { kind: "dense", units: 4, activation: "sigmoid", bias: true, frozen: [], initializer: null },
    { kind: "dense", units: 1, activation: "sigmoid", bias: true, frozen: [], initializer: null },
  ],
  loss: "mse",
  parameters: {},
  batch_size: null,
  seed: 0,
};

test("a path is read and written without touching the spec it came from", () => {
  const changed = spec.set(SEED, "layers[0].units", 7);
  assert.equal(spec.get(changed, "layers[0].units"), 7);
  assert.equal(spec.get(SEED, "layers[0].units"), 4);
  assert.equal(spec.layersOf(changed)[1], SEED.layers[1]);
  assert.equal(spec.get(SEED, "optimizer.learning_rate"), undefined);
});

test("a hidden layer is added before the output, like the last hidden one, and taken away again", () => {
  const model = { kind: "dense", units: 2, activation: "tanh" };
  const wider = spec.addLayer(spec.set(SEED, "layers[0].activation", "relu"), model);
  assert.deepEqual(spec.layersOf(wider).map(({ activation }) => activation), ["relu", "relu", "sigmoid"]);
  const back = spec.removeLayer(wider, 0);
  assert.equal(spec.layersOf(back).length, 2);
  const [first] = spec.layersOf(spec.addLayer({ layers: [SEED.layers[1]] }, model));
  assert.deepEqual(first, model);
});

test("a change of shape lets go of arrays that were given outright, another change keeps them", () => {
  const given = { ...SEED, parameters: { W1: [[1, 2]] } };
  assert.equal(spec.edit(given, "layers[0].units", 5).parameters, undefined);
  assert.equal(spec.edit(given, "layers[1].bias", false).parameters, undefined);
  assert.equal(spec.edit(given, "data", { kind: "xor" }).parameters, undefined);
  assert.deepEqual(spec.edit(given, "seed", 5).parameters, given.parameters);
  assert.deepEqual(spec.edit(given, "layers[0].activation", "relu").parameters, given.parameters);
});

test("what a layer does not have any more is not frozen any more", () => {
  const layer = { kind: "dense", units: 2, activation: { kind: "prelu" }, frozen: ["W", "b", "alpha"] };
  const frozen = (/** @type {string} */ path, /** @type {unknown} */ value) =>
    /** @type {any} */ (spec.edit({ layers: [layer] }, path, value)).layers[0].frozen;
  assert.deepEqual(frozen("layers[0].bias", false), ["W", "alpha"]);
  assert.deepEqual(frozen("layers[0].activation", "relu"), ["W", "b"]);
  assert.deepEqual(frozen("layers[0].units", 3), ["W", "b", "alpha"]);
});

test("the output layer follows the targets of the data", () => {
  const kinds = {
    uniform: { outputs: "outputs" },
    linear: { outputs: "1" },
    xor: { classes: "2" },
    blobs: { classes: "centres" },
  };
  for (
    const [data, outputs] of /** @type {[unknown, number | null][]} */ ([
      [SEED.data, 1],
      [{ kind: "uniform", outputs: 5 }, 5],
      [{ kind: "uniform", outputs: "many" }, null],
      [{ kind: "linear" }, 1],
      [{ kind: "xor" }, 1],
      [{ kind: "xor", targets: "signs" }, 1],
      [{ kind: "xor", targets: "one_hot" }, 2],
      [{ kind: "blobs", centres: 2, targets: "zero_one" }, 1],
      [{ kind: "blobs", centres: 5, targets: "zero_one" }, 5],
      [{ kind: "unheard-of" }, null],
      [undefined, null],
      [{ kind: "inline", x: [[1]], y: [[1, 2, 3]] }, 3],
      [{ kind: "inline", x: [[1], [2]], y: [0, 1] }, 1],
      [{ kind: "inline", x: [[1], [2]], y: [0, 0], targets: "one_hot" }, 2],
      [{ kind: "inline", x: [[1], [2]], y: [0, 2], y_test: [3] }, 4],
      [{ kind: "inline", x: [[1], [2]], y: [0, 2], classes: ["a", "b", "c", "d", "e"] }, 5],
      [{ kind: "inline", x: [[1]], y: ["word"] }, null],
      [{ kind: "inline", x: [], y: [] }, null],
    ])
  ) assert.equal(spec.outputsOf(data, kinds), outputs, JSON.stringify(data));
  assert.equal(spec.layersOf(spec.withOutputs(SEED, 3))[1].units, 3);
  assert.equal(spec.withOutputs(SEED, 1), SEED);
  assert.equal(spec.withOutputs(SEED, null), SEED);
});

test("a list is written and read back, and words in it stay words", () => {
  assert.equal(spec.writeList([2, -1.5]), "2, -1.5");
  assert.equal(spec.writeList(null), "");
  assert.deepEqual(spec.readList("2, -1.5;3\t4", true), [2, -1.5, 3, 4]);
  assert.deepEqual(spec.readList("2, two", true), [2, "two"]);
  assert.deepEqual(spec.readList("", true), []);
  assert.deepEqual(spec.readList(" x0  x1^2,sin(x0) ", false), ["x0", "x1^2", "sin(x0)"]);
  assert.equal(spec.readList(" ", false), null);
});

test("the minimal spec leaves out what the first experiment has too", () => {
  assert.deepEqual(spec.minimal(SEED, SEED), {});
  assert.deepEqual(spec.minimal({ ...SEED, seed: 3 }, SEED), { seed: 3 });
  const without = spec.set(SEED, "layers[0].bias", false);
  assert.deepEqual(spec.minimal(without, SEED), { layers: without.layers });
});

for (
  const [text, x, y] of /** @type {[string, unknown, unknown][]} */ ([
    ["0 1 → 1\n1 1 → 0", [[0, 1], [1, 1]], [[1], [0]]],
    ["0,1 -> 1, 0\n\n", [[0, 1]], [[1, 0]]],
    ["0\t1\t1", [[0, 1]], [[1]]],
    ["-1e-3; 2 | .5", [[-0.001, 2]], [[0.5]]],
    ["a 1 : 2", [["a", 1]], [[2]]],
    ["", [], []],
  ])
) {
  test(`rows are read from ${JSON.stringify(text)}`, () => assert.deepEqual(spec.readRows(text), { x, y }));
}

test("rows written are read back as the same numbers", () => {
  const x = [[0.1 + 0.2, -1e-300], [5e-324, 1.7976931348623157e308]];
  const y = [[1 / 3], [-0.5]];
  assert.deepEqual(spec.readRows(spec.writeRows(x, y)), { x, y });
});
