/**
 * Examples as someone edits them: rows of inputs and a target each, added, moved, taken away. Pure.
 *
 * @import { Spec } from "../types.d.ts"
 */
import { withOutputs } from "../spec.js";

/** @typedef {{ x: number[], y: number[] }} Row */
/**
 * @typedef {object} Table
 * @property {Row[]} rows
 * @property {Row[]} test
 * @property {string[]} names  of the inputs
 * @property {string[]} classes
 * @property {[number, number][] | null} plane
 * @property {boolean} [grown]  has a class been added that the network knows nothing of?
 */

/**
 * The answer about a run's data as rows to edit.
 * @param {any} answer
 * @returns {Table}
 */
export function tableOf({ values, classes, input_names: names, plane }) {
  /** @param {string} part  @returns {Row[]} */
  const rows = (part) =>
    (values[`${part}inputs`]?.data ?? []).map((/** @type {number[]} */ x, /** @type {number} */ n) => ({
      x,
      y: values[`${part}targets`].data[n],
    }));
  return { rows: rows(""), test: rows("test_"), names, classes: classes ?? [], plane: plane ?? null };
}

/**
 * The targets there are, each once, in the order of their first numbers: what a new point may be given.
 * @param {Table} table
 * @returns {number[][]}
 */
export function targetsOf(table) {
  const { rows } = table;
  const width = rows[0]?.y.length ?? 1;
  if (isCoded(table) && width > 1) return rows[0].y.map((_, k) => oneHot(k, width));
  const found = new Map(rows.map(({ y }) => [y.join(), y]));
  return [...found.values()].sort((one, other) => one[0] - other[0]);
}

/**
 * Are the targets classes as networks take them: 0 or 1, or a 1 at the place of the class?
 * @param {Table} table
 * @returns {boolean}
 */
export function isCoded({ rows }) {
  return rows.length > 0 && rows.every(({ y }) =>
    y.every((part) => part === 0 || part === 1) &&
    (y.length === 1 || y.filter((part) => part === 1).length === 1)
  );
}

/** The class that a coded target stands for.  @param {number[]} y  @returns {number} */
export function classOf(y) {
  return y.length === 1 ? y[0] : y.indexOf(1);
}

/** @param {number} k  @param {number} width  @returns {number[]} */
function oneHot(k, width) {
  return Array.from({ length: width }, (_, at) => at === k ? 1 : 0);
}

/**
 * One class more: every target a place longer.
 * @param {Table} table  whose targets are coded
 * @returns {Table}
 */
export function withClass(table) {
  const width = (table.rows[0]?.y.length ?? 1) === 1 ? 2 : table.rows[0].y.length;
  /** @param {Row} row  @returns {Row} */
  const longer = ({ x, y }) => ({ x, y: oneHot(classOf(y), width + 1) });
  return { ...table, rows: table.rows.map(longer), test: table.test.map(longer), grown: true };
}

/**
 * The experiment with these rows as its data. What was asked of the old data and still makes sense is kept.
 * @param {Spec} spec
 * @param {Table} table
 * @returns {Spec}
 */
export function withRows(spec, { rows, test, grown }) {
  const { features, scaling } = /** @type {any} */ (spec.data ?? {});
  const { edits: _edits, ...rest } = spec;
  const made = {
    ...rest,
    data: {
      kind: "inline",
      x: rows.map(({ x }) => x),
      y: rows.map(({ y }) => y),
      ...(test.length ? { x_test: test.map(({ x }) => x), y_test: test.map(({ y }) => y) } : {}),
      ...(features?.length ? { features } : {}),
      ...(scaling && scaling !== "none" ? { scaling } : {}),
    },
  };
  const outputs = rows[0]?.y.length ?? null;
  return grown ? forClasses(made, rows[0].y.length) : withOutputs(made, outputs);
}

/**
 * The experiment for so many classes: a probability for each of them, and the loss that goes with it.
 * @param {Spec} spec
 * @param {number} count
 * @returns {Spec}
 */
function forClasses({ parameters: _parameters, ...spec }, count) {
  const layers = /** @type {any[]} */ (spec.layers ?? []);
  const output = { ...layers.at(-1), units: count, activation: "softmax" };
  return { ...spec, layers: layers.with(-1, output), loss: "softmax_cross_entropy" };
}

/**
 * Where the plane of two inputs lies: what is known of it, or around the points with a tenth to spare.
 * @param {Table} table
 * @returns {[[number, number], [number, number]]}
 */
export function planeOf({ rows, plane }) {
  if (plane && plane.length === 2) return /** @type {[[number, number], [number, number]]} */ (plane);
  /** @param {number} axis  @returns {[number, number]} */
  const around = (axis) => {
    const values = rows.map(({ x }) => x[axis]);
    const low = Math.min(...values), high = Math.max(...values);
    const spare = high > low ? (high - low) / 10 : 1;
    return [low - spare, high + spare];
  };
  return rows.length ? [around(0), around(1)] : [[-1, 1], [-1, 1]];
}

/**
 * A number that was clicked rather than typed: as many digits as the plane is wide.
 * @param {number} value
 * @param {[number, number]} span
 * @returns {number}
 */
export function neat(value, [low, high]) {
  const unit = 10 ** (Math.floor(Math.log10(Math.max(high - low, Number.MIN_VALUE))) - 2);
  return Number((Math.round(value / unit) * unit).toPrecision(12));
}
