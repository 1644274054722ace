/**
 * What can be mapped over the input plane, and how it is painted: each unit's response, and the regions of the classes.
 *
 * @import { Surface } from "../types.d.ts"
 * @import { Palette } from "./field.js"
 */
import { contour } from "./contour.js";
import { fieldPixels, reach, regionPixels, regionsBetween } from "./field.js";

/** How far from the middle a curve over a line goes at most, as a share of the picture's height. */
export const CURVE_REACH = 0.44;

/** A grid from so many columns on is for a large picture, whose borders are drawn so many times as fine. */
const FINE = 30, TIMES = 6;

/**
 * A unit of a value, or the regions of the classes: see REGIONS. `of` is then the value that decides.
 * @typedef {{ name: string, unit: number, of?: string }} Mapped
 */

/** Stands for the name of what is no value: which class each point is given. */
export const REGIONS = "classes";

/**
 * The numbers of one unit over the grid.
 * @param {Surface} surface
 * @param {Mapped} mapped
 * @returns {Float64Array | null}  null if they were left out
 */
export function unitValues(surface, { name, unit }) {
  if (name === REGIONS) return surface.regions?.data ?? null;
  const tensor = surface.values[name];
  if (!tensor?.data) return null;
  const size = tensor.shape.slice(1).reduce((product, extent) => product * extent, 1);
  // Where one unit was asked for, the tensor has that one.
  const at = tensor.shape[0] === 1 ? 0 : unit;
  return tensor.data.subarray(at * size, (at + 1) * size);
}

/** @param {Surface} surface  @param {Mapped} mapped  @param {ArrayLike<number>} values */
export function scaleOf(surface, { name }, values) {
  const middle = Number(surface.middles[name] ?? 0);
  return { middle, most: reach(values, middle) };
}

/**
 * Paints a map over the whole of a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {Surface} surface
 * @param {Mapped} mapped
 * @param {Palette} palette
 * @param {{ line?: number }} [options]  `line`: width of the line where the two sides meet, in CSS pixels
 */
export function paintMap(canvas, surface, mapped, palette, { line = 0 } = {}) {
  const pen = sized(canvas);
  const values = unitValues(surface, mapped);
  if (!pen || !values) return;
  if (surface.axes.length === 1) return paintCurve(pen, canvas, surface, mapped, values, palette);
  const [columns, rows] = surface.axes.map((axis) => axis.values.length);
  if (mapped.name === REGIONS) {
    return lay(pen, canvas, regionPicture(surface, mapped, columns, rows, palette));
  }
  const scale = scaleOf(surface, mapped, values);
  lay(pen, canvas, { pixels: fieldPixels(values, columns, rows, scale, palette), columns, rows });
  if (!line) return;
  const { width, height } = canvas;
  const [dx, dy] = [width / (columns - 1), height / (rows - 1)];
  pen.lineWidth = line * ratio();
  pen.strokeStyle = getComputedStyle(canvas).color;
  pen.beginPath();
  for (const { x1, y1, x2, y2 } of contour(values, columns, rows, scale.middle)) {
    pen.moveTo(x1 * dx, height - y1 * dy);
    pen.lineTo(x2 * dx, height - y2 * dy);
  }
  pen.stroke();
}

/**
 * Finer than the grid where the scores are there that decide.
 * @param {Surface} surface
 * @param {Mapped} mapped
 * @param {number} columns
 * @param {number} rows
 * @param {Palette} palette
 */
function regionPicture(surface, { of = "" }, columns, rows, palette) {
  const scores = surface.values[of];
  if (scores?.data && scores.shape[0] > 1 && columns >= FINE) {
    const { regions, ...size } = regionsBetween(scores.data, scores.shape[0], columns, rows, TIMES);
    return { pixels: regionPixels(regions, size.columns, size.rows, palette), ...size };
  }
  const regions = surface.regions?.data ?? [];
  return { pixels: regionPixels(regions, columns, rows, palette), columns, rows };
}

/**
 * A value stands in the middle of its pixel, and the outer ones at the edge of the picture.
 * @param {CanvasRenderingContext2D} pen
 * @param {HTMLCanvasElement} canvas
 * @param {{ pixels: Uint8ClampedArray<ArrayBuffer>, columns: number, rows: number }} picture
 */
function lay(pen, { width, height }, { pixels, columns, rows }) {
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d")?.putImageData(new ImageData(pixels, columns, rows), 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  const [dx, dy] = [width / (columns - 1), height / (rows - 1)];
  pen.drawImage(small, -dx / 2, -dy / 2, width + dx, height + dy);
}

/**
 * Over a line: the unit's curve, with the line where its two sides meet.
 * @param {CanvasRenderingContext2D} pen
 * @param {HTMLCanvasElement} canvas
 * @param {Surface} surface
 * @param {Mapped} mapped
 * @param {ArrayLike<number>} values
 * @param {Palette} palette
 */
function paintCurve(pen, { width, height }, surface, mapped, values, palette) {
  const { middle, most } = scaleOf(surface, mapped, values);
  const place = (/** @type {number} */ value) =>
    height * (0.5 - CURVE_REACH * (most > 0 ? (value - middle) / most : 0));
  pen.fillStyle = `rgb(${palette.paper})`;
  pen.fillRect(0, 0, width, height);
  pen.lineWidth = ratio();
  pen.strokeStyle = `rgb(${palette.wild})`;
  pen.beginPath();
  pen.moveTo(0, place(middle));
  pen.lineTo(width, place(middle));
  pen.stroke();
  pen.lineWidth = 2 * ratio();
  for (let at = 0; at + 1 < values.length; at++) {
    pen.strokeStyle = `rgb(${
      values[at] + values[at + 1] < 2 * middle ? palette.negative : palette.positive
    })`;
    pen.beginPath();
    pen.moveTo(width * at / (values.length - 1), place(values[at]));
    pen.lineTo(width * (at + 1) / (values.length - 1), place(values[at + 1]));
    pen.stroke();
  }
}

/** Device pixels to a CSS pixel; more than two cannot be seen. */
export function ratio() {
  return Math.min(2, globalThis.devicePixelRatio || 1);
}

/** The canvas as large as it is shown.  @param {HTMLCanvasElement} canvas */
export function sized(canvas) {
  const { width, height } = canvas.getBoundingClientRect();
  canvas.width = Math.max(1, Math.round(width * ratio()));
  canvas.height = Math.max(1, Math.round(height * ratio()));
  return canvas.getContext("2d");
}
