import assert from "node:assert/strict";
import { test } from "node:test";

import { contour } from "../../static/draw/contour.js";

test("of a slope the line of one height is straight, and where the height is", () => {
  // Columns at 0, 1, 2: the height is the column.
  const lines = contour([0, 1, 2, 0, 1, 2, 0, 1, 2], 3, 3, 0.25);
  assert.deepEqual(lines, [{ x1: 0.25, y1: 0, x2: 0.25, y2: 1 }, { x1: 0.25, y1: 1, x2: 0.25, y2: 2 }]);
});

test("every end of a line is at its height, and lines hang together", () => {
  const [columns, rows] = [15, 11];
  const height = (/** @type {number} */ x, /** @type {number} */ y) => (x - 7) ** 2 + (y - 5) ** 2;
  const values = Array.from(
    { length: columns * rows },
    (_, k) => height(k % columns, Math.floor(k / columns)),
  );
  const lines = contour(values, columns, rows, 12.5);
  assert.ok(lines.length > 10);
  /** @type {Map<string, number>} */
  const ends = new Map();
  for (const { x1, y1, x2, y2 } of lines) {
    for (const [x, y] of [[x1, y1], [x2, y2]]) {
      assert.ok(Math.abs(height(x, y) - 12.5) < 0.3, `${x}, ${y}`);
      const key = `${x.toFixed(9)} ${y.toFixed(9)}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
  }
  // A closed line: every end is that of two pieces.
  assert.deepEqual(new Set(ends.values()), new Set([2]));
});

test("at a saddle the middle says which corners belong together", () => {
  const low = contour([1, 0, 0, 1], 2, 2, 0.6), high = contour([1, 0, 0, 1], 2, 2, 0.4);
  assert.equal(low.length, 2);
  assert.equal(high.length, 2);
  // Below the middle the high corners are cut off one by one; above it, the low ones.
  const cutsOff = (/** @type {typeof low} */ lines, /** @type {number} */ x, /** @type {number} */ y) =>
    lines.some(({ x1, y1, x2, y2 }) =>
      [[x1, y1], [x2, y2]].every(([px, py]) => Math.abs(px - x) + Math.abs(py - y) < 1)
    );
  assert.ok(cutsOff(low, 0, 0) && cutsOff(low, 1, 1));
  assert.ok(cutsOff(high, 1, 0) && cutsOff(high, 0, 1));
});

test("nothing is drawn where a number is missing, or on level ground", () => {
  assert.deepEqual(contour([0, NaN, 1, 1], 2, 2, 0.5), []);
  assert.deepEqual(contour([0, Infinity, 1, 1], 2, 2, 0.5), []);
  assert.deepEqual(contour([2, 2, 2, 2], 2, 2, 2), []);
});
