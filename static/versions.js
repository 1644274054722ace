/**
 * Undo and redo, and this experiment beside the one before it.
 *
 * @import { Action, Spec, State } from "./types.d.ts"
 */
import { format, pairLink, placeOf } from "./url.js";

/**
 * @param {(action: Action) => void} dispatch
 * @param {string} language
 * @returns {(state: State) => void}  shows a state
 */
export function createVersions(dispatch, language) {
  const undo = /** @type {HTMLButtonElement} */ (document.getElementById("undo"));
  const redo = /** @type {HTMLButtonElement} */ (document.getElementById("redo"));
  const compare = /** @type {HTMLAnchorElement} */ (document.getElementById("compare"));
  undo.addEventListener("click", () => dispatch({ type: "undo" }));
  redo.addEventListener("click", () => dispatch({ type: "redo" }));
  // The link is made when it is about to be followed: it holds both experiments whole.
  /** @type {State | null} */
  let shown = null;
  const update = () => {
    if (shown) compare.href = comparison(shown, language);
  };
  for (const event of ["pointerdown", "focus", "click"]) compare.addEventListener(event, update);
  return (state) => {
    shown = state;
    undo.disabled = state.past.length === 0;
    redo.disabled = state.future.length === 0;
  };
}

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
