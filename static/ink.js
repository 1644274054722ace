/**
 * Colours of the style sheets as numbers, for what is painted rather than styled: as they are in the theme that is shown.
 *
 * @import { Palette } from "./draw/field.js"
 */
import { create, html } from "./draw/dom.js";

/** @typedef {[number, number, number, number]} Ink  red, green, blue from 0 to 255, opacity from 0 to 1 */

/** @type {HTMLElement | null} */
let probe = null;
/** @type {CanvasRenderingContext2D | null} */
let pen = null;

/**
 * @param {string} colour  as CSS spells it: `var(--positive)`, `color-mix(in oklab, …)`
 * @returns {Ink}
 */
export function inkOf(colour) {
  if (!probe) {
    probe = /** @type {HTMLElement} */ (create(html("i", { hidden: true })));
    document.body.append(probe);
    const canvas = /** @type {HTMLCanvasElement} */ (create(html("canvas", { width: 1, height: 1 })));
    pen = canvas.getContext("2d", { willReadFrequently: true });
  }
  probe.style.color = "";
  probe.style.color = colour;
  if (!pen) return [0, 0, 0, 1];
  // The canvas knows every way in which a browser may write a colour down.
  pen.clearRect(0, 0, 1, 1);
  pen.fillStyle = getComputedStyle(probe).color;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue, opacity] = pen.getImageData(0, 0, 1, 1).data;
  return [red, green, blue, opacity / 255];
}

/** @param {string} property  @returns {[number, number, number]} */
export function rgbOf(property) {
  const [red, green, blue] = inkOf(`var(${property})`);
  return [red, green, blue];
}

/**
 * Calls when the colours are others than before.
 * @param {() => void} call
 */
export function whenThemeChanges(call) {
  new MutationObserver(call).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", call);
}

/** Classes that have a colour of their own; further ones begin again. */
export const CLASS_COLOURS = 10;

/** Of maps over the plane.  @returns {Palette} */
export function mapPalette() {
  return {
    paper: rgbOf("--map-paper"),
    positive: rgbOf("--positive"),
    negative: rgbOf("--negative"),
    wild: rgbOf("--well"),
    classes: Array.from({ length: CLASS_COLOURS }, (_, k) => rgbOf(`--class-${k}`)),
  };
}
