/**
 * Numbers as text. A real minus sign, a point for decimals whatever the language, NaN and infinities by name.
 *
 * Three widths: `stage` for the small cards, `panel` where there is room for five figures, `full` for the number itself.
 */

export const MINUS = "\u2212";

/** Characters a number may take on the stage, its sign included. */
const STAGE_WIDTH = 6;

/**
 * Significant digits asked for, null for as many as fit. One setting for every number on the page, made before it draws:
 * handed through every formula and table it would be everywhere and say nothing anywhere.
 * @type {number | null}
 */
let digits = null;

/** @param {number | null} count */
export function showDigits(count) {
  digits = count;
}

/** @returns {number | null} */
export function shownDigits() {
  return digits;
}

/**
 * At most six characters: −0.021, 0.403, 12.35, 1.2e−7. Exact zero is a bare 0.
 * @param {number} x
 * @returns {string}
 */
export function stage(x) {
  const magnitude = Math.abs(x);
  const asked = digits === null ? null : significant(magnitude, digits, -3, Math.max(digits, 4));
  return named(x) ?? signed(x, asked ?? stageDigits(magnitude, STAGE_WIDTH - (x < 0 ? 1 : 0)));
}

/**
 * Five significant figures if no others are asked for, or fewer where that is the exact number: 0.5, −0.021454, 1.2346e−7.
 * @param {number} x
 * @param {number} [most]  figures where the visitor has asked for none
 * @returns {string}
 */
export function panel(x, most = 5) {
  const magnitude = Math.abs(x);
  const figures = digits ?? most;
  return named(x) ?? signed(x, significant(magnitude, figures, -4, Math.max(figures, 5)));
}

/**
 * The shortest decimals that give exactly this number.
 * @param {number} x
 * @returns {string}
 */
export function full(x) {
  return named(x) ?? signed(x, tidy(String(Math.abs(x))));
}

/**
 * NaN, the infinities and the two zeros.
 * @param {number} x
 * @returns {string | null}  null for all others
 */
function named(x) {
  if (Number.isNaN(x)) return "NaN";
  if (x === Infinity) return "∞";
  if (x === -Infinity) return `${MINUS}∞`;
  if (x === 0) return Object.is(x, -0) ? `${MINUS}0` : "0";
  return null;
}

/** @param {number} x  @param {string} digits  @returns {string} */
function signed(x, digits) {
  return x < 0 ? MINUS + digits : digits;
}

/**
 * @param {number} magnitude
 * @param {number} width
 * @returns {string}
 */
function stageDigits(magnitude, width) {
  if (magnitude >= 0.0009995 && magnitude < 1e5) {
    // One width for both signs keeps columns straight, so decimals are dropped from ten on.
    for (const decimals of [3, 2, 1, 0]) {
      const text = magnitude.toFixed(decimals);
      if (text.length <= STAGE_WIDTH - 1) return text;
    }
  }
  for (const decimals of [1, 0]) {
    const text = tidy(magnitude.toExponential(decimals));
    if (text.length <= width) return text;
  }
  return "0.000";
}

/**
 * @param {number} magnitude
 * @param {number} figures
 * @param {number} smallest  power of ten from which on down a number is written with one
 * @param {number} largest  and above which it is
 * @returns {string}
 */
function significant(magnitude, figures, smallest, largest) {
  const rounded = magnitude.toExponential(figures - 1);
  const exact = Number(rounded) === magnitude;
  const exponent = Number(rounded.split("e")[1]);
  if (exponent < smallest || exponent > largest) return tidy(exact ? magnitude.toExponential() : rounded);
  return exact ? String(magnitude) : magnitude.toFixed(Math.max(0, figures - 1 - exponent));
}

/** @param {string} digits  @returns {string}  with a real minus in the exponent, and no plus */
function tidy(digits) {
  return digits.replace("e+", "e").replace("e-", `e${MINUS}`);
}
