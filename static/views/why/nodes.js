/**
 * Descriptions of MathML (draw/mathml.js) as descriptions of elements (draw/dom.js).
 *
 * @import { MathNode } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 */
import { math } from "../../draw/dom.js";
import { panel } from "../../draw/format.js";

/**
 * @param {MathNode} node
 * @returns {Drawn}
 */
export function elementOf({ tag, attrs, children, text }) {
  return math(tag, attrs, ...(text === undefined ? (children ?? []).map(elementOf) : [text]));
}

/**
 * Nodes in the line of the text.
 * @param {...MathNode} nodes
 * @returns {Drawn}
 */
export function inline(...nodes) {
  return math("math", {}, ...nodes.map(elementOf));
}

/**
 * Five figures; a negative zero is a zero to whoever reads it.
 * @param {number} value
 * @returns {string}
 */
export function figures(value) {
  return panel(value === 0 ? 0 : value);
}
