/** @import { State } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState } from "../../static/state.js";
import * as trace from "../../static/trace.js";
import { denseRun, run, traceOf } from "./fixture.js";

const { address, exists, formatAddress, frameAt, known, parseAddress, valueAt } = trace;

for (const text of ["loss", "b1[2]", "delta1[0,2]", "W2_new[0,10]", "learning_rate"]) {
  test(`${text} is read and written alike`, () => {
    const parsed = parseAddress(text);
    assert.equal(parsed && formatAddress(parsed), text);
  });
}

for (
  const text of [
    "",
    "[0]",
    "a[",
    "a[]",
    "a[-1]",
    "a[1.5]",
    "a[1,]",
    "a [1]",
    "1a",
    "a[1]b",
    "a[1e9]",
    "a[99999999999]",
  ]
) {
  test(`${JSON.stringify(text)} is no address`, () => assert.equal(parseAddress(text), null));
}

test("a cell exists if its array does and the index is inside", () => {
  const answers = ["loss", "a1[1,1]", "a1[2,0]", "a1[0]", "loss[0]", "W9[0,0]", "constructor"].map((text) => {
    return exists(run, /** @type {import("../../static/types.d.ts").Address} */ (parseAddress(text)));
  });
  assert.deepEqual(answers, [true, true, false, false, false, false, false]);
});

const tensor = { shape: [2, 3], data: Float64Array.of(0, 1, 2, 10, 11, NaN) };

/** @type {[number[], number | undefined][]} */
const CELLS = [[[0, 0], 0], [[1, 1], 11], [[1, 2], NaN], [[2, 0], undefined], [[0, -1], undefined], [
  [0],
  undefined,
]];

for (const [index, expected] of CELLS) {
  test(`cell [${index}] of a 2 by 3 array is ${expected}`, () =>
    assert.equal(valueAt(tensor, index), expected));
}

test("a scalar is read with no index, and data left out is undefined", () => {
  assert.equal(valueAt({ shape: [], data: Float64Array.of(7) }, []), 7);
  assert.equal(valueAt({ shape: [1], data: null }, [0]), undefined);
});

/** @param {string} writes  @param {number} unit */
const momentOf = (writes, unit) => ({
  step: 0,
  frame: run.program.calls.findIndex((call) => call.writes === writes),
  unit,
});

test("what a step starts from is known from its first moment", () => {
  for (const text of ["a0[0,0]", "y[1,0]", "W1[1,1]", "b2[0]", "learning_rate"]) {
    const cell = parseAddress(text);
    assert.ok(cell && known(run, { step: 0, frame: 0, unit: 0 }, cell), text);
  }
});

/** @type {[string, ReturnType<typeof momentOf>, boolean][]} */
const KNOWN = [
  ["z1[0,0]", momentOf("z1", 0), true],
  ["z1[1,0]", momentOf("z1", 0), true],
  ["z1[0,1]", momentOf("z1", 0), false],
  ["z1[0,1]", momentOf("a1", 0), true],
  ["a2[0,0]", momentOf("a1", 1), false],
  ["loss", momentOf("a2", 0), false],
  ["loss", momentOf("loss", 0), true],
  ["dW1[0,1]", momentOf("dW1", 0), true],
  ["dW1[1,0]", momentOf("dW1", 0), false],
  ["W1_new[1,1]", momentOf("b1_new", 1), true],
  ["nowhere", momentOf("b1_new", 1), false],
];

/** dW1[1,·] is made of two examples: term 1 makes its first cell whole, term 2 begins the second. @type {[string, number, boolean][]} */
const KNOWN_BY_TERM = [
  ["dW1[0,1]", 0, true],
  ["dW1[1,0]", 0, false],
  ["dW1[1,0]", 1, true],
  ["dW1[1,1]", 1, false],
  ["dW1[1,1]", 2, false],
  ["db1[0]", 2, false],
];

for (const [text, term, expected] of KNOWN_BY_TERM) {
  test(`at term ${term} of row 1 of dW1, ${text} is ${expected ? "" : "not yet "}known`, () => {
    const moment = { ...momentOf("dW1", 1), term };
    assert.equal(known(run, moment, /** @type {any} */ (parseAddress(text))), expected);
  });
}

for (const [text, moment, expected] of KNOWN) {
  test(`at unit ${moment.unit} of ${run.program.calls[moment.frame].writes}, ${text} is ${expected ? "" : "not yet "}known`, () => {
    assert.equal(known(run, moment, /** @type {any} */ (parseAddress(text))), expected);
  });
}

/** @param {Partial<State>} [parts]  @returns {State} */
function stateAt(parts = {}) {
  const step = parts.cursor?.step ?? 0;
  return {
    ...initialState,
    run: { status: "ready", key: "r", value: run },
    trace: { status: "ready", key: "t", value: traceOf(step) },
    ...parts,
  };
}

test("a frame holds everything about its moment", () => {
  const frame = frameAt(stateAt({ cursor: momentOf("delta1", 1), example: 1 }));
  assert.ok(frame);
  assert.equal(frame.call.writes, "delta1");
  assert.equal(formatAddress(frame.active), "delta1[1,1]");
  assert.equal(formatAddress(frame.focus), "delta1[1,1]");
  assert.deepEqual([...frame.writtenSet], ["delta1[1,1]"]);
  assert.deepEqual([...frame.readSet], ["da1[1,1]", "a1[1,1]"]);
  assert.deepEqual(frame.reads.map(formatAddress), [...frame.readSet]);
  assert.equal(frame.known(address("delta1", [0, 1])), true);
  assert.equal(frame.known(address("dW1", [0, 1])), false);
  assert.equal(frame.value(address("W1", [0, 1])), -1);
  assert.equal(frame.value(address("nowhere", [])), undefined);
});

