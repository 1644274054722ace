/**
 * Numbers as the stage writes them: at most seven characters, with as many figures as fit.
 */
import { full, MINUS, shownDigits, stage } from "./format.js";

/**
 * 0.403, −0.0215, 1.2e−7, 12.35.
 * @param {number} value
 * @returns {string}
 */
export function figures(value) {
  // A negative zero is a zero to whoever reads it.
  if (value === 0) return "0";
  if (shownDigits() !== null) return stage(value);
  const shortest = full(value);
  if (shortest.length <= 6) return shortest;
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (size >= 0.000995 && size < 0.09995) return sign + size.toFixed(4);
  if (size > 0 && size < 0.000995) {
    const [digits, power] = size.toExponential(1).split("e-");
    // A power of three figures leaves no room for decimals.
    return `${sign}${power.length > 2 ? Math.round(Number(digits)) : digits}e${MINUS}${power}`;
  }
  return stage(value);
}

/**
 * The shortest decimals that read back as this number.
 * @param {number} value
 * @returns {string}
 */
export function exact(value) {
  return Object.is(value, -0) ? "-0" : String(value);
}
