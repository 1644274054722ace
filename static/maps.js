/**
 * Which units can show what they say over the plane of the inputs, and how large. Pure.
 *
 * @import { Run } from "./types.d.ts"
 */

/**
 * In em of the stage's type: the side of a map in a card at most, beside or over a single number, and what separates it
 * from the numbers.
 */
export const MAP = 4.4, LONE_MAP = 2.4, BESIDE_MAP = 0.4;

/**
 * Is there a plane, or a line, to show a response over? Features are made of the inputs, so they change nothing.
 * @param {Run} run
 */
export function hasPlane(run) {
  const data = /** @type {{ features?: unknown }} */ (run.spec.data ?? {});
  return run.layers[0].units <= 2 || Array.isArray(data.features);
}

/**
 * The values whose units are mapped: what each layer passes on, or its z where nothing comes after it.
 * @param {Run} run
 * @returns {string[]}  layer by layer
 */
export function mappedNames(run) {
  return run.layers.slice(1).map(({ layer }) => run.values[`a${layer}`] ? `a${layer}` : `z${layer}`);
}
