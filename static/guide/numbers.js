/**
 * The numbers of a step as a table that any spreadsheet reads: a row for each number, with everything that says which
 * number it is. Pure.
 *
 * @import { Run, Tensor, Trace } from "../types.d.ts"
 */

const COLUMNS = ["name", "layer", "phase", "example", "row", "unit", "input", "value"];

/**
 * @param {Run} run
 * @param {Trace} trace
 * @returns {string}  CSV as RFC 4180 has it; numbers with all their digits. `example` is the place in the batch and
 *   `row` the one in the data
 */
export function csvOf(run, trace) {
  const lines = [COLUMNS.join(",")];
  for (const name of namesOf(run, trace)) {
    const { axes, layer, phase } = run.values[name];
    const { shape, data } = trace.values[name];
    if (!data) continue;
    const [example, unit, input] = ["example", "unit", "input"].map((axis) =>
      axes.indexOf(/** @type {any} */ (axis))
    );
    data.forEach((value, offset) => {
      const index = indexOf(shape, offset);
      const at = (/** @type {number} */ axis) => axis < 0 ? "" : index[axis];
      const row = example < 0 ? "" : trace.batch[index[example]];
      lines.push([name, layer ?? "", phase ?? "", at(example), row, at(unit), at(input), value].join(","));
    });
  }
  return `${lines.join("\r\n")}\r\n`;
}

/**
 * Arrays in the order of the story: what the step starts from, then what it computes.
 * @param {Run} run
 * @param {Trace} trace
 * @returns {string[]}
 */
function namesOf(run, trace) {
  const computed = run.program.calls.map(({ writes }) => writes);
  const given = Object.keys(trace.values).filter((name) => !computed.includes(name));
  return [...given, ...computed].filter((name) => name in trace.values && name in run.values);
}

/**
 * @param {number[]} shape
 * @param {number} offset
 * @returns {number[]}
 */
function indexOf(shape, offset) {
  const index = shape.map(() => 0);
  let rest = offset;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/**
 * The arrays that the server left out of an answer.
 * @param {Trace} trace
 * @returns {string[]}
 */
export function leftOut(trace) {
  return Object.keys(trace.values).filter((name) => trace.values[name].data === null);
}

/**
 * @param {Trace} trace
 * @param {Record<string, Tensor>} more  arrays asked for by name
 * @returns {Trace}
 */
export function joined(trace, more) {
  return { ...trace, values: { ...trace.values, ...more } };
}
