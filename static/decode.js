/**
 * Answers of the API as the page wants them: arrays as flat numbers, NaN and infinities as numbers.
 *
 * @import { History, Nested, Numeric, RunData, Surface, Tensor, Trace } from "./types.d.ts"
 */

/**
 * Nested lists to C-ordered numbers.
 * @param {{ shape: number[], data?: Nested }} answer
 * @returns {Tensor}
 * @throws {RangeError}  if the lists do not have the shape
 */
export function decodeTensor({ shape, data }) {
  if (data === undefined) return { shape, data: null };
  const numbers = new Float64Array(shape.reduce((product, extent) => product * extent, 1));
  let filled = 0;
  /** @param {Nested} part  @param {number} axis */
  const visit = (part, axis) => {
    if (axis === shape.length) {
      if (Array.isArray(part)) throw new RangeError(`data is nested deeper than shape [${shape}]`);
      numbers[filled++] = decodeNumber(part);
      return;
    }
    if (!Array.isArray(part) || part.length !== shape[axis]) {
      throw new RangeError(`data does not have shape [${shape}]`);
    }
    for (const inner of part) visit(inner, axis + 1);
  };
  visit(data, 0);
  return { shape, data: numbers };
}

/**
 * @param {Numeric} value
 * @returns {number}  "NaN" and "Infinity" are how JSON carries those numbers
 */
export function decodeNumber(value) {
  return typeof value === "number" ? value : Number(value);
}

/**
 * @param {any} answer
 * @returns {Trace}
 */
export function decodeTrace(answer) {
  const values = Object.entries(answer.values).map(([name, tensor]) => [name, decodeTensor(tensor)]);
  return {
    run: answer.run,
    step: answer.step,
    batch: answer.batch,
    loss: decodeNumber(answer.loss),
    values: Object.fromEntries(values),
    truncated: answer.truncated === true,
  };
}

/**
 * @param {any} answer
 * @returns {History}
 */
export function decodeHistory(answer) {
  const norms = Object.entries(answer.norms).map(([name, list]) => [name, list.map(decodeNumber)]);
  return { steps: answer.steps, loss: answer.loss.map(decodeNumber), norms: Object.fromEntries(norms) };
}

/**
 * @param {any} answer
 * @returns {Surface}
 */
export function decodeSurface(answer) {
  const values = Object.entries(answer.values).map(([name, tensor]) => [name, decodeTensor(tensor)]);
  return {
    step: answer.step,
    axes: answer.axes,
    held: answer.held,
    values: Object.fromEntries(values),
    middles: answer.middles,
    labels: answer.labels,
    regions: answer.regions && decodeTensor(answer.regions),
  };
}

/**
 * @param {any} answer
 * @returns {RunData}
 */
export function decodeData(answer) {
  /** @param {string} of  @returns {Tensor | null} */
  const tensor = (of) => answer.values[of] ? decodeTensor(answer.values[of]) : null;
  /** @param {string} prefix */
  const set = (prefix) => ({
    inputs: /** @type {Tensor} */ (tensor(`${prefix}inputs`)),
    targets: /** @type {Tensor} */ (tensor(`${prefix}targets`)),
    labels: tensor(`${prefix}labels`),
  });
  const { classes, input_names, output_names, plane } = answer;
  return {
    train: set(""),
    test: set("test_"),
    classes,
    inputNames: input_names,
    outputNames: output_names,
    plane,
  };
}

/** Fields of explanations and checks that hold a number, wherever they stand. */
const NUMBER_FIELDS = new Set([
  "value",
  "running",
  "error",
  "epsilon",
  "backprop",
  "difference",
  "relative_error",
]);

/**
 * A copy in which every field that holds a number does so as a number.
 * @param {any} answer
 * @returns {any}
 */
export function decodeNumbers(answer) {
  if (Array.isArray(answer)) return answer.map(decodeNumbers);
  if (typeof answer !== "object" || answer === null) return answer;
  return Object.fromEntries(
    Object.entries(answer).map(([field, value]) => {
      const numeric = NUMBER_FIELDS.has(field) && typeof value === "string";
      return [field, numeric ? Number(value) : decodeNumbers(value)];
    }),
  );
}
