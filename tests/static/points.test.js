import assert from "node:assert/strict";
import { test } from "node:test";
import {
  classOf,
  isCoded,
  neat,
  planeOf,
  tableOf,
  targetsOf,
  withClass,
  withRows,
} from "../../static/guide/points.js";

const answer = {
  values: {
    inputs: { shape: [3, 2], data: [[0, 1], [2, 3], [4, 5]] },
    targets: { shape: [3, 1], data: [[1], [0], [1]] },
    test_inputs: { shape: [1, 2], data: [[9, 9]] },
    test_targets: { shape: [1, 1], data: [[1]] },
  },
  classes: ["no", "yes"],
  input_names: ["x0", "x1"],
  plane: null,
};

test("the data of a run are rows, the test rows apart", () => {
  const table = tableOf(answer);
  assert.deepEqual(table.rows.map(({ x }) => x), [[0, 1], [2, 3], [4, 5]]);
  assert.deepEqual(table.test, [{ x: [9, 9], y: [1] }]);
  assert.deepEqual(targetsOf(table), [[0], [1]]);
});

test("rows become inline data; features, scaling and test rows stay, edits do not", () => {
  const spec = {
    seed: 3,
    edits: [{ step: 1 }],
    data: { kind: "moons", features: ["x0"], scaling: "standard", noise: 1 },
  };
  assert.deepEqual(withRows(spec, tableOf(answer)), {
    seed: 3,
    data: {
      kind: "inline",
      x: [[0, 1], [2, 3], [4, 5]],
      y: [[1], [0], [1]],
      x_test: [[9, 9]],
      y_test: [[1]],
      features: ["x0"],
      scaling: "standard",
    },
  });
});

test("classes are told from numbers, and one more makes every target a place longer", () => {
  const table = tableOf(answer);
  assert.ok(isCoded(table));
  assert.ok(!isCoded({ ...table, rows: [{ x: [0, 0], y: [0.5] }] }));
  const grown = withClass(table);
  assert.deepEqual(grown.rows.map(({ y }) => y), [[0, 1, 0], [1, 0, 0], [0, 1, 0]]);
  assert.deepEqual(grown.test[0].y, [0, 1, 0]);
  assert.deepEqual(targetsOf(grown), [[1, 0, 0], [0, 1, 0], [0, 0, 1]]);
  assert.deepEqual(targetsOf(withClass(grown)).map(classOf), [0, 1, 2, 3]);
  const spec = withRows({ layers: [{ units: 3 }, { units: 1, activation: "sigmoid" }], loss: "mse" }, grown);
  assert.deepEqual(spec.layers, [{ units: 3 }, { units: 3, activation: "softmax" }]);
  assert.equal(spec.loss, "softmax_cross_entropy");
});

test("the plane is what is known of it, or lies around the points", () => {
  assert.deepEqual(planeOf({ ...tableOf(answer), plane: [[-6, 6], [-6, 6]] }), [[-6, 6], [-6, 6]]);
  assert.deepEqual(planeOf(tableOf(answer)), [[-0.4, 4.4], [0.6, 5.4]]);
  assert.deepEqual(planeOf({ ...tableOf(answer), rows: [] }), [[-1, 1], [-1, 1]]);
});

test("a clicked number has as many digits as the plane is wide", () => {
  assert.equal(neat(1.23456, [-6, 6]), 1.2);
  assert.equal(neat(0.123456, [0, 1]), 0.12);
  assert.equal(neat(1234.5, [0, 5000]), 1230);
});
