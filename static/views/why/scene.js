/**
 * The cell the panel explains, with all that is known about it: what every part of the panel is drawn from.
 *
 * @import { Address, Building, Call, Cells, Context, Explanation, Frame, MathNode, Remote, Rule, ValueInfo } from "../../types.d.ts"
 * @import { Formula } from "../../draw/mathml.js"
 */
import { symbol } from "../../draw/symbols.js";
import { cellsOf, formatAddress, writtenBy } from "../../trace.js";

/** @typedef {Context & { explanation?: Remote<Explanation> }} WhyContext */

/**
 * @typedef {object} Scene
 * @property {Frame} frame
 * @property {WhyContext} context
 * @property {Address} cell
 * @property {string} address
 * @property {ValueInfo} info
 * @property {Cells} cells
 * @property {Call | null} call  null for data, parameters and settings
 * @property {Rule | null} rule
 * @property {boolean} known
 * @property {number | undefined} value
 * @property {Building | null} building  if it is this cell that is being made
 */

/**
 * @param {Frame} frame
 * @param {WhyContext} context
 * @param {Address} [cell]
 * @returns {Scene}
 */
export function sceneOf(frame, context, cell = frame.focus) {
  const at = writtenBy(frame.run, cell.name);
  const call = frame.run.program.calls[at] ?? null;
  return {
    frame,
    context,
    cell,
    address: formatAddress(cell),
    info: frame.run.values[cell.name],
    cells: cellsOf(frame.trace),
    call,
    rule: call && frame.run.program.ops[call.op].rule,
    known: frame.known(cell),
    value: frame.value(cell),
    building: frame.building?.address === formatAddress(cell) ? frame.building : null,
  };
}

/**
 * What draw/mathml.js needs to write the formula of this cell; with numbers in it if asked.
 * @param {Scene} scene
 * @param {boolean} [numbers]
 * @returns {Formula}
 */
export function formulaOf({ frame, context, cell, cells, call }, numbers = false) {
  if (!call) throw new RangeError(`${cell.name} has no formula`);
  return { run: frame.run, call, t: context.t, index: cell.index, ...(numbers ? { cells } : {}) };
}

/**
 * @param {Scene} scene
 * @param {Address} [cell]
 * @returns {MathNode}
 */
export function symbolOf({ frame, context, ...scene }, cell = scene.cell) {
  return symbol(frame.run, cell.name, cell.index, context.t, { "data-address": formatAddress(cell) });
}

/**
 * Where a cell is, in words: Hidden 1, unit 2, example 0.
 * @param {Scene} scene
 * @returns {string}
 */
export function placeOf({ frame, context: { t }, cell, info }) {
  if (cell.index.length === 0) return "";
  const last = frame.run.layers.length - 1;
  const layer = info.layer ?? last;
  const name = layer === 0
    ? t("stage.input")
    : layer === last
    ? t("stage.output")
    : t("stage.hidden", { layer });
  const unit = cell.index[info.axes.indexOf("unit")];
  if (info.axes.includes("input")) {
    return t("stage.wire", { layer: name, unit, input: cell.index[info.axes.indexOf("input")] });
  }
  const where = t("stage.unit", { layer: name, unit });
  if (!info.axes.includes("example")) return where;
  return t("why.of_example", { where, example: cell.index[info.axes.indexOf("example")] });
}
