/** @import { Action, State } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState, reduce } from "../../static/state.js";
import { createStore } from "../../static/store.js";

/** @type {Action} */
const MATRIX = { type: "view", view: "matrix" };
/** @type {Action} */
const NETWORK = { type: "view", view: "network" };

/** A store whose listeners hear when `flush` is called. */
function byHand() {
  /** @type {(() => void)[]} */
  const waiting = [];
  const store = createStore(reduce, initialState, (flush) => waiting.push(flush));
  return { ...store, waiting, flush: () => waiting.splice(0).forEach((flush) => flush()) };
}

test("the state has changed as soon as an action is dispatched", () => {
  const store = byHand();
  store.dispatch(MATRIX);
  assert.equal(store.getState().view, "matrix");
});

test("listeners hear once of several actions, with the state they heard of last", () => {
  const store = byHand();
  /** @type {State[][]} */
  const heard = [];
  store.subscribe((now, before) => heard.push([now, before]));
  store.dispatch(MATRIX);
  store.dispatch({ type: "by", by: "layer" });
  assert.equal(store.waiting.length, 1);
  store.flush();
  assert.deepEqual(heard, [[store.getState(), initialState]]);
});

test("without being told otherwise, listeners hear in a microtask", async () => {
  const store = createStore(reduce, initialState);
  let heard = 0;
  store.subscribe(() => heard += 1);
  store.dispatch(MATRIX);
  assert.equal(heard, 0);
  await Promise.resolve();
  assert.equal(heard, 1);
});

test("nobody hears of what changed nothing, or changed back", () => {
  const store = byHand();
  let heard = 0;
  store.subscribe(() => heard += 1);
  store.dispatch(NETWORK);
  assert.equal(store.waiting.length, 0);
  store.dispatch({ type: "by", by: "unit" });
  store.flush();
  assert.equal(heard, 0);
});

test("a listener may dispatch; everybody hears of that in the next round", () => {
  const store = byHand();
  /** @type {string[]} */
  const views = [];
  store.subscribe(({ view }) => {
    views.push(view);
    store.dispatch(NETWORK);
  });
  store.dispatch(MATRIX);
  store.flush();
  store.flush();
  assert.deepEqual(views, ["matrix", "network"]);
});

test("who has stopped listening hears nothing more", () => {
  const store = byHand();
  let heard = 0;
  const stop = store.subscribe(() => heard += 1);
  store.dispatch(MATRIX);
  stop();
  store.flush();
  assert.equal(heard, 0);
});

test("a listener that throws keeps nobody from hearing, and its error comes out", () => {
  const store = byHand();
  let heard = 0;
  store.subscribe(() => {
    throw new Error("drawing failed");
  });
  store.subscribe(() => heard += 1);
  store.dispatch(MATRIX);
  assert.throws(store.flush, /drawing failed/);
  assert.equal(heard, 1);
});
