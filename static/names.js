/**
 * What the names of a program are to one another: which parameter a value belongs to, and which values tell the story
 * of a step rather than how the optimizer gets there. Pure.
 *
 * @import { Run } from "./types.d.ts"
 */

/** @type {WeakMap<Run, Map<string, string>>} */
const owners = new WeakMap();

/**
 * The parameter that a value of the update belongs to: W1 for W1_new, m_W1 and m_W1_new, and for W1 itself.
 * @param {Run} run
 * @param {string} name
 * @returns {string | null}  null for what belongs to no single parameter
 */
export function parameterOf(run, name) {
  let known = owners.get(run);
  if (!known) {
    known = new Map(
      run.parameters.names.flatMap((parameter) => [[parameter, parameter], [`${parameter}_new`, parameter]]),
    );
    owners.set(run, known);
  }
  const own = known.get(name) ?? known.get(name.slice(name.indexOf("_") + 1));
  return own ?? null;
}

/**
 * Does this value tell what happens to the network? Data, parameters, the passes and the new parameters do; settings,
 * the optimizer's memory and its way from a gradient to a new parameter are shown when they take part.
 * @param {Run} run
 * @param {string} name
 * @returns {boolean}
 */
export function isStory(run, name) {
  const { source, phase } = run.values[name];
  if (source !== "computed") return source !== "slot" && source !== "setting";
  return phase !== "update" || name === `${parameterOf(run, name)}_new`;
}
