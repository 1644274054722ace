/** @import { Action, Address, Moment, Problem, Run, State } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { end, START } from "../../static/moments.js";
import { historyKey, needs, runKey, traceKey } from "../../static/needs.js";
import { initialState, reduce, SPEEDS } from "../../static/state.js";
import { address } from "../../static/trace.js";
import { denseRun, run, traceOf } from "./fixture.js";

/** @type {Problem} */
const PROBLEM = { title: "No answer", detail: "", status: 0, errors: [] };
const HISTORY = { steps: [0], loss: [1], norms: {} };
const KEY = runKey(initialState.spec);

/** @param {State} state  @param {...Action} actions  @returns {State} */
const after = (state, ...actions) => actions.reduce(reduce, state);

/** @param {string} name  @returns {number}  the frame of `run` that writes a name */
const frameOf = (name) => run.program.calls.findIndex(({ writes }) => writes === name);

/** @type {Action} */
const LOAD = { type: "run/loading", key: KEY, spec: initialState.spec };
/** @type {Action} */
const LOADED = { type: "run/ready", key: KEY, run };

/** The page once run and trace are there. */
const ready = after(
  initialState,
  LOAD,
  LOADED,
  { type: "trace/loading", key: traceKey(run, 0) },
  { type: "trace/ready", key: traceKey(run, 0), trace: traceOf(0) },
);

test("the page begins at the first moment with nothing loaded", () => {
  assert.deepEqual(initialState.cursor, START);
  assert.deepEqual(needs(initialState), [{ kind: "run", key: KEY, spec: {} }]);
});

test("every state is frozen, and reducing leaves the one before as it was", () => {
  const copy = structuredClone(ready);
  const moved = after(ready, { type: "move", by: "unit", direction: 1 });
  assert.ok(Object.isFrozen(moved) && Object.isFrozen(moved.cursor));
  assert.deepEqual(ready, copy);
});

/** @type {[string, State, Action][]} */
const NOTHING = [
  ["the same granularity", ready, { type: "by", by: "unit" }],
  ["the same view", ready, { type: "view", view: "network" }],
  ["pausing while paused", ready, { type: "pause" }],
  ["the same spec", ready, { type: "spec", spec: {} }],
  ["going to where one is", ready, { type: "goto", moment: START }],
  ["moving back from the start", ready, { type: "move", by: "layer", direction: -1 }],
  ["moving before there is a run", initialState, { type: "move", by: "unit", direction: 1 }],
  ["the end before there is a run", initialState, { type: "end" }],
  ["playing before there is a run", initialState, { type: "play" }],
  ["a speed that is no number", ready, { type: "speed", speed: NaN }],
  ["a focus on no cell of this run", ready, { type: "focus", address: address("W7", [0, 0]) }],
  ["a focus outside its array", ready, { type: "focus", address: address("W1", [0, 5]) }],
  ["a focus named like a method", ready, { type: "focus", address: address("toString", []) }],
  ["retrying when nothing failed", ready, { type: "retry" }],
];

for (const [name, state, action] of NOTHING) {
  test(`${name} changes nothing`, () => assert.equal(reduce(state, action), state));
}

/** @type {[Action, keyof State, unknown][]} */
const ALONE = [
  [{ type: "by", by: "phase" }, "by", "phase"],
  [{ type: "view", view: "matrix" }, "view", "matrix"],
  [{ type: "speed", speed: 4 }, "speed", 4],
  [{ type: "speed", speed: 1e9 }, "speed", SPEEDS.maximum],
  [{ type: "speed", speed: 1e-9 }, "speed", SPEEDS.minimum],
  [{ type: "example", example: 1 }, "example", 1],
  [{ type: "example", example: 99 }, "example", 1],
  [{ type: "example", example: -3 }, "example", 0],
  [{ type: "focus", address: address("b1", [1]) }, "focus", address("b1", [1])],
  [{ type: "play" }, "playing", true],
];

for (const [action, name, value] of ALONE) {
  test(`${JSON.stringify(action)} sets ${name} to ${JSON.stringify(value)} and nothing else`, () => {
    assert.deepEqual(reduce(ready, action), { ...ready, [name]: value });
  });
}

