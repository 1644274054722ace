/**
 * The error function, erf(x) = (2/√π) ∫₀ˣ exp(−t²) dt, which JavaScript does not have.
 *
 * The algorithm of the engine (engine/rules/special.py), by two of Cody's rational functions (Mathematics of Computation 23,
 * 1969): near 0, x·P(x²)/Q(x²) as x + x·(P−Q)/Q; further out, 1 − exp(−x²)·P(x)/Q(x) with the square taken in two parts.
 */

const NEAR = 0.5, FAR = 6;

/** Coefficients from the highest power down. */
const NEAR_TOP = [
  ...[1.85777706184603153e-1, 3.16112374387056560e0, 1.13864154151050156e2],
  ...[3.77485237685302021e2, 3.20937758913846947e3],
];
const NEAR_BOTTOM = [
  ...[1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3],
];
const FAR_TOP = [
  ...[2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594e0, 6.61191906371416295e1],
  ...[2.98635138197400131e2, 8.81952221241769090e2, 1.71204761263407058e3, 2.05107837782607147e3],
  1.23033935479799725e3,
];
const FAR_BOTTOM = [
  ...[1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2],
  ...[1.62138957456669019e3, 3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3],
  1.23033935480374942e3,
];
const OVER_ONE = NEAR_TOP.map((p, k) => p - NEAR_BOTTOM[k]);

/**
 * @param {number} x
 * @returns {number}  between −1 and 1; zero keeps its sign, NaN stays NaN
 */
export function erf(x) {
  const size = Math.min(Math.abs(x), FAR);
  if (size <= NEAR) {
    const square = size * size;
    return x + x * (polynomial(OVER_ONE, square) / polynomial(NEAR_BOTTOM, square));
  }
  const cut = Math.floor(size * 16) / 16;
  const missing = polynomial(FAR_TOP, size) / polynomial(FAR_BOTTOM, size) *
    Math.exp(-cut * cut) * Math.exp((cut - size) * (cut + size));
  return x < 0 ? missing - 1 : 1 - missing;
}

/** By Horner's rule.  @param {number[]} coefficients  @param {number} x */
function polynomial(coefficients, x) {
  return coefficients.reduce((sofar, coefficient) => sofar * x + coefficient);
}
