/**
 * Examples as someone edits them: rows of inputs and a target each, added, moved, taken away. Pure.
 *
 * @import { Spec } from "../types.d.ts"
 */

/** @typedef {{ x: number[], y: number[] }} Row */
/** @typedef {{ rows: Row[], test: Row[], names: string[], classes: string[], plane: [number, number][] | null }} Table */

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
export function targetsOf({ rows }) {
  const found = new Map(rows.map(({ y }) => [y.join(), y]));
  return [...found.values()].sort((one, other) => one[0] - other[0]);
}

/**
 * The experiment with these rows as its data. What was asked of the old data and still makes sense is kept.
 * @param {Spec} spec
 * @param {Table} table
 * @returns {Spec}
 */
export function withRows(spec, { rows, test }) {
  const { features, scaling } = /** @type {any} */ (spec.data ?? {});
  const { edits: _edits, ...rest } = spec;
  return {
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
