/** @import { Lesson, Step } from "../../static/guide/lesson/lesson.d.ts" */
/** @import { Schema } from "../../static/guide/schema.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import LEARNING_RATE from "../../app/material/lessons/learning-rate.json" with { type: "json" };
import ONE_NEURON from "../../app/material/lessons/one-neuron.json" with { type: "json" };
import VANISHING from "../../app/material/lessons/vanishing-gradients.json" with { type: "json" };
import DELTA from "../../app/material/lessons/what-delta-means.json" with { type: "json" };
import HIDDEN from "../../app/material/lessons/why-hidden-layers.json" with { type: "json" };
import SCHEMA from "../../static/guide/lesson.schema.json" with { type: "json" };
import { proofread, proofreadAgainst, proofreadTerms, specsOf } from "../../static/guide/lesson/proofread.js";
import { CONTROLS, PANELS } from "../../static/guide/point.js";
import { faults } from "../../static/guide/schema.js";
import WRONG from "./wrong-lessons.json" with { type: "json" };
import { createViews } from "../../static/views/index.js";
import { run } from "./fixture.js";

/** @type {any} */ (globalThis).CSS ??= {
  escape: (/** @type {string} */ text) => text.replace(/[^\w-]/g, "\\$&"),
};

const schema = /** @type {Schema} */ (/** @type {unknown} */ (SCHEMA));
const BUILT_IN =
  /** @type {Lesson[]} */ (/** @type {unknown[]} */ ([ONE_NEURON, DELTA, HIDDEN, VANISHING, LEARNING_RATE]));

test("the schema says what can be pointed at", () => {
  const { description } = SCHEMA.$defs.pointer;
  assert.ok(description.endsWith(
    `; panel: ${Object.keys(PANELS).join(", ")}; control: ${Object.keys(CONTROLS).join(", ")}.`,
  ));
});

test("a lesson may name the views that the stage has", () => {
  assert.deepEqual(
    SCHEMA.$defs.place.properties.view.enum,
    createViews(() => {}, async () => {}).map(({ id }) => id),
  );
});

for (const lesson of BUILT_IN) {
  test(`${lesson.id} is a lesson without a fault`, () => {
    assert.deepEqual(faults(schema, lesson), []);
    assert.deepEqual(proofread(lesson), []);
    for (const { title, say, ask } of lesson.steps) {
      for (const text of [title, say, ask?.question, ask?.right, ask?.wrong]) {
        if (text && typeof text === "object") assert(text.en && text.zh, JSON.stringify(text));
      }
    }
  });
}

for (const { name, lesson, fault } of WRONG) {
  test(`a lesson with ${name} is refused at ${fault[0]}`, () => {
    const ofForm = faults(schema, lesson);
    const found = ofForm.length ? ofForm : proofread(/** @type {any} */ (lesson));
    assert.deepEqual([found[0]?.path, found[0]?.key.replace("guide.fault.", "")], fault);
  });
}

/** @param {Step} step  @returns {string[]} */
const against = (step) =>
  proofreadAgainst(step, 2, run).map(({ path, key }) => `${path}: ${key.replace("guide.fault.", "")}`);

test("what a step names has to be in its experiment", () => {
  assert.deepEqual(
    against({ say: "{z1[0,0]} {loss@3} {symbol W1} {symbol delta1[0,1]}", point: ["a1[0,1]", "panel:why"] }),
    [],
  );
  assert.deepEqual(against({ say: { en: "x", zh: "{z9[0,0]}" } }), ["steps[2].say.zh: no_number"]);
  assert.deepEqual(against({ say: "{loss@999}" }), ["steps[2].say: most"]);
  assert.deepEqual(against({ say: "x", set: { frame: "delta9", step: 99, focus: "a1[7,7]" } }), [
    "steps[2].set.step: most",
    "steps[2].set.frame: one",
    "steps[2].set.focus: no_number",
  ]);
  assert.deepEqual(
    against({ say: "x", ask: { kind: "compare", of: "q", with: { number: "loss", step: 77 } } }),
    [
      "steps[2].ask.of: no_number",
      "steps[2].ask.with.step: most",
    ],
  );
  assert.deepEqual(against({ say: "x", point: ["timeline:nothing", "z1[5,5]"] }), [
    "steps[2].point[0]: one",
    "steps[2].point[1]: no_number",
  ]);
  assert.deepEqual(against({ say: "x", point: "field:optimizer.lerning_rate" }), [
    "steps[2].point: no_field",
  ]);
  const whole = { ...run, spec: { optimizer: { kind: "sgd", learning_rate: 0.1 } } };
  const fields = { say: "x", point: ["field:layers", "field:optimizer.learning_rate"] };
  assert.deepEqual(proofreadAgainst(fields, 2, whole), []);
  assert.deepEqual(against({ say: "x", wait: { for: "change", field: "rate" } }), [
    "steps[2].wait.field: no_field",
  ]);
  assert.deepEqual(against({ say: "x", set: { frame: "z1", unit: 99, example: 99 } }), [
    "steps[2].set.unit: most",
    "steps[2].set.example: most",
  ]);
  assert.deepEqual(against({ say: "x", wait: { for: "value", of: "z1[9,9]", most: 0 } }), [
    "steps[2].wait.of: no_number",
  ]);
});

test("a term has to be in the glossary", () => {
  const glossary = /** @type {any} */ ({ entries: [{ id: "delta" }] });
  const lesson =
    /** @type {Lesson} */ ({ steps: [{ say: "{term delta|δ}" }, { say: { en: "x", zh: "{term dleta}" } }] });
  assert.deepEqual(proofreadTerms(lesson, glossary).map(({ path }) => path), ["steps[1].say.zh"]);
});

test("a step is about the experiment that was set last, at first about the first one", () => {
  const lesson = /** @type {Lesson} */ ({
    steps: [{ say: "a" }, { say: "b", set: { spec: { seed: 3 } } }, { say: "c", set: { step: 2 } }],
  });
  assert.deepEqual(specsOf(lesson).map(({ spec }) => spec), [{}, { seed: 3 }, { seed: 3 }]);
});
