/**
 * Arrays that were too large for an answer, fetched as bytes once the page has come to rest on something that needs
 * them: of the values of units the row of the example shown; whole what the present assignment makes of all examples, and
 * the weights on the wires.
 *
 * @import { Api } from "./api.js"
 * @import { Store } from "./store.js"
 * @import { Clock, Frame, State, Trace } from "./types.d.ts"
 */
import { problemOf } from "./api.js";
import { browserClock, settled } from "./player.js";
import { frameAt } from "./trace.js";

/** A step looked at for less than this is passed by. Milliseconds. */
const REST = 150;

/** An array of more numbers than this stays away: no browser would be the better for it. */
export const MOST_NUMBERS = 4e6;

/** Is one row of this array what an example needs?  @param {Frame["run"]} run  @param {string} name */
const hasRows = (run, name) => run.values[name].axes[0] === "example";

/** Can it be asked for?  @param {Trace} trace  @param {string} name */
const isAway = (trace, name) => trace.values[name]?.data === null && !trace.refused?.includes(name);

/**
 * The arrays a moment lacks as a whole: the weights, and what is made of all examples.
 * @param {Frame} frame
 * @param {boolean} [byTerm]  a number that is made term by term needs all that it is made of
 * @returns {string[]}
 */
export function lacking({ run, trace, call, focus }, byTerm = false) {
  const weights = run.parameters.names.filter((name) => run.values[name].axes.includes("input"));
  const made = [...call.reads, call.writes];
  const whole = byTerm || !hasRows(run, call.writes) ? made : made.filter((name) => !hasRows(run, name));
  const wanted = new Set([...whole, ...weights, ...hasRows(run, focus.name) ? [] : [focus.name]]);
  return [...wanted].filter((name) => isAway(trace, name));
}

/**
 * The arrays of which a moment lacks the row of its example: the values of the units.
 * @param {Frame} frame
 * @returns {string[]}
 */
export function lackingRow({ run, trace, example }) {
  return Object.keys(run.values).filter((name) =>
    hasRows(run, name) && isAway(trace, name) && !trace.values[name].rows?.[example]
  );
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
    const { run, trace, example } = frame;
    const { key } = state.trace;
    const byTerm = state.by === "term" || state.cursor.term !== undefined;
    const lack = lacking(frame, byTerm);
    const size = (/** @type {string} */ name) =>
      trace.values[name].shape.reduce((product, extent) => product * extent, 1);
    const names = lack.filter((name) => size(name) <= MOST_NUMBERS);
    const refused = lack.filter((name) => !names.includes(name));
    const ofRow = lackingRow(frame).filter((name) => !names.includes(name));
    const asked = `${key} ${names} ${ofRow} ${example}`;
    if (asked === underway || lack.length + ofRow.length === 0) return;
    underway = asked;
    // The row first: it is small, and what one looks at.
    await fetchThem(ofRow, [], example);
    await fetchThem(names, refused);
    underway = "";

    /** @param {string[]} names  @param {string[]} refused  @param {number} [row] */
    async function fetchThem(names, refused, row) {
      if (names.length + refused.length === 0) return;
      try {
        const values = names.length ? await getArrays(run, trace.step, names, row) : {};
        dispatch({ type: "trace/more", key, values, refused, ...row === undefined ? {} : { row } });
      } catch (error) {
        if (problemOf(error)) {
          dispatch({ type: "trace/more", key, values: {}, refused: [...names, ...refused] });
        }
      }
    }
  };
  const rest = settled(() => fetchFor(getState()), REST, clock);

  return () => {
    const state = getState();
    const frame = state.playing ? null : frameAt(state);
    const byTerm = state.by === "term" || state.cursor.term !== undefined;
    if (frame?.trace.truncated && lacking(frame, byTerm).length + lackingRow(frame).length) rest();
  };
}
