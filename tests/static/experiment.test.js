import assert from "node:assert/strict";
import { test } from "node:test";

import SCHEMA from "../../static/guide/experiment.schema.json" with { type: "json" };
import { experimentFile, kindOf, placeIn } from "../../static/guide/experiment.js";
import { faults } from "../../static/guide/schema.js";
import { initialState, reduce } from "../../static/state.js";
import { address } from "../../static/trace.js";
import { toAction } from "../../static/url.js";
import { run } from "./fixture.js";

const schema = /** @type {import("../../static/guide/schema.js").Schema} */ (SCHEMA);

function looking() {
  const key = JSON.stringify({});
  let state = reduce(initialState, { type: "run/loading", key, spec: {} });
  state = reduce(state, { type: "run/ready", key, run });
  state = reduce(state, toAction({ step: 3, frame: "delta1", unit: 1, example: 1, by: "layer", digits: 4 }));
  return reduce(state, { type: "focus", address: address("delta1", [1, 0]) });
}

test("an experiment comes back from its file with the moment that was looked at", () => {
  const state = looking();
  const file = JSON.parse(JSON.stringify(experimentFile(state, run)));
  assert.deepEqual(faults(schema, file), []);
  const { spec, ...place } = placeIn(file);
  assert.deepEqual(spec, run.spec);
  const again = reduce(state, toAction({ ...place, spec: {} }));
  for (const part of /** @type {const} */ (["cursor", "example", "by", "view", "focus", "digits"])) {
    assert.deepEqual(again[part], state[part], part);
  }
});

test("what a file leaves out is not made up", () => {
  const file = { backscope: "experiment", version: 1, spec: { seed: 1 } };
  assert.deepEqual(faults(schema, file), []);
  assert.deepEqual(placeIn(file), { spec: { seed: 1 } });
});

test("a file is known by what it calls itself, and a spec by its fields", () => {
  assert.equal(kindOf({ backscope: "experiment" }), "experiment");
  assert.equal(kindOf({ backscope: "lesson" }), "lesson");
  assert.equal(kindOf({ layers: [] }), "spec");
  for (const other of [null, 3, "x", [], {}, { frames: [] }, { backscope: "film", spec: {} }]) {
    assert.equal(kindOf(other), null, JSON.stringify(other));
  }
});
