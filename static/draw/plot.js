/**
 * Small drawings of numbers: the loss curve with its axes, and the curve of an activation. Pure; CSS pixels.
 *
 * @import { Box, Point } from "../types.d.ts"
 */

/** @typedef {"linear" | "log"} Scale */

/**
 * @typedef {object} Axis
 * @property {number} from  value at the beginning
 * @property {number} to  value at the end
 * @property {Scale} scale
 * @property {(value: number) => number} place  pixel of a value; NaN if it cannot be shown
 * @property {(pixel: number) => number} value  value at a pixel
 */

/**
 * @typedef {object} LossCurve
 * @property {Point[][]} lines  one polyline for each stretch of finite losses
 * @property {Axis} x  by step
 * @property {Axis} y  by loss
 * @property {number[]} gaps  steps whose loss is not a number, or infinite
 */

/** A log scale goes down to this share of the greatest loss: what is below, zero too, is rounding, and lies at the foot. */
const FLOOR = 1e-16;

/**
 * The loss over the steps as polylines.
 * @param {number[]} steps  ascending
 * @param {number[]} losses
 * @param {Box} box
 * @param {{ scale?: Scale, lastStep?: number }} [options]  `lastStep`: the step at the right edge
 * @returns {LossCurve}
 */
export function lossCurve(steps, losses, box, { scale = "linear", lastStep = steps.at(-1) ?? 0 } = {}) {
  const shown = losses.filter((loss) => Number.isFinite(loss) && (scale === "linear" || loss > 0));
  const lowest = shown.reduce((a, b) => Math.min(a, b), Infinity);
  const highest = shown.reduce((a, b) => Math.max(a, b), -Infinity);
  const [from, to] = shown.length
    ? [scale === "linear" ? Math.min(0, lowest) : Math.max(lowest, FLOOR * highest), highest]
    : [scale === "log" ? 1 : 0, 1];
  const x = axis(0, Math.max(lastStep, 1), box.x, box.x + box.width);
  const whole = axis(from, to, box.y + box.height, box.y, scale);
  const y = scale === "log"
    ? { ...whole, place: (/** @type {number} */ loss) => whole.place(Math.max(loss, from)) }
    : whole;
  /** @type {Point[][]} */
  const lines = [];
  /** @type {number[]} */
  const gaps = [];
  /** @type {Point[] | null} */
  let line = null;
  losses.forEach((loss, k) => {
    if (!Number.isFinite(loss)) {
      gaps.push(steps[k]);
      line = null;
      return;
    }
    if (line === null) lines.push(line = []);
    line.push({ x: x.place(steps[k]), y: y.place(loss) });
  });
  return { lines, x, y, gaps };
}

/**
 * An axis from value to pixel and back.
 * @param {number} from
 * @param {number} to
 * @param {number} start  pixel of `from`
 * @param {number} stop  pixel of `to`
 * @param {Scale} [scale]  log wants both ends above zero
 * @returns {Axis}
 */
export function axis(from, to, start, stop, scale = "linear") {
  const forth = scale === "log" ? Math.log10 : (/** @type {number} */ x) => x;
  const back = scale === "log" ? (/** @type {number} */ x) => 10 ** x : (/** @type {number} */ x) => x;
  const [low, high] = [forth(from), forth(to)];
  const span = high - low;
  return {
    from,
    to,
    scale,
    // A flat line runs through the middle.
    place: (value) => start + (stop - start) * (span === 0 ? 0.5 : (forth(value) - low) / span),
    value: (pixel) =>
      back(span === 0 || stop === start ? low : low + (span * (pixel - start)) / (stop - start)),
  };
}

/**
 * Round numbers within a range: steps of 1, 2 or 5 times a power of ten.
 * @param {number} from
 * @param {number} to
 * @param {number} count  about how many
 * @returns {number[]}  ascending
 */
export function ticks(from, to, count) {
  const span = to - from;
  if (!(span > 0) || !Number.isFinite(span) || !(count >= 1)) return Number.isFinite(from) ? [from] : [];
  const rough = span / count;
  const power = Math.floor(Math.log10(rough));
  const lead = rough / 10 ** power;
  const nice = lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10;
  // Whole multiples of a power of ten, or divisions by one: 3 / 10 is exactly 0.3, 3 * 0.1 is not.
  const multiply = (/** @type {number} */ k) =>
    power >= 0 ? k * nice * 10 ** power : (k * nice) / 10 ** -power;
  const [first, last] = [Math.ceil(from / multiply(1) - 1e-9), Math.floor(to / multiply(1) + 1e-9)];
  // Ends too close or too large for whole multiples to tell apart.
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || last - first > 4 * count) {
    return [from, to];
  }
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, k) => multiply(first + k) + 0);
}

/**
 * Powers of ten within a range; if fewer than two, the range's ends.
 * @param {number} from  above 0
 * @param {number} to
 * @returns {number[]}
 */
export function logTicks(from, to) {
  const list = [];
  for (let power = Math.ceil(Math.log10(from) - 1e-9); power <= Math.log10(to) + 1e-9; power++) {
    list.push(Number(`1e${power}`));
  }
  return list.length >= 2 || from === to ? list : [from, to];
}

/**
 * Points of a function's curve, evenly spaced and on both sides of its corners; where it is not finite there is none.
 * @param {(x: number) => number} f
 * @param {number} from
 * @param {number} to
 * @param {number} [count]
 * @param {number[]} [corners]  places where it may bend or jump, to be met exactly
 * @returns {Point[]}  in the function's own units
 */
export function sampleCurve(f, from, to, count = 65, corners = []) {
  const even = Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
  const aside = (to - from) * 1e-9;
  const near = corners.filter((x) => x > from && x < to).flatMap((x) => [x - aside, x, x + aside]);
  return [...even, ...near].sort((a, b) => a - b).map((x) => ({ x, y: f(x) })).filter(({ y }) =>
    Number.isFinite(y)
  );
}

/**
 * The `points` attribute of an SVG polyline.
 * @param {Point[]} points
 * @returns {string}
 */
export function polyline(points) {
  return points.map(({ x, y }) => `${round(x)},${round(y)}`).join(" ");
}

/** @param {number} pixels  @returns {number}  to a hundredth: no screen shows more */
function round(pixels) {
  return Math.round(pixels * 100) / 100;
}
