/**
 * From state to frame: what is shown at a moment, complete on its own.
 *
 * Also the one spelling of addresses, `delta1[0,2]`, and reading cells out of arrays. Pure.
 *
 * @import { Address, Call, Cells, Frame, Moment, Run, State, Tensor, Trace, ValueInfo } from "./types.d.ts"
 */
import { clamp, compare } from "./moments.js";
import { references } from "./rule.js";

/** More cells than this are not lit one by one. */
export const MAXIMUM_READS = 4096;

const ADDRESS = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(\d{1,9}(?:,\d{1,9})*)\])?$/;

/**
 * @param {string} text  `delta1[0,2]`, `b1[2]` or `loss`
 * @returns {Address | null}  null if it is not spelled like an address
 */
export function parseAddress(text) {
  const match = ADDRESS.exec(text);
  if (!match) return null;
  return address(match[1], match[2] ? match[2].split(",").map(Number) : []);
}

/**
 * @param {Address} address
 * @returns {string}
 */
export function formatAddress({ name, index }) {
  return index.length ? `${name}[${index.join(",")}]` : name;
}

/**
 * Is there such a cell in this run?
 * @param {Run} run
 * @param {Address} address
 * @returns {boolean}
 */
export function exists(run, { name, index }) {
  const info = Object.hasOwn(run.values, name) ? run.values[name] : null;
  return info !== null && index.length === info.shape.length &&
    index.every((i, axis) => Number.isInteger(i) && i >= 0 && i < info.shape[axis]);
}

/**
 * @param {Tensor} tensor
 * @param {number[]} index
 * @returns {number | undefined}  undefined if the data was left out or there is no such cell
 */
export function valueAt({ shape, data }, index) {
  if (data === null || index.length !== shape.length) return undefined;
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (!(index[axis] >= 0 && index[axis] < shape[axis])) return undefined;
    offset = offset * shape[axis] + index[axis];
  }
  return data[offset];
}

/**
 * Shapes and numbers of a trace, as rules want them.
 * @param {Trace} trace
 * @returns {Cells}
 */
export function cellsOf(trace) {
  return {
    shape: (name) => trace.values[name].shape,
    value: (name, index) => valueAt(trace.values[name], index) ?? NaN,
  };
}

/**
 * The unit a cell belongs to: its neuron, or the row of its weight.
 * @param {ValueInfo} info
 * @param {number[]} index
 * @returns {number}
 */
export function unitOf(info, index) {
  const axis = info.axes.indexOf("unit");
  return axis < 0 ? 0 : index[axis];
}

/**
 * Has this cell been computed at this moment? What the step starts from always has.
 * @param {Run} run
 * @param {Moment} moment
 * @param {Address} address
 * @returns {boolean}
 */
export function known(run, moment, { name, index }) {
  const info = run.values[name];
  if (!info) return false;
  if (info.source !== "computed") return true;
  const frame = writtenBy(run, name);
  return frame < moment.frame || (frame === moment.frame && unitOf(info, index) <= moment.unit);
}

/**
 * The assignment that writes a name.
 * @param {Run} run
 * @param {string} name
 * @returns {number}  Infinity for what no assignment writes
 */
export function writtenBy(run, name) {
  let frames = framesByName.get(run);
  if (!frames) {
    frames = new Map(run.program.calls.map((call, frame) => [call.writes, frame]));
    framesByName.set(run, frames);
  }
  return frames.get(name) ?? Infinity;
}

/** @type {WeakMap<Run, Map<string, number>>} */
const framesByName = new WeakMap();

/**
 * The cells written at a unit of an assignment: one, or a whole row of a weight matrix.
 * @param {Run} run
 * @param {Call} call
 * @param {number} unit
 * @param {number} example
 * @returns {Address[]}
 */
export function cellsWritten(run, call, unit, example) {
  const { axes, shape } = run.values[call.writes];
  const row = axes.map((axis) => axis === "unit" ? unit : axis === "example" ? example : 0);
  const along = axes.indexOf("input");
  if (along < 0) return [address(call.writes, row)];
  return Array.from({ length: shape[along] }, (_, i) => address(call.writes, row.with(along, i)));
}

/** The frames asked for last: a picture in motion asks for the moments on either side again and again. */
const LATEST = 4;
/** @type {{ state: State, frame: Frame }[]} */
const latest = [];

/**
 * What is shown now. Asking again for a state that shows the same gives the same frame.
 * @param {State} state
 * @returns {Frame | null}  null while the run or the trace of the cursor's step is not there
 */
export function frameAt(state) {
  if (state.run.status !== "ready" || state.trace.status !== "ready") return null;
  const run = state.run.value;
  const trace = state.trace.value;
  if (trace.run !== run.id || trace.step !== state.cursor.step) return null;
  const known = latest.find((entry) => showsTheSame(entry.state, state));
  if (known) return known.frame;
  const frame = makeFrame(run, trace, state);
  latest.unshift({ state, frame });
  latest.length = Math.min(latest.length, LATEST);
  return frame;
}

/** @param {State} a  @param {State} b  @returns {boolean} */
function showsTheSame(a, b) {
  return a.run === b.run && a.trace === b.trace && compare(a.cursor, b.cursor) === 0 &&
    a.example === b.example &&
    a.focus === b.focus;
}

/**
 * @param {Run} run
 * @param {Trace} trace
 * @param {State} state
 * @returns {Frame}
 */
function makeFrame(run, trace, state) {
  const moment = clamp(run, state.cursor);
  const call = run.program.calls[moment.frame];
  const rule = run.program.ops[call.op].rule;
  // The last batch of an epoch may be smaller than the others.
  const example = Math.max(0, Math.min(state.example, trace.batch.length - 1));
  const written = cellsWritten(run, call, moment.unit, example);
  const cells = cellsOf(trace);
  /** @type {Map<string, Address>} */
  const reads = new Map();
  for (const cell of written) {
    if (reads.size >= MAXIMUM_READS) break;
    for (const read of references(rule, call, cells, cell.index, MAXIMUM_READS)) {
      if (reads.size < MAXIMUM_READS) reads.set(formatAddress(read), read);
    }
  }
  return Object.freeze({
    run,
    trace,
    moment,
    call,
    example,
    focus: state.focus ?? written[0],
    active: written[0],
    written,
    reads: [...reads.values()],
    readSet: new Set(reads.keys()),
    writtenSet: new Set(written.map(formatAddress)),
    known: (/** @type {Address} */ cell) => known(run, moment, cell),
    value: (/** @type {Address} */ cell) => {
      const tensor = trace.values[cell.name];
      return tensor && valueAt(tensor, cell.index);
    },
  });
}

/**
 * A frozen address.
 * @param {string} name
 * @param {number[]} index
 * @returns {Address}
 */
export function address(name, index) {
  return Object.freeze({ name, index: /** @type {number[]} */ (Object.freeze(index)) });
}
