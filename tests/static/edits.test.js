import assert from "node:assert/strict";
import { test } from "node:test";
import { dependents, editAction, editTarget, withEdit } from "../../static/edits.js";
import { countEdits } from "../../static/spec.js";
import { initialState, reduce } from "../../static/state.js";
import { runKey } from "../../static/needs.js";

/** @param {string} name @param {number[]} index */
const cell = (name, index) => ({ name, index });

/** A run of a single weight: z1 = W1 a0, loss, dW1, W1_new. */
const run = /** @type {any} */ ({
  id: "one",
  steps: 10,
  spec: { edits: [{ step: 2, learning_rate: 0.5 }] },
  values: {
    a0: { source: "batch" },
    y: { source: "batch" },
    W1: { source: "parameter" },
    m_W1: { source: "slot" },
    learning_rate: { source: "setting" },
    base_learning_rate: { source: "setting" },
    t: { source: "setting" },
    mask1: { source: "random" },
    z1: { source: "computed" },
    W1_new: { source: "computed" },
  },
  program: {
    calls: [
      { reads: ["W1", "a0"], writes: "z1" },
      { reads: ["z1", "y"], writes: "loss" },
      { reads: ["z1", "y", "a0"], writes: "dW1" },
      { reads: ["W1", "dW1", "learning_rate"], writes: "W1_new" },
    ],
  },
});

/** @param {number} step */
const frame = (step) => /** @type {any} */ ({
  run,
  trace: { batch: [7, 3] },
  moment: { step },
  value: () => 0.25,
});

test("a parameter is changed from the step on that is shown", () => {
  assert.deepEqual(editTarget(frame(4), cell("W1", [0, 1])), {
    step: 4,
    cell: "W1[0,1]",
    setting: null,
    value: 0.25,
  });
  assert.equal(editTarget(frame(4), cell("m_W1", [0, 1]))?.cell, "m_W1[0,1]");
});

test("an input or a target is changed in its row of the data, whatever its place in the batch", () => {
  assert.equal(editTarget(frame(4), cell("a0", [1, 0]))?.cell, "x[3,0]");
  assert.equal(editTarget(frame(4), cell("y", [0, 0]))?.cell, "y[7,0]");
});

test("a setting is changed by its name, the base of a schedule as the learning rate", () => {
  assert.equal(editTarget(frame(4), cell("learning_rate", []))?.setting, "learning_rate");
  assert.equal(editTarget(frame(4), cell("base_learning_rate", []))?.setting, "learning_rate");
});

test("a parameter after the update is changed at the next step, if there is one", () => {
  assert.deepEqual(editTarget(frame(4), cell("W1_new", [0, 1])), {
    step: 5,
    cell: "W1[0,1]",
    setting: null,
    value: 0.25,
  });
  assert.equal(editTarget(frame(9), cell("W1_new", [0, 1])), null);
});

test("what follows from other numbers, is drawn, or counts the steps cannot be changed", () => {
  for (
    const [name, index]
      of /** @type {[string, number[]][]} */ ([["z1", [0, 0]], ["mask1", [0, 0]], ["t", []]])
  ) {
    assert.equal(editTarget(frame(4), cell(name, index)), null, name);
  }
  assert.equal(editTarget(frame(4), cell("b9", [0])), null);
});

test("edits of one step are one entry, and entries go by their steps", () => {
  const at = (/** @type {number} */ step, /** @type {string} */ name) => ({
    step,
    cell: name,
    setting: null,
    value: 0,
  });
  let spec = withEdit({ seed: 1 }, at(5, "W1[0,0]"), 2);
  spec = withEdit(spec, { step: 3, cell: null, setting: "learning_rate", value: 0 }, 0.1);
  spec = withEdit(spec, at(5, "b1[0]"), -1);
  spec = withEdit(spec, at(5, "W1[0,0]"), 4);
  assert.deepEqual(spec, {
    seed: 1,
    edits: [{ step: 3, learning_rate: 0.1 }, { step: 5, set: { "W1[0,0]": 4, "b1[0]": -1 } }],
  });
  assert.equal(countEdits(spec), 3);
});

test("a number is taken as it is written anywhere, and what is none is not", () => {
  const typed = (/** @type {string} */ text) => editAction(frame(4), cell("W1", [1, 0]), text);
  for (const [text, value] of [["0.5", 0.5], [" \u22122 ", -2], ["0,25", 0.25], ["1e-3", 1e-3]]) {
    const action = typed(String(text));
    assert.equal(action?.type === "edit" && action.value, value, String(text));
  }
  for (const text of ["", "many", "NaN", "1/2", "Infinity"]) assert.equal(typed(text), null, text);
  assert.equal(editAction(frame(4), cell("z1", [0, 0]), "1"), null);
});

test("what is computed from a value, over however many assignments, depends on it", () => {
  assert.deepEqual([...dependents(run, "W1")], ["z1", "loss", "dW1", "W1_new"]);
  assert.deepEqual([...dependents(run, "learning_rate")], ["W1_new"]);
});

/** @param {any} state @param {any} spec */
const arrive = (state, spec) => {
  const key = runKey(spec);
  const next = { ...run, id: key, spec, layers: [], program: { calls: [{ reads: [], writes: "z1" }] } };
  next.values = { z1: { axes: [], shape: [] } };
  return reduce(reduce(state, { type: "run/loading", key, spec }), { type: "run/ready", key, run: next });
};

test("undo goes back over the experiments that were on the page, redo returns", () => {
  const specs = [{ seed: 1 }, { seed: 2 }, { seed: 3 }];
  let state = specs.reduce(arrive, initialState);
  assert.deepEqual(state.past, specs.slice(0, 2));
  state = reduce(state, { type: "undo" });
  assert.deepEqual([state.spec, state.past, state.future], [specs[1], [specs[0]], [specs[2]]]);
  state = reduce(arrive(state, specs[1]), { type: "undo" });
  assert.deepEqual([state.spec, state.past], [specs[0], []]);
  assert.equal(reduce(state, { type: "undo" }), state);
  state = reduce(reduce(state, { type: "redo" }), { type: "redo" });
  assert.deepEqual([state.spec, state.past, state.future], [specs[2], specs.slice(0, 2), []]);
});

test("a change after undo forgets what could have been redone", () => {
  let state = [{ seed: 1 }, { seed: 2 }].reduce(arrive, initialState);
  state = arrive(arrive(reduce(state, { type: "undo" }), { seed: 1 }), { seed: 9 });
  assert.deepEqual([state.past, state.future], [[{ seed: 1 }], []]);
});

test("an edit waits until its run is there or refused, and a refusal to another edit changes nothing", () => {
  const spec = { seed: 1, edits: [] },
    problem = /** @type {any} */ ({ title: "no", detail: "", status: 422, errors: [] });
  let state = arrive(initialState, { seed: 1 });
  state = reduce(state, {
    type: "edit",
    address: cell("W1", [0, 0]),
    value: 2,
    spec,
    stale: new Set(["z1"]),
  });
  assert.ok(state.edit?.stale.has("z1"));
  assert.equal(reduce(state, { type: "edit/refused", spec: {}, problem }), state);
  const refused = reduce(state, { type: "edit/refused", spec, problem });
  assert.equal(refused.edit?.problem, problem);
  assert.equal(refused.edit?.stale.size, 0);
  assert.equal(reduce(refused, { type: "edit/cancel" }).edit, null);
  assert.equal(arrive(state, spec).edit, null);
});