/** @type {[string, Action[], Moment][]} */
const MOVES = [
  ["by unit", [{ type: "move", by: "unit", direction: 1 }], { step: 0, frame: 0, unit: 1 }],
  ["by unit over the end of a frame", [
    { type: "move", by: "assignment", direction: 1 },
    { type: "move", by: "unit", direction: 1 },
  ], { step: 0, frame: 1, unit: 0 }],
  ["by phase", [{ type: "move", by: "phase", direction: 1 }], { step: 0, frame: frameOf("a2"), unit: 0 }],
  ["by step over the end of a step", [
    { type: "move", by: "step", direction: 1 },
    { type: "move", by: "unit", direction: 1 },
  ], { step: 1, frame: 0, unit: 0 }],
  ["back over the start of a step", [
    { type: "goto", moment: { step: 2, frame: 0, unit: 0 } },
    { type: "move", by: "unit", direction: -1 },
  ], { step: 1, frame: frameOf("b1_new"), unit: 1 }],
  ["to the end and on", [{ type: "end" }, { type: "move", by: "epoch", direction: 1 }], end(run)],
  ["to the end and to the start", [{ type: "end" }, { type: "start" }], START],
  ["to an assignment, which means all of it", [{ type: "goto", moment: { frame: frameOf("delta1") } }], {
    step: 0,
    frame: frameOf("delta1"),
    unit: 1,
  }],
  ["to another step, keeping assignment and unit", [
    { type: "goto", moment: { frame: frameOf("delta1"), unit: 0 } },
    { type: "goto", moment: { step: 4 } },
  ], { step: 4, frame: frameOf("delta1"), unit: 0 }],
  ["to a term", [{ type: "goto", moment: { frame: 0, unit: 1, term: 0 } }], {
    ...{ step: 0, frame: 0, unit: 1, term: 0 },
  }],
  ["to another step from a term", [
    { type: "goto", moment: { frame: 0, unit: 1, term: 0 } },
    { type: "goto", moment: { step: 4 } },
  ], { step: 4, frame: 0, unit: 1, term: 0 }],
  ["to a unit from a term", [
    { type: "goto", moment: { frame: 0, unit: 1, term: 0 } },
    { type: "goto", moment: { unit: 1 } },
  ], { step: 0, frame: 0, unit: 1 }],
  ["to the beginning, by terms", [{ type: "by", by: "term" }, { type: "start" }], {
    ...{ step: 0, frame: 0, unit: 0, term: 0 },
  }],
  ["to far outside", [{ type: "goto", moment: { step: 1e9, frame: 1e9, unit: 1e9 } }], end(run)],
];

for (const [name, actions, cursor] of MOVES) {
  test(`the cursor moves ${name}`, () => assert.deepEqual(after(ready, ...actions).cursor, cursor));
}

test("a move runs in its direction and a jump in none", () => {
  const forth = after(ready, { type: "move", by: "unit", direction: 1 });
  const back = after(forth, { type: "move", by: "unit", direction: -1 });
  const jump = after(back, { type: "end" });
  assert.deepEqual([forth.direction, back.direction, jump.direction], [1, -1, 0]);
});

for (
  const action of /** @type {Action[]} */ ([
    { type: "move", by: "unit", direction: 1 },
    { type: "goto", moment: { step: 3, frame: 1 } },
    { type: "end" },
  ])
) {
  test(`${JSON.stringify(action)} unpins the focus`, () => {
    const pinned = after(ready, { type: "focus", address: address("W1", [0, 1]) });
    assert.equal(after(pinned, action).focus, null);
  });
}

test("through the steps of a training a pinned number stays, by hand as by training", () => {
  const pinned = after(ready, { type: "focus", address: address("W1", [0, 1]) });
  assert.deepEqual(after(pinned, { type: "goto", moment: { step: 3 } }).focus, address("W1", [0, 1]));
  const training = after(pinned, { type: "train", on: true });
  const later = after(training, { type: "train/step", step: 3 });
  assert.deepEqual([later.cursor.step, later.focus], [3, address("W1", [0, 1])]);
  assert.deepEqual([later.training, after(later, { type: "end" }).training], [true, false]);
  assert.equal(after(pinned, { type: "train/step", step: 3 }), pinned);
});

test("a pinned cell of one example gives way to the same cell of the next one chosen", () => {
  const pinned = after(ready, { type: "focus", address: address("a1", [0, 1]) });
  assert.deepEqual(after(pinned, { type: "example", example: 1 }).focus, address("a1", [1, 1]));
});

test("a pinned weight stays when another example is chosen", () => {
  const pinned = after(ready, { type: "focus", address: address("W1", [0, 1]) });
  assert.deepEqual(after(pinned, { type: "example", example: 1 }).focus, address("W1", [0, 1]));
});

test("crossing into another step asks for its trace and keeps the old one's key", () => {
  const crossed = after(ready, { type: "goto", moment: { step: 1 } });
  assert.deepEqual(needs(crossed)[0], { kind: "trace", key: traceKey(run, 1), run, step: 1 });
  assert.equal(crossed.trace, ready.trace);
});

