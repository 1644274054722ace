/** @import { RunData, Surface, Tensor } from "../../static/types.d.ts" */
/** @import { Palette } from "../../static/draw/field.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { lowered } from "../../static/views/plane/figure.js";
import { hasPlane, mappedNames } from "../../static/maps.js";
import { REGIONS, scaleOf, unitValues } from "../../static/draw/map.js";
import { dotsOf, nearest } from "../../static/views/plane/points.js";
import { run } from "./fixture.js";

/** @type {Palette} */
const PALETTE = {
  paper: [255, 255, 255],
  positive: [0, 100, 0],
  negative: [100, 0, 0],
  wild: [9, 9, 9],
  classes: [[0, 0, 200], [200, 0, 0], [0, 200, 0]],
};

/** @param {number[]} shape  @param {number[]} data  @returns {Tensor} */
const tensor = (shape, data) => ({ shape, data: Float64Array.from(data) });

/** @type {Surface} */
const SURFACE = {
  step: 3,
  axes: [{ input: 0, name: "x0", values: [-1, 1] }, { input: 1, name: "x1", values: [0, 2] }],
  held: {},
  values: { a1: tensor([2, 2, 2], [0, 1, 2, 3, 4, 5, 6, 7]), a2: tensor([1, 2, 2], [0.2, 0.4, 0.6, 0.9]) },
  middles: { a1: 0, a2: 0.5 },
  labels: [0, 1],
  regions: tensor([2, 2], [0, 0, 1, 1]),
};

/** @param {number[][]} inputs  @param {number[][]} targets  @param {number[] | null} labels */
const set = (inputs, targets, labels) => ({
  inputs: tensor([inputs.length, inputs[0]?.length ?? 2], inputs.flat()),
  targets: tensor([targets.length, targets[0]?.length ?? 1], targets.flat()),
  labels: labels && tensor([labels.length], labels),
});

/** @type {RunData} */
const DATA = {
  train: set([[-1, 0], [1, 2], [0, 1]], [[0], [1], [1]], [0, 1, 1]),
  test: set([[1, 0]], [[0]], [0]),
  classes: ["out", "in"],
  inputNames: ["x0", "x1"],
  outputNames: ["inside"],
  plane: [[-1, 1], [0, 2]],
};

const BOX = { width: 100, height: 200 };
const SCALE = { middle: 0.5, most: 0.5 };

test("what a layer passes on is mapped, and z where that is all there is", () => {
  assert.deepEqual(mappedNames(run), ["a1", "a2"]);
  const { a2: _, ...values } = run.values;
  assert.deepEqual(mappedNames({ ...run, values }), ["a1", "z2"]);
});

test("one or two inputs have a plane, whatever features are made of them", () => {
  assert.ok(hasPlane(run));
  const wide = { ...run, layers: [{ ...run.layers[0], units: 5 }, ...run.layers.slice(1)] };
  assert.ok(!hasPlane(wide));
  assert.ok(hasPlane({ ...wide, spec: { data: { features: ["x0", "x1", "x0*x1", "x0^2", "x1^2"] } } }));
});

test("a unit has its own part of the grid, the only one there is where one was asked for", () => {
  assert.deepEqual([...unitValues(SURFACE, { name: "a1", unit: 1 }) ?? []], [4, 5, 6, 7]);
  assert.deepEqual([...unitValues(SURFACE, { name: "a2", unit: 3 }) ?? []], [0.2, 0.4, 0.6, 0.9]);
  assert.deepEqual([...unitValues(SURFACE, { name: REGIONS, unit: 0 }) ?? []], [0, 0, 1, 1]);
  assert.equal(unitValues(SURFACE, { name: "a9", unit: 0 }), null);
});

test("colours change at the middle of what the unit can say", () => {
  assert.deepEqual(scaleOf(SURFACE, { name: "a2", unit: 0 }, [0.2, 0.9]), { middle: 0.5, most: 0.5 });
  assert.deepEqual(scaleOf(SURFACE, { name: "a1", unit: 0 }, [0, 3]), { middle: 0, most: 3 });
});

test("examples stand where their inputs are, the first row at the bottom, test examples beneath the others", () => {
  const dots = dotsOf(DATA, SURFACE, BOX, PALETTE, { output: 0, test: true, scale: SCALE });
  assert.deepEqual(dots.map(({ x, y, row, test }) => [x, y, row, test]), [
    [100, 200, 0, true],
    [0, 200, 0, false],
    [100, 0, 1, false],
    [50, 100, 2, false],
  ]);
  assert.deepEqual(dots.map(({ colour }) => colour), [
    PALETTE.negative,
    PALETTE.negative,
    PALETTE.positive,
    PALETTE.positive,
  ]);
  // Never by colour alone.
  assert.deepEqual(dots.map(({ shape }) => shape), [1, 1, 0, 0]);
  const without = dotsOf(DATA, SURFACE, BOX, PALETTE, { output: 0, test: false, scale: SCALE });
  assert.deepEqual(without.map(({ test }) => test), [false, false, false]);
});

test("of several classes each has its colour and its shape", () => {
  const train = set([[0, 0], [0, 1], [0, 2]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [0, 1, 2]);
  const dots = dotsOf({ ...DATA, train, test: set([], [], []) }, SURFACE, BOX, PALETTE, {
    ...{ output: 0, test: true, scale: null },
  });
  assert.deepEqual(dots.map(({ colour }) => colour), PALETTE.classes);
  assert.deepEqual(dots.map(({ shape }) => shape), [0, 1, 2]);
});

test("where there is no class the colour is that of the target, and over a line it stands as high", () => {
  const train = set([[-1], [1]], [[-2], [1]], null);
  const line = { ...SURFACE, axes: SURFACE.axes.slice(0, 1) };
  const dots = dotsOf({ ...DATA, train, test: set([], [], null) }, line, BOX, PALETTE, {
    ...{ output: 0, test: true, scale: { middle: 0, most: 2 } },
  });
  assert.deepEqual(dots.map(({ x }) => x), [0, 100]);
  assert.ok(Math.abs(dots[0].y - 188) < 1e-9 && Math.abs(dots[1].y - 56) < 1e-9);
  assert.deepEqual(dots[0].colour, PALETTE.negative);
  assert.deepEqual(dots[1].colour, [128, 178, 128]);
});

test("a click takes the nearest example, if one is near", () => {
  const dots = dotsOf(DATA, SURFACE, BOX, PALETTE, { output: 0, test: false, scale: SCALE });
  assert.equal(nearest(dots, { x: 93, y: 6 }, 14)?.row, 1);
  assert.equal(nearest(dots, { x: 80, y: 30 }, 14), null);
});

test("inputs that are numbered are written as one reads them", () => {
  assert.deepEqual(["x0", "x12", "sepal width", "x1^2"].map(lowered), ["x₀", "x₁₂", "sepal width", "x1^2"]);
});
