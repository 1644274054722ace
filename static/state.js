/**
 * The one state of the page and how actions change it. Pure: no DOM, no network, no time.
 *
 * Remote parts hold a key saying what they are of; an answer whose key is not the one waited for is late and dropped.
 * What the page must fetch follows from the state alone: see needs.js.
 *
 * @import { Action, Address, Moment, Panel, Remote, Run, Spec, State } from "./types.d.ts"
 */
import { change } from "./change.js";
import { clamp, compare, end, START } from "./moments.js";
import { historyKey, runKey, shownRun, traceKey } from "./needs.js";
import { STOPPED } from "./progress.js";
import { awaited, failed, IDLE, loading, ready, unfailed } from "./remote.js";
import { exists } from "./trace.js";
import {
  batchSize,
  beginning,
  endOf,
  jumped,
  moved,
  played,
  trained,
  validFocus,
  wentTo,
  withExample,
  within,
} from "./travel.js";

/** Moments a second while playing, slowest and fastest. */
export const SPEEDS = Object.freeze({ minimum: 0.125, maximum: 64 });

/** Panels that may be hidden. @type {readonly Panel[]} */
export const PANELS = Object.freeze(["why", "timeline", "training", "legend"]);

/** What a class does not need to see, until its teacher says so. @type {readonly Panel[]} */
const FOR_STUDY = Object.freeze(["training", "legend"]);

/** @type {State} */
export const initialState = Object.freeze({
  spec: Object.freeze({}),
  run: IDLE,
  trace: IDLE,
  history: IDLE,
  cursor: START,
  direction: 0,
  example: 0,
  by: "unit",
  view: "network",
  focus: null,
  playing: false,
  training: false,
  stop: null,
  halts: null,
  speed: 1,
  digits: null,
  maps: false,
  chart: "",
  wires: false,
  present: false,
  hide: Object.freeze([]),
  lesson: null,
  veil: Object.freeze([]),
  pointed: Object.freeze([]),
  frameName: null,
  edit: null,
  past: Object.freeze([]),
  future: Object.freeze([]),
});

/** Experiments that can be gone back to. */
const REMEMBERED = 100;

/**
 * The state after an action. An action that changes nothing gives back the same object.
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
export function reduce(state, action) {
  const after = reduced(state, action);
  return after.training && HALTING.has(action.type) ? change(after, { training: false }) : after;
}

/** Whoever goes somewhere, or starts something else, wants no training to run away with it. */
const HALTING = new Set([
  "move",
  "goto",
  "start",
  "end",
  "play",
  "edit",
  "undo",
  "redo",
  "restore",
  "run/failed",
]);

/**
 * @param {State} state
 * @param {Action} action
 * @returns {State}
 */
