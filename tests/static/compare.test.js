import assert from "node:assert/strict";
import { test } from "node:test";
import { beatOf, isTold, momentFor } from "../../static/clock.js";
import { differences, shortly, spread } from "../../static/compare/differences.js";
import { initialState } from "../../static/state.js";
import { embedded, pairLink, readPair } from "../../static/url.js";
import { comparison } from "../../static/versions.js";

test("experiments differ setting by setting, layer by layer", () => {
  const left = {
    loss: "mse",
    seed: 1,
    optimizer: { kind: "sgd", learning_rate: 0.1 },
    layers: [{ units: 2 }],
  };
  const right = {
    loss: "mse",
    seed: 1,
    optimizer: { kind: "sgd", learning_rate: 0.5 },
    layers: [{ units: 3 }, { units: 1 }],
  };
  assert.deepEqual(differences(left, right), [
    { path: "optimizer.learning_rate", left: 0.1, right: 0.5 },
    { path: "layers[0].units", left: 2, right: 3 },
    { path: "layers[1]", left: undefined, right: { units: 1 } },
  ]);
  assert.deepEqual(differences(left, { ...left }), []);
});

test("a list of numbers is one setting", () => {
  const found = differences({ parameters: { W1: [[1, 2]] } }, { parameters: { W1: [[1, 3]] } });
  assert.deepEqual(found.map(({ path }) => path), ["parameters.W1"]);
});

test("settings are told in few letters", () => {
  assert.equal(shortly(undefined), "–");
  assert.equal(shortly("adam"), "adam");
  assert.equal(shortly({ kind: "sgd", learning_rate: 0.1 }), "{kind:sgd,learning_rate:0.1}");
  assert.equal(shortly(Array.from({ length: 99 }, () => 1.5)), "[99 …]");
  assert.equal(shortly({ kind: "inline", x: Array.from({ length: 99 }, () => 1.5) }), "inline …");
});

test("two fragments survive the address of a comparison", () => {
  for (const [left, right] of [["", ""], ["#step=3&focus=delta1[0,1]", "#step=3&spec=eyJzZWVkIjoxfQ"]]) {
    const link = pairLink(left, right, "zh");
    assert.match(link, /^\/compare\?lang=zh#/);
    assert.deepEqual(readPair(link.slice(link.indexOf("#"))), [left, right]);
  }
  assert.deepEqual(readPair("#nonsense&left=%"), ["", ""]);
});

test("a frame opens the moment that a fragment says and nothing else", () => {
  assert.equal(embedded("#step=3&evil=javascript:1", "en"), "/?embed=1&lang=en#step=3");
  assert.equal(embedded("javascript:alert(1)", "en"), "/?embed=1&lang=en");
});

test("the first experiment is compared with another seed, a later one with the one before", () => {
  const state = { ...initialState, spec: { seed: 4 } };
  const [left, right] = readPair(comparison(state, "en").split("lang=en")[1]);
  assert.notEqual(left, right);
  const later = { ...state, past: [{ seed: 9 }] };
  assert.notEqual(readPair(comparison(later, "en").split("lang=en")[1])[0], left);
});

test("changes made by hand are told one by one, with their steps", () => {
  const edits = [{ step: 5, set: { "b1[2]": 0.5, "W1[0,0]": 1 } }, { step: 9, learning_rate: 2 }];
  const other = [{ step: 5, set: { "b1[2]": 0.5 } }];
  assert.deepEqual(spread({ path: "edits", left: other, right: edits }), [
    { path: "W1[0,0] @ 5", left: undefined, right: 1 },
    { path: "learning_rate @ 9", left: undefined, right: 2 },
  ]);
  assert.deepEqual(spread({ path: "seed", left: 1, right: 2 }), [{ path: "seed", left: 1, right: 2 }]);
});

const run =
  /** @type {any} */ ({ id: "r", steps: 10, program: { calls: [{ writes: "z1" }, { writes: "a1" }] } });

const rest = { example: 0, focus: "", view: "network", chart: "" };

test("a moment of one run is found in another by the name of its assignment", () => {
  assert.deepEqual(momentFor(run, { step: 3, frame: "a1", unit: 2, ...rest }), {
    step: 3,
    frame: 1,
    unit: 2,
  });
  assert.deepEqual(momentFor(run, { step: 99, frame: "z9", unit: 2, ...rest }), { step: 9 });
});

test("a page without a run tells nothing, and what is no beat is not heard", () => {
  assert.equal(beatOf(initialState), null);
  for (
    const data of [null, 3, "x", {}, { kind: "backscope/beat" }, {
      kind: "backscope/beat",
      beat: { step: "1" },
    }]
  ) {
    assert.equal(isTold(data), false);
  }
  const beat = { step: 1, frame: "z1", unit: 0, ...rest };
  assert.ok(isTold({ kind: "backscope/beat", beat, run: "r" }));
});
