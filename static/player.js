/**
 * Time: playing moment after moment, and how far the transition into the present one has gone.
 *
 * The only timers of the page, on a clock that is handed in. A transition eases from 0 to 1, then comes a rest; while
 * playing the two together last one moment, counted from when the moment was due and not from the animation frame it
 * had to wait for, so that the tempo holds. Nothing moves on while the trace of the moment is still on its way.
 *
 * @import { Action, Clock, State } from "./types.d.ts"
 */

/** Milliseconds a transition takes at speed 1. */
export const TRANSITION = 450;

/**
 * @typedef {object} Player
 * @property {() => void} stateChanged  call after every change of the state
 * @property {(hidden: boolean) => void} visibilityChanged  a tab nobody sees pauses
 * @property {() => number} progress  0 to 1, eased
 * @property {() => void} finish  the transition is over at once
 */

/**
 * @param {object} options
 * @param {() => State} options.getState
 * @param {(action: Action) => void} options.dispatch
 * @param {(progress: number) => void} options.draw  called in every animation frame of a transition, last with 1
 * @param {(state: State) => boolean} options.isReady  is everything there to draw this moment?
 * @param {() => boolean} [options.reducedMotion]
 * @param {Clock} [options.clock]
 * @returns {Player}
 */
export function createPlayer(
  { getState, dispatch, draw, isReady, reducedMotion = () => false, clock = browserClock() },
) {
  let seen = getState().cursor;
  let wasPlaying = false;
  let began = -Infinity;
  /** When the present moment was due: the tempo is kept from here. */
  let due = -Infinity;
  let stepping = false;
  let moving = false;
  let arriving = false;
  let drawn = 1;
  /** @type {number | null} */
  let handle = null;

  const duration = () => TRANSITION / getState().speed;
  const progress = () => {
    if (!moving) return 1;
    return arriving ? 0 : ease((clock.now() - began) / duration());
  };

  const schedule = () => {
    if (handle === null) handle = clock.requestFrame(tick);
  };
  const tick = () => {
    handle = null;
    const state = getState();
    if (arriving) {
      if (!isReady(state)) return;
      arriving = false;
      began = due = clock.now();
    }
    const now = progress();
    if (now >= 1) moving = false;
    if (now !== drawn) {
      drawn = now;
      draw(now);
    }
    const period = 1000 / state.speed;
    const late = clock.now() - due - period;
    if (state.playing && !moving && late >= 0 && isReady(state)) {
      due = late < period ? due + period : clock.now();
      stepping = true;
      dispatch({ type: "move", by: state.by, direction: 1 });
    }
    if (moving || getState().playing) schedule();
  };

  return {
    progress,
    stateChanged() {
      const state = getState();
      if (state.cursor !== seen) {
        seen = state.cursor;
        moving = state.direction !== 0 && !reducedMotion();
        drawn = moving ? 0 : 1;
        arriving = !isReady(state);
        began = clock.now();
        if (!stepping) due = began;
      }
      stepping = false;
      // Pressing play acts at once; the rest comes after the first move.
      if (state.playing && !wasPlaying && !moving) due = -Infinity;
      wasPlaying = state.playing;
      if (moving || arriving || state.playing) schedule();
    },
    visibilityChanged(hidden) {
      const { playing, training } = getState();
      if (hidden && playing) dispatch({ type: "pause" });
      if (hidden && training) dispatch({ type: "train", on: false });
    },
    finish() {
      if (!moving) return;
      moving = false;
      drawn = 1;
      draw(1);
    },
  };
}

/**
 * Slow at both ends.
 * @param {number} t
 * @returns {number}  0 up to t = 0, 1 from t = 1
 */
export function ease(t) {
  if (!(t > 0)) return 0;
  if (t >= 1) return 1;
  return t * t * (3 - 2 * t);
}

/**
 * Something to do once calls have stopped coming for a while, such as writing the address bar.
 * @param {() => void} action
 * @param {number} milliseconds
 * @param {Clock} [clock]
 * @returns {() => void}
 */
export function settled(action, milliseconds, clock = browserClock()) {
  /** @type {number | null} */
  let handle = null;
  return () => {
    if (handle !== null) clock.cancelWait(handle);
    handle = clock.wait(() => {
      handle = null;
      action();
    }, milliseconds);
  };
}

/** @returns {Clock} */
export function browserClock() {
  return {
    now: () => performance.now(),
    requestFrame: (callback) => requestAnimationFrame(callback),
    cancelFrame: (handle) => cancelAnimationFrame(handle),
    wait: (callback, milliseconds) => self.setTimeout(callback, milliseconds),
    cancelWait: (handle) => self.clearTimeout(handle),
  };
}
