/**
 * One clock for two pages: an embedded page says where it stands and goes where the page around it says. Only a page of
 * the same origin is heard. Moments go by the name of the assignment, since the programs of two runs may differ.
 *
 * @import { Moment, Run, State } from "./types.d.ts"
 * @import { Store } from "./store.js"
 */
import { shownRun } from "./needs.js";
import { address as cellAt, formatAddress, frameAt, parseAddress } from "./trace.js";

/**
 * A moment by names, what is looked at, and how.
 * @typedef {{ step: number, frame: string, unit: number, example: number, focus: string, view: string,
 *   chart: string }} Beat
 */
/**
 * Where a page stands, and the number that it explains there.
 * @typedef {{ kind: "backscope/beat", beat: Beat, run: string, number: { address: string, value: number } | null }} Told
 */

/**
 * Where a state stands.
 * @param {State} state
 * @returns {Beat | null}  null until a run is there
 */
export function beatOf(state) {
  const frame = shownRun(state)?.program.calls[state.cursor.frame]?.writes;
  return frame === undefined ? null : {
    step: state.cursor.step,
    frame,
    unit: state.cursor.unit,
    example: state.example,
    focus: state.focus ? formatAddress(state.focus) : "",
    view: state.view,
    chart: state.chart,
  };
}

/**
 * The number that is explained.
 * @param {State} state
 * @returns {Told["number"]}  null until it is there, and where it is not computed yet
 */
export function numberOf(state) {
  const frame = frameAt(state);
  const value = frame?.known(frame.focus) ? frame.value(frame.focus) : undefined;
  return frame && value !== undefined ? { address: formatAddress(frame.focus), value } : null;
}

/**
 * The moment of a run that comes nearest to where another one stands.
 * @param {Run} run
 * @param {Beat} beat
 * @returns {Partial<Moment>}
 */
export function momentFor(run, { step, frame, unit }) {
  const at = run.program.calls.findIndex(({ writes }) => writes === frame);
  const last = Math.min(step, run.steps - 1);
  return at < 0 ? { step: last } : { step: last, frame: at, unit };
}

/**
 * Is this what one page tells the other?
 * @param {unknown} data
 * @returns {data is Told}
 */
export function isTold(data) {
  const told = /** @type {any} */ (data);
  return typeof told === "object" && told !== null && told.kind === "backscope/beat" &&
    Number.isInteger(told.beat?.step) && typeof told.beat.frame === "string" &&
    Number.isInteger(told.beat.unit) && Number.isInteger(told.beat.example) &&
    typeof told.beat.focus === "string" && typeof told.beat.view === "string" &&
    typeof told.beat.chart === "string";
}

/**
 * Keeps an embedded page on the clock of the page around it; does nothing in a page that stands alone.
 * @param {Store} store
 */
export function keepTime({ getState, dispatch, subscribe }) {
  const { parent } = window;
  // A page saved to a file may stand in a frame of anybody's, and has nothing to tell there.
  if (parent === window || document.body.dataset.embedded === undefined) return;
  const { origin } = new URL(document.baseURI);
  /** @type {Beat | null} What is to be shown as soon as the run is there. */
  let wanted = null;
  let last = "";
  let told = "";
  const follow = () => {
    const run = getState().run;
    if (wanted === null || run.status !== "ready") return;
    dispatch({ type: "goto", moment: momentFor(run.value, wanted) });
    dispatch({ type: "example", example: wanted.example });
    dispatch({ type: "view", view: wanted.view });
    dispatch({ type: "chart", chart: wanted.chart });
    const focus = parseAddress(wanted.focus);
    dispatch({ type: "focus", address: focus && cellAt(focus.name, focus.index) });
    wanted = null;
    // Where this leads is no news for the other page.
    last = JSON.stringify(beatOf(getState()));
  };
  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== origin || !isTold(event.data)) return;
    wanted = event.data.beat;
    follow();
  });
  subscribe((state) => {
    follow();
    const beat = beatOf(state);
    const run = shownRun(state);
    if (beat === null || run === null) return;
    const number = numberOf(state);
    // Another run, or its number, is news even at the moment that was asked for.
    const news = `${run.id} ${number?.address} ${number?.value}`;
    if (JSON.stringify(beat) === last && news === told) return;
    last = JSON.stringify(beat);
    told = news;
    parent.postMessage({ kind: "backscope/beat", beat, run: run.id, number }, origin);
  });
}
