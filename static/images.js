/**
 * Inputs that are pictures. Pure.
 *
 * @import { Run } from "./types.d.ts"
 */

/** Fewer pixels than this make no picture. */
const LEAST = 64;

/** Data sets that are made of numbers and mean no picture, however many inputs they have. */
const NUMBERS = new Set(["uniform"]);

/**
 * How many pixels a side of the inputs has, where they are a square picture.
 * @param {Run} run
 * @returns {number | null}
 */
export function pictureSide(run) {
  const { units } = run.layers[0];
  const side = Math.round(Math.sqrt(units));
  const kind = /** @type {any} */ (run.spec).data?.kind;
  return units >= LEAST && side * side === units && !NUMBERS.has(kind) ? side : null;
}
