import assert from "node:assert/strict";
import { test } from "node:test";

import { axis, logTicks, lossCurve, polyline, sampleCurve, ticks } from "../../static/draw/plot.js";
import { asFunction } from "../../static/rule.js";
import { random, RULES } from "./fixture.js";

const BOX = { x: 0, y: 0, width: 100, height: 50 };

test("the loss falls from the top of its box, and zero is at the bottom", () => {
  const { lines, gaps } = lossCurve([0, 5, 10], [4, 2, 1], BOX);
  assert.deepEqual(lines, [[{ x: 0, y: 0 }, { x: 50, y: 25 }, { x: 100, y: 37.5 }]]);
  assert.deepEqual(gaps, []);
});

test("on a log scale the lowest loss is at the bottom", () => {
  const { lines } = lossCurve([0, 1, 2], [100, 10, 1], BOX, { scale: "log" });
  assert.deepEqual(lines[0].map(({ y }) => Math.round(y * 1e9) / 1e9), [0, 25, 50]);
});

test("a loss that is not finite leaves a gap", () => {
  const { lines, gaps } = lossCurve([0, 1, 2, 3, 4, 5], [1, NaN, 2, 3, Infinity, NaN], BOX);
  assert.deepEqual(lines.map((line) => line.length), [1, 2]);
  assert.deepEqual(gaps, [1, 4, 5]);
});

test("a loss of zero lies at the foot of a log scale: nothing has gone wrong there", () => {
  const { lines: [line], gaps, y } = lossCurve([0, 1, 2], [1, 1e-40, 0], BOX, { scale: "log" });
  assert.deepEqual(gaps, []);
  assert.deepEqual(line.map(({ y }) => y), [BOX.y, BOX.y + BOX.height, BOX.y + BOX.height]);
  assert.equal(y.from, 1e-16, "rounding takes no room");
  assert.equal(y.place(0), BOX.y + BOX.height);
  assert.deepEqual(lossCurve([0, 1], [1, 0], BOX).gaps, []);
});

for (const losses of [[], [NaN, NaN], [2, 2], [0, 0], [-1, -1]]) {
  for (const scale of /** @type {const} */ (["linear", "log"])) {
    test(`losses [${losses}] on a ${scale} scale have places on the page`, () => {
      const { lines, x, y } = lossCurve(losses.map((_, k) => k), losses, BOX, { scale });
      assert.ok(lines.flat().every((point) => Number.isFinite(point.x) && Number.isFinite(point.y)));
      assert.ok(Number.isFinite(x.value(50)) && Number.isFinite(y.value(25)));
    });
  }
}

test("a pixel of the curve is a step, and the line may go on beyond what is computed", () => {
  const { x } = lossCurve([0, 10], [1, 0.5], BOX, { lastStep: 1000 });
  assert.equal(x.place(500), 50);
  assert.equal(x.value(25), 250);
});

test("an axis runs forth and back", () => {
  const next = random(2);
  for (const scale of /** @type {const} */ (["linear", "log"])) {
    const { place, value } = axis(0.001, 20, 300, 10, scale);
    for (let k = 0; k < 100; k++) {
      const pixel = 10 + 290 * next();
      assert.ok(Math.abs(place(value(pixel)) - pixel) < 1e-9);
    }
  }
});

/** @type {[number, number, number, number[]][]} */
const TICKS = [
  [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [0, 0.3, 3, [0, 0.1, 0.2, 0.3]],
  [0, 1000, 4, [0, 200, 400, 600, 800, 1000]],
  [-2, 2, 4, [-2, -1, 0, 1, 2]],
  [0.013, 0.094, 3, [0.02, 0.04, 0.06, 0.08]],
  [5, 5, 4, [5]],
  [NaN, 1, 4, []],
  [1e16, 1e16 + 2, 4, [1e16, 1e16 + 2]],
  [0, 1e-320, 4, [0, 1e-320]],
];

for (const [from, to, count, expected] of TICKS) {
  test(`about ${count} ticks from ${from} to ${to} are [${expected}]`, () =>
    assert.deepEqual(ticks(from, to, count), expected));
}

test("ticks are few, even and inside, whatever the range", () => {
  const next = random(9);
  for (let k = 0; k < 1000; k++) {
    const from = (next() - 0.5) * 10 ** Math.floor(next() * 20 - 10);
    const span = next() * 10 ** Math.floor(next() * 6 - 3) * (Math.abs(from) + 1e-6);
    const list = ticks(from, from + span, 5);
    assert.ok(list.length >= 1 && list.length <= 12, `${list.length} ticks from ${from} over ${span}`);
    assert.ok(list.every((tick) => tick >= from - span * 1e-6 && tick <= from + span * (1 + 1e-6)));
  }
});

test("ticks of a log scale are powers of ten, or its ends if there are none to speak of", () => {
  assert.deepEqual(logTicks(0.001, 20), [0.001, 0.01, 0.1, 1, 10]);
  assert.deepEqual(logTicks(2, 5), [2, 5]);
  assert.deepEqual(logTicks(2, 2), []);
});

test("an activation's curve is drawn from its own rule", () => {
  const f = asFunction(RULES.sigmoid);
  assert.ok(f);
  const points = sampleCurve(f, -6, 6, 5);
  assert.deepEqual(points.map(({ x }) => x), [-6, -3, 0, 3, 6]);
  assert.deepEqual(points[2], { x: 0, y: 0.5 });
});

test("a curve meets its corners exactly, and jumps where the function does", () => {
  const step = (/** @type {number} */ x) => x > 0.3 ? 1 : 0;
  const points = sampleCurve(step, -1, 1, 3, [0.3, 7]);
  const near = points.filter(({ x }) => Math.abs(x - 0.3) < 1e-6);
  assert.deepEqual(near.map(({ y }) => y), [0, 0, 1]);
  assert.ok(near[2].x - near[0].x < 1e-8, "the jump is not slanted");
  assert.deepEqual(points.map(({ x }) => x), points.map(({ x }) => x).toSorted((a, b) => a - b));
  assert.ok(points.every(({ x }) => x <= 1), "a corner beyond the range is left out");
});

test("a curve has no points where the function is not finite", () => {
  assert.deepEqual(sampleCurve((x) => 1 / x, -1, 1, 3), [{ x: -1, y: -1 }, { x: 1, y: 1 }]);
});

test("a polyline is written to a hundredth of a pixel", () => {
  assert.equal(polyline([{ x: 1 / 3, y: 2 }, { x: 10, y: 2.005 }]), "0.33,2 10,2.01");
});
