/**
 * What a view shows of a transition from one moment to the next. Pure.
 *
 * @import { Context, Frame, Moment } from "./types.d.ts"
 */
import { next, previous } from "./moments.js";
import { frameAt } from "./trace.js";

/** Dots are on their way until here; then the number appears. */
export const ARRIVAL = 0.72;

/**
 * Going back plays the step that is being undone, from its end to its beginning.
 * @param {{ frame: Frame, context: Context }} shown
 * @returns {{ frame: Frame, context: Context, before: Moment | null, progress: number }}
 *   `before`: what had been computed when it began
 */
export function played({ frame, context }) {
  const { state, progress } = context;
  const { run, moment } = frame;
  if (state.direction === 1) {
    const before = previous(run, moment, state.by);
    return {
      frame,
      context,
      before: before.step === moment.step ? before : { ...moment, frame: -1 },
      progress,
    };
  }
  if (state.direction === -1 && progress < 1) {
    const undone = next(run, moment, state.by);
    const shown = undone.step === moment.step ? frameAt({ ...state, cursor: undone, focus: null }) : null;
    if (shown) return { frame: shown, context, before: moment, progress: 1 - progress };
  }
  return { frame, context, before: null, progress: 1 };
}

/** Has what the transition brings arrived?  @param {number} progress */
export function hasArrived(progress) {
  return progress >= ARRIVAL;
}

/**
 * How much of the number that is being computed is there.
 * @param {number} progress
 * @returns {number}  0 while the dots ride, 1 at rest
 */
export function arrivedAt(progress) {
  return Math.max(0, Math.min(1, (progress - ARRIVAL) / (1 - ARRIVAL) * 1.25));
}
