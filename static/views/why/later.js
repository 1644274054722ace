/**
 * Parts of the panel that come when a number first asks for them.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene, WhyContext } from "./scene.js"
 */
import { sheet } from "../../sheets.js";

/**
 * @template T
 * @param {(context: WhyContext) => Promise<T>} load
 * @returns {(context?: WhyContext, again?: () => void) => T | null}  the part, or null and `again` once it has come
 */
function part(load) {
  /** @type {T | null} */
  let there = null;
  let coming = false;
  return (context, again) => {
    if (!there && !coming && context && again) {
      coming = true;
      load(context).then((part) => {
        there = part;
        again();
      }).catch(() => coming = false);
    }
    return there;
  };
}

/**
 * A part with the texts and the styles that go with it.
 * @template T
 * @param {() => Promise<T>} load
 */
function dressed(load) {
  return part(async (context) => {
    const [there] = await Promise.all([load(), context.texts?.("why"), sheet("later")]);
    return there;
  });
}

const paths = dressed(() => import("./paths.js"));
const notes = dressed(() => import("./notes.js"));
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
  if (!BEGINNINGS.has(scene.info.quantity)) return null;
  return paths(scene.context, again)?.drawPaths(scene, isWhole) ?? null;
}

/**
 * What befell the number. Nothing has, at the first assignment.
 * @param {Scene} scene
 * @param {() => void} again
 * @returns {Drawn | null}
 */
export function drawNotesLater(scene, again) {
  if (scene.frame.moment.frame === 0) return notes()?.drawNotes(scene) ?? null;
  return notes(scene.context, again)?.drawNotes(scene) ?? null;
}

/**
 * The field for another value, where there can be one.
 * @param {Scene} scene
 * @param {() => void} again
 * @returns {Drawn | null}
 */
export function drawEditorLater(scene, again) {
  const isFree = scene.info.source !== "computed" || scene.info.symbol.new;
  return isFree ? editor(scene.context, again)?.drawEditor(scene) ?? null : null;
}

/** @returns {typeof import("./editor.js") | null}  once it has drawn */
export function editorThere() {
  return editor();
}
