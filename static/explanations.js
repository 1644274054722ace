/**
 * What the server says about the one number that the panel explains: asked for once the page has come to rest on it,
 * and forgotten when the page moves on.
 *
 * @import { Api } from "./api.js"
 * @import { Explanation, Remote, Run } from "./types.d.ts"
 */
import { problemOf } from "./api.js";
import { settled } from "./player.js";

/** A number looked at for less than this is passed by. Milliseconds. */
const REST = 200;

/** @typedef {{ key: string, step: number, name: string, index: number[], language: string }} Wanted */

/**
 * @param {Api} api
 * @param {() => void} changed  called when there is something new to show
 * @returns {{ want: (run: Run, wanted: Wanted | null) => void, current: () => Remote<Explanation> }}
 */
export function createExplanations(api, changed) {
  /** @type {Remote<Explanation>} */
  let state = { status: "idle" };
  /** @type {{ run: Run, wanted: Wanted } | null} */
  let now = null;
  let request = new AbortController();

  /** @param {Remote<Explanation>} next */
  const become = (next) => {
    state = next;
    changed();
  };

  const ask = settled(async () => {
    if (!now || (state.status !== "idle" && state.key === now.wanted.key)) return;
    const { run, wanted } = now;
    const { key, step, language } = wanted;
    request = new AbortController();
    const { signal } = request;
    become({ status: "loading", key, previous: null });
    try {
      const value = await api.getExplain(run, step, wanted, language, { signal });
      if (!signal.aborted) become({ status: "ready", key, value });
    } catch (error) {
      const problem = problemOf(error);
      if (problem && !signal.aborted) become({ status: "failed", key, problem });
    }
  }, REST);

  return {
    current: () => state,
    want(run, wanted) {
      if (wanted?.key === now?.wanted.key) return;
      now = wanted && { run, wanted };
      request.abort();
      state = { status: "idle" };
      if (now) ask();
    },
  };
}
