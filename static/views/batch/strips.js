/**
 * The values of an example that have no room as numbers: a strip of colour, or a picture where the inputs are one.
 *
 * @import { Sheet } from "./rows.js"
 */
import { paintHeat } from "../../draw/heat.js";
import { paletteOf } from "../../draw/palette.js";
import { pictureSide } from "../../images.js";
import { mostOf } from "./rows.js";

/**
 * @param {HTMLElement} body
 * @param {Sheet} sheet
 */
export function paintStrips(body, { frame }) {
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  for (
    const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (body.querySelectorAll("canvas.bx-strip"))
  ) {
    const name = canvas.dataset.name ?? "";
    const n = Number(/** @type {HTMLElement} */ (canvas.closest("[data-example]")).dataset.example);
    const tensor = frame.trace.values[name];
    const pen = canvas.getContext("2d");
    const { clientWidth, clientHeight: height } = canvas;
    const units = tensor?.shape[1] ?? 0;
    const side = name === "a0" ? pictureSide(frame.run) : null;
    const width = side ? height : clientWidth;
    canvas.width = Math.max(1, Math.round(clientWidth * scale));
    canvas.height = Math.max(1, Math.round(height * scale));
    if (!pen || !tensor?.data || clientWidth === 0) continue;
    const { data } = tensor;
    const [rows, cols] = side ? [side, side] : [1, units];
    paintHeat(
      pen,
      {
        ...{ width, height, rows, cols, most: mostOf(frame, name) },
        left: (place) => (width * place) / cols,
        top: (place) => (height * place) / rows,
        value: (row, col) => {
          const unit = row * cols + col;
          return frame.known({ name, index: [n, unit] }) ? data[n * units + unit] : undefined;
        },
      },
      paletteOf(canvas),
      scale,
    );
  }
}
