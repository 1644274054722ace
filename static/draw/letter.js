/**
 * The letter of a value taken apart into what a formula is typeset from: m̂ is m under a hat, β₁ is β with a 1 below.
 * Fonts for mathematics have the parts and not the whole, and set single letters in italics. Pure.
 *
 * @import { MathNode } from "../types.d.ts"
 */

const HAT = "\u0302";
const BELOW = "₀₁₂₃₄₅₆₇₈₉";
const ABOVE = /** @type {Record<string, string>} */ ({ "⁺": "+", "′": "′" });

/**
 * @param {string} letter
 * @returns {{ base: MathNode, below: string, above: string }}  `below` and `above`: marks that stand there, or nothing
 */
export function spell(letter) {
  const signs = [...letter.normalize("NFD")];
  const below = signs.filter((sign) => BELOW.includes(sign)).map((sign) => BELOW.indexOf(sign)).join("");
  const above = signs.filter((sign) => sign in ABOVE).map((sign) => ABOVE[sign]).join("");
  const rest = signs.filter((sign) => !BELOW.includes(sign) && !(sign in ABOVE) && sign !== HAT).join("");
  const base = baseOf(rest);
  if (!signs.includes(HAT)) return { base, below, above };
  const hat = { tag: "mo", attrs: { stretchy: "false" }, text: "^" };
  return { base: { tag: "mover", attrs: { accent: "true" }, children: [base, hat] }, below, above };
}

/** A word is one identifier; of other signs each is its own.  @param {string} text  @returns {MathNode} */
function baseOf(text) {
  const pieces = /^[A-Za-z]+$/.test(text) ? [text] : [...text];
  /** @param {string} text  @returns {MathNode} */
  const node = (text) =>
    /\p{L}/u.test(text) ? { tag: "mi", attrs: {}, text } : { tag: "mo", attrs: { stretchy: "false" }, text };
  const nodes = pieces.map(node);
  return nodes.length === 1 ? nodes[0] : { tag: "mrow", attrs: {}, children: nodes };
}
