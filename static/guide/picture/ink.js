/**
 * What pictures are drawn with: colours as drawing programs know them, boxes and lines to a hundredth of a pixel.
 *
 * @import { Box } from "../../types.d.ts"
 */
import { create, html, svg } from "../../draw/dom.js";

/** @returns {HTMLCanvasElement} */
export function blankCanvas() {
  return /** @type {HTMLCanvasElement} */ (create(html("canvas")));
}

/** @typedef {{ hex: string, opacity: number }} Ink */

/** @type {Map<string, Ink>} */
const inks = new Map();
/** @type {CanvasRenderingContext2D | null} */
let palette = null;

/** Any CSS colour as drawing programs understand it.  @param {string} css  @returns {Ink} */
export function colour(css) {
  const known = inks.get(css);
  if (known) return known;
  palette ??= blankCanvas().getContext("2d", { willReadFrequently: true });
  if (!palette) return { hex: "#000000", opacity: 1 };
  palette.clearRect(0, 0, 1, 1);
  palette.fillStyle = css;
  palette.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = palette.getImageData(0, 0, 1, 1).data;
  const hex = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  const ink = { hex, opacity: Math.round((alpha / 255) * 1000) / 1000 };
  inks.set(css, ink);
  return ink;
}

/** @param {Ink} ink  @param {number} width  @param {string | null} [dash] */
export function line({ hex, opacity }, width, dash = null) {
  return {
    fill: "none",
    stroke: hex,
    "stroke-opacity": opacity,
    "stroke-width": width,
    "stroke-dasharray": dash,
  };
}

/** @param {Box} box  @param {number} radius  @param {Record<string, string | number | null>} look */
export function rect({ x, y, width, height }, radius, look) {
  return svg("rect", {
    x: round(x),
    y: round(y),
    width: round(width),
    height: round(height),
    rx: radius ? round(radius) : null,
    ...look,
  });
}

/** @param {Box} box  @param {number} by */
export function grown({ x, y, width, height }, by) {
  return { x: x - by, y: y - by, width: Math.max(0, width + 2 * by), height: Math.max(0, height + 2 * by) };
}

/** @param {number} value  @returns {number}  to a hundredth of a pixel */
export function round(value) {
  return Math.round(value * 100) / 100;
}
