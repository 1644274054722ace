/**
 * How names of a program are written on labels: `delta1` is δ⁽¹⁾. One place for the short form; the panel on the right
 * has the full one (∂L/∂W for what is ∂W here).
 *
 * @import { Run } from "../types.d.ts"
 * @import { Drawn } from "./dom.js"
 */
import { math } from "./dom.js";

const LETTERS = /** @type {Record<string, string>} */ ({ delta: "δ", loss: "L", learning_rate: "η", x: "a" });
const DIGITS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/**
 * The letter, whether it is a derivative of the loss, and the layer: all that a label needs.
 * @param {Run} run
 * @param {string} name
 * @returns {{ letter: string, derivative: boolean, layer: number | null }}
 */
export function parts(run, name) {
  const info = run.values[name];
  if (!info) return { letter: name, derivative: false, layer: null };
  const base = info.quantity.replace(/_new$/, "");
  const derivative = /^d[A-Za-z]$/.test(base);
  const letter = derivative ? base.slice(1) : LETTERS[base] ?? base;
  return { letter, derivative, layer: info.layer };
}

/**
 * As a small formula. Screen readers get the text form from the control around it.
 * @param {Run} run
 * @param {string} name
 * @returns {Drawn}
 */
export function symbol(run, name) {
  const { letter, derivative, layer } = parts(run, name);
  const base = math("mi", {}, letter);
  const raised = layer === null ? base : math("msup", {}, base, math("mtext", {}, `(${layer})`));
  return math(
    "math",
    { class: "symbol", "aria-hidden": "true" },
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
  const { letter, derivative, layer } = parts(run, name);
  const raised = layer === null
    ? ""
    : `⁽${[...String(layer)].map((digit) => DIGITS[Number(digit)]).join("")}⁾`;
  return `${derivative ? "∂" : ""}${letter}${raised}`;
}
