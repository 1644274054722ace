/**
 * Formulas of the glossary as elements.
 *
 * @import { Drawn } from "../draw/dom.js"
 * @import { MathNode } from "../types.d.ts"
 * @import { Formula } from "./terms.d.ts"
 */
import { math } from "../draw/dom.js";
import { typeset } from "./typeset.js";

/** In the line of the text.  @param {Formula} formula  @returns {Drawn} */
export function drawSymbol({ mathml }) {
  return math("math", {}, typeset(mathml).map(elementOf));
}

/** On a line of its own.  @param {Formula} formula  @returns {Drawn} */
export function drawFormula({ mathml }) {
  return math("math", { display: "block" }, typeset(mathml).map(elementOf));
}

/** @param {MathNode} node  @returns {Drawn} */
function elementOf({ tag, attrs, children, text }) {
  return math(tag, attrs, ...(text === undefined ? (children ?? []).map(elementOf) : [text]));
}
