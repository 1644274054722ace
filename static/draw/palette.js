/**
 * The colours of a canvas as numbers. A canvas takes colours only once they are resolved, so the style sheet gives them
 * to it as properties that are: color for positive, outline for negative, column-rule for what is not finite, caret for
 * what is written over them.
 *
 * @import { Palette, Rgb } from "./heat.js"
 */

/** @param {HTMLCanvasElement} canvas  @returns {Palette} */
export function paletteOf(canvas) {
  const style = getComputedStyle(canvas);
  const of = (/** @type {string} */ name) => rgb(canvas, style.getPropertyValue(name));
  return {
    positive: of("color"),
    negative: of("outline-color"),
    wild: of("column-rule-color"),
    ink: of("caret-color"),
  };
}

/** @type {Map<string, Rgb>} */
const known = new Map();

/**
 * A colour as the canvas mixes it, whatever notation it came in.
 * @param {HTMLCanvasElement} canvas
 * @param {string} colour
 * @returns {Rgb}
 */
function rgb(canvas, colour) {
  const there = known.get(colour);
  if (there) return there;
  const dot = /** @type {HTMLCanvasElement} */ (canvas.cloneNode());
  dot.width = dot.height = 1;
  const pen = dot.getContext("2d");
  if (!pen) return [128, 128, 128];
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [r, g, b] = pen.getImageData(0, 0, 1, 1).data;
  known.set(colour, [r, g, b]);
  return [r, g, b];
}
