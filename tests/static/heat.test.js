import assert from "node:assert/strict";
import { test } from "node:test";

import { paintHeat, ranges, shareOf } from "../../static/draw/heat.js";

const PALETTE = /** @type {import("../../static/draw/heat.js").Palette} */ ({
  ...{ positive: [0, 128, 0], negative: [128, 0, 0], wild: [255, 255, 0], ink: [0, 0, 0] },
});

/** A pen that keeps what is painted. */
function pen() {
  /** @type {{ data: Uint8ClampedArray, width: number } | null} */
  let image = null;
  /** @type {number[][]} */
  const dashes = [];
  const of = {
    createImageData: (/** @type {number} */ width, /** @type {number} */ height) => ({
      ...{ width, height, data: new Uint8ClampedArray(width * height * 4) },
    }),
    putImageData: (/** @type {any} */ painted) => image = painted,
    fillRect: (/** @type {number[]} */ ...box) => dashes.push(box),
    fillStyle: "",
  };
  const pixel = (/** @type {number} */ x, /** @type {number} */ y) => {
    const { data, width } = /** @type {NonNullable<typeof image>} */ (image);
    return [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
  };
  return { of: /** @type {any} */ (of), pixel, dashes };
}

/** @param {(number | undefined)[][]} numbers  @param {number} size */
function paint(numbers, size) {
  const { of, pixel, dashes } = pen();
  const [rows, cols] = [numbers.length, numbers[0].length];
  paintHeat(
    of,
    {
      ...{ rows, cols, width: cols * size, height: rows * size, most: 2 },
      left: (place) => place * size,
      top: (place) => place * size,
      value: (row, col) => numbers[row][col],
    },
    PALETTE,
    1,
  );
  return { pixel, dashes };
}

test("a number is a rectangle of its sign's colour, the fuller the larger", () => {
  const { pixel } = paint([[2, -1], [0, undefined]], 10);
  assert.deepEqual(pixel(5, 5).slice(0, 3), [0, 128, 0]);
  assert.deepEqual(pixel(15, 5).slice(0, 3), [128, 0, 0]);
  assert.ok(pixel(5, 5)[3] > pixel(15, 5)[3] && pixel(15, 5)[3] > 0);
  assert.equal(pixel(5, 15)[3], 0, "nothing at zero");
  assert.equal(pixel(15, 15)[3], 0, "nothing where there is no number");
});

test("a negative number has a dash where there is room for one", () => {
  assert.equal(paint([[2, -1], [0, -2]], 10).dashes.length, 2);
  assert.equal(paint([[2, -1], [0, -2]], 3).dashes.length, 0);
});

test("where many numbers share a pixel, the largest shows", () => {
  const numbers = Array.from({ length: 40 }, (_, row) => [row === 17 ? -2 : 0.1]);
  const { pixel } = paint(numbers, 0.25);
  assert.deepEqual(Array.from({ length: 10 }, (_, y) => pixel(0, y)[0]).map((red) => red > 0), [
    ...[false, false, false, false, true, false, false, false, false, false],
  ]);
});

test("numbers that are not finite have a colour of their own", () => {
  const { pixel } = paint([[NaN, Infinity]], 10);
  assert.deepEqual([pixel(5, 5), pixel(15, 5)].map((each) => each.slice(0, 3)), [[255, 255, 0], [
    255,
    255,
    0,
  ]]);
  assert.equal(shareOf(NaN, 0), 1);
});

test("every place is under some pixel, and the pixels go in order", () => {
  for (const [count, pixels] of [[3, 10], [100, 30], [784, 120], [1, 5]]) {
    const list = ranges(count, pixels, 1, (place) => (place * pixels) / count);
    const seen = new Set(
      list.flatMap(({ from, to }) => Array.from({ length: to - from }, (_, k) => from + k)),
    );
    assert.equal(seen.size, count, `${count} places on ${pixels} pixels`);
    list.slice(1).forEach(({ from }, at) => assert.ok(from >= list[at].from));
  }
});
