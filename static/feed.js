/**
 * Fetches what the state lacks and hands it to the store. One trace is under way at a time: while someone scrubs, the
 * page shows the steps that arrive and then asks for the one the playhead has come to, instead of queueing them all.
 *
 * @import { Api } from "./api.js"
 * @import { Store } from "./store.js"
 * @import { Need, Problem, Progress, Run, Spec, State } from "./types.d.ts"
 */
import { problemOf } from "./api.js";
import { minimal } from "./spec.js";
import { needs, runKey } from "./needs.js";
import { STOPPED } from "./progress.js";

/** Points of the loss curve: about one for every other pixel of a wide screen. */
const POINTS = 600;

/** Milliseconds after which a training is followed while it is computed, rather than waited for. */
const LATE = 1500;

/** The last step that is computed, as far as the page knows. @param {State} state  @param {Run} run */
function reached({ history }, run) {
  return history.status === "loading" && history.key === run.id ? history.progress?.step ?? -1 : run.steps;
}

/**
 * @typedef {object} Feed
 * @property {(state: State) => void} stateChanged  call after every change
 * @property {(spec: Spec, merge?: boolean) => void} propose  shows this experiment if the engine accepts it, and leaves all as
 *   it is if not; with `merge` it takes the place of the one before it, which is then not gone back to
 */

/**
 * @param {Store} store
 * @param {Api} api
 * @param {object} options
 * @param {Spec} options.seed  the experiment a spec leaves out what it shares with
 * @param {(problem: Problem | null) => void} options.refused  what became of the last proposal
 * @returns {Feed}
 */
export function createFeed(store, api, { seed, refused }) {
  const { dispatch } = store;
  let proposal = new AbortController();
  let training = new AbortController();
  /** Is what is proposed a version of its own? It stays one when another that goes on from it takes its place. */
  let own = false;
  /** The step that is under way. @type {{ run: Run, step: number, controller: AbortController } | null} */
  let tracing = null;

  /** @param {Extract<Need, { kind: "run" }>} need */
  const fetchRun = async ({ key, spec }) => {
    dispatch({ type: "run/loading", key, spec });
    try {
      const run = await api.createRun(spec);
      dispatch({ type: "run/ready", key, run });
    } catch (error) {
      const problem = problemOf(error);
      if (problem) dispatch({ type: "run/failed", key, problem });
    }
  };

  /** @param {Extract<Need, { kind: "trace" }>} need */
  const fetchTrace = async ({ key, run, step }) => {
    const there = api.cachedTrace(run, step);
    if (there) {
      dispatch({ type: "trace/loading", key });
      dispatch({ type: "trace/ready", key, trace: there });
      return;
    }
    if (tracing) {
      // A step that the training has not come to takes long; nobody waits for one that is left behind.
      if (tracing.step > reached(store.getState(), tracing.run)) tracing.controller.abort();
      return;
    }
    const controller = new AbortController();
    tracing = { run, step, controller };
    dispatch({ type: "trace/loading", key });
    try {
      const trace = await api.getTrace(run, step, controller);
      dispatch({ type: "trace/ready", key, trace });
    } catch (error) {
      const problem = problemOf(error);
      const { trace } = store.getState();
      const waited = trace.status === "loading" && trace.key === key;
      // What was computed in the meantime is kept: asked again, it is the rest that is waited for.
      if (problem?.type?.endsWith(":deadline") && waited) dispatch({ type: "trace/late", key });
      else if (problem) dispatch({ type: "trace/failed", key, problem });
    }
    tracing = null;
    // The playhead may have moved on meanwhile.
    stateChanged(store.getState());
  };

  /**
   * The losses of a run. One that takes longer than an answer may is followed until it is computed, then asked again.
   * @param {Extract<Need, { kind: "history" }>} need
   */
  const fetchHistory = async ({ key, run }) => {
    training.abort();
    training = new AbortController();
    const { signal } = training;
    const progress = (/** @type {Progress} */ progress) =>
      dispatch({ type: "history/progress", key, progress });
    dispatch({ type: "history/loading", key });
    let limit = AbortSignal.any([signal, AbortSignal.timeout(LATE)]);
    while (!signal.aborted) {
      try {
        const history = await api.getHistory(run, Math.min(POINTS, run.steps), { signal: limit });
        dispatch({ type: "history/ready", key, history });
        return;
      } catch (error) {
        if (signal.aborted) return;
        const problem = problemOf(error);
        const late = limit.aborted || problem?.type?.endsWith(":deadline");
        limit = signal;
        const failure = late
          ? await api.follow(run, progress, { signal, points: Math.min(POINTS, run.steps) })
            .then(() => null, problemOf)
          : problem;
        if (failure && !signal.aborted) {
          dispatch({ type: "history/failed", key, problem: failure });
          return;
        }
      }
    }
  };

  /** @param {State} state */
  const stateChanged = (state) => {
    if (state.history.status === "failed" && state.history.problem === STOPPED) training.abort();
    for (const need of needs(state)) {
      if (need.kind === "run") fetchRun(need);
      else if (need.kind === "trace") fetchTrace(need);
      else fetchHistory(need);
    }
  };

  /** The steps next to the one on the page, once that one is there. @param {State} state */
  const prefetch = ({ run, trace, cursor, direction, playing }) => {
    if (run.status !== "ready" || trace.status !== "ready" || trace.value.step !== cursor.step) return;
    if (!playing && direction === 0) return;
    const ahead = direction || 1;
    api.prefetch(run.value, [cursor.step + ahead, cursor.step - ahead]);
  };

  /** The edit that has been proposed last. @type {State["edit"]} */
  let edited = null;

  /** A number changed by hand: the run it leads to, or why there is none. @param {State} state */
  const proposeEdit = async ({ edit }) => {
    if (!edit || edit.problem || edit.spec === edited?.spec) return;
    edited = edit;
    try {
      const run = await api.createRun(edit.spec);
      if (store.getState().edit?.spec !== edit.spec) return;
      const spec = minimal(/** @type {Spec} */ (run.spec), seed);
      const key = runKey(spec);
      dispatch({ type: "run/loading", key, spec });
      dispatch({ type: "run/ready", key, run: /** @type {Run} */ (run) });
    } catch (error) {
      const problem = problemOf(error);
      if (problem) dispatch({ type: "edit/refused", spec: edit.spec, problem });
    }
  };

  return {
    stateChanged(state) {
      stateChanged(state);
      proposeEdit(state);
      prefetch(state);
    },
    async propose(draft, merge = false) {
      own ||= !merge;
      proposal.abort();
      proposal = new AbortController();
      const { signal } = proposal;
      try {
        const run = await api.createRun(draft, { signal });
        if (signal.aborted) return;
        const spec = minimal(/** @type {Spec} */ (run.spec), seed);
        const key = runKey(spec);
        refused(null);
        dispatch({ type: "run/loading", key, spec, merge: !own });
        own = false;
        dispatch({ type: "run/ready", key, run: /** @type {Run} */ (run) });
      } catch (error) {
        const problem = problemOf(error);
        if (problem && !signal.aborted) refused(problem);
      }
    },
  };
}
