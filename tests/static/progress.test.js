/** @import { Event, Lesson, Progress, Seen } from "../../static/guide/lesson/lesson.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { advance, canGoOn, isLast, placeAt, stepOf, veiled } from "../../static/guide/lesson/progress.js";
import { random, run } from "./fixture.js";

/** @type {Lesson} */
const LESSON = {
  backscope: "lesson",
  version: 1,
  title: "t",
  steps: [
    { say: "a", set: { spec: { seed: 1 }, step: 3, frame: "z1", unit: 1, focus: "z1[0,1]" } },
    {
      say: "b",
      ask: { kind: "sign", of: "a1[0,0]", reveal: { frame: "a1", unit: 0 } },
      veil: ["panel:training"],
    },
    { say: "c", wait: { for: "moment", step: 5 } },
    { say: "d", set: { step: 9, frame: "loss" } },
    {
      say: "e",
      set: { spec: { seed: 2 } },
      ask: { kind: "choice", question: "?", options: ["x", "y"], answer: 1 },
    },
    { say: "f" },
  ],
};

/** @param {Event[]} events  @returns {Progress} */
const after = (...events) => {
  /** @type {Progress | null} */
  let progress = null;
  for (const event of /** @type {Event[]} */ ([{ type: "start", lesson: LESSON, at: 0 }, ...events])) {
    progress = advance(progress, event);
  }
  return /** @type {Progress} */ (progress);
};
/** @type {Event} */
const NEXT = { type: "next" };
/** @param {number} step  @returns {Event} */
const see = (step) => ({
  type: "see",
  seen: /** @type {Seen} */ ({
    run,
    spec: {},
    moment: { step, frame: 0, unit: 0 },
    example: 0,
    value: null,
    clicked: [],
  }),
});
/** @param {string | number} answer  @param {number} of  @returns {Event} */
const answer = (answer, of = 1) => ({ type: "answer", answer, truth: { of } });

test("a lesson begins at its first step, or at the one that a link names", () => {
  assert.equal(after().at, 0);
  assert.equal(advance(null, { type: "start", lesson: LESSON, at: 4 })?.at, 4);
  for (const at of [99, -1, NaN]) {
    const found = advance(null, { type: "start", lesson: LESSON, at });
    assert(found && stepOf(found), String(at));
  }
  assert.equal(advance(null, NEXT), null);
});

test("a question holds one up until it is answered, rightly or not", () => {
  const asked = after(NEXT);
  assert(!canGoOn(asked));
  assert.equal(advance(asked, NEXT), asked);
  for (
    const [given, right] of /** @type {[string, boolean][]} */ ([["positive", true], ["negative", false]])
  ) {
    const answered = /** @type {Progress} */ (advance(asked, answer(given)));
    assert.equal(answered.right, right);
    assert(canGoOn(answered));
    assert.equal(advance(answered, answer("zero")), answered, "one answer");
    assert.equal(advance(answered, NEXT)?.at, 2);
  }
});

test("what is asked for is veiled until it is answered", () => {
  assert.deepEqual(veiled(after()), []);
  assert.deepEqual(veiled(after(NEXT)), ["a1[0,0]", "panel:training"]);
  assert.deepEqual(veiled(after(NEXT, answer("zero"))), []);
  assert.deepEqual(veiled(null), []);
  const step = (/** @type {import("../../static/guide/lesson/lesson.d.ts").Step} */ step) =>
    veiled(advance(null, { type: "start", lesson: { ...LESSON, steps: [step] }, at: 0 }));
  assert.deepEqual(
    step({ say: "x", veil: ["z1[0,0]"] }),
    ["z1[0,0]"],
    "without a question as long as one is there",
  );
  const loss = { number: "loss", step: 9 };
  assert.deepEqual(step({ say: "x", ask: { kind: "compare", of: loss, with: 1 } }), ["panel:training"]);
});

test("a wait holds one up until what it waits for has happened, or is skipped", () => {
  const waiting = after(NEXT, answer("positive"), NEXT, see(2));
  assert(!canGoOn(waiting));
  assert.equal(advance(waiting, see(4)), waiting);
  assert(canGoOn(/** @type {Progress} */ (advance(waiting, see(5)))));
  assert(canGoOn(/** @type {Progress} */ (advance(waiting, { type: "skip" }))));
  assert.equal(advance(after(), { type: "skip" })?.met, false);
});

test("the first answer to a question is what counts", () => {
  const wrong = after(NEXT, answer("negative"));
  const again = /** @type {Progress} */ (
    [{ type: "back" }, NEXT, answer("positive")].reduce(
      (/** @type {Progress | null} */ progress, event) => advance(progress, /** @type {Event} */ (event)),
      wrong,
    )
  );
  assert.equal(again.right, true);
  assert.deepEqual(again.score, { right: [], wrong: [1] });
});

test("one can always go back, and never beyond an end", () => {
  assert.equal(advance(after(), { type: "back" })?.at, 0);
  const end = /** @type {Progress} */ (advance(null, { type: "start", lesson: LESSON, at: 5 }));
  assert(isLast(end));
  assert.equal(advance(end, NEXT), end);
});

test("coming to a step from anywhere, the page is where the steps before it have brought it", () => {
  assert.deepEqual(clean(placeAt(LESSON, 0)), {
    spec: { seed: 1 },
    step: 3,
    frame: "z1",
    unit: 1,
    focus: "z1[0,1]",
  });
  assert.deepEqual(clean(placeAt(LESSON, 1)), clean(placeAt(LESSON, 0)), "its own answer is not given yet");
  assert.deepEqual(clean(placeAt(LESSON, 2)), { spec: { seed: 1 }, step: 3, frame: "a1", unit: 0 });
  assert.deepEqual(clean(placeAt(LESSON, 3)), { spec: { seed: 1 }, step: 9, frame: "loss" });
  assert.deepEqual(clean(placeAt(LESSON, 4)), { spec: { seed: 2 } }, "a new experiment begins anew");
});

/** @param {object} place */
function clean(place) {
  return Object.fromEntries(Object.entries(place).filter(([, value]) => value !== undefined));
}

test("whatever comes in whatever order, one stays within the lesson and nothing is changed in place", () => {
  const next = random(11);
  /** @type {Event[]} */
  const all = [NEXT, { type: "back" }, { type: "skip" }, answer("positive"), answer(1, 0), see(7), see(1)];
  let progress = after();
  for (let k = 0; k < 2000; k++) {
    const frozen = JSON.stringify(progress.score);
    const found = /** @type {Progress} */ (advance(progress, all[Math.floor(next() * all.length)]));
    assert(stepOf(found), String(found.at));
    assert.equal(JSON.stringify(progress.score), frozen);
    assert(Math.abs(found.at - progress.at) <= 1);
    progress = found;
  }
});
