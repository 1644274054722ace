/**
 * The one ordered line of moments, and the landing points each granularity has on it.
 *
 * A step is the same list of assignments every time, so everything here follows from the run alone: the line can be
 * walked over steps whose traces nobody has loaded. Two ends belong to every granularity but the finest: the first unit
 * of the first step and the last of the last. Between them, back is forward reversed because both look for the nearest
 * landing point.
 *
 * Below the unit is the term. A unit is computed term by term, cell by cell where it has several (a row of weights has);
 * its last term makes it whole, so a moment with a `term` is one before that.
 *
 * @import { Granularity, Moment, Run, ValueInfo } from "./types.d.ts"
 */
import { countTerms } from "./terms.js";

/** @type {readonly Granularity[]}  finest first; every landing point of one is a landing point of those before it */
export const GRANULARITIES = Object.freeze([
  "term",
  "unit",
  "assignment",
  "layer",
  "phase",
  "step",
  "epoch",
]);

/** Where every granularity begins, but for the finest. @type {Moment} */
export const START = Object.freeze({ step: 0, frame: 0, unit: 0 });

/**
 * The first moment of the line as a granularity walks it.
 * @param {Run} run
 * @param {Granularity} by
 * @returns {Moment}
 */
export function start(run, by) {
  return by === "term" ? firstTerm(run, START) : START;
}

/**
 * How many units the assignment has: neurons of its layer, rows of a weight matrix, 1 for a single number.
 * @param {Run} run
 * @param {number} frame
 * @returns {number}
 */
export function unitCount(run, frame) {
  const info = run.values[run.program.calls[frame].writes];
  const axis = info.axes.indexOf("unit");
  return axis < 0 ? 1 : info.shape[axis];
}

/**
 * Examples in the batch of a step: the last batch of an epoch may be smaller.
 * @param {Run} run
 * @param {number} step
 * @returns {number}
 */
export function batchSize(run, step) {
  const info = Object.values(run.values).find(({ axes }) => axes[0] === "example");
  const full = info ? info.shape[0] : 1;
  const isLast = step % run.batches_per_epoch === run.batches_per_epoch - 1;
  return isLast ? Math.max(1, Math.min(full, run.examples - (run.batches_per_epoch - 1) * full)) : full;
}

/**
 * The axis along which one unit has several cells in an example: the inputs of a row of weights.
 * @param {ValueInfo} info
 * @returns {number}  -1 where it has one
 */
export function axisAlong({ axes }) {
  return axes.findIndex((axis) => axis !== "unit" && axis !== "example");
}

/**
 * Cells that one unit of an assignment writes in an example.
 * @param {Run} run
 * @param {number} frame
 * @returns {number}
 */
export function cellCount(run, frame) {
  const info = run.values[run.program.calls[frame].writes];
  const along = axisAlong(info);
  return along < 0 ? 1 : info.shape[along];
}

/**
 * Terms that each cell of an assignment is made of in the batch of a step.
 * @param {Run} run
 * @param {number} step
 * @param {number} frame
 * @returns {number}
 */
export function termsPerCell(run, step, frame) {
  const rows = batchSize(run, step);
  const counts = counted.get(run) ?? new Map();
  counted.set(run, counts);
  const key = `${frame} ${rows}`;
  if (!counts.has(key)) {
    const call = run.program.calls[frame];
    const shape = (/** @type {string} */ name) =>
      run.values[name].shape.map((extent, axis) => run.values[name].axes[axis] === "example" ? rows : extent);
    counts.set(key, countTerms(run.program.ops[call.op].rule, call, { shape }));
  }
  return counts.get(key);
}

/** @type {WeakMap<Run, Map<string, number>>} */
const counted = new WeakMap();

/**
 * The terms of a unit, in all its cells together.
 * @param {Run} run
 * @param {Pick<Moment, "step" | "frame">} moment
 * @returns {number}
 */
export function termCount(run, { step, frame }) {
  return cellCount(run, frame) * termsPerCell(run, step, frame);
}

