/**
 * Training fast: the playhead runs through the steps, as many at a time as it takes for the whole training to last a
 * few seconds, and stops where it was told to. What is shown is always a step that is there in full.
 *
 * @import { Api } from "../api.js"
 * @import { Store } from "../store.js"
 * @import { Clock, Diagnosis, History, Run, State, Translate } from "../types.d.ts"
 */
import { problemOf } from "../api.js";
import { panel } from "../draw/format.js";
import { say } from "../toast.js";
import { frameAt } from "../trace.js";

/** How long a whole training takes at speed 1, and the least pace. Seconds; steps a second. */
const WHOLE = 12, LEAST = 4;

/** A run that is not looked through yet is asked about again after so long. Milliseconds. */
const AGAIN = 1000;

/**
 * @param {object} options
 * @param {Store} options.store
 * @param {Api} options.api
 * @param {Clock} options.clock
 * @param {Translate} options.t
 */
export function createTrainer({ store, api, clock, t }) {
  const { getState, dispatch } = store;
  /** Where the pace is counted from. */
  let from = { step: 0, time: 0, speed: 0, run: "" };
  let last = -1;
  let running = false;
  /** @type {import("../types.d.ts").Moment | null} */
  let drawn = null;
  /** What has been asked about: a run and what it is to stop at. */
  let asked = "";
  let answer = new AbortController();

  const tick = () => {
    const state = getState();
    running = state.training;
    if (!running || state.run.status !== "ready") return;
    const run = state.run.value;
    // A step is drawn in the animation frame in which it is first there, and only then left for the next.
    const there = frameAt(state) ? state.cursor : null;
    if (there && there === drawn) advance(state, run);
    drawn = there;
    if (getState().training) clock.requestFrame(tick);
    else running = false;
  };

  /** @param {State} state  @param {Run} run */
  const advance = (state, run) => {
    const now = clock.now();
    const { step } = state.cursor;
    if (step !== last || from.speed !== state.speed || from.run !== run.id) {
      from = { step, time: now, speed: state.speed, run: run.id };
    }
    const pace = Math.max(LEAST, run.steps / WHOLE) * state.speed;
    const there = computed(state, run);
    const halt = haltAfter(state, run, from.step);
    const wanted = Math.floor(from.step + pace * (now - from.time) / 1000);
    const next = Math.min(wanted, there, halt?.step ?? Infinity);
    last = Math.max(next, step);
    if (next > step) dispatch({ type: "train/step", step: next });
    else if (halt && halt.step <= step) stopAt(t("course.stopped", { why: halt.text }));
    else if (step >= run.steps - 1) stopAt(t("course.over", { step }));
    else if (state.trace.status === "ready" && !Number.isFinite(state.trace.value.loss)) ask(run);
  };

  /** @param {string} why */
  const stopAt = (why) => {
    dispatch({ type: "train", on: false });
    say(why);
  };

  /** Where the run stops: asked of the server, unless that is known or there is nothing to ask. @param {Run} run */
  const ask = async (run) => {
    const { stop, history } = getState();
    const key = `${run.id} ${JSON.stringify(stop)}`;
    const bad = history.status === "ready" && history.key === run.id && !allFinite(history.value);
    if (key === asked || (!stop && !bad)) return;
    asked = key;
    answer.abort();
    answer = new AbortController();
    const { signal } = answer;
    try {
      const found = await api.ask(run, "/diagnosis", queryOf(stop), { signal });
      dispatch({ type: "halts", halts: { run: run.id, stop, list: haltsOf(found, stop, run, t) } });
    } catch (error) {
      const problem = problemOf(error);
      if (!problem || signal.aborted) return;
      if (problem.status === 503) {
        clock.wait(() => {
          if (asked === key) asked = "";
          stateChanged(getState());
        }, AGAIN);
      } else {
        const text = problem.errors[0]?.allowed || problem.detail || problem.title;
        dispatch({ type: "halts", halts: { run: run.id, stop, list: [], problem: text } });
      }
    }
  };

  /** @param {State} state */
  const stateChanged = (state) => {
    if (state.run.status === "ready") ask(state.run.value);
    if (!state.training || running) return;
    running = true;
    last = -1;
    clock.requestFrame(tick);
  };
  store.subscribe(stateChanged);
  stateChanged(getState());
}

/** The last step there is already: a long training is run through as it is computed. @param {State} state  @param {Run} run */
function computed({ history }, run) {
  const known = history.status === "loading" && history.key === run.id ? history.progress?.step : undefined;
  return known ?? run.steps - 1;
}

/**
 * The first halt behind a step.
 * @param {State} state
 * @param {Run} run
 * @param {number} step
 */
function haltAfter({ halts }, run, step) {
  return halts?.run === run.id ? halts.list.find((halt) => halt.step > step) : undefined;
}

/** @param {History} history */
function allFinite({ loss }) {
  return loss.every(Number.isFinite);
}

/** @param {State["stop"]} stop  @returns {Record<string, string | number>} */
function queryOf(stop) {
  if (!stop) return {};
  const { monitor, goal, patience, least } = stop;
  return {
    monitor,
    ...goal === null ? {} : { goal },
    ...patience === null ? {} : { patience, min_delta: least },
  };
}

/**
 * Where a training stops, from what the server knows of the run. A figure is that of the parameters before a step, so
 * the step before it is the last.
 * @param {Diagnosis} found
 * @param {State["stop"]} stop
 * @param {Run} run
 * @param {Translate} t
 */
export function haltsOf(found, stop, run, t) {
  /** @type {{ step: number, text: string }[]} */
  const list = [];
  /** @param {number} step  @param {string} key  @param {Record<string, string | number>} values */
  const add = (step, key, values) => {
    const at = Math.max(0, Math.min(step, run.steps - 1));
    list.push({ step: at, text: t(key, { step: at, ...values }) });
  };
  const { best, stopped, reached } = found.early_stopping;
  if (stop) {
    const figure = t(`course.${stop.monitor}`);
    if (reached && stop.goal !== null) {
      add(reached.step - 1, "course.reached", { figure, value: panel(stop.goal) });
    }
    if (stopped && stop.patience !== null) {
      add(stopped.step - 1, "course.patient", {
        figure,
        patience: stop.patience,
        best: Math.max(0, (best?.step ?? 0) - 1),
      });
    }
  }
  if (found.non_finite) {
    add(found.non_finite.step, "course.not_finite", { address: found.non_finite.address });
  }
  return list.sort((one, other) => one.step - other.step);
}