test("a unit of a weight matrix writes its whole row and reads what all of it reads", () => {
  const frame = frameAt(stateAt({ cursor: momentOf("dW1", 1) }));
  assert.deepEqual([...frame?.writtenSet ?? []], ["dW1[1,0]", "dW1[1,1]"]);
  assert.equal(formatAddress(frame?.active ?? address("", [])), "dW1[1,0]");
  assert.deepEqual([...frame?.readSet ?? []].sort(), [
    ...["a0[0,0]", "a0[0,1]", "a0[1,0]", "a0[1,1]", "delta1[0,1]", "delta1[1,1]"],
  ]);
});

test("a unit in the making reads what its latest term reads, and keeps what the earlier ones have", () => {
  const frame = frameAt(stateAt({ cursor: { ...momentOf("z1", 1), term: 1 } }));
  assert.deepEqual([...frame?.writtenSet ?? []], ["z1[0,1]"]);
  assert.deepEqual([...frame?.readSet ?? []], ["W1[1,1]", "a0[0,1]"]);
  assert.deepEqual([...frame?.building?.added.keys() ?? []], ["W1[1,0]", "a0[0,0]"]);
  assert.equal(frame?.building?.terms[1].running, 0.75, "0.5 · 1 + 0.5 · 0.5");
  assert.equal(frame?.building?.complete, false);
  assert.equal(frame?.known(address("z1", [0, 1])), false);
});

test("a term that belongs to an example shows that example", () => {
  const frame = frameAt(stateAt({ cursor: { ...momentOf("dW1", 1), term: 2 }, example: 1 }));
  assert.equal(frame?.building?.address, "dW1[1,1]");
  assert.equal(frame?.example, 0);
  assert.equal(frameAt(stateAt({ cursor: { ...momentOf("z1", 0), term: 0 }, example: 1 }))?.example, 1);
});

test("by terms, a whole unit shows its last term; by units, all of them", () => {
  const cursor = momentOf("z1", 1);
  assert.equal(frameAt(stateAt({ cursor }))?.building, null);
  const frame = frameAt(stateAt({ cursor, by: "term" }));
  assert.equal(frame?.building?.complete, true);
  assert.deepEqual([...frame?.readSet ?? []], ["b1[1]"]);
  assert.equal(frame?.known(address("z1", [0, 1])), true);
});

test("numbers that were not sent are not added up", () => {
  const sent = traceOf(0);
  const values = { ...sent.values, W1: { shape: [2, 2], data: null } };
  const cursor = { ...momentOf("z1", 0), term: 0 };
  const frame = frameAt(
    stateAt({ cursor, trace: { status: "ready", key: "t", value: { ...sent, values } } }),
  );
  assert.equal(frame?.building, null);
});

test("a pinned cell is the focus, the active cell stays what was just computed", () => {
  const frame = frameAt(stateAt({ cursor: momentOf("z2", 0), focus: address("W1", [1, 0]) }));
  assert.deepEqual([frame?.focus, frame?.active].map((cell) => cell && formatAddress(cell)), [
    "W1[1,0]",
    "z2[0,0]",
  ]);
});

test("an example the smaller last batch lacks gives way to its last one", () => {
  const frame = frameAt(stateAt({ cursor: { step: 1, frame: 0, unit: 0 }, example: 1 }));
  assert.equal(frame?.example, 0);
});

test("there is no frame while the run or the right trace is missing", () => {
  const other = traceOf(1);
  assert.equal(frameAt(initialState), null);
  assert.equal(frameAt(stateAt({ trace: { status: "loading", key: "t", previous: traceOf(0) } })), null);
  assert.equal(frameAt(stateAt({ trace: { status: "ready", key: "t", value: other } })), null);
  assert.equal(
    frameAt(stateAt({ trace: { status: "ready", key: "t", value: { ...traceOf(0), run: "other" } } })),
    null,
  );
});

test("a state that shows the same gives the same frame", () => {
  const state = stateAt();
  assert.equal(frameAt(state), frameAt({ ...state, playing: true, view: "matrix" }));
  assert.notEqual(frameAt(state), frameAt({ ...state, example: 1 }));
});

test("a wide layer lights no more cells than can be seen", () => {
  const wide = denseRun({ widths: [60, 60, 2], examples: 100, batch: 100, epochs: 1, id: "wide" });
  const values = Object.fromEntries(
    Object.entries(wide.values).map(([name, { shape }]) => [name, { shape, data: null }]),
  );
  const frame = frameAt({
    ...initialState,
    cursor: { step: 0, frame: wide.program.calls.findIndex(({ writes }) => writes === "dW1"), unit: 3 },
    run: { status: "ready", key: "r", value: wide },
    trace: {
      status: "ready",
      key: "t",
      value: {
        run: "wide",
        step: 0,
        batch: Array.from({ length: 100 }, (_, n) => n),
        loss: 0,
        values,
        truncated: true,
      },
    },
  });
  assert.equal(frame?.reads.length, trace.MAXIMUM_READS);
  assert.equal(frame?.value(address("dW1", [3, 0])), undefined);
});