function reduced(state, action) {
  switch (action.type) {
    case "train":
      return trained(state, action.on);
    case "train/step":
      return state.training && state.run.status === "ready"
        ? change(state, { cursor: endOf(state.run.value, action.step), direction: 0, focus: state.focus })
        : state;
    case "stop":
      return change(state, { stop: action.stop, halts: null });
    case "halts":
      return change(state, { halts: Object.freeze(action.halts) });
    case "run/loading":
      return change(withSpec(state, action.spec, action.merge), { run: loading(state.run, action.key) });
    case "run/ready":
      return awaited(state.run, action.key) ? withRun(state, action.key, action.run) : state;
    case "run/failed":
      return awaited(state.run, action.key) ? change(state, { run: failed(action), playing: false }) : state;
    case "trace/loading":
      return change(state, { trace: loading(state.trace, action.key) });
    case "trace/ready":
      return awaited(state.trace, action.key)
        ? change(state, { trace: ready(action.key, action.trace) })
        : state;
    case "trace/late":
      return awaited(state.trace, action.key) ? change(state, { trace: IDLE }) : state;
    case "trace/more":
      return withMore(state, action);
    case "trace/failed":
      return awaited(state.trace, action.key)
        ? change(state, { trace: failed(action), playing: false })
        : state;
    case "history/loading":
      return change(state, { history: loading(state.history, action.key) });
    case "history/ready":
      return awaited(state.history, action.key)
        ? change(state, { history: ready(action.key, action.history) })
        : state;
    case "history/failed":
      return awaited(state.history, action.key) ? change(state, { history: failed(action) }) : state;
    case "history/progress":
      return awaited(state.history, action.key)
        ? change(state, { history: Object.freeze({ ...state.history, progress: action.progress }) })
        : state;
    case "history/stop":
      return state.history.status === "loading"
        ? change(state, {
          history: failed({ type: "history/failed", key: state.history.key, problem: STOPPED }),
        })
        : state;
    case "move":
      return moved(state, action.by, action.direction);
    case "goto":
      return wentTo(state, action.moment);
    case "start":
      return jumped(state, beginning(state));
    case "end":
      return state.run.status === "ready" ? jumped(state, end(state.run.value)) : state;
    case "by":
      return change(state, { by: action.by });
    case "focus":
      return change(state, { focus: validFocus(state, action.address) });
    case "example":
      return withExample(state, action.example);
    case "view":
      return change(state, { view: action.view });
    case "play":
      return played(state);
    case "pause":
      return change(state, { playing: false });
    case "speed":
      return change(state, { speed: limitedSpeed(action.speed, state.speed) });
    case "digits":
      return change(state, { digits: action.digits });
    case "chart":
      return change(state, { chart: action.chart });
    case "maps":
      return change(state, { maps: action.maps });
    case "wires":
      return change(state, { wires: action.wires });
    case "present":
      return presented(state, action.present);
    case "hide":
      return withPanels(
        state,
        PANELS.filter((panel) => panel === action.panel ? action.hidden : state.hide.includes(panel)),
      );
    case "lesson":
      return change(state, { lesson: action.lesson });
    case "veil":
      return change(state, { veil: renewed(state.veil, action.veil) });
    case "point":
      return change(state, { pointed: renewed(state.pointed, action.pointed) });
    case "spec":
      return withSpec(state, action.spec);
    case "edit":
      return change(state, {
        edit: Object.freeze({
          spec: action.spec,
          address: action.address,
          value: action.value,
          stale: action.stale,
          problem: null,
        }),
        playing: false,
      });
    case "edit/refused":
      return state.edit?.spec === action.spec
        ? change(state, { edit: Object.freeze({ ...state.edit, stale: new Set(), problem: action.problem }) })
        : state;
    case "edit/cancel":
      return change(state, { edit: null });
    case "undo":
      return wentBack(state, "past", "future");
    case "redo":
      return wentBack(state, "future", "past");
    case "retry":
      return change(state, {
        run: unfailed(state.run),
        trace: unfailed(state.trace),
        history: unfailed(state.history),
      });
    case "restore":
      return restored(state, action.part, action.frame ?? null);
  }
}

/** A list of names: the one there was, if it says the same.  @param {readonly string[]} now  @param {readonly string[]} next */
function renewed(now, next) {
  return now.join(" ") === next.join(" ") ? now : Object.freeze([...next]);
}

/**
 * @param {State} state
 * @param {Extract<Action, { type: "trace/more" }>} more
 * @returns {State}
 */
function withMore(state, { key, values, row, refused }) {
  if (state.trace.status !== "ready" || state.trace.key !== key) return state;
  const before = state.trace.value;
  const come = row === undefined ? values : Object.fromEntries(
    Object.entries(values).map(([name, { data }]) => {
      const known = before.values[name];
      return [name, data ? { ...known, rows: { ...known.rows, [row]: data } } : known];
    }),
  );
  const all = { ...before.values, ...come };
  const trace = {
    ...before,
    values: all,
    truncated: Object.values(all).some(({ data }) => data === null),
    refused: [...before.refused ?? [], ...refused],
    filled: (before.filled ?? 0) + 1,
  };
  return change(state, { trace: ready(key, trace) });
}