/**
 * @param {Run} run
 * @returns {Moment}
 */
export function end(run) {
  return lastOfFrame(run, run.steps - 1, run.program.calls.length - 1);
}

/**
 * Negative, zero or positive as `a` comes before, is, or comes after `b`.
 * @param {Moment} a
 * @param {Moment} b
 * @returns {number}
 */
export function compare(a, b) {
  return a.step - b.step || a.frame - b.frame || a.unit - b.unit || compareTerms(a.term, b.term);
}

/** @param {number | undefined} a  @param {number | undefined} b  @returns {number}  a whole unit comes after its terms */
function compareTerms(a, b) {
  if (a === b) return 0;
  return a === undefined ? 1 : b === undefined ? -1 : a - b;
}

/**
 * The moment of this run nearest to what is asked, each part on its own.
 * @param {Run} run
 * @param {Partial<Moment>} moment  anything absent or not a number counts as 0, a term as the whole unit
 * @returns {Moment}
 */
export function clamp(run, moment) {
  const step = within(moment.step, run.steps);
  const frame = within(moment.frame, run.program.calls.length);
  const unit = within(moment.unit, unitCount(run, frame));
  return moment.term === undefined
    ? Object.freeze({ step, frame, unit })
    : atTerm(run, { step, frame, unit }, Math.max(0, Math.floor(moment.term)));
}

/** @param {Run} run  @param {Moment} moment  @param {number} term  @returns {Moment}  the whole unit from its last term on */
function atTerm(run, { step, frame, unit }, term) {
  const partial = term < termCount(run, { step, frame }) - 1;
  return Object.freeze(partial ? { step, frame, unit, term } : { step, frame, unit });
}

/** @param {Run} run  @param {Moment} moment  @returns {Moment} */
function firstTerm(run, moment) {
  return atTerm(run, moment, 0);
}

/** @param {Run} run  @param {Moment} moment  @returns {Moment}  the term before the unit is whole */
function lastPartial(run, { step, frame, unit }) {
  const count = termCount(run, { step, frame });
  return count > 1
    ? Object.freeze({ step, frame, unit, term: count - 2 })
    : Object.freeze({ step, frame, unit });
}

/**
 * @param {Run} run
 * @param {Moment} moment
 * @param {Granularity} by
 * @returns {boolean}
 */
export function isLanding(run, moment, by) {
  if (by === "term") return true;
  if (moment.term !== undefined) return false;
  if (compare(moment, START) === 0 || compare(moment, end(run)) === 0) return true;
  if (by === "unit") return true;
  return moment.unit === unitCount(run, moment.frame) - 1 && closesGroup(run, moment.step, moment.frame, by);
}

/**
 * The nearest landing point after this moment; the end stays where it is.
 * @param {Run} run
 * @param {Moment} moment
 * @param {Granularity} by
 * @returns {Moment}
 */
export function next(run, moment, by) {
  const { step, frame, unit, term } = moment;
  if (by === "term") {
    if (term !== undefined) return atTerm(run, moment, term + 1);
    const after = next(run, moment, "unit");
    return compare(after, moment) === 0 ? after : firstTerm(run, after);
  }
  if (compare(moment, START) < 0) return START;
  // A unit that is not whole is the next to land on.
  if (term !== undefined) {
    const whole = Object.freeze({ step, frame, unit });
    return isLanding(run, whole, by) ? whole : next(run, whole, by);
  }
  const lastFrame = run.program.calls.length - 1;
  const lastUnit = unitCount(run, frame) - 1;
  if (by === "unit") {
    if (unit < lastUnit) return Object.freeze({ step, frame, unit: unit + 1 });
    if (frame < lastFrame) return Object.freeze({ step, frame: frame + 1, unit: 0 });
    return step < run.steps - 1 ? Object.freeze({ step: step + 1, frame: 0, unit: 0 }) : end(run);
  }
  for (let f = unit < lastUnit ? frame : frame + 1; f <= lastFrame; f++) {
    if (closesGroup(run, step, f, by)) return lastOfFrame(run, step, f);
  }
  // Steps are alike, so the first landing point of the step that has one is found without walking.
  const target = by === "epoch" ? endOfEpoch(run, step + 1) : step + 1;
  if (target >= run.steps) return end(run);
  return lastOfFrame(run, target, firstLanding(run, target, by));
}

