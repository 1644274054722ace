/**
 * The folded parts of matrices, as pictures under their cells.
 *
 * @import { Placed } from "./layout.js"
 * @import { Scene } from "./scene.js"
 */
import { paintHeat } from "../../draw/heat.js";
import { paletteOf } from "../../draw/palette.js";
import { cellAt } from "./arrange.js";
import { mostOf } from "./draw.js";
import { isOpen, lengthOf, offsetOf } from "./layout.js";

/**
 * @param {HTMLElement} sheet
 * @param {Scene} scene
 */
export function paintMatrices(sheet, scene) {
  const canvases = /** @type {NodeListOf<HTMLCanvasElement>} */ (sheet.querySelectorAll("canvas.mx-heat"));
  if (canvases.length === 0) return;
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  for (const canvas of canvases) {
    const name = canvas.closest("[data-matrix]")?.getAttribute("data-matrix");
    const placed = scene.layout.placed.find(({ matrix }) => matrix.name === name);
    if (placed) paint(canvas, scene, placed, scale);
  }
}

/** @param {HTMLCanvasElement} canvas  @param {Scene} scene  @param {Placed} placed  @param {number} scale */
function paint(canvas, scene, placed, scale) {
  const { matrix, across, down } = placed;
  const { frame } = scene;
  const [width, height] = [lengthOf(across), lengthOf(down)];
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const pen = canvas.getContext("2d");
  const tensor = frame.trace.values[matrix.name];
  if (!pen || !tensor?.data) return;
  const { data, shape } = tensor;
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, extent) => product * extent, 1)
  );
  const stride = (/** @type {string | null} */ letter) =>
    letter === null ? 0 : strides[matrix.at.indexOf(letter)];
  const [byRow, byCol] = [stride(matrix.rows), stride(matrix.cols)];
  const fixed = matrix.at.reduce(
    (sum, letter, axis) =>
      letter === matrix.rows || letter === matrix.cols ? sum : sum + frame.example * strides[axis],
    0,
  );
  const known = knownCells(scene, placed);
  paintHeat(
    pen,
    {
      ...{ width, height, rows: down.extent, cols: across.extent, most: mostOf(scene, matrix.name) },
      left: (place) => offsetOf(across, place),
      top: (place) => offsetOf(down, place),
      value: (row, col) => {
        // Where a number stands there is no picture under it.
        if (isOpen(down, row) && isOpen(across, col)) return undefined;
        return known(row, col) ? data[fixed + row * byRow + col * byCol] : undefined;
      },
    },
    paletteOf(canvas),
    scale,
  );
}

/**
 * Whether a cell has been computed goes by its unit, except in the row that is being made.
 * @param {Scene} scene
 * @param {Placed} placed
 * @returns {(row: number, col: number) => boolean}
 */
function knownCells({ frame }, { matrix, down, across }) {
  const info = frame.run.values[matrix.name];
  if (info.source !== "computed" || frame.call.writes !== matrix.name) {
    const all = frame.known(cellAt(matrix, 0, 0, frame.example));
    return () => all;
  }
  const letter = matrix.at[info.axes.indexOf("unit")];
  const isDown = letter === matrix.rows;
  const [units, along] = isDown ? [down.extent, across.extent] : [across.extent, down.extent];
  const cell = (/** @type {number} */ unit, /** @type {number} */ place) =>
    isDown ? cellAt(matrix, unit, place, frame.example) : cellAt(matrix, place, unit, frame.example);
  const whole = Array.from({ length: units }, (_, unit) => frame.known(cell(unit, along - 1)));
  const made = frame.moment.unit;
  return (row, col) => {
    const [unit, place] = isDown ? [row, col] : [col, row];
    return whole[unit] || (unit === made && frame.known(cell(unit, place)));
  };
}
