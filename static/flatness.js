/**
 * Where an activation lets hardly any error through. Pure.
 *
 * @import { Op } from "./types.d.ts"
 */

/** @typedef {"off" | "saturated" | "no_slope"} Flatness */

/**
 * Is the unit where the curve is flat? Off, if that is one side with no slope at all; saturated otherwise.
 * @param {Op["flat"]} flat
 * @param {number} z
 * @param {number} slope
 * @returns {Flatness | null}
 */
export function conditionOf(flat, z, slope) {
  if (!flat) return null;
  const below = flat.below ?? -Infinity, above = flat.above ?? Infinity;
  if (below >= above) return "no_slope";
  if (z > below && z < above) return null;
  return slope === 0 && (flat.below === null || flat.above === null) ? "off" : "saturated";
}
