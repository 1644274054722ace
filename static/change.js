/**
 * Changing the state of the page. Pure.
 *
 * @import { State } from "./types.d.ts"
 */

/**
 * @param {State} state
 * @param {Partial<State>} parts
 * @returns {State}  the same object if every part is what it was
 */
export function change(state, parts) {
  const names = /** @type {(keyof State)[]} */ (Object.keys(parts));
  return names.every((name) => Object.is(state[name], parts[name]))
    ? state
    : Object.freeze({ ...state, ...parts });
}
