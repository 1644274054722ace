/**
 * Wires that something elsewhere on the page speaks of: a path in the panel, pointed at or focused, is drawn on the stage.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 */
import { svg } from "../../draw/dom.js";
import { parseAddress } from "../../trace.js";
import { locator } from "./anchors.js";

/**
 * Calls back with the weights that are spoken of now, as the element says them: `W1[0,1] W2[0,0]`.
 * @param {Document} document
 * @param {(wires: string) => void} heard
 */
export function hearWires(document, heard) {
  const said = (/** @type {EventTarget | null} */ target) => {
    const holder = target instanceof Element ? target.closest("[data-wires]") : null;
    return holder?.getAttribute("data-wires") ?? null;
  };
  const hear = (/** @type {Event} */ event) =>
    heard(said(event.target) ?? said(document.activeElement) ?? "");
  for (const name of ["pointerover", "focusin", "focusout"]) document.addEventListener(name, hear);
}

/**
 * @param {Scene} scene
 * @param {string} wires
 * @returns {Drawn[]}
 */
export function drawTraced(scene, wires) {
  if (!wires) return [];
  const locate = locator(scene);
  const { font } = scene.layout;
  return wires.split(" ").flatMap((text, at) => {
    const cell = parseAddress(text);
    const anchor = cell && cell.name in scene.frame.run.values ? locate(cell) : null;
    if (anchor?.kind !== "wire") return [];
    const { x1, y1, x2, y2 } = anchor.line;
    return [svg("line", { key: at, class: "wire-traced", x1, y1, x2, y2, "stroke-width": font / 4 })];
  });
}
