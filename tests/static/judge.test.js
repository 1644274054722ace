/** @import { Ask, Seen, Wait } from "../../static/guide/lesson/lesson.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { isMet, isRight, momentOf, rightAnswer, typedNumber } from "../../static/guide/lesson/judge.js";
import { run } from "./fixture.js";

/** @type {[Ask, { of: number, with?: number } | null, string | number, (string | number)[]][]} */
const ASKED = [
  [{ kind: "sign", of: "z1[0,0]" }, { of: -0.2 }, "negative", ["positive", "zero"]],
  [{ kind: "sign", of: "z1[0,0]" }, { of: 0 }, "zero", ["positive", "negative"]],
  [{ kind: "sign", of: "z1[0,0]" }, { of: -0 }, "zero", ["negative"]],
  [{ kind: "compare", of: "a", with: 0.5 }, { of: 0.6, with: 0.5 }, "larger", ["smaller", "equal"]],
  [{ kind: "compare", of: "a", with: "b" }, { of: 0.5, with: 0.5 }, "equal", ["larger", "smaller"]],
  [{ kind: "number", of: "z" }, { of: 2 }, 2, [2.1, 0, NaN]],
  [{ kind: "number", of: "z" }, { of: 2 }, 2.02, [2.03]],
  [{ kind: "number", of: "z", tolerance: 0.5 }, { of: 2 }, 2.5, [2.6]],
  [{ kind: "number", of: "z" }, { of: 0 }, 0, [0.001]],
  [{ kind: "choice", question: "?", options: ["a", "b"], answer: 1 }, null, 1, [0]],
];
for (const [ask, truth, right, wrong] of ASKED) {
  test(`of ${JSON.stringify(ask)} where it is ${JSON.stringify(truth)} the right answer is ${right}`, () => {
    assert(isRight(ask, right, truth));
    for (const other of wrong) assert(!isRight(ask, other, truth), String(other));
    assert(isRight(ask, rightAnswer(ask, truth), truth));
  });
}

test("numbers are read as people type them", () => {
  const typed = {
    "0.25": 0.25,
    "−0,5": -0.5,
    " 1.2e-3 ": 0.0012,
    "3×10^-2": 0.03,
    ".5": 0.5,
    "2.": 2,
    "- 4": -4,
  };
  for (const [text, value] of Object.entries(typed)) assert.equal(typedNumber(text), value, text);
  for (const text of ["", "x", "1/2", "0.5.5", "1e", "--1", "Infinity"]) {
    assert(Number.isNaN(typedNumber(text)), text);
  }
});

/** @param {Partial<Seen>} parts  @returns {Seen} */
const seen = (parts) => ({
  example: 0,
  run,
  spec: run.spec,
  moment: { step: 0, frame: 0, unit: 0 },
  value: null,
  clicked: [],
  ...parts,
});
const withRate = (/** @type {number} */ rate) => ({
  ...run,
  spec: { ...run.spec, optimizer: { kind: "sgd", learning_rate: rate } },
});

test("a click is waited for until one of the things has been clicked", () => {
  const wait = /** @type {Wait} */ ({ for: "click", on: ["z1[0,0]", "control:play"] });
  assert(!isMet(wait, seen({}), seen({ clicked: ["a1[0,0]"] })));
  assert(isMet(wait, seen({}), seen({ clicked: ["control:play"] })));
});

test("a moment is waited for until the playhead has come to it or beyond", () => {
  const wait = /** @type {Wait} */ ({ for: "moment", frame: "a1", unit: 1 });
  const at = (/** @type {number} */ step, /** @type {number} */ frame, /** @type {number} */ unit) =>
    seen({ moment: { step, frame, unit } });
  assert(!isMet(wait, at(0, 0, 0), at(0, 1, 0)));
  assert(isMet(wait, at(0, 0, 0), at(0, 1, 1)));
  assert(isMet(wait, at(0, 0, 0), at(1, 0, 0)));
  assert(!isMet(wait, at(1, 0, 0), at(1, 0, 0)), "it is about the step it began in");
  assert.deepEqual(momentOf({ step: 2, frame: "a1", unit: "last" }, run, { step: 0, frame: 0, unit: 0 }), {
    step: 2,
    frame: 1,
    unit: 1,
  });
});

test("another example is waited for, or a certain one", () => {
  assert(!isMet({ for: "example" }, seen({ example: 1 }), seen({ example: 1 })));
  assert(isMet({ for: "example" }, seen({ example: 1 }), seen({ example: 0 })));
  assert(!isMet({ for: "example", is: 3 }, seen({ example: 1 }), seen({ example: 0 })));
  assert(isMet({ for: "example", is: 3 }, seen({ example: 1 }), seen({ example: 3 })));
});

test("a change is waited for until the field is within its bounds, or anything but what it was", () => {
  const began = seen({ run: withRate(0.05) });
  const now = (/** @type {number} */ rate) => seen({ run: withRate(rate) });
  const field = "optimizer.learning_rate";
  assert(!isMet({ for: "change", field, least: 0.2 }, began, now(0.1)));
  assert(isMet({ for: "change", field, least: 0.2 }, began, now(0.2)));
  assert(!isMet({ for: "change", field, least: 0.2, most: 0.3 }, began, now(0.4)));
  assert(!isMet({ for: "change", field }, began, now(0.05)));
  assert(isMet({ for: "change", field }, began, now(0.06)));
  assert(isMet({ for: "change", field, is: 0.1 }, began, now(0.1)));
  assert(!isMet({ for: "change", field: "no.such", least: 0 }, began, now(1)));
});

test("a value is waited for until the number is within its bounds", () => {
  const wait = /** @type {Wait} */ ({ for: "value", of: "z1[0,0]", most: 0 });
  assert(!isMet(wait, seen({ value: 0.2 }), seen({ value: 0.1 })));
  assert(isMet(wait, seen({ value: 0.2 }), seen({ value: -1 })));
  assert(!isMet(wait, seen({ value: 0.2 }), seen({ value: null })));
  assert(!isMet(wait, seen({ value: 0.2 }), seen({ value: NaN })));
});
