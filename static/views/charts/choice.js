/**
 * Which chart is chosen, and what about it, as one word of the address: `layers.dW`. Pure.
 *
 * @import { ChartInfo, Run, State } from "../../types.d.ts"
 */
import { STOPPED } from "../../progress.js";

/** A chart of a training that goes on is asked for again after so long, at the soonest and at the latest. Milliseconds. */
const SOONEST = 600, LATEST = 3000;

/** In between after so many times what the last answer took: looking must not slow down what is looked at. */
const SHARE = 4;

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
 * How many epochs of a run are there while it is being computed: null once all are, "held" where somebody stopped it.
 * @param {State} state
 * @param {Run} run
 * @returns {number | null | "held"}
 */
export function epochsThere({ history }, run) {
  if (history.status === "failed" && history.problem === STOPPED && history.key === run.id) return "held";
  if (history.status !== "loading" || history.key !== run.id) return null;
  return Math.floor(((history.progress?.step ?? -1) + 1) / run.batches_per_epoch);
}

/** @param {number} took  milliseconds */
const restOf = (took) => Math.max(SOONEST, Math.min(LATEST, SHARE * took));

/**
 * Follows a run that grows, but not at every step of it.
 * @returns {{ epochs: (run: string, there: number | null | "held", now: number) => number | null,
 *   answered: (now: number) => void }}  the epochs to show, null for all; and call when they are shown
 */
export function createGrowth() {
  /** @type {{ run: string, epochs: number, at: number, took: number | null } | null} */
  let shown = null;
  return {
    epochs(run, there, now) {
      if (there === null) shown = null;
      else if (shown?.run !== run) shown = { run, epochs: there === "held" ? 0 : there, at: now, took: null };
      else if (there !== "held" && there > shown.epochs) {
        const waits = shown.epochs > 0 && shown.took === null;
        if (
          !waits && (shown.epochs === 0 || now - shown.at >= restOf(shown.took ?? 0))
        ) {
          shown = { run, epochs: there, at: now, took: null };
        }
      }
      return shown?.epochs ?? null;
    },
    answered(now) {
      if (shown) shown.took ??= now - shown.at;
    },
  };
}
