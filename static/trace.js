/**
 * From state to frame: what is shown at a moment, complete on its own.
 *
 * Also the one spelling of addresses, `delta1[0,2]`, and reading cells out of arrays. Pure.
 *
 * @import { Address, Building, Call, Cells, Frame, Moment, Run, State, Tensor, Trace, ValueInfo } from "./types.d.ts"
 */
import { axisAlong, clamp, compare, termsPerCell } from "./moments.js";
import { references } from "./rule.js";
import { terms } from "./terms.js";

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
export function valueAt({ shape, data, rows }, index) {
  const numbers = data ?? rows?.[index[0]];
  if (!numbers || index.length !== shape.length) return undefined;
  let offset = 0;
  for (let axis = 0; axis < shape.length; axis++) {
    if (!(index[axis] >= 0 && index[axis] < shape[axis])) return undefined;
    if (data || axis > 0) offset = offset * shape[axis] + index[axis];
  }
  return numbers[offset];
}

/**
 * Were the numbers of this array, or at least those of an example, left out?
 * @param {Tensor | undefined} tensor
 * @param {number} example
 */
export function leftOut(tensor, example) {
  return tensor?.data === null && !tensor.rows?.[example];
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
  if (frame !== moment.frame) return frame < moment.frame;
  const unit = unitOf(info, index);
  if (unit !== moment.unit || moment.term === undefined) return unit <= moment.unit;
  const cell = index[axisAlong(info)] ?? 0;
  return moment.term + 1 >= (cell + 1) * termsPerCell(run, moment.step, frame);
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
 * The cells written at a unit of an assignment: one, or a whole row of a weight matrix or a column of a Jacobian.
 * @param {Run} run
 * @param {Call} call
 * @param {number} unit
 * @param {number} example
 * @returns {Address[]}
 */
export function cellsWritten(run, call, unit, example) {
  const info = run.values[call.writes];
  const row = info.axes.map((axis) => axis === "unit" ? unit : axis === "example" ? example : 0);
  const along = axisAlong(info);
  if (along < 0) return [address(call.writes, row)];
  return Array.from({ length: info.shape[along] }, (_, i) => address(call.writes, row.with(along, i)));
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
    a.focus === b.focus && a.veil === b.veil && (a.by === "term") === (b.by === "term");
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
  const chosen = Math.max(0, Math.min(state.example, trace.batch.length - 1));
  const row = cellsWritten(run, call, moment.unit, chosen);
  const cells = cellsOf(trace);
  const hidden = new Set(state.veil);
  const veiled = (/** @type {Address} */ cell) => hidden.size > 0 && hidden.has(formatAddress(cell));
  const made = moment.term !== undefined || state.by === "term"
    ? buildingOf(run, trace, moment, call, row)
    : null;
  const building = made?.complete && veiled(made.cell) ? null : made;
  const example = building ? exampleOf(run, call, building) ?? chosen : chosen;
  const written = building && !building.complete ? [building.cell] : row;
  /** @type {Map<string, Address>} */
  const reads = new Map();
  for (const cell of building ? [] : written) {
    if (reads.size >= MAXIMUM_READS) break;
    for (const read of references(rule, call, cells, cell.index, MAXIMUM_READS)) {
      if (reads.size < MAXIMUM_READS) reads.set(formatAddress(read), read);
    }
  }
  for (const read of building?.terms[building.at].addresses.slice(0, MAXIMUM_READS) ?? []) {
    reads.set(formatAddress(read), read);
  }
  const active = building?.cell ?? written[0];
  return Object.freeze({
    run,
    trace,
    moment,
    call,
    example,
    focus: state.focus ?? active,
    active,
    written,
    reads: [...reads.values()],
    building,
    readSet: new Set(reads.keys()),
    writtenSet: new Set(written.map(formatAddress)),
    known: (/** @type {Address} */ cell) => !veiled(cell) && known(run, moment, cell),
    veiled,
    value: (/** @type {Address} */ cell) => {
      const tensor = trace.values[cell.name];
      return tensor && valueAt(tensor, cell.index);
    },
  });
}

/**
 * The cell of a unit that is being made at a moment, term by term; of a whole unit its last cell.
 * @param {Run} run
 * @param {Trace} trace
 * @param {Moment} moment
 * @param {Call} call
 * @param {Address[]} row  the cells of the unit
 * @returns {Building | null}  null where the numbers it needs were not sent
 */
function buildingOf(run, trace, moment, call, row) {
  if ([call.writes, ...call.reads].some((name) => trace.values[name].data === null)) return null;
  const each = termsPerCell(run, moment.step, moment.frame);
  const at = moment.term === undefined ? row.length * each - 1 : moment.term;
  const cell = row[Math.min(Math.floor(at / each), row.length - 1)];
  const list = terms(run.program.ops[call.op].rule, call, cellsOf(trace), cell.index);
  const place = Math.min(at % each, list.length - 1);
  const earlier = list.slice(0, place).flatMap(({ addresses }) => addresses).slice(0, MAXIMUM_READS);
  return Object.freeze({
    cell,
    address: formatAddress(cell),
    terms: list,
    at: place,
    complete: moment.term === undefined,
    added: new Map(earlier.map((cell) => [formatAddress(cell), cell])),
  });
}

/**
 * The example a term belongs to, where a number is made of several.
 * @param {Run} run
 * @param {Call} call
 * @param {Building} building
 * @returns {number | null}  null if the term belongs to none, or the number itself to one
 */
function exampleOf(run, call, { terms, at }) {
  if (run.values[call.writes].axes.includes("example")) return null;
  for (const { name, index } of terms[at].addresses) {
    const axis = run.values[name].axes.indexOf("example");
    if (axis >= 0) return index[axis];
  }
  return null;
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