test("what is being fetched is not asked for again, nor what failed", () => {
  const loading = after(ready, { type: "history/loading", key: historyKey(run) });
  const failed = after(loading, { type: "history/failed", key: historyKey(run), problem: PROBLEM });
  assert.deepEqual(needs(ready).map(({ kind }) => kind), ["history"]);
  assert.deepEqual([needs(loading), needs(failed)], [[], []]);
  assert.deepEqual(needs(after(failed, { type: "retry" })).map(({ kind }) => kind), ["history"]);
});

test("while a new trace loads the old one is at hand", () => {
  const loading = after(ready, { type: "trace/loading", key: traceKey(run, 1) }, {
    type: "trace/loading",
    key: traceKey(run, 2),
  });
  assert.equal(loading.trace.status === "loading" && loading.trace.previous?.step, 0);
});

/** @type {[string, Action, Action][]} */
const LATE = [
  ["trace", { type: "trace/loading", key: traceKey(run, 2) }, {
    type: "trace/ready",
    key: traceKey(run, 1),
    trace: traceOf(1),
  }],
  ["failure of a trace", { type: "trace/loading", key: traceKey(run, 2) }, {
    type: "trace/failed",
    key: traceKey(run, 1),
    problem: PROBLEM,
  }],
  ["run", { type: "run/loading", key: runKey({ seed: 2 }), spec: { seed: 2 } }, LOADED],
  ["failure of a run", { type: "run/loading", key: runKey({ seed: 2 }), spec: { seed: 2 } }, {
    type: "run/failed",
    key: KEY,
    problem: PROBLEM,
  }],
  ["history", { type: "history/loading", key: "new" }, {
    type: "history/ready",
    key: "old",
    history: HISTORY,
  }],
  ["failure of a history", { type: "history/loading", key: "new" }, {
    type: "history/failed",
    key: "old",
    problem: PROBLEM,
  }],
];

for (const [name, waiting, answer] of LATE) {
  test(`a late ${name} is dropped`, () => {
    const state = reduce(ready, waiting);
    assert.equal(reduce(state, answer), state);
  });
}

test("playing stops when a run or trace fails, and at the end of the line", () => {
  const playing = after(ready, { type: "play" }, { type: "trace/loading", key: "k" });
  assert.equal(after(playing, { type: "trace/failed", key: "k", problem: PROBLEM }).playing, false);
  const atEnd = after(ready, { type: "play" }, { type: "end" });
  assert.equal(atEnd.playing, true);
  assert.equal(after(atEnd, { type: "move", by: "unit", direction: 1 }).playing, false);
});

test("playing from the very end begins again", () => {
  const again = after(ready, { type: "end" }, { type: "play" });
  assert.deepEqual([again.cursor, again.playing], [START, true]);
});

/** A network with another layer: `delta1` is a frame further on, `delta3` is new. */
const deeper = denseRun({ widths: [2, 3, 2, 1], examples: 3, batch: 2, epochs: 1, id: "deeper" });
const SPEC = { layers: [{ kind: "dense", units: 3 }] };

/** @param {State} state  @param {Run} run  @returns {State} */
const changed = (state, run) => {
  const key = runKey(SPEC);
  return after(state, { type: "spec", spec: SPEC }, { type: "run/loading", key, spec: SPEC }, {
    type: "run/ready",
    key,
    run,
  });
};

test("a new network keeps the cursor on the assignment of the same name", () => {
  const state = changed(
    after(ready, { type: "goto", moment: { frame: frameOf("delta1"), unit: 1 } }),
    deeper,
  );
  assert.deepEqual(state.cursor, {
    step: 0,
    frame: deeper.program.calls.findIndex(({ writes }) => writes === "delta1"),
    unit: 1,
  });
  assert.equal(state.frameName, null);
});

test("a shorter run brings the cursor back to its last step", () => {
  assert.equal(changed(after(ready, { type: "end" }), deeper).cursor.step, deeper.steps - 1);
});

test("an assignment the new network lacks gives way to the nearest frame", () => {
  const deep = { ...ready, run: { ...ready.run, value: deeper } };
  const state = after(/** @type {State} */ (deep), { type: "end" }, { type: "goto", moment: { frame: 20 } });
  const small = changed(state, run);
  assert.equal(small.cursor.frame, Math.min(20, run.program.calls.length - 1));
});

