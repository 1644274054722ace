/**
 * Holds the one state object and tells who listens when it has changed.
 *
 * @import { Action, State } from "./types.d.ts"
 */

/** @typedef {(state: State, before: State) => void} Listener */

/**
 * @typedef {object} Store
 * @property {() => State} getState
 * @property {(action: Action) => void} dispatch
 * @property {(listener: Listener) => () => void} subscribe  gives back how to stop listening
 */

/**
 * Listeners hear once of everything dispatched before `schedule` runs, with the state now and the state they heard of
 * last. One that throws does not keep the others from hearing.
 * @param {(state: State, action: Action) => State} reduce
 * @param {State} initial
 * @param {(flush: () => void) => void} [schedule]  a microtask, unless told (say requestAnimationFrame)
 * @returns {Store}
 */
export function createStore(reduce, initial, schedule = queueMicrotask) {
  let state = initial;
  let told = initial;
  let scheduled = false;
  /** @type {Set<Listener>} */
  const listeners = new Set();

  const flush = () => {
    scheduled = false;
    const before = told;
    const now = state;
    if (now === before) return;
    told = now;
    /** @type {unknown[]} */
    const errors = [];
    for (const listener of [...listeners]) {
      try {
        listener(now, before);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length) throw errors.length === 1 ? errors[0] : new AggregateError(errors, "listeners failed");
  };

  return {
    getState: () => state,
    dispatch(action) {
      state = reduce(state, action);
      if (state === told || scheduled) return;
      scheduled = true;
      schedule(flush);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
