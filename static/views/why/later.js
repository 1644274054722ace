/**
 * Parts of the panel that come when a number first asks for them.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */

/**
 * @template T
 * @param {() => Promise<T>} load
 * @returns {(again?: () => void) => T | null}  the part, or null and `again` once it has come
 */
function part(load) {
  /** @type {T | null} */
  let there = null;
  let coming = false;
  return (again) => {
    if (!there && !coming && again) {
      coming = true;
      load().then((part) => {
        there = part;
        again();
      }).catch(() => coming = false);
    }
    return there;
  };
}

const paths = part(() => import("./paths.js"));
const editor = part(() => import("./editor.js"));

/** Quantities a path to the loss may begin at. */
const BEGINNINGS = new Set(["W", "dW", "da", "dh", "delta"]);

/**
 * @param {Scene} scene
 * @param {(key: string) => boolean} isWhole
 * @param {() => void} again  called when there is more to draw than this time
 * @returns {Drawn | null}
 */
export function drawPathsLater(scene, isWhole, again) {
  return BEGINNINGS.has(scene.info.quantity) ? paths(again)?.drawPaths(scene, isWhole) ?? null : null;
}

/**
 * The field for another value, where there can be one.
 * @param {Scene} scene
 * @param {() => void} again
 * @returns {Drawn | null}
 */
export function drawEditorLater(scene, again) {
  const isFree = scene.info.source !== "computed" || scene.info.symbol.new;
  return isFree ? editor(again)?.drawEditor(scene) ?? null : null;
}

/** @returns {typeof import("./editor.js") | null}  once it has drawn */
export function editorThere() {
  return editor();
}
