/**
 * What a number looks like: place on the diverging scale, name of its colour, width and dash of its wire.
 *
 * Colours are named, never given: tokens.css has them, light and dark. Sign has a second cue everywhere: dashes for
 * negative wires, the minus sign of the number.
 *
 * @import { Phase } from "../types.d.ts"
 */

/** @typedef {"positive" | "negative" | "zero" | "not-finite"} Sign */

/** Width of a wire in CSS pixels, weakest and strongest. */
const WIRE = Object.freeze({ thin: 0.75, thick: 4 });

/**
 * Where a value is on the scale from −1 through 0 to 1.
 * @param {number} value
 * @param {number} maximum  magnitude at the ends; at 0 everything sits in the middle
 * @returns {number}  infinities sit at the ends, NaN in the middle
 */
export function scalePosition(value, maximum) {
  if (Number.isNaN(value) || value === 0) return 0;
  if (!Number.isFinite(value)) return Math.sign(value);
  if (!(maximum > 0)) return 0;
  return Math.max(-1, Math.min(1, value / maximum));
}

/**
 * The greatest magnitude among the finite numbers.
 * @param {Iterable<number>} values
 * @returns {number}  0 if there is none
 */
export function largestMagnitude(values) {
  let largest = 0;
  for (const value of values) {
    const magnitude = Math.abs(value);
    if (magnitude > largest && magnitude < Infinity) largest = magnitude;
  }
  return largest;
}

/**
 * @param {number} value
 * @returns {Sign}  infinities have a sign, NaN is not-finite
 */
export function signOf(value) {
  if (Number.isNaN(value)) return "not-finite";
  return value > 0 ? "positive" : value < 0 ? "negative" : "zero";
}

/**
 * The custom property with a sign's colour: `--sign-positive`, `--sign-negative`, `--sign-zero`, `--sign-not-finite`.
 * @param {number} value
 * @returns {string}
 */
export function signToken(value) {
  return `--sign-${signOf(value)}`;
}

/**
 * The custom property with a phase's hue.
 * @param {Phase} phase
 * @returns {string}
 */
export function phaseToken(phase) {
  return `--phase-${phase}`;
}

/**
 * A colour for a cell of a heat map: nothing at zero, the sign's full colour at the maximum.
 * @param {number} value
 * @param {number} maximum
 * @returns {string}  a CSS colour
 */
export function fill(value, maximum) {
  const share = Math.round(100 * Math.abs(scalePosition(value, maximum)));
  return `color-mix(in oklab, var(${signToken(value)}) ${share}%, transparent)`;
}

/**
 * @param {number} value
 * @param {number} maximum
 * @returns {{ width: number, dash: string, token: string, opacity: number }}  `dash` as SVG wants it, empty for a solid line
 */
export function wire(value, maximum) {
  const strength = Math.abs(scalePosition(value, maximum));
  const dashes = { positive: "", negative: "5 4", zero: "1 5", "not-finite": "1 3 5 3" };
  return {
    width: WIRE.thin + (WIRE.thick - WIRE.thin) * strength,
    dash: dashes[signOf(value)],
    token: signToken(value),
    opacity: 0.25 + 0.75 * strength,
  };
}
