/** @import { Palette } from "../../static/draw/field.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { blend, fieldPixels, reach, regionPixels, regionsBetween } from "../../static/draw/field.js";

/** @type {Palette} */
const PALETTE = {
  paper: [255, 255, 255],
  positive: [0, 100, 0],
  negative: [100, 0, 0],
  wild: [9, 9, 9],
  classes: [[0, 0, 200], [200, 0, 0]],
};

/** @param {Uint8ClampedArray} pixels  @param {number} at */
const colour = (pixels, at) => [...pixels.subarray(4 * at, 4 * at + 3)];

test("a value has the colour of its side, the fuller the further it is from the middle; the first row is the lowest", () => {
  const pixels = fieldPixels([0.5, 0.75, 1, 0, 0.25, NaN], 3, 2, { middle: 0.5, most: 0.5 }, PALETTE);
  assert.deepEqual(colour(pixels, 3), PALETTE.paper);
  const [half, full] = [colour(pixels, 4), colour(pixels, 5)];
  assert.ok(half[1] > half[0] && full[1] > full[0]);
  assert.ok(full[0] < half[0]);
  const below = colour(pixels, 0);
  assert.ok(below[0] > below[1]);
  assert.deepEqual(colour(pixels, 2), PALETTE.wild);
  assert.ok([3, 7, 11].every((at) => pixels[at] === 255));
});

test("what is past the scale is as full as it gets, and of a level field nothing is", () => {
  const [at, past] = [[1], [Infinity]].map((values) =>
    colour(fieldPixels(values, 1, 1, { middle: 0, most: 1 }, PALETTE), 0)
  );
  assert.deepEqual(past, at);
  assert.deepEqual(colour(fieldPixels([3], 1, 1, { middle: 3, most: 0 }, PALETTE), 0), PALETTE.paper);
});

test("a point has the colour of its class, and none where there is none", () => {
  const pixels = regionPixels([0, 1, -1], 3, 1, PALETTE);
  assert.deepEqual(colour(pixels, 0), blend(PALETTE.paper, PALETTE.classes[0], 0.42));
  assert.deepEqual(colour(pixels, 1), blend(PALETTE.paper, PALETTE.classes[1], 0.42));
  assert.deepEqual(colour(pixels, 2), PALETTE.wild);
});

test("between the points of a grid the class is that of the interpolated scores", () => {
  // Score 0 falls from 1 to 0 along x, score 1 rises from 0 to 1: they meet in the middle.
  const { regions, columns, rows } = regionsBetween([1, 0, 1, 0, 0, 1, 0, 1], 2, 2, 2, 4);
  assert.deepEqual([columns, rows], [5, 5]);
  assert.deepEqual([...regions.subarray(0, 5)], [0, 0, 0, 1, 1]);
  // At the grid's own points it is what the scores there say.
  assert.deepEqual([regions[0], regions[4], regions[20], regions[24]], [0, 1, 0, 1]);
});

test("a score that is no number leaves no class, but only where it counts", () => {
  const { regions } = regionsBetween([NaN, 1, 1, 1, 0, 0, 0, 0], 2, 2, 2, 2);
  assert.deepEqual([...regions], [-1, -1, 0, -1, -1, 0, 0, 0, 0]);
  const infinite = regionsBetween([-Infinity, 1, -Infinity, 1, 0, 0, 0, 0], 2, 2, 2, 2);
  assert.deepEqual([...infinite.regions], [1, 1, 0, 1, 1, 0, 1, 1, 0]);
});

test("a bounded range keeps its whole width, so that colours mean the same at every step", () => {
  assert.equal(reach([0.4, 0.6], 0.5), 0.5);
  assert.equal(reach([-0.3, 0.1], 0), 1);
  assert.equal(reach([-3, 2, NaN, Infinity], 0), 3);
  // What hardly differs from zero would not be seen on the scale of one.
  assert.equal(reach([0.01, -0.02], 0), 0.02);
  assert.equal(reach([], 0), 0);
});