/**
 * The nearest landing point before this moment; the start stays where it is.
 * @param {Run} run
 * @param {Moment} moment
 * @param {Granularity} by
 * @returns {Moment}
 */
export function previous(run, moment, by) {
  const { step, frame, unit, term } = moment;
  if (by === "term") {
    if (term !== undefined && term > 0) return atTerm(run, moment, term - 1);
    if (term === undefined && termCount(run, moment) > 1) return lastPartial(run, moment);
    return step + frame + unit > 0 ? previous(run, Object.freeze({ step, frame, unit }), "unit") : moment;
  }
  if (compare(moment, START) <= 0) return moment;
  const lastFrame = run.program.calls.length - 1;
  if (by === "unit") {
    if (unit > 0) return Object.freeze({ step, frame, unit: unit - 1 });
    if (frame > 0) return lastOfFrame(run, step, frame - 1);
    return step > 0 ? lastOfFrame(run, step - 1, lastFrame) : START;
  }
  for (let f = frame - 1; f >= 0; f--) {
    if (closesGroup(run, step, f, by)) return lastOfFrame(run, step, f);
  }
  // Every granularity but the epoch lands on the end of every step.
  const target = by === "epoch" ? endOfEpoch(run, step - run.batches_per_epoch) : step - 1;
  return target < 0 ? START : lastOfFrame(run, target, lastFrame);
}

/**
 * Moments in one step.
 * @param {Run} run
 * @returns {number}
 */
export function momentsPerStep(run) {
  return run.program.calls.reduce((sum, _, frame) => sum + unitCount(run, frame), 0);
}

/**
 * Place of this moment within its step: 0 for the first, `momentsPerStep - 1` for the last.
 * @param {Run} run
 * @param {Moment} moment
 * @returns {number}
 */
export function placeInStep(run, moment) {
  let place = moment.unit;
  for (let frame = 0; frame < moment.frame; frame++) place += unitCount(run, frame);
  return place;
}

/**
 * @param {Run} run
 * @param {number} step
 * @param {number} frame
 * @param {Granularity} by
 * @returns {boolean}  is this frame the last of its group?
 */
function closesGroup(run, step, frame, by) {
  const calls = run.program.calls;
  if (by === "unit" || by === "assignment") return true;
  if (frame === calls.length - 1) {
    return by !== "epoch" || step === Math.min(endOfEpoch(run, step), run.steps - 1);
  }
  if (by === "step" || by === "epoch") return false;
  const [here, after] = [calls[frame], calls[frame + 1]];
  return here.phase !== after.phase || (by === "layer" && here.layer !== after.layer);
}

/** @param {Run} run  @param {number} step  @param {Granularity} by  @returns {number} */
function firstLanding(run, step, by) {
  let frame = 0;
  while (!closesGroup(run, step, frame, by)) frame++;
  return frame;
}

/** @param {Run} run  @param {number} step  @returns {number}  last step of the epoch this step is in; negative before the first */
function endOfEpoch(run, step) {
  const size = run.batches_per_epoch;
  return step < 0 ? -1 : (Math.floor(step / size) + 1) * size - 1;
}

/** @param {Run} run  @param {number} step  @param {number} frame  @returns {Moment} */
function lastOfFrame(run, step, frame) {
  return Object.freeze({ step, frame, unit: unitCount(run, frame) - 1 });
}

/** @param {number | undefined} value  @param {number} count  @returns {number}  a whole number from 0 to count - 1 */
function within(value, count) {
  const whole = Math.floor(Number(value) || 0);
  return Math.max(0, Math.min(count - 1, whole));
}
