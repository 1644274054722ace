/**
 * The one ordered line of moments, and the landing points each granularity has on it.
 *
 * A step is the same list of assignments every time, so everything here follows from the run alone: the line can be
 * walked over steps whose traces nobody has loaded. Two ends belong to every granularity: the first moment of the first
 * step and the last of the last. Between them, back is forward reversed because both look for the nearest landing point.
 *
 * @import { Granularity, Moment, Run } from "./types.d.ts"
 */

/** @type {readonly Granularity[]}  finest first; every landing point of one is a landing point of those before it */
export const GRANULARITIES = Object.freeze(["unit", "assignment", "layer", "phase", "step", "epoch"]);

/** @type {Moment} */
export const START = Object.freeze({ step: 0, frame: 0, unit: 0 });

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
  return a.step - b.step || a.frame - b.frame || a.unit - b.unit;
}

/**
 * The moment of this run nearest to what is asked, each part on its own.
 * @param {Run} run
 * @param {Partial<Moment>} moment  anything absent or not a number counts as 0
 * @returns {Moment}
 */
export function clamp(run, moment) {
  const step = within(moment.step, run.steps);
  const frame = within(moment.frame, run.program.calls.length);
  const unit = within(moment.unit, unitCount(run, frame));
  return Object.freeze({ step, frame, unit });
}

/**
 * @param {Run} run
 * @param {Moment} moment
 * @param {Granularity} by
 * @returns {boolean}
 */
export function isLanding(run, moment, by) {
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
  const { step, frame, unit } = moment;
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
  const { step, frame, unit } = moment;
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
