/**
 * Thousands of calm wires, laid into a canvas as pixels.
 *
 * @import { Bundle } from "./wires.js"
 */
import { paletteOf } from "../../draw/palette.js";
import { colourInk, layLine } from "../../draw/raster.js";
import { calmOpacity, calmWidth, dashOf } from "./wires.js";

/**
 * Paints bundles of wires.
 * @param {HTMLCanvasElement} canvas
 * @param {Bundle[]} bundles
 * @param {{ width: number, height: number, font: number, crowd: number }} size
 */
export function paintBundles(canvas, bundles, { width, height, font, crowd }) {
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  canvas.width = w;
  canvas.height = h;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  const palette = paletteOf(canvas);
  /** @type {Record<string, Float32Array>} */
  const sheets = {};
  for (const { sign, step, lines } of bundles) {
    const ink = sheets[sign] ??= new Float32Array(w * h);
    const [dash] = dashOf(sign, font).split(" ").map(Number);
    // Thinner than a pixel is fainter.
    const alpha = Math.min(1, calmOpacity(step, crowd) * calmWidth(step, font, crowd) * scale);
    for (const { x1, y1, x2, y2 } of lines) {
      const segment = { x1: x1 * scale, y1: y1 * scale, x2: x2 * scale, y2: y2 * scale };
      layLine(ink, w, h, segment, alpha, (dash || 0) * scale);
    }
  }
  const colours = /** @type {Record<string, import("../../draw/heat.js").Rgb>} */ ({
    positive: palette.positive,
    negative: palette.negative,
    "not-finite": palette.ink,
  });
  const image = pen.createImageData(w, h);
  colourInk(
    image.data,
    Object.entries(sheets).map(([sign, ink]) => ({ ink, colour: colours[sign] ?? palette.wild })),
  );
  pen.putImageData(image, 0, 0);
}
