import assert from "node:assert/strict";
import test from "node:test";
import { lengthOf, nudged, unitsOf } from "../../static/panel/steps.js";

/** @param {Partial<import("../../static/panel/steps.js").Stride>} parts  @returns {import("../../static/panel/steps.js").Stride} */
const stride = (parts) => ({ scale: "linear", step: 0.1, minimum: -Infinity, maximum: Infinity, ...parts });

/** @param {number} from  @param {-1 | 1} direction  @param {number} count  @param {ReturnType<typeof stride>} by */
function walk(from, direction, count, by) {
  const seen = [];
  for (let at = from; seen.length < count;) seen.push(at = nudged(at, direction, by));
  return seen;
}

test("a linear number goes by its step, as decimals are written, and stays in its range", () => {
  assert.deepEqual(walk(0.1, 1, 3, stride({})), [0.2, 0.3, 0.4]);
  assert.deepEqual(walk(0.1, -1, 3, stride({ minimum: 0 })), [0, 0, 0]);
  assert.equal(nudged(1, 1, stride({ step: 1 }), 10), 11);
  assert.equal(nudged(NaN, 1, stride({ step: 1 })), 1);
});

test("a rate goes over 1, 2, 5 and 10, and down to 0 in the end", () => {
  const rate = stride({ scale: "log", step: 0.01, minimum: 0 });
  assert.deepEqual(walk(0.01, 1, 7, rate), [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]);
  assert.deepEqual(walk(0.01, -1, 5, rate), [0.005, 0.002, 0.001, 0, 0]);
  assert.deepEqual(walk(0, 1, 3, rate), [0.001, 0.002, 0.005]);
  assert.equal(nudged(0.03, 1, rate), 0.05);
  assert.equal(nudged(0.03, -1, rate), 0.02);
  assert.equal(nudged(1e-8, -1, stride({ scale: "log", step: 1e-8, minimum: 0 })), 5e-9);
});

test("what is counted by whole numbers stays at least one", () => {
  const steps = stride({ scale: "log", step: 1, minimum: 1 });
  assert.deepEqual(walk(100, 1, 2, steps), [200, 500]);
  assert.deepEqual(walk(2, -1, 3, steps), [1, 1, 1]);
});

test("a share close to 1 comes closer in ever smaller steps, and never all the way", () => {
  const share = stride({ scale: "to_one", step: 0.01, minimum: 0, maximum: 1 });
  assert.deepEqual(walk(0.9, 1, 4, share), [0.95, 0.98, 0.99, 0.995]);
  assert.deepEqual(walk(0.999, -1, 3, share), [0.998, 0.995, 0.99]);
  assert.deepEqual(walk(0.5, -1, 2, share), [0, 0]);
  assert.equal(nudged(0.999999, 1, share), 0.999999);
  assert.equal(nudged(2, 1, stride({ scale: "to_one", step: 0.5 })), 2.5);
});

test("the strip of a layer has room for any number of units, and says which from its length", () => {
  for (const units of [1, 2, 24, 25, 100, 784]) assert.equal(unitsOf(lengthOf(units)), units);
  assert.equal(lengthOf(10), 10);
  assert.ok(lengthOf(784) < 120);
  assert.equal(unitsOf(-3), 1);
});
