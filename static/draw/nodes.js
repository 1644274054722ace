/**
 * Formulas (draw/mathml.js) and figures in the line of the panel's text.
 *
 * @import { MathNode } from "../types.d.ts"
 * @import { Drawn } from "./dom.js"
 */
import { math, mathOf } from "./dom.js";
import { panel } from "./format.js";

/**
 * Nodes in the line of the text.
 * @param {...MathNode} nodes
 * @returns {Drawn}
 */
export function inline(...nodes) {
  return math("math", {}, ...nodes.map(mathOf));
}

/**
 * Five figures; a negative zero is a zero to whoever reads it.
 * @param {number} value
 * @returns {string}
 */
export function figures(value) {
  return panel(value === 0 ? 0 : value);
}
