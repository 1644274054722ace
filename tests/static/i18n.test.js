import assert from "node:assert/strict";
import { test } from "node:test";

import { createTranslate, formatCount, translate } from "../../static/i18n.js";

const EN = {
  play: "Play",
  "step.of": "step {step} of {steps}",
  "units.one": "{count} unit",
  "units.other": "{count} units",
  odd: "{a} {b} {__proto__} {",
};
const ZH = { play: "播放", "units.other": "{count} 个神经元" };

/** @type {["en" | "zh", Record<string, string>, string, Record<string, string | number> | undefined, string][]} */
const TEXTS = [
  ["en", EN, "play", undefined, "Play"],
  ["zh", ZH, "play", undefined, "播放"],
  ["en", EN, "step.of", { step: 12, steps: 1000 }, "step 12 of 1000"],
  ["en", EN, "step.of", { step: 0, steps: 1_000_000 }, "step 0 of 1,000,000"],
  ["en", EN, "units", { count: 1 }, "1 unit"],
  ["en", EN, "units", { count: 0 }, "0 units"],
  ["en", EN, "units", { count: 12000 }, "12,000 units"],
  ["zh", ZH, "units", { count: 1 }, "1 个神经元"],
  ["en", EN, "play", { count: 2 }, "Play"],
  ["en", EN, "odd", { a: "<b>" }, "<b> {b} {__proto__} {"],
  ["en", EN, "odd", { a: "{b}", b: "x" }, "{b} x {__proto__} {"],
  ["en", EN, "missing.key", { count: 2 }, "missing.key"],
  ["en", EN, "toString", undefined, "toString"],
];

for (const [language, messages, key, values, expected] of TEXTS) {
  test(`${language}: ${key} with ${JSON.stringify(values)} is “${expected}”`, () => {
    assert.equal(translate(messages, key, values, language), expected);
    assert.equal(createTranslate(messages, language)(key, values), expected);
  });
}

test("counts are grouped from ten thousand on, fractions are kept", () => {
  assert.deepEqual([999, 9999, 10000, 0.125].map((count) => formatCount(count, "en")), [
    "999",
    "9999",
    "10,000",
    "0.125",
  ]);
});
