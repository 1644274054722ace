/** @import { Action, State, Tensor, Trace } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError } from "../../static/api.js";
import { createLarge, lacking, MOST_NUMBERS } from "../../static/large.js";
import { initialState, reduce } from "../../static/state.js";
import { frameAt } from "../../static/trace.js";
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
