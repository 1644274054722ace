/**
 * Arrays that were too large for an answer, fetched as bytes once the page has come to rest on something that needs
 * them: what the present assignment reads and writes, the number explained, and the weights on the wires.
 *
 * @import { Api } from "./api.js"
 * @import { Store } from "./store.js"
 * @import { Clock, Frame, State } from "./types.d.ts"
 */
import { problemOf } from "./api.js";
import { browserClock, settled } from "./player.js";
import { frameAt } from "./trace.js";

/** A step looked at for less than this is passed by. Milliseconds. */
const REST = 150;

/** An array of more numbers than this stays away: no browser would be the better for it. */
export const MOST_NUMBERS = 4e6;

/**
 * The arrays a moment lacks.
 * @param {Frame} frame
 * @returns {string[]}
 */
export function lacking({ run, trace, call, focus }) {
  const weights = run.parameters.names.filter((name) => run.values[name].axes.includes("input"));
  const wanted = new Set([...call.reads, call.writes, focus.name, ...weights]);
  return [...wanted].filter((name) => trace.values[name]?.data === null && !trace.refused?.includes(name));
}

/**
 * @param {Store} store
 * @param {Pick<Api, "getArrays">} api
 * @param {Clock} [clock]
 * @returns {() => void}  call after every change of the state
 */
export function createLarge({ getState, dispatch }, { getArrays }, clock = browserClock()) {
  let underway = "";

  /** @param {State} state */
  const fetchFor = async (state) => {
    const frame = frameAt(state);
    if (!frame || state.trace.status !== "ready") return;
    const { run, trace } = frame;
    const { key } = state.trace;
    const lack = lacking(frame);
    const size = (/** @type {string} */ name) =>
      trace.values[name].shape.reduce((product, extent) => product * extent, 1);
    const names = lack.filter((name) => size(name) <= MOST_NUMBERS);
    const refused = lack.filter((name) => !names.includes(name));
    const asked = `${key} ${names}`;
    if (lack.length === 0 || asked === underway) return;
    underway = asked;
    try {
      const values = names.length ? await getArrays(run, trace.step, names) : {};
      dispatch({ type: "trace/more", key, values, refused });
    } catch (error) {
      if (problemOf(error)) dispatch({ type: "trace/more", key, values: {}, refused: lack });
    }
    underway = "";
  };
  const rest = settled(() => fetchFor(getState()), REST, clock);

  return () => {
    const state = getState();
    const frame = state.playing ? null : frameAt(state);
    if (frame?.trace.truncated && lacking(frame).length) rest();
  };
}
