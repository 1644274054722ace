/**
 * Parts of the panel that come when a number first asks for them.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */

/** @type {typeof import("./paths.js") | null} */
let paths = null;
let coming = false;

/** Quantities a path to the loss may begin at. */
const BEGINNINGS = new Set(["W", "dW", "da", "dh", "delta"]);

/**
 * @param {Scene} scene
 * @param {(key: string) => boolean} isWhole
 * @param {() => void} again  called when there is more to draw than this time
 * @returns {Drawn | null}
 */
export function drawPathsLater(scene, isWhole, again) {
  if (!BEGINNINGS.has(scene.info.quantity)) return null;
  if (paths) return paths.drawPaths(scene, isWhole);
  if (!coming) {
    coming = true;
    import("./paths.js").then((there) => {
      paths = there;
      again();
    }).catch(() => coming = false);
  }
  return null;
}
