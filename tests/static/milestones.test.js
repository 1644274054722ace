import assert from "node:assert/strict";
import { test } from "node:test";
import { milestonesOf } from "../../static/milestones.js";

const run = /** @type {any} */ ({
  steps: 100,
  program: { calls: [{ writes: "z1" }, { writes: "a1" }, { writes: "loss" }] },
});
/** @param {string} key @param {any} [values] */
const t = (key, values) => `${key} ${JSON.stringify(values ?? {})}`;
/** @param {any} parts */
const found = (parts) => ({
  non_finite: null,
  dead_unit: null,
  loss_drop: null,
  early_stopping: { monitor: "train_loss", patience: 10, best: null, stopped: null },
  ...parts,
});

test("a run in which nothing happened has no milestones", () => {
  assert.deepEqual(milestonesOf(found({}), run, t), []);
});

test("milestones go by their steps and lead to their assignment, unit and number", () => {
  const list = milestonesOf(
    found({
      non_finite: { step: 87, name: "loss", address: "loss", sentence: "" },
      dead_unit: { step: 4, layer: 1, name: "a1", unit: 2 },
      loss_drop: { step: 9, until: 10, before: 2, after: "NaN" },
    }),
    run,
    t,
  );
  assert.deepEqual(list.map(({ actions }) => actions), [
    [{ type: "goto", moment: { step: 4, frame: 1, unit: 2 } }],
    [{ type: "goto", moment: { step: 9 } }],
    [{ type: "goto", moment: { step: 87, frame: 2 } }, {
      type: "focus",
      address: { name: "loss", index: [] },
    }],
  ]);
  assert.match(list[1].text, /NaN/);
});

test("the best parameters after the last step are no moment of the run", () => {
  const best = { epoch: 100, step: 100, value: 0.5 }, stopped = { epoch: 12, step: 12 };
  const list = milestonesOf(
    found({ early_stopping: { monitor: "train_loss", patience: 10, best, stopped } }),
    run,
    t,
  );
  assert.deepEqual(list.map(({ actions }) => actions), [[{ type: "goto", moment: { step: 12 } }]]);
});
