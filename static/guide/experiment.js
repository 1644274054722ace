/**
 * The experiment file: a spec and the moment that was looked at, as JSON that people may read and write by hand. Pure.
 *
 * @import { Place, Run, Spec, State } from "../types.d.ts"
 */
import { formatAddress, parseAddress } from "../trace.js";
import { placeOf } from "../url.js";

export const VERSION = 1;

/**
 * A moment as files write it: addresses as text.
 * @typedef {Omit<Place, "focus" | "spec" | "run" | "lesson"> & { focus?: string }} Moment
 */

/**
 * What is saved: the whole spec, so that it means the same when defaults have changed.
 * @param {State} state
 * @param {Run} run
 * @returns {Record<string, unknown>}
 */
export function experimentFile(state, run) {
  const { spec: _spec, focus, lesson: _lesson, present: _present, ...place } = placeOf(state);
  return {
    backscope: "experiment",
    version: VERSION,
    engine: run.engine,
    spec: run.spec,
    ...place,
    ...focus ? { focus: formatAddress(focus) } : {},
  };
}

/**
 * What a file calls itself. A spec alone is an experiment, too.
 * @param {unknown} value
 * @returns {"experiment" | "lesson" | "spec" | null}
 */
export function kindOf(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const { backscope } = /** @type {Record<string, unknown>} */ (value);
  if (backscope === "experiment" || backscope === "lesson") return backscope;
  return backscope === undefined && SPEC.some((field) => Object.hasOwn(value, field)) ? "spec" : null;
}

/** Fields by which a spec is known. */
const SPEC = ["data", "layers", "loss", "optimizer", "epochs", "seed", "initializer", "batch_size"];

/**
 * The place a file describes; what it does not mention is left out.
 * @param {Record<string, unknown>} file  whose fields have been checked
 * @returns {Place & { spec: Spec }}
 */
export function placeIn({ spec, focus, step, frame, unit, example, by, view, digits }) {
  const said = { step, frame, unit, example, by, view, digits };
  const there = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
  const address = typeof focus === "string" ? parseAddress(focus) : null;
  return { ...there, ...address ? { focus: address } : {}, spec: /** @type {Spec} */ (spec) };
}
