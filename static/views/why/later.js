/**
 * Parts of the panel that come when a number first asks for them.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */
import { sheet } from "../../sheets.js";

/** @type {typeof import("./paths.js") | null} */
let paths = null;
/** @type {typeof import("./notes.js") | null} */
let notes = null;
/** Parts on their way. @type {Set<string>} */
const coming = new Set();

/** Quantities a path to the loss may begin at. */
const BEGINNINGS = new Set(["W", "dW", "da", "dh", "delta"]);

/**
 * A part with its texts.
 * @template T
 * @param {string} part
 * @param {Scene} scene
 * @param {() => Promise<T>} load
 * @param {(there: T) => void} arrived
 */
function bring(part, { context }, load, arrived) {
  if (coming.has(part)) return;
  coming.add(part);
  Promise.all([load(), context.texts?.("why"), sheet("later")]).then(([there]) => arrived(there)).catch(() =>
    coming.delete(part)
  );
}

/**
 * @param {Scene} scene
 * @param {(key: string) => boolean} isWhole
 * @param {() => void} again  called when there is more to draw than this time
 * @returns {Drawn | null}
 */
export function drawPathsLater(scene, isWhole, again) {
  if (!BEGINNINGS.has(scene.info.quantity)) return null;
  if (paths) return paths.drawPaths(scene, isWhole);
  bring("paths", scene, () => import("./paths.js"), (there) => {
    paths = there;
    again();
  });
  return null;
}

/**
 * What befell the number. Nothing has, at the first assignment.
 * @param {Scene} scene
 * @param {() => void} again
 * @returns {Drawn | null}
 */
export function drawNotesLater(scene, again) {
  if (notes) return notes.drawNotes(scene);
  if (scene.frame.moment.frame === 0) return null;
  bring("notes", scene, () => import("./notes.js"), (there) => {
    notes = there;
    again();
  });
  return null;
}
