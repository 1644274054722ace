/**
 * The next sensible value of a number: what an arrow key makes of it. Pure.
 */

/**
 * How a number may be counted, as its field says it.
 * @typedef {object} Stride
 * @property {"linear" | "log" | "to_one"} scale  by `step`, over 1, 2, 5, 10 and so on, or so for what is missing to 1
 * @property {number} step
 * @property {number} minimum
 * @property {number} maximum
 */

/** Digits that a sum of decimals is still exact to. */
const EXACT = 12;

/** What is missing to 1 gets no smaller. */
const NEAREST = 1e-6;

/**
 * @param {number} value
 * @param {-1 | 1} direction
 * @param {Stride} stride
 * @param {number} [times]
 * @returns {number}
 */
export function nudged(value, direction, stride, times = 1) {
  const { scale, step, minimum, maximum } = stride;
  let next = Number.isFinite(value) ? value : 0;
  if (scale === "linear" || (scale === "to_one" && next > 1)) next += direction * step * times;
  else if (scale === "to_one") next = 1 - logNext(1 - next, /** @type {-1 | 1} */ (-direction), NEAREST, 1);
  else next = logNext(next, direction, step / 10, Infinity);
  return within(Number(next.toPrecision(EXACT)), minimum, maximum);
}

/**
 * The neighbour among 1, 2, 5, 10 and so on; below the least there is 0.
 * @param {number} value
 * @param {-1 | 1} direction
 * @param {number} least
 * @param {number} most
 */
function logNext(value, direction, least, most) {
  if (direction > 0 && value < least * (1 - 1e-9)) return least;
  if (direction < 0 && value <= least * (1 + 1e-9)) return most === Infinity ? 0 : least;
  const decade = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const grid = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20].map((factor) => factor * decade);
  const next = direction > 0
    ? grid.find((each) => each > value * (1 + 1e-9))
    : grid.findLast((each) => each < value * (1 - 1e-9));
  return Math.min(most, next ?? value);
}

/** @param {number} value  @param {number} minimum  @param {number} maximum */
function within(value, minimum, maximum) {
  return Math.min(maximum, Math.max(minimum, value));
}

/** Units up to which each takes the same room on the strip of a layer. */
const EVEN = 24;

/**
 * How long the strip of a layer is, in units' widths: one each, and from some number on slower and slower.
 * @param {number} units
 * @returns {number}
 */
export function lengthOf(units) {
  return units <= EVEN ? units : EVEN * (1 + Math.log(units / EVEN));
}

/**
 * @param {number} length
 * @returns {number}  units, at least 1
 */
export function unitsOf(length) {
  return Math.max(1, Math.round(length <= EVEN ? length : EVEN * Math.exp(length / EVEN - 1)));
}
