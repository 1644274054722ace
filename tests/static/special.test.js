import assert from "node:assert/strict";
import { test } from "node:test";

import { erf } from "../../static/special.js";

// To 16 digits, from tables.
/** @type {[number, number][]} */
const TABLE = [
  [0.1, 0.1124629160182849],
  [0.5, 0.5204998778130465],
  [1, 0.8427007929497149],
  [1.5, 0.9661051464753108],
  [2, 0.9953222650189527],
  [3, 0.9999779095030014],
  [4, 0.9999999845827421],
];

for (const [x, expected] of TABLE) {
  test(`erf(${x}) is ${expected}, and erf(−${x}) its negative`, () => {
    assert.ok(Math.abs(erf(x) - expected) <= 2.3e-16, `${erf(x)}`);
    assert.equal(erf(-x), -erf(x));
  });
}

/** @type {[number, number][]} */
const ENDS = [[0, 0], [-0, -0], [6, 1], [1e308, 1], [Infinity, 1], [-Infinity, -1], [NaN, NaN], [
  5e-324,
  5e-324,
]];

for (const [x, expected] of ENDS) {
  test(`erf(${Object.is(x, -0) ? "-0" : x}) is ${Object.is(expected, -0) ? "-0" : expected}`, () => {
    assert.ok(Object.is(erf(x), expected), `${erf(x)}`);
  });
}

test("erf never falls, across the join of its two approximations too", () => {
  for (let k = -7000; k < 7000; k++) assert.ok(erf(k / 1000) <= erf((k + 1) / 1000), `at ${k / 1000}`);
});
