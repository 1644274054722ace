/**
 * This experiment beside the one before it.
 *
 * @import { Spec, State } from "./types.d.ts"
 */
import { format, pairLink, placeOf } from "./url.js";

/**
 * The address of this experiment beside the one before it; beside itself with another seed if there is none.
 * @param {State} state
 * @param {string} language
 * @returns {string}
 */
export function comparison(state, language) {
  const place = placeOf(state);
  const before = state.past.at(-1);
  /** @param {Spec} spec */
  const at = (spec) => format({ ...place, spec });
  return before
    ? pairLink(at(before), at(state.spec), language)
    : pairLink(at(state.spec), at({ ...state.spec, seed: Number(state.spec.seed ?? 0) + 1 }), language);
}
