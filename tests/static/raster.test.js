import assert from "node:assert/strict";
import { test } from "node:test";

import { colourInk, layLine } from "../../static/draw/raster.js";

/** @import { Segment } from "../../static/draw/raster.js" */

/** @param {{ segment: Segment, alpha?: number, dash?: number }[]} lines  @param {number} [size] */
function sheet(lines, size = 20) {
  const ink = new Float32Array(size * size);
  for (const { segment, alpha = 1, dash = 0 } of lines) layLine(ink, size, size, segment, alpha, dash);
  return { ink, at: (/** @type {number} */ x, /** @type {number} */ y) => ink[y * size + x] };
}

test("a level line through the middle of a row of pixels fills that row and no other", () => {
  const { at } = sheet([{ segment: { x1: 2, y1: 5.5, x2: 17, y2: 5.5 } }]);
  for (let x = 2; x <= 17; x++) assert.deepEqual([at(x, 4), at(x, 5), at(x, 6)], [0, 1, 0]);
  assert.deepEqual([at(1, 5), at(18, 5)], [0, 0]);
});

test("between two rows its ink is shared, whichever way it was drawn", () => {
  for (const [x1, x2] of [[0, 19], [19, 0]]) {
    const { at } = sheet([{ segment: { x1, y1: 10, x2, y2: 10 } }]);
    assert.deepEqual([at(9, 9), at(9, 10)], [0.5, 0.5]);
  }
});

test("a line has the same ink all along, steep or flat", () => {
  for (const segment of [{ x1: 0, y1: 2, x2: 19, y2: 11 }, { x1: 2, y1: 0, x2: 11, y2: 19 }]) {
    const { at } = sheet([{ segment, alpha: 0.5 }]);
    for (let along = 0; along < 20; along++) {
      let sum = 0;
      for (let across = 0; across < 20; across++) {
        sum += segment.x2 === 19 ? at(along, across) : at(across, along);
      }
      assert.ok(Math.abs(sum - 0.5) < 1e-6, `${along}: ${sum}`);
    }
  }
});

test("dashes leave gaps of the same length", () => {
  const { at } = sheet([{ segment: { x1: 0, y1: 5.5, x2: 19, y2: 5.5 }, dash: 4 }]);
  assert.equal(Array.from({ length: 16 }, (_, x) => at(x, 5) ? "-" : " ").join(""), "----    ----    ");
});

test("ink over ink never covers more than a pixel, and none goes beyond the picture", () => {
  const { ink, at } = sheet([
    ...Array.from({ length: 9 }, () => ({ segment: { x1: -50, y1: 5.5, x2: 80, y2: 5.5 }, alpha: 0.5 })),
    { segment: { x1: 5, y1: -9, x2: 5.001, y2: 900 } },
    { segment: { x1: -5, y1: -5, x2: -1, y2: -1 } },
    { segment: { x1: 0, y1: 19.9, x2: 19, y2: 19.9 } },
  ]);
  assert.ok(at(9, 5) > 0.99 && at(9, 5) <= 1);
  assert.ok(ink.every((share) => share >= 0 && share <= 1));
});

test("each sheet has its colour, and where they meet they mix", () => {
  const data = new Uint8ClampedArray(4 * 4);
  colourInk(data, [
    { ink: Float32Array.of(1, 0, 0.5, 0), colour: [200, 0, 0] },
    { ink: Float32Array.of(0, 0.5, 0.5, 0), colour: [0, 0, 100] },
  ]);
  assert.deepEqual([...data], [
    ...[200, 0, 0, 255],
    ...[0, 0, 100, 128],
    ...[100, 0, 50, 191],
    ...[0, 0, 0, 0],
  ]);
});
