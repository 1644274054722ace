/**
 * Which chart is chosen, and what about it, as one word of the address: `layers.dW`. Pure.
 *
 * @import { ChartInfo, Run, State } from "../../types.d.ts"
 */

/** A chart that is being computed is asked for again after so long at the soonest. Milliseconds. */
const GROWTH = 600;

/** @typedef {{ info: ChartInfo, options: Record<string, string> }} Choice */

/**
 * @param {string} word
 * @param {readonly ChartInfo[]} known
 * @returns {Choice | null}  the usual one where the word names none of them; null if there are none
 */
export function choiceOf(word, known) {
  const [name, ...values] = word.split(".");
  const info = known.find((info) => info.name === name) ?? known[0];
  if (!info) return null;
  const options = info.options.map(({ name, choices }, at) => {
    const given = info.name === word.split(".")[0] ? values[at] : undefined;
    return [name, (choices.find(({ value }) => value === given) ?? choices[0]).value];
  });
  return { info, options: Object.fromEntries(options) };
}

/**
 * @param {Choice} choice
 * @returns {string}  what is as usual at the end is left out
 */
export function wordOf({ info, options }) {
  const values = info.options.map(({ name, choices }) => ({
    value: options[name],
    usual: choices[0].value === options[name],
  }));
  const said = values.slice(0, values.findLastIndex(({ usual }) => !usual) + 1).map(({ value }) => value);
  return [info.name, ...said].join(".");
}

/**
 * How many epochs of a run are there while it is being computed; null once it is all there, or nothing is known of it.
 * @param {State} state
 * @param {Run} run
 * @returns {number | null}
 */
export function epochsThere({ history }, run) {
  if (history.status !== "loading" || history.key !== run.id || !history.progress) return null;
  return Math.floor((history.progress.step + 1) / run.batches_per_epoch);
}

/**
 * Follows a run that grows, but not at every step of it.
 * @returns {(run: string, epochs: number | null, now: number) => number | null}  the epochs to show
 */
export function createGrowth() {
  /** @type {{ run: string, epochs: number, at: number } | null} */
  let shown = null;
  return (run, epochs, now) => {
    if (epochs === null) shown = null;
    else if (shown?.run !== run || now - shown.at >= GROWTH && epochs > shown.epochs) {
      shown = { run, epochs, at: now };
    }
    return shown?.epochs ?? null;
  };
}