/**
 * A new experiment: the cursor remembers its assignment by name until the new run says where that is.
 * @param {State} state
 * @param {Spec} spec
 * @param {boolean} [merge]  it takes the place of the one before, which is not gone back to
 * @returns {State}
 */
function withSpec(state, spec, merge = false) {
  if (runKey(spec) === runKey(state.spec)) return change(state, { run: unfailed(state.run) });
  const run = shownRun(state);
  const frameName = state.frameName ?? run?.program.calls[state.cursor.frame]?.writes ?? null;
  return change(state, {
    spec,
    frameName,
    run: unfailed(state.run),
    playing: false,
    direction: 0,
    ...(run === null || merge ? {} : { past: [...state.past, state.spec].slice(-REMEMBERED), future: [] }),
  });
}

/**
 * To the experiment before this one, or the one that was left by going back.
 * @param {State} state
 * @param {"past" | "future"} from
 * @param {"past" | "future"} to
 * @returns {State}
 */
function wentBack(state, from, to) {
  const spec = state[from].at(-1);
  if (spec === undefined) return state;
  return change(withSpec(state, spec), {
    edit: null,
    [from]: state[from].slice(0, -1),
    [to]: [...state[to], state.spec],
  });
}

/**
 * @param {State} state
 * @param {string} key
 * @param {Run} run
 * @returns {State}
 */
function withRun(state, key, run) {
  const frame = run.program.calls.findIndex((call) => call.writes === state.frameName);
  const cursor = clamp(run, frame < 0 ? state.cursor : { ...state.cursor, frame });
  const focus = state.focus && exists(run, state.focus) ? state.focus : null;
  return change(state, {
    run: state.run.status === "ready" && state.run.value === run ? state.run : ready(key, run),
    trace: state.trace.status !== "idle" && state.trace.key === traceKey(run, cursor.step)
      ? state.trace
      : IDLE,
    history: state.history.status !== "idle" && state.history.key === historyKey(run) ? state.history : IDLE,
    cursor: compare(cursor, state.cursor) === 0 ? state.cursor : cursor,
    direction: 0,
    example: within(state.example, batchSize(run)),
    focus,
    frameName: null,
    edit: null,
  });
}

/**
 * @param {State} state
 * @param {Partial<State>} part
 * @param {string | null} frameName
 * @returns {State}
 */
function restored(state, part, frameName) {
  const { spec = state.spec, run: _run, trace: _trace, history: _history, ...rest } = part;
  const placed = change(withSpec(state, spec), {
    ...rest,
    cursor: rest.cursor ? Object.freeze({ ...rest.cursor }) : state.cursor,
    speed: limitedSpeed(rest.speed ?? state.speed, state.speed),
    direction: 0,
    frameName,
  });
  if (placed.run.status !== "ready" || placed.run.key !== runKey(placed.spec)) return placed;
  return withRun(placed, placed.run.key, placed.run.value);
}

/**
 * In front of a class and back. What was hidden by hand stays so.
 * @param {State} state
 * @param {boolean} present
 * @returns {State}
 */
function presented(state, present) {
  if (present === state.present) return state;
  const others = state.hide.filter((panel) => !FOR_STUDY.includes(panel));
  const hide = PANELS.filter((panel) => others.includes(panel) || (present && FOR_STUDY.includes(panel)));
  return withPanels(change(state, { present }), hide);
}

/** @param {State} state  @param {readonly Panel[]} hide  @returns {State} */
function withPanels(state, hide) {
  return `${hide}` === `${state.hide}` ? state : change(state, { hide: Object.freeze(hide) });
}

/** @param {number} speed  @param {number} before  @returns {number} */
function limitedSpeed(speed, before) {
  return speed > 0 ? Math.min(SPEEDS.maximum, Math.max(SPEEDS.minimum, speed)) : before;
}
