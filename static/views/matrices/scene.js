/**
 * What is lit in the matrices at a moment, as cells and as rectangles. Pure.
 *
 * @import { Address, Context, Frame, Moment } from "../../types.d.ts"
 * @import { Arrangement, Matrix, Range } from "./arrange.js"
 * @import { Layout } from "./layout.js"
 */
import { axisAlong } from "../../moments.js";
import { extentsOf } from "../../rule.js";
import { readBy } from "./arrange.js";

/**
 * @typedef {object} Scene
 * @property {Frame} frame
 * @property {Context} context
 * @property {Arrangement} arrangement
 * @property {Layout} layout
 * @property {Record<string, number>} extents
 * @property {string} focus
 * @property {Moment | null} before  the moment the transition began at
 * @property {boolean} arrived
 * @typedef {{ matrix: Matrix, rows: Range, cols: Range }} Rectangle
 */

/**
 * How many places each letter has in this step.
 * @param {Frame} frame
 * @param {Arrangement} arrangement
 * @returns {Record<string, number>}
 */
export function extentsAt({ run, trace, call }, { matrices }) {
  const { rule } = run.program.ops[call.op];
  const shape = (/** @type {string} */ name) => trace.values[name].shape;
  /** @type {Record<string, number>} */
  const extents = { ...extentsOf(rule, call, { shape }) };
  for (const { name, at } of matrices) at.forEach((letter, axis) => extents[letter] ??= shape(name)[axis]);
  return extents;
}

/**
 * The letters of the number that is computed. Where a unit has several at once, the letter that runs over them is open.
 * @param {Frame} frame
 * @returns {Record<string, number>}
 */
export function settledAt({ run, call, active, written }) {
  const { rule } = run.program.ops[call.op];
  const along = written.length > 1 ? axisAlong(run.values[call.writes]) : -1;
  const places = rule.at.map((letter, axis) => [letter, active.index[axis]]);
  return Object.fromEntries(places.filter((_, axis) => axis !== along));
}

/**
 * The rows and columns that go into what is computed, and where it stands itself.
 * @param {Scene} scene
 * @returns {Rectangle[]}
 */
export function bandsOf({ frame, arrangement, extents }) {
  const settled = settledAt(frame);
  return arrangement.matrices.map((matrix) => ({ matrix, ...readBy(matrix, settled, extents) }));
}

/**
 * The smallest rectangle of each matrix that holds all of these cells.
 * @param {Arrangement} arrangement
 * @param {Address[]} cells
 * @returns {Rectangle[]}
 */
export function around({ matrices }, cells) {
  return matrices.flatMap((matrix) => {
    const own = cells.filter(({ name }) => name === matrix.name);
    if (own.length === 0) return [];
    /** @param {string | null} letter  @returns {Range} */
    const along = (letter) => {
      const axis = letter === null ? -1 : matrix.at.indexOf(letter);
      const places = own.map(({ index }) => axis < 0 ? 0 : index[axis]);
      return { from: Math.min(...places), to: Math.max(...places) + 1 };
    };
    return [{ matrix, rows: along(matrix.rows), cols: along(matrix.cols) }];
  });
}

/**
 * The pair that meets at a share of the way through a sum: one place of every letter that is summed over.
 * @param {Scene} scene
 * @param {number} share  from 0 to 1
 * @returns {Rectangle[]}
 */
export function meeting(scene, share) {
  const { arrangement, extents } = scene;
  const own = new Set(arrangement.result.at);
  return bandsOf(scene).flatMap(({ matrix, rows, cols }) => {
    if (matrix.part === "result") return [];
    /** @param {string | null} letter  @param {Range} range  @returns {Range} */
    const at = (letter, range) => {
      if (letter === null || own.has(letter) || range.to - range.from < extents[letter]) return range;
      const place = Math.min(range.to - 1, range.from + Math.floor(share * (range.to - range.from)));
      return { from: place, to: place + 1 };
    };
    const here = { rows: at(matrix.rows, rows), cols: at(matrix.cols, cols) };
    const same = here.rows === rows && here.cols === cols;
    return same ? [] : [{ matrix, ...here }];
  });
}

/**
 * A place of each letter that has to be in sight: of what is computed, of the term that is added, of the pinned cell.
 * @param {Frame} frame
 * @param {Arrangement} arrangement
 * @param {boolean} pinned
 * @returns {Record<string, number>}
 */
export function placesInSight(frame, { matrices }, pinned) {
  /** @type {Record<string, number>} */
  const places = {};
  const terms = frame.building?.terms[frame.building.at].addresses ?? [];
  for (const { name, index } of [frame.active, ...terms, ...(pinned ? [frame.focus] : [])]) {
    const matrix = matrices.find((each) => each.name === name);
    matrix?.at.forEach((letter, axis) => places[letter] = index[axis]);
  }
  return places;
}
