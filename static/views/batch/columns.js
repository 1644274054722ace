/**
 * What the batch shows at a moment: which arrays as columns, and the number that the examples add up to. Pure.
 *
 * @import { Address, Call, Context, Frame } from "../../types.d.ts"
 */
import { childrenOf } from "../../rule.js";
import { exampleLetter, sharesOf } from "../../shares.js";
import { cellsOf, writtenBy } from "../../trace.js";

/**
 * @typedef {{ name: string, units: number[], active: number, own: boolean }} Column
 *   an array with a row for every example, the units that take part, and the one to keep in sight; `own`: it belongs to
 *   what is shown, and not just to the examples
 * @typedef {object} Sum  a number that is added up over the examples
 * @property {Address} cell
 * @property {number[]} shares  by example
 * @property {number} rest  what belongs to no example
 * @property {boolean} present  is it what is computed or explained now, or just worth a look?
 */

/**
 * The number that the examples add up to: the one explained, else the one computed, else the loss once it is there.
 * @param {Frame} frame
 * @returns {Sum | null}
 */
export function sumAt(frame) {
  for (const cell of [frame.focus, frame.active]) {
    const found = known(frame, cell) ? sumOf(frame, cell, true) : null;
    if (found) return found;
  }
  const loss = { name: "loss", index: [] };
  return "loss" in frame.run.values && frame.known(loss) ? sumOf(frame, loss, false) : null;
}

/** @param {Frame} frame  @param {Address} cell */
function known(frame, cell) {
  return frame.known(cell) ||
    (frame.building?.cell.name === cell.name && `${frame.building.cell.index}` === `${cell.index}`);
}

/** @type {WeakMap<import("../../types.d.ts").Trace, Map<string, Sum | null>>} */
const sums = new WeakMap();

/** @param {Frame} frame  @param {Address} cell  @param {boolean} present  @returns {Sum | null} */
function sumOf(frame, cell, present) {
  const { run, trace } = frame;
  const call = run.program.calls[writtenBy(run, cell.name)];
  const letter = call && exampleLetter(run, call);
  if (!call || !letter || call.reads.some((name) => trace.values[name]?.data === null)) return null;
  const there = sums.get(trace) ?? new Map();
  sums.set(trace, there);
  const key = `${cell.name}[${cell.index}]`;
  if (!there.has(key)) {
    there.set(key, sharesOf(run.program.ops[call.op].rule, call, cellsOf(trace), cell.index, letter));
  }
  const split = there.get(key);
  return split ? { cell, ...split, present } : null;
}

/**
 * The columns between an example's number and its share: the inputs, what the present assignment reads or makes for
 * every example, the targets.
 * @param {Frame} frame
 * @param {Sum | null} sum
 * @returns {Column[]}
 */
export function columnsAt({ run, call, moment }, sum) {
  /** @param {string} name  @returns {Column} */
  const whole = (name) => {
    const units = range(run.values[name].shape[1]);
    return { name, units, active: name === call.writes ? moment.unit : 0, own: true };
  };
  const perExample = (/** @type {string} */ name) => run.values[name]?.axes.join() === "example,unit";
  /** @type {Column[]} */
  const own = sum?.present
    ? readFor(run.program.calls[writtenBy(run, sum.cell.name)], sum.cell, run)
    : perExample(call.writes)
    ? [whole(call.writes)]
    : call.reads.filter(perExample).map(whole);
  const there = new Set(own.map(({ name }) => name));
  const ends = ["a0", "y"].filter((name) => perExample(name) && !there.has(name)).map((name) => ({
    ...whole(name),
    own: false,
  }));
  const first = ends.filter(({ name }) => name === "a0"), last = ends.filter(({ name }) => name === "y");
  return [...first, ...own, ...last];
}

/**
 * The arrays a sum reads, each with the units it reads of every example.
 * @param {Call} call
 * @param {Address} cell
 * @param {Frame["run"]} run
 * @returns {Column[]}
 */
function readFor(call, cell, run) {
  const { rule } = run.program.ops[call.op];
  /** @type {Record<string, number>} */
  const settled = Object.fromEntries(rule.at.map((letter, axis) => [letter, cell.index[axis]]));
  /** @type {Map<string, number[]>} */
  const found = new Map();
  /** @param {import("../../types.d.ts").Expr} expr */
  const visit = (expr) => {
    if (expr.kind === "element") {
      const name = call.bind[expr.of];
      const { axes, shape } = run.values[name];
      if (axes.join() !== "example,unit") return;
      const unit = settled[expr.at[1]];
      found.set(name, unit === undefined ? range(shape[1]) : [...new Set([...found.get(name) ?? [], unit])]);
    }
    for (const child of childrenOf(expr)) visit(child);
  };
  visit(rule.body);
  return [...found].map(([name, units]) => ({ name, units, active: units[0], own: true }));
}

/** @param {number} count */
function range(count) {
  return Array.from({ length: count }, (_, k) => k);
}

/**
 * How many units of each column show their numbers in a width: as many as fit, the narrow columns first.
 * @param {Column[]} columns
 * @param {number} room  cells
 * @returns {number[]}
 */
export function fitting(columns, room) {
  const counts = columns.map(() => 0);
  let left = room;
  for (let fewest = 1; left > 0; fewest++) {
    const open = columns.flatMap(({ units }, at) => counts[at] < Math.min(units.length, fewest) ? [at] : []);
    if (
      open.length === 0 && columns.every(({ units }, at) => counts[at] >= Math.min(units.length, fewest)) &&
      columns.every(({ units }, at) => counts[at] === units.length)
    ) break;
    for (const at of open) {
      if (left === 0) break;
      counts[at] += 1;
      left -= 1;
    }
  }
  return counts;
}
