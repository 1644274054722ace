/**
 * Where the page looks, and how it gets elsewhere: the cursor, the example, the number that is pinned. Pure.
 *
 * @import { Action, Address, Moment, Run, State } from "./types.d.ts"
 */
import { change } from "./change.js";
import { clamp, compare, end, next, previous, START, start, unitCount } from "./moments.js";
import { address as cellAt, exists } from "./trace.js";

/**
 * @param {State} state
 * @param {Extract<Action, { type: "move" }>["by"]} by
 * @param {-1 | 1} direction
 * @returns {State}
 */
export function moved(state, by, direction) {
  if (state.run.status !== "ready") return state;
  const run = state.run.value;
  const cursor = direction > 0 ? next(run, state.cursor, by) : previous(run, state.cursor, by);
  if (compare(cursor, state.cursor) === 0) return change(state, { playing: false });
  return change(state, { cursor, direction, focus: null });
}

/**
 * A frame without a unit means the whole assignment: its last unit.
 * @param {State} state
 * @param {Partial<Moment>} moment
 * @returns {State}
 */
export function wentTo(state, moment) {
  if (state.run.status !== "ready") return state;
  const run = state.run.value;
  const frame = clamp(run, { frame: moment.frame ?? state.cursor.frame }).frame;
  const unit = moment.unit ?? (moment.frame === undefined ? state.cursor.unit : unitCount(run, frame) - 1);
  const stays = moment.frame === undefined && moment.unit === undefined;
  const term = moment.term ?? (stays ? state.cursor.term : undefined);
  const wanted = { step: moment.step ?? state.cursor.step, frame, unit };
  // Through the steps of a training the number that was chosen is looked at on and on.
  return jumped(
    state,
    clamp(run, term === undefined ? wanted : { ...wanted, term }),
    stays ? state.focus : null,
  );
}

/** @param {State} state  @returns {Moment} */
export function beginning({ run, by }) {
  return run.status === "ready" ? start(run.value, by) : START;
}

/** @param {State} state  @param {Moment} cursor  @param {State["focus"]} [focus]  @returns {State} */
export function jumped(state, cursor, focus = null) {
  if (compare(cursor, state.cursor) === 0) return state;
  return change(state, { cursor, direction: 0, focus });
}

/**
 * Playing from the very end begins again.
 * @param {State} state
 * @returns {State}
 */
export function played(state) {
  if (state.run.status !== "ready") return state;
  const over = compare(state.cursor, end(state.run.value)) === 0;
  return change(over ? jumped(state, beginning(state)) : state, { playing: true });
}

/** @param {Run} run  @param {number} step  @returns {Moment}  all of it computed */
export function endOf(run, step) {
  return clamp(run, { step, frame: Infinity, unit: Infinity });
}

/**
 * Training from the very end begins again.
 * @param {State} state
 * @param {boolean} on
 * @returns {State}
 */
export function trained(state, on) {
  if (!on || state.run.status !== "ready") return change(state, { training: false });
  const run = state.run.value;
  const over = compare(state.cursor, end(run)) === 0;
  const cursor = endOf(run, over ? 0 : state.cursor.step);
  return change(state, { training: true, playing: false, cursor, direction: 0 });
}

/**
 * Another example of the batch; a pinned cell of the old one gives way to the same cell of the new.
 * @param {State} state
 * @param {number} wanted
 * @returns {State}
 */
export function withExample(state, wanted) {
  if (state.run.status !== "ready") return change(state, { example: within(wanted, Infinity) });
  const run = state.run.value;
  const example = within(wanted, batchSize(run));
  const axis = state.focus ? run.values[state.focus.name].axes.indexOf("example") : -1;
  const moves = state.focus && axis >= 0 && state.focus.index[axis] !== example;
  const focus = moves && state.focus
    ? cellAt(state.focus.name, state.focus.index.with(axis, example))
    : state.focus;
  return change(state, { example, focus });
}

/**
 * @param {State} state
 * @param {Address | null} address
 * @returns {Address | null}
 */
export function validFocus(state, address) {
  if (address === null) return null;
  if (state.run.status === "ready" && !exists(state.run.value, address)) return state.focus;
  const same = state.focus && state.focus.name === address.name &&
    `${state.focus.index}` === `${address.index}`;
  return same ? state.focus : cellAt(address.name, [...address.index]);
}

/** @param {Run} run  @returns {number}  examples in a full batch */
export function batchSize(run) {
  const info = Object.values(run.values).find(({ axes }) => axes[0] === "example");
  return info ? info.shape[0] : 1;
}

/** @param {number} value  @param {number} count  @returns {number} */
export function within(value, count) {
  return Math.max(0, Math.min(count - 1, Math.floor(value) || 0));
}
