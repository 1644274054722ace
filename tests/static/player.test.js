/** @import { Action, Clock } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { START } from "../../static/moments.js";
import { createPlayer, ease, settled, TRANSITION } from "../../static/player.js";
import { initialState, reduce } from "../../static/state.js";
import { run } from "./fixture.js";

/** A clock that goes on when told, with an animation frame every 10 ms. */
function fakeClock() {
  let now = 1000;
  let handles = 0;
  /** @type {Map<number, () => void>} */
  let frames = new Map();
  /** @type {Map<number, { at: number, callback: () => void }>} */
  const waits = new Map();
  /** @type {Clock} */
  const clock = {
    now: () => now,
    requestFrame: (callback) => (frames.set(++handles, callback), handles),
    cancelFrame: (handle) => frames.delete(handle),
    wait: (callback, milliseconds) => (waits.set(++handles, { at: now + milliseconds, callback }), handles),
    cancelWait: (handle) => waits.delete(handle),
  };
  const pass = (/** @type {number} */ milliseconds) => {
    for (const until = now + milliseconds; now < until;) {
      now += 10;
      const due = frames;
      frames = new Map();
      due.forEach((callback) => callback());
      for (const [handle, { at, callback }] of [...waits]) {
        if (at > now) continue;
        waits.delete(handle);
        callback();
      }
    }
  };
  return { ...clock, pass, idle: () => frames.size === 0 };
}

/** A page with a player, its run loaded. */
function page({ reducedMotion = false, ready = true } = {}) {
  const clock = fakeClock();
  const key = "{}";
  let state = reduce(initialState, { type: "run/loading", key, spec: {} });
  state = reduce(state, { type: "run/ready", key, run });
  /** @type {number[]} */
  const drawn = [];
  /** @type {number[]} */
  const moves = [];
  const there = { ready };
  const dispatch = (/** @type {Action} */ action) => {
    if (action.type === "move") moves.push(clock.now());
    state = reduce(state, action);
    player.stateChanged();
  };
  const player = createPlayer({
    getState: () => state,
    dispatch,
    draw: (progress) => drawn.push(progress),
    isReady: () => there.ready,
    reducedMotion: () => reducedMotion,
    clock,
  });
  return { clock, player, dispatch, drawn, moves, there, state: () => state };
}

/** @type {Action} */
const FORWARD = { type: "move", by: "unit", direction: 1 };

test("easing runs from 0 to 1 without turning back, and stops there", () => {
  assert.deepEqual([-1, 0, 0.5, 1, 2, NaN].map(ease), [0, 0, 0.5, 1, 1, 0]);
  const values = Array.from({ length: 101 }, (_, k) => ease(k / 100));
  assert.deepEqual(values, values.toSorted((a, b) => a - b));
});

test("a move is drawn from 0 to 1 within its time, then all is still", () => {
  const { clock, player, dispatch, drawn } = page();
  dispatch(FORWARD);
  assert.equal(player.progress(), 0);
  clock.pass(TRANSITION / 2);
  assert.ok(Math.abs(player.progress() - 0.5) < 0.05);
  clock.pass(TRANSITION / 2 + 20);
  assert.equal(player.progress(), 1);
  assert.deepEqual(drawn, drawn.toSorted((a, b) => a - b));
  assert.equal(drawn.at(-1), 1);
  assert.ok(clock.idle());
});

test("a jump is drawn at once", () => {
  const { clock, player, dispatch, drawn } = page();
  dispatch({ type: "goto", moment: { step: 2 } });
  assert.equal(player.progress(), 1);
  clock.pass(1000);
  assert.deepEqual(drawn, []);
});

test("with reduced motion nothing moves", () => {
  const { player, dispatch, clock, drawn } = page({ reducedMotion: true });
  dispatch(FORWARD);
  assert.equal(player.progress(), 1);
  clock.pass(1000);
  assert.deepEqual(drawn, []);
});

test("a second move begins its own transition", () => {
  const { clock, player, dispatch } = page();
  dispatch(FORWARD);
  clock.pass(TRANSITION - 50);
  dispatch(FORWARD);
  assert.equal(player.progress(), 0);
});

test("a transition can be cut short", () => {
  const { clock, player, dispatch, drawn } = page();
  dispatch(FORWARD);
  clock.pass(50);
  player.finish();
  player.finish();
  assert.equal(player.progress(), 1);
  assert.deepEqual(drawn.filter((progress) => progress === 1), [1]);
});

