/**
 * What the page must fetch, as a function of its state, and the keys by which answers are known.
 *
 * @import { Need, Run, Spec, State } from "./types.d.ts"
 */

/**
 * What the page shows but has not got and has not asked for. Whoever fetches dispatches `…/loading` with the key first.
 * @param {State} state
 * @returns {Need[]}
 */
export function needs(state) {
  const key = runKey(state.spec);
  if (state.run.status === "idle" || state.run.key !== key) return [{ kind: "run", key, spec: state.spec }];
  if (state.run.status !== "ready") return [];
  const run = state.run.value;
  const step = state.cursor.step;
  /** @type {Need[]} */
  const wanted = [
    { kind: "trace", key: traceKey(run, step), run, step },
    { kind: "history", key: historyKey(run), run },
  ];
  return wanted.filter((need) => {
    const remote = need.kind === "trace" ? state.trace : state.history;
    return remote.status === "idle" || remote.key !== need.key;
  });
}

/** @param {Spec} spec  @returns {string} */
export function runKey(spec) {
  return JSON.stringify(spec);
}

/** @param {Run} run  @param {number} step  @returns {string} */
export function traceKey(run, step) {
  return `${run.id}/${step}`;
}

/** @param {Run} run  @returns {string} */
export function historyKey(run) {
  return run.id;
}

/**
 * The run on the page, even while the next one is loading.
 * @param {State} state
 * @returns {Run | null}
 */
export function shownRun(state) {
  if (state.run.status === "ready") return state.run.value;
  return state.run.status === "loading" ? state.run.previous : null;
}
