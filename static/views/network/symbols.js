/**
 * How the stage writes the name of a value: z₂, ∂a₀, W₂,₀. Descriptions of MathML; the drawing is dom.js's.
 *
 * @import { Run } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 */
import { math } from "../../draw/dom.js";

const LETTERS = /** @type {Record<string, string>} */ ({ x: "a", delta: "δ", loss: "L", learning_rate: "η" });

/** Quantities that are the gradient of another. */
const GRADIENTS = /** @type {Record<string, string>} */ ({ da: "a", dW: "W", db: "b" });

/**
 * @param {Run} run
 * @param {string} name  a value of the program
 * @param {number[]} indices  of the unit, or the unit and its input; none for a single number
 * @param {string} updated  the word for a value after the update
 * @returns {Drawn}
 */
export function symbolOf(run, name, indices, updated) {
  return math(
    "math",
    { class: "symbol", "aria-hidden": "true" },
    ...partsOf(run, name, indices, null, updated),
  );
}

/**
 * The symbol of a whole array, with its layer above: W⁽²⁾, ∂W⁽²⁾.
 * @param {Run} run
 * @param {string} name
 * @param {string} updated
 * @returns {Drawn}
 */
export function arraySymbol(run, name, updated) {
  return math(
    "math",
    { class: "symbol", "aria-hidden": "true" },
    ...partsOf(run, name, [], run.values[name].layer, updated),
  );
}

/**
 * ∂ alone stands for ∂L/∂, as on the timeline: the panel has the whole quotient, the stage has to be read from afar.
 * @param {Run} run
 * @param {string} name
 * @param {number[]} indices
 * @param {number | null} layer
 * @param {string} updated
 */
function partsOf(run, name, indices, layer, updated) {
  const { quantity } = run.values[name];
  const isNew = quantity.endsWith("_new");
  const plain = isNew ? quantity.slice(0, -4) : quantity;
  const of = GRADIENTS[plain] ?? plain;
  // Beside the value it replaces, the word is enough.
  if (isNew && layer === null && indices.length === 0) return [math("mtext", {}, updated)];
  const letter = indexed(LETTERS[of] ?? of, indices, layer, isNew ? updated : "");
  return of === plain ? [letter] : [math("mo", { form: "prefix", lspace: "0", rspace: "0" }, "∂"), letter];
}

/** @param {string} letter  @param {number[]} indices  @param {number | null} layer  @param {string} updated */
function indexed(letter, indices, layer, updated) {
  const base = math("mi", {}, letter);
  const below = indices.length ? math("mn", {}, indices.join(",")) : null;
  const marks = [
    layer === null ? null : math("mn", {}, `(${layer})`),
    updated ? math("mtext", {}, updated) : null,
  ];
  const above = marks[0] && marks[1]
    ? math("mrow", {}, marks[0], math("mspace", { width: "0.2em" }), marks[1])
    : marks[0] ?? marks[1];
  if (below && above) return math("msubsup", {}, base, below, above);
  if (below) return math("msub", {}, base, below);
  return above ? math("msup", {}, base, above) : base;
}

/**
 * Inputs are activations of layer 0; people call them x.
 * @returns {Drawn}
 */
export function inputSymbol() {
  const equals = math("mo", {}, "=");
  return math(
    "math",
    { class: "symbol", "aria-hidden": "true" },
    math("mi", {}, "x"),
    equals,
    indexed("a", [], 0, ""),
  );
}