test("a focus the new network lacks is unpinned, one it has is kept", () => {
  const kept = changed(after(ready, { type: "focus", address: address("W1", [1, 1]) }), deeper);
  const lost = changed(
    after(ready, { type: "focus", address: address("W2", [0, 1]) }),
    denseRun({
      ...{ widths: [2, 1], examples: 3, batch: 2, epochs: 1, id: "flat" },
    }),
  );
  assert.deepEqual([kept.focus, lost.focus], [address("W1", [1, 1]), null]);
});

test("a new spec pauses, keeps showing the old run and asks for the new one", () => {
  const state = after(ready, { type: "play" }, { type: "spec", spec: SPEC });
  assert.equal(state.playing, false);
  assert.equal(state.run, ready.run);
  assert.deepEqual(needs(state), [{ kind: "run", key: runKey(SPEC), spec: SPEC }]);
});

test("the same run under another spec keeps its trace", () => {
  const state = changed(ready, run);
  assert.equal(state.trace, ready.trace);
});

test("a failed spec is asked for again once it is set again", () => {
  const failed = after(initialState, LOAD, { type: "run/failed", key: KEY, problem: PROBLEM });
  assert.deepEqual(needs(failed), []);
  assert.equal(needs(after(failed, { type: "spec", spec: {} })).length, 1);
});

test("a link that names an assignment waits for the run to say which frame that is", () => {
  const restored = after(initialState, {
    type: "restore",
    part: { cursor: { step: 4, frame: 0, unit: 1 }, example: 1, by: "layer", focus: address("a1", [1, 0]) },
    frame: "delta1",
  });
  const state = after(restored, LOAD, LOADED);
  assert.deepEqual(state.cursor, { step: 4, frame: frameOf("delta1"), unit: 1 });
  assert.deepEqual([state.example, state.by, state.focus], [1, "layer", address("a1", [1, 0])]);
});

test("a link into the run on the page goes there at once", () => {
  const state = after(ready, {
    type: "restore",
    part: { cursor: { step: 3, frame: 0, unit: 9 } },
    frame: "db1",
  });
  assert.deepEqual(state.cursor, { step: 3, frame: frameOf("db1"), unit: 1 });
  assert.equal(state.run, ready.run);
});

test("a link cannot bring remote data with it", () => {
  const state = after(ready, {
    type: "restore",
    part: { run: { status: "idle" }, trace: { status: "idle" } },
  });
  assert.deepEqual([state.run, state.trace], [ready.run, ready.trace]);
});

test("a link without a term leads to the whole unit, wherever the page was", () => {
  const partial = after(ready, { type: "goto", moment: { frame: 0, unit: 0, term: 0 } });
  const part = { cursor: { step: 0, frame: 0, unit: 0 } };
  assert.deepEqual(after(partial, { type: "restore", part }).cursor, { step: 0, frame: 0, unit: 0 });
});

test("a link to nowhere ends up at the nearest place there is", () => {
  const part = { cursor: { step: 1e15, frame: 0, unit: 1e15 }, example: 1e15, focus: address("nope", [1]) };
  const state = after(ready, { type: "restore", part, frame: "nope" });
  assert.deepEqual([state.cursor, state.example, state.focus], [{ step: 5, frame: 0, unit: 1 }, 1, null]);
});

test("in front of a class what is for study goes, and comes back; what was hidden by hand stays hidden", () => {
  let state = reduce(initialState, { type: "hide", panel: "why", hidden: true });
  assert.deepEqual(state.hide, ["why"]);
  state = reduce(state, { type: "present", present: true });
  assert.deepEqual(state.hide, ["why", "training", "legend"]);
  assert.equal(reduce(state, { type: "present", present: true }), state);
  state = reduce(state, { type: "hide", panel: "training", hidden: false });
  assert.deepEqual(state.hide, ["why", "legend"]);
  assert.equal(reduce(state, { type: "hide", panel: "training", hidden: false }), state);
  state = reduce(state, { type: "present", present: false });
  assert.deepEqual([state.present, state.hide], [false, ["why"]]);
});

test("numbers on wires are switched on and off", () => {
  const state = reduce(initialState, { type: "wires", wires: true });
  assert.deepEqual([initialState.wires, state.wires], [false, true]);
});

test("little maps are switched on and off", () => {
  const state = reduce(initialState, { type: "maps", maps: true });
  assert.deepEqual([initialState.maps, state.maps], [false, true]);
  assert.equal(reduce(state, { type: "maps", maps: true }), state);
});

test("the digits asked for are part of the state", () => {
  const state = reduce(initialState, { type: "digits", digits: 3 });
  assert.equal(state.digits, 3);
  assert.equal(reduce(state, { type: "digits", digits: null }).digits, null);
});