for (const speed of [0.5, 1, 4]) {
  test(`at speed ${speed}, playing moves ${speed} times a second, the first time at once`, () => {
    const { clock, dispatch, moves } = page();
    dispatch({ type: "speed", speed });
    dispatch({ type: "play" });
    clock.pass(4000);
    assert.equal(moves[0], 1010);
    const gaps = moves.slice(1).map((at, k) => at - moves[k]);
    assert.ok(gaps.length >= 1);
    assert.ok(gaps.every((gap) => Math.abs(gap - 1000 / speed) <= 20), `gaps ${gaps}`);
  });
}

test("the tempo holds although moments wait for an animation frame", () => {
  const { clock, dispatch, moves, state } = page();
  dispatch({ type: "speed", speed: 3 });
  dispatch({ type: "play" });
  clock.pass(5000);
  assert.ok(state().playing);
  assert.ok(moves.length > 10);
  moves.forEach((at, k) => {
    const wanted = moves[0] + (1000 * k) / 3;
    assert.ok(at >= wanted && at - wanted <= 10, `move ${k} at ${at}, wanted at ${wanted}`);
  });
});

test("after a wait for a trace no moment is caught up on", () => {
  const { clock, player, dispatch, moves, there } = page();
  dispatch({ type: "play" });
  clock.pass(1500);
  there.ready = false;
  clock.pass(10_000);
  there.ready = true;
  player.stateChanged();
  const before = moves.length;
  clock.pass(2990);
  assert.ok(moves.length - before <= 4, `${moves.length - before} moves in three seconds`);
});

test("with reduced motion playing keeps its pace", () => {
  const { clock, dispatch, moves } = page({ reducedMotion: true });
  dispatch({ type: "play" });
  clock.pass(3500);
  assert.equal(moves.length, 4);
});

test("pausing lets the transition end and moves no further", () => {
  const { clock, dispatch, moves, player } = page();
  dispatch({ type: "play" });
  clock.pass(100);
  dispatch({ type: "pause" });
  clock.pass(3000);
  assert.equal(moves.length, 1);
  assert.equal(player.progress(), 1);
  assert.ok(clock.idle());
});

test("playing waits for a trace that is on its way, and its transition begins when it arrives", () => {
  const { clock, dispatch, moves, player, there } = page();
  dispatch({ type: "play" });
  clock.pass(1000);
  there.ready = false;
  clock.pass(1000);
  const before = moves.length;
  clock.pass(5000);
  assert.equal(moves.length, before);
  there.ready = true;
  player.stateChanged();
  clock.pass(20);
  assert.ok(moves.length <= before + 1);
  clock.pass(1500);
  assert.ok(moves.length > before);
});

test("a move to a moment not yet there holds at 0 until it is", () => {
  const { clock, dispatch, player, there, drawn } = page({ ready: false });
  dispatch(FORWARD);
  clock.pass(3000);
  assert.equal(player.progress(), 0);
  assert.ok(clock.idle(), "waiting costs no animation frames");
  there.ready = true;
  player.stateChanged();
  clock.pass(50);
  assert.ok(player.progress() > 0 && player.progress() < 0.2, `${player.progress()}`);
  clock.pass(TRANSITION);
  assert.equal(drawn.at(-1), 1);
});

test("a tab that is hidden pauses", () => {
  const { dispatch, player, state } = page();
  dispatch({ type: "play" });
  player.visibilityChanged(false);
  assert.equal(state().playing, true);
  player.visibilityChanged(true);
  assert.equal(state().playing, false);
});

test("playing stops at the end of the line", () => {
  const { clock, dispatch, state } = page();
  dispatch({ type: "end" });
  dispatch({ type: "move", by: "unit", direction: -1 });
  dispatch({ type: "play" });
  clock.pass(5000);
  assert.deepEqual([state().playing, state().cursor.step], [false, run.steps - 1]);
  assert.ok(clock.idle());
});

test("playing again from the end starts over", () => {
  const { dispatch, state } = page();
  dispatch({ type: "end" });
  dispatch({ type: "play" });
  assert.deepEqual(state().cursor, START);
});

test("what waits for calm happens once, after the last call", () => {
  const clock = fakeClock();
  let done = 0;
  const later = settled(() => done += 1, 200, clock);
  for (let k = 0; k < 10; k++) {
    later();
    clock.pass(100);
  }
  assert.equal(done, 0);
  clock.pass(200);
  assert.equal(done, 1);
});
