/**
 * How a value is written where its layer is plain to see: z₂, ∂a₀, W₂,₀. Descriptions of MathML; the drawing is dom.js's.
 *
 * @import { Run } from "../types.d.ts"
 * @import { Drawn } from "./dom.js"
 */
import { math, mathOf } from "./dom.js";
import { spell } from "./letter.js";

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
    { class: "symbol", "aria-hidden": "true", "data-name": name },
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
    { class: "symbol", "aria-hidden": "true", "data-name": name },
    ...partsOf(run, name, [], run.values[name].layer, updated),
  );
}

/**
 * ∂ alone stands for ∂L/∂, as on the timeline: the panel has the whole quotient, the stage has to be read from afar.
 * What belongs to a parameter says so where no indices do: m_W. After the update it is m′, and a parameter is "new".
 * @param {Run} run
 * @param {string} name
 * @param {number[]} indices
 * @param {number | null} layer
 * @param {string} updated
 */
function partsOf(run, name, indices, layer, updated) {
  const { letter, of, derivative, new: isNew } = run.values[name].symbol;
  if (of !== null) {
    return [indexed(isNew ? `${letter}′` : letter, indices.length ? indices : [of], layer, "")];
  }
  // Beside the value it replaces, the word is enough.
  if (isNew && layer === null && indices.length === 0) return [math("mtext", {}, updated)];
  const marked = indexed(letter, indices, layer, isNew ? updated : "");
  return derivative ? [math("mo", { form: "prefix", lspace: "0", rspace: "0" }, "∂"), marked] : [marked];
}

/** @param {string} letter  @param {(number | string)[]} indices  @param {number | null} layer  @param {string} updated */
function indexed(letter, indices, layer, updated) {
  const spelled = spell(letter);
  const base = mathOf(spelled.base);
  const under = [...spelled.below ? [spelled.below] : [], ...indices].join(",");
  const below = under ? math("mn", {}, under) : null;
  const marks = [
    spelled.above ? math("mo", {}, spelled.above) : null,
    layer === null ? null : math("mn", {}, `(${layer})`),
    updated ? math("mtext", {}, updated) : null,
  ].filter((mark) => mark !== null);
  const gap = () => math("mspace", { width: "0.2em" });
  const above = marks.length > 1
    ? math("mrow", {}, ...marks.flatMap((mark, at) => at ? [gap(), mark] : [mark]))
    : marks[0];
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
    { class: "symbol", "aria-hidden": "true", "data-name": "a0" },
    math("mi", {}, "x"),
    equals,
    indexed("a", [], 0, ""),
  );
}
