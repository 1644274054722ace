/**
 * Lines of one height over a grid, by marching squares. Pure.
 *
 * @import { Wire } from "../types.d.ts"
 */

/**
 * @param {ArrayLike<number>} values  row by row
 * @param {number} columns
 * @param {number} rows
 * @param {number} level
 * @returns {Wire[]}  segments in units of the grid: (0, 0) is the first value, (columns − 1, rows − 1) the last
 */
export function contour(values, columns, rows, level) {
  /** @type {Wire[]} */
  const lines = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const at = row * columns + column;
      const corners = [values[at], values[at + 1], values[at + columns + 1], values[at + columns]];
      if (corners.every(Number.isFinite)) lines.push(...square(corners, column, row, level));
    }
  }
  return lines;
}

/** Corners run round: at (0,0), (1,0), (1,1), (0,1). */
const PLACES = [[0, 0], [1, 0], [1, 1], [0, 1]];

/**
 * @param {number[]} corners
 * @param {number} x
 * @param {number} y
 * @param {number} level
 * @returns {Wire[]}
 */
function square(corners, x, y, level) {
  const above = corners.map((value) => value > level);
  /** Where the sides are crossed, in order round the square. @type {[number, number][]} */
  const crossings = [];
  for (let side = 0; side < 4; side++) {
    const next = (side + 1) % 4;
    if (above[side] === above[next]) continue;
    const share = (level - corners[side]) / (corners[next] - corners[side]);
    const [from, to] = [PLACES[side], PLACES[next]];
    crossings.push([x + from[0] + share * (to[0] - from[0]), y + from[1] + share * (to[1] - from[1])]);
  }
  if (crossings.length === 2) return [between(crossings[0], crossings[1])];
  if (crossings.length < 4) return [];
  // A saddle: the middle says which corners belong together.
  const middle = (corners[0] + corners[1] + corners[2] + corners[3]) / 4 > level;
  const [a, b, c, d] = crossings;
  return middle === above[0] ? [between(a, b), between(c, d)] : [between(d, a), between(b, c)];
}

/** @param {[number, number]} a @param {[number, number]} b @returns {Wire} */
function between([x1, y1], [x2, y2]) {
  return { x1, y1, x2, y2 };
}
