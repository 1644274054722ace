/**
 * What keeps a unit from learning at a moment: dropped out, dead, off or saturated. Pure.
 *
 * Where an activation is flat its own entry says; where a unit is dropped its mask does.
 *
 * @import { Flatness } from "./flatness.js"
 * @import { Call, Frame, Op, Run } from "./types.d.ts"
 */
import { conditionOf } from "./flatness.js";
import { asFunction } from "./rule.js";

/** @typedef {"dropped" | "dead" | Flatness} Condition  `dead`: off for every example of the batch */

/** How far to either side a slope is looked for. */
const NEAR = 1e-5;

/**
 * @typedef {object} Layer  what the units of a layer do on the way forward
 * @property {Op["flat"]} flat  where its activation is
 * @property {string | null} z  the value its activation is a function of
 * @property {string | null} mask  the value that drops its units
 * @property {((z: number) => number) | null} f
 */

/** @type {WeakMap<Run, Layer[]>} */
const layersOf = new WeakMap();

/** @param {Run} run  @returns {Layer[]} */
function healthOf(run) {
  const before = layersOf.get(run);
  if (before) return before;
  /** @type {Layer[]} */
  const layers = run.layers.map(() => ({ flat: null, z: null, mask: null, f: null }));
  for (const [name, { quantity, layer }] of Object.entries(run.values)) {
    if (quantity === "mask" && layer !== null) layers[layer].mask = name;
  }
  for (const { op, bind, writes, phase } of run.program.calls) {
    const { quantity, layer } = run.values[writes];
    if (phase !== "forward" || quantity !== "a" || layer === null || !bind.z) continue;
    const { flat, rule } = run.program.ops[op];
    layers[layer] = { ...layers[layer], flat: flat ?? null, z: bind.z, f: asFunction(rule, {}) };
  }
  layersOf.set(run, layers);
  return layers;
}

/**
 * @param {Frame} frame
 * @param {number} layer
 * @param {number} unit
 * @param {number} [example]  row of the batch
 * @returns {Condition | null}  null where nothing is wrong, or not known yet
 */
export function conditionAt(frame, layer, unit, example = frame.example) {
  const { flat, z, mask, f } = healthOf(frame.run)[layer] ?? {};
  if (mask && isPassed(frame, mask) && frame.value({ name: mask, index: [example, unit] }) === 0) {
    return "dropped";
  }
  if (!flat || !z || !frame.known({ name: z, index: [example, unit] })) return null;
  const found = flatness(example);
  if (found !== "off") return found;
  const rows = frame.run.values[z].shape[0];
  const others = Array.from({ length: rows }, (_, row) => row);
  return rows > 1 && others.every((row) => flatness(row) === "off") ? "dead" : "off";

  /** @param {number} row */
  function flatness(row) {
    const at = frame.value({ name: /** @type {string} */ (z), index: [row, unit] });
    if (at === undefined || !Number.isFinite(at)) return null;
    // On a kink the slope is that of the flat side.
    const away = at <= (flat?.below ?? -Infinity) ? -NEAR : NEAR;
    return conditionOf(flat, at, f ? (f(at + away) - f(at)) / away : NaN);
  }
}

/** Has the mask been put to use?  @param {Frame} frame  @param {string} mask */
function isPassed({ run, moment }, mask) {
  /** @param {Call} call */
  const uses = (call) => call.reads.includes(mask);
  return run.program.calls.findIndex(uses) <= moment.frame;
}
