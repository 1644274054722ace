import assert from "node:assert/strict";
import { test } from "node:test";

import { isTaken, meaning } from "../../static/keys.js";
import { initialState } from "../../static/state.js";

/** @param {string} key @param {Partial<import("../../static/keys.js").Press>} [more] */
const press = (key, more = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
});

for (
  const [key, more, action] of /** @type {[string, object, object][]} */ ([
    [" ", {}, { type: "play" }],
    ["ArrowRight", {}, { type: "move", by: "unit", direction: 1 }],
    ["ArrowLeft", { shiftKey: true }, { type: "move", by: "assignment", direction: -1 }],
    ["[", {}, { type: "move", by: "step", direction: -1 }],
    ["Home", {}, { type: "start" }],
    ["1", {}, { type: "by", by: "term" }],
    ["7", {}, { type: "by", by: "epoch" }],
    ["+", { shiftKey: true }, { type: "speed", speed: 2 }],
    [",", {}, { type: "example", example: 0 }],
    ["p", {}, { type: "present", present: true }],
  ])
) {
  test(`${JSON.stringify(key)} ${JSON.stringify(more)} means ${JSON.stringify(action)}`, () => {
    assert.deepEqual(meaning(press(key, more), initialState), { action });
  });
}

test("space pauses what plays, and Escape unpins only what is pinned", () => {
  assert.deepEqual(meaning(press(" "), { ...initialState, playing: true }), { action: { type: "pause" } });
  assert.equal(meaning(press("Escape"), initialState), null);
  const pinned = { ...initialState, focus: { name: "loss", index: [] } };
  assert.deepEqual(meaning(press("Escape"), pinned), { action: { type: "focus", address: null } });
});

test("the browser keeps its own keys", () => {
  for (const modifier of ["altKey", "ctrlKey", "metaKey"]) {
    assert.equal(meaning(press("ArrowLeft", { [modifier]: true }), initialState), null);
  }
  for (const key of ["a", "8", "0", "Tab", "Enter", "F5"]) {
    assert.equal(meaning(press(key), initialState), null);
  }
});

test("fields keep every key, buttons keep space and Enter", () => {
  for (const tagName of ["INPUT", "SELECT", "TEXTAREA"]) assert.ok(isTaken("ArrowLeft", { tagName }));
  assert.ok(isTaken("x", { tagName: "DIV", isContentEditable: true }));
  assert.ok(isTaken(" ", { tagName: "BUTTON" }));
  assert.ok(!isTaken("ArrowLeft", { tagName: "BUTTON" }));
  assert.ok(!isTaken(" ", { tagName: "BODY" }));
  assert.ok(!isTaken(" ", null));
});
