/**
 * How names of a program are written on labels: `delta1` is δ⁽¹⁾. One place for the short form; the panel on the right
 * has the full one (∂L/∂W for what is ∂W here).
 *
 * @import { Run } from "../types.d.ts"
 * @import { Drawn } from "./dom.js"
 */
import { math, mathOf } from "./dom.js";
import { spell } from "./letter.js";

const DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * The letter, the parameter it belongs to, whether it is a derivative of the loss, and the layer: all that a label
 * needs.
 * @param {Run} run
 * @param {string} name
 * @returns {{ letter: string, of: string | null, derivative: boolean, layer: number | null }}
 */
export function parts(run, name) {
  const info = run.values[name];
  if (!info) return { letter: name, of: null, derivative: false, layer: null };
  const { letter, of, derivative, layered } = info.symbol;
  return { letter, of, derivative, layer: layered ? info.layer : null };
}

/**
 * As a small formula. Screen readers get the text form from the control around it.
 * @param {Run} run
 * @param {string} name
 * @returns {Drawn}
 */
export function symbol(run, name) {
  const { letter, of, derivative, layer } = parts(run, name);
  const spelled = spell(letter);
  const base = mathOf(spelled.base);
  const under = [
    ...spelled.below ? [math("mn", {}, spelled.below)] : [],
    ...of === null ? [] : [math("mi", {}, of)],
  ];
  const over = [spelled.above, layer === null ? "" : `(${layer})`].join("");
  const below = under.length ? math("mrow", {}, ...under) : null;
  const above = over ? math("mtext", {}, over) : null;
  const raised = below && above
    ? math("msubsup", {}, base, below, above)
    : below
    ? math("msub", {}, base, below)
    : above
    ? math("msup", {}, base, above)
    : base;
  return math(
    "math",
    { class: "symbol", "aria-hidden": "true", "data-name": name },
    derivative ? math("mo", { lspace: "0", rspace: "0" }, "∂") : null,
    raised,
  );
}

/**
 * As plain text, for sentences and tooltips.
 * @param {Run} run
 * @param {string} name
 * @returns {string}
 */
export function symbolText(run, name) {
  const { letter, of, derivative, layer } = parts(run, name);
  const raised = layer === null
    ? ""
    : `⁽${[...String(layer)].map((digit) => DIGITS[Number(digit)]).join("")}⁾`;
  return `${derivative ? "∂" : ""}${letter}${of === null ? "" : `_${of}`}${raised}`;
}
