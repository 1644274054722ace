/**
 * The units a tall layer folds away, as a strip of marks: sign by colour and side, size by length.
 *
 * @import { Scene } from "./cards.js"
 */
import { largestMagnitude } from "../../draw/colour.js";
import { rowsOf } from "./cards.js";
import { cellOf } from "./quantities.js";

/**
 * Paints every strip among the cards.
 * @param {HTMLElement} host
 * @param {Scene} scene
 */
export function paintStrips(host, scene) {
  const { frame, layout } = scene;
  for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (host.querySelectorAll(".more-strip"))) {
    const column = layout.columns[Number(canvas.dataset.layer)];
    const names = /** @type {string[]} */ (rowsOf(scene, column).flat().filter(Boolean));
    // The latest value of the layer that is there for all units, so that the strip is never half of a picture.
    const { units } = column.more ?? { units: [] };
    const name = names.findLast((name) =>
      units.every((unit) => frame.known(cellOf(frame.run, name, unit, frame.example)))
    );
    const values = name
      ? units.map((unit) => frame.value(cellOf(frame.run, name, unit, frame.example)) ?? NaN)
      : [];
    paintStrip(canvas, values);
  }
}

/** @param {HTMLCanvasElement} canvas  @param {number[]} values */
function paintStrip(canvas, values) {
  const { width, height } = canvas.getBoundingClientRect();
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  if (!pen || values.length === 0) return;
  const style = getComputedStyle(canvas);
  const most = largestMagnitude(values) || 1;
  const pitch = canvas.width / values.length;
  const middle = values.some((value) => value < 0) ? canvas.height / 2 : canvas.height;
  values.forEach((value, at) => {
    if (!Number.isFinite(value)) return;
    const length = Math.max(scale, (Math.abs(value) / most) * (middle - scale));
    pen.fillStyle = value < 0 ? style.outlineColor : style.color;
    pen.globalAlpha = 0.75;
    pen.fillRect(at * pitch, value < 0 ? middle : middle - length, Math.max(1, pitch * 0.7), length);
  });
}
