import assert from "node:assert/strict";
import { test } from "node:test";

import { full, panel, showDigits, shownDigits, stage } from "../../static/draw/format.js";
import { random } from "./fixture.js";

/** @type {[number, string, string, string][]}  value, on the stage, in the panel, in full */
const NUMBERS = [
  [0, "0", "0", "0"],
  [-0, "−0", "−0", "−0"],
  [1, "1.000", "1", "1"],
  [-1, "−1.000", "−1", "−1"],
  [0.5, "0.500", "0.5", "0.5"],
  [0.1 + 0.2, "0.300", "0.30000", "0.30000000000000004"],
  [-0.021454321, "−0.021", "−0.021454", "−0.021454321"],
  [0.4029, "0.403", "0.4029", "0.4029"],
  [1 / 3, "0.333", "0.33333", "0.3333333333333333"],
  [12.3456789, "12.35", "12.346", "12.3456789"],
  [-12.3456789, "−12.35", "−12.346", "−12.3456789"],
  [9.9996, "10.00", "9.9996", "9.9996"],
  [99.996, "100.0", "99.996", "99.996"],
  [999.96, "1000", "999.96", "999.96"],
  [1000, "1000", "1000", "1000"],
  [-99999, "−99999", "−99999", "−99999"],
  [99999.6, "1.0e5", "100000", "99999.6"],
  [123456, "1.2e5", "123456", "123456"],
  [1234567, "1.2e6", "1.2346e6", "1234567"],
  [-1.6e15, "−2e15", "−1.6e15", "−1600000000000000"],
  [1e21, "1.0e21", "1e21", "1e21"],
  [0.001, "0.001", "0.001", "0.001"],
  [0.00098, "9.8e−4", "0.00098", "0.00098"],
  [0.0009996, "0.001", "0.0009996", "0.0009996"],
  [1.23456e-7, "1.2e−7", "1.2346e−7", "1.23456e−7"],
  [-1.23456e-7, "−1e−7", "−1.2346e−7", "−1.23456e−7"],
  [0.00001234567, "1.2e−5", "1.2346e−5", "0.00001234567"],
  [0.0001234567, "1.2e−4", "0.00012346", "0.0001234567"],
  [1e-7, "1.0e−7", "1e−7", "1e−7"],
  [5e-324, "5e−324", "5e−324", "5e−324"],
  [-5e-324, "−0.000", "−5e−324", "−5e−324"],
  [-1e100, "−1e100", "−1e100", "−1e100"],
  [Number.MAX_VALUE, "2e308", "1.7977e308", "1.7976931348623157e308"],
  [NaN, "NaN", "NaN", "NaN"],
  [Infinity, "∞", "∞", "∞"],
  [-Infinity, "−∞", "−∞", "−∞"],
];

for (const [value, onStage, inPanel, inFull] of NUMBERS) {
  test(`${Object.is(value, -0) ? "-0" : value} is ${onStage} on the stage, ${inPanel} in the panel, ${inFull} in full`, () => {
    assert.deepEqual([stage(value), panel(value), full(value)], [onStage, inPanel, inFull]);
  });
}

const next = random(5);
const MANY = Array.from(
  { length: 20000 },
  () => (next() < 0.5 ? -1 : 1) * next() * 10 ** Math.floor(next() * 620 - 312),
);

test("no number is longer than six characters on the stage", () => {
  for (const value of MANY) assert.ok(stage(value).length <= 6, `${value} is ${stage(value)}`);
});

test("a negative number shows a real minus sign and never a hyphen or a plus", () => {
  for (const value of MANY) {
    for (const text of [stage(value), panel(value), full(value)]) {
      assert.ok(!/[-+]/.test(text), text);
      assert.equal(text.startsWith("−"), value < 0 || Object.is(value, -0), text);
    }
  }
});

/** @param {string} text */
const back = (text) => Number(text.replaceAll("−", "-"));

test("in full, a number comes back exactly", () => {
  for (const value of MANY) assert.equal(back(full(value)), value);
});

test("in the panel, a number is right to five figures", () => {
  for (const value of MANY) {
    if (Math.abs(value) < 1e-300) continue;
    assert.ok(Math.abs(back(panel(value)) / value - 1) <= 5.1e-5, `${value} is ${panel(value)}`);
  }
});

/** @type {[number, number, string, string][]}  value, digits asked for, on the stage, in the panel */
const ASKED = [
  [0.1234567, 3, "0.123", "0.123"],
  [-0.1234567, 2, "−0.12", "−0.12"],
  [12.3456789, 4, "12.35", "12.35"],
  [1234.5678, 2, "1235", "1235"],
  [0.00123456, 3, "0.00123", "0.00123"],
  [0.000123456, 3, "1.23e−4", "0.000123"],
  [0.0000123456, 6, "1.23456e−5", "1.23456e−5"],
  [1234567, 3, "1.23e6", "1.23e6"],
  [0.5, 4, "0.5", "0.5"],
  [0.01, 6, "0.01", "0.01"],
  [1e-7, 3, "1e−7", "1e−7"],
  [0, 3, "0", "0"],
  [NaN, 3, "NaN", "NaN"],
  [-Infinity, 3, "−∞", "−∞"],
];
for (const [value, digits, onStage, inPanel] of ASKED) {
  test(`${value} with ${digits} digits is ${onStage} on the stage and ${inPanel} in the panel`, () => {
    showDigits(digits);
    try {
      assert.deepEqual([stage(value), panel(value), shownDigits()], [onStage, inPanel, digits]);
      assert.equal(full(value), (showDigits(null), full(value)));
    } finally {
      showDigits(null);
    }
  });
}

test("so many digits as are asked for are there, within the room the stage keeps for them", () => {
  try {
    for (let digits = 2; digits <= 6; digits++) {
      showDigits(digits);
      for (const value of MANY) {
        for (const text of [stage(value), panel(value)]) {
          const read = Number(text.replaceAll("−", "-"));
          assert.ok(
            Math.abs(read - value) <= 0.5 * 10 ** (1 - digits) * Math.abs(value) * 1.0001,
            `${value}: ${text}`,
          );
        }
        if (Math.abs(value) < 1e99 && Math.abs(value) > 1e-99) {
          assert.ok(stage(value).length <= digits + 6, `${value}: ${stage(value)}`);
        }
      }
    }
  } finally {
    showDigits(null);
  }
});
