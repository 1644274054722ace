import assert from "node:assert/strict";
import { test } from "node:test";

import * as colour from "../../static/draw/colour.js";

/** @type {[number, number, number][]} */
const POSITIONS = [
  [0, 2, 0],
  [1, 2, 0.5],
  [-1, 2, -0.5],
  [5, 2, 1],
  [-5, 2, -1],
  [Infinity, 2, 1],
  [-Infinity, 0, -1],
  [NaN, 2, 0],
  [1, 0, 0],
  [1, NaN, 0],
  [-0, 1, 0],
];

for (const [value, maximum, expected] of POSITIONS) {
  test(`${value} on a scale to ${maximum} sits at ${expected}`, () => {
    assert.equal(colour.scalePosition(value, maximum), expected);
  });
}

test("the greatest magnitude leaves out what is not finite", () => {
  assert.equal(colour.largestMagnitude([1, -3, NaN, -Infinity, 2]), 3);
  assert.equal(colour.largestMagnitude([]), 0);
  assert.equal(colour.largestMagnitude([NaN]), 0);
});

test("every value has a sign, NaN none", () => {
  const signs = [2, -2, 0, -0, Infinity, -Infinity, NaN].map(colour.signOf);
  assert.deepEqual(signs, ["positive", "negative", "zero", "zero", "positive", "negative", "not-finite"]);
});

test("a stronger value has a wider, darker wire; a negative one has dashes", () => {
  const [weak, strong, negative, none, nan] = [0.1, 1, -1, 0, NaN].map((value) => colour.wire(value, 1));
  assert.ok(weak.width < strong.width && weak.opacity < strong.opacity);
  assert.deepEqual([strong.width, strong.opacity], [negative.width, negative.opacity]);
  assert.equal(strong.dash, "");
  assert.equal(new Set([strong, negative, none, nan].map(({ dash }) => dash)).size, 4);
});

test("colours are named, not given", () => {
  assert.equal(colour.signToken(-1), "--sign-negative");
  assert.equal(colour.phaseToken("update"), "--phase-update");
  assert.equal(colour.fill(-1, 4), "color-mix(in oklab, var(--sign-negative) 25%, transparent)");
});
