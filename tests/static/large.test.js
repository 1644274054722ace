/** @import { Action, State, Tensor, Trace } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../static/api.js";
import { createLarge, lacking, lackingRow, MOST_NUMBERS } from "../../static/large.js";
import { initialState, reduce } from "../../static/state.js";
import { frameAt, valueAt } from "../../static/trace.js";
import { run, traceOf } from "./fixture.js";

/** A trace whose weights were not sent. @param {string[]} names  @returns {Trace} */
function without(names) {
  const trace = traceOf(0);
  const values = { ...trace.values };
  for (const name of names) values[name] = { shape: values[name].shape, data: null };
  return { ...trace, values, truncated: true };
}

/** @param {Trace} trace  @param {string} writes  @returns {State} */
function stateAt(trace, writes) {
  const frame = run.program.calls.findIndex((call) => call.writes === writes);
  return {
    ...initialState,
    cursor: { step: 0, frame, unit: 0 },
    run: { status: "ready", key: "r", value: run },
    trace: { status: "ready", key: "t", value: trace },
  };
}

test("a moment lacks what its assignment reads and writes, and the weights on the wires", () => {
  const trace = without(["W1", "W2", "dW1", "a1", "b1"]);
  const lack = (/** @type {string} */ writes, trace = without([])) => {
    const frame = frameAt(stateAt(trace, writes));
    return frame ? lacking(frame).sort() : null;
  };
  assert.deepEqual(lack("z1", trace), ["W1", "W2", "b1"]);
  assert.deepEqual(lack("dW1", trace), ["W1", "W2", "dW1"]);
  assert.deepEqual(lack("dW1", { ...trace, refused: ["dW1", "W2"] }), ["W1"]);
  assert.deepEqual(lack("dW1"), []);
});

test("of the values of units a moment lacks the row of its example, unless a number is made term by term", () => {
  const frame = frameAt(stateAt(without(["W1", "a0", "z1", "a1"]), "z1"));
  assert.ok(frame);
  assert.deepEqual(lacking(frame), ["W1"]);
  assert.deepEqual(lackingRow(frame).sort(), ["a0", "a1", "z1"]);
  assert.deepEqual(lacking(frame, true).sort(), ["W1", "a0", "z1"]);
});

test("a row that has come is read as the array would be", () => {
  const tensor = { shape: [3, 2], data: null, rows: { 1: Float64Array.of(5, 6) } };
  assert.deepEqual([[1, 0], [1, 1], [0, 1], [1, 2]].map((index) => valueAt(tensor, index)), [
    5,
    6,
    undefined,
    undefined,
  ]);
});

/** A page that rests at once. @param {State} begin  @param {(names: string[]) => Promise<Record<string, Tensor>>} answer */
function page(begin, answer) {
  let state = begin;
  /** @type {string[][]} */
  const asked = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  const store = {
    getState: () => state,
    dispatch: (/** @type {Action} */ action) => void (state = reduce(state, action)),
  };
  const clock = /** @type {any} */ ({
    wait: (/** @type {() => void} */ callback) => waiting.push(callback),
    cancelWait: () => waiting.pop(),
  });
  const changed = createLarge(/** @type {any} */ (store), {
    getArrays: (_run, _step, names) => {
      asked.push(names);
      return answer(names);
    },
  }, clock);
  const rest = async () => {
    changed();
    for (const callback of waiting.splice(0)) callback();
    for (let k = 0; k < 5; k++) await Promise.resolve();
  };
  return { rest, asked, trace: () => state.trace.status === "ready" ? state.trace.value : null };
}

test("what was left out is fetched once the page rests, and the trace has it from then on", async () => {
  const whole = traceOf(0);
  const { rest, asked, trace } = page(
    stateAt(without(["W1", "dW1"]), "z1"),
    (names) => Promise.resolve(Object.fromEntries(names.map((name) => [name, whole.values[name]]))),
  );
  await rest();
  await rest();
  assert.deepEqual(asked, [["W1"]]);
  assert.equal(trace()?.values.W1, whole.values.W1);
  assert.equal(trace()?.truncated, true, "dW1 is still away, and nobody looks at it");
  assert.deepEqual(trace()?.refused, []);
});

test("the row of the example shown is asked for on its own, and joins the rows there are", async () => {
  const { rest, asked, trace } = page(
    stateAt(without(["a1"]), "a1"),
    (names) =>
      Promise.resolve(
        Object.fromEntries(names.map((name) => [name, { shape: [1, 3], data: Float64Array.of(1, 2, 3) }])),
      ),
  );
  await rest();
  await rest();
  assert.deepEqual(asked, [["a1"]]);
  const tensor = trace()?.values.a1;
  assert.equal(tensor?.data, null);
  assert.deepEqual(Object.keys(tensor?.rows ?? {}), ["0"]);
  assert.equal(tensor && valueAt(tensor, [0, 1]), 2);
});

test("what cannot be had is not asked for again", async () => {
  const { rest, asked, trace } = page(
    stateAt(without(["W1"]), "z1"),
    () => Promise.reject(new ApiError({ title: "", detail: "", status: 503, errors: [] })),
  );
  await rest();
  await rest();
  assert.equal(asked.length, 1);
  assert.deepEqual(trace()?.refused, ["W1"]);
});

test("an array too large for any page stays away", async () => {
  const trace = without(["W1"]);
  trace.values.W1 = { shape: [2, MOST_NUMBERS], data: null };
  const { rest, asked, trace: now } = page(stateAt(trace, "z1"), () => Promise.resolve({}));
  await rest();
  assert.deepEqual(asked, []);
  assert.deepEqual(now()?.refused, ["W1"]);
});
