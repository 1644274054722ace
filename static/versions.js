/**
 * Undo and redo: buttons that lead to the experiments before and after this one.
 *
 * @import { Action, State } from "./types.d.ts"
 */

/**
 * @param {(action: Action) => void} dispatch
 * @returns {(state: State) => void}  shows a state
 */
export function createVersions(dispatch) {
  const undo = /** @type {HTMLButtonElement} */ (document.getElementById("undo"));
  const redo = /** @type {HTMLButtonElement} */ (document.getElementById("redo"));
  undo.addEventListener("click", () => dispatch({ type: "undo" }));
  redo.addEventListener("click", () => dispatch({ type: "redo" }));
  return ({ past, future }) => {
    undo.disabled = past.length === 0;
    redo.disabled = future.length === 0;
  };
}
