/**
 * Which of a run's values the stage shows where: in a unit's card, on a wire, under a card, or on their own.
 *
 * It goes by the axes of a value alone, so that a new optimizer slot or gradient finds its place unasked. Pure.
 *
 * @import { Address, Frame, Run } from "../../types.d.ts"
 */
import { isStory } from "../../names.js";

/** The order in which people meet them; what is not listed comes after, in the order of the program. */
const ORDER = [
  "x",
  "z",
  "a",
  "mask",
  "h",
  "y",
  "dh",
  "da",
  "J",
  "delta",
  "W",
  "dW",
  "W_new",
  "b",
  "db",
  "b_new",
  "alpha",
  "dalpha",
  "alpha_new",
  "loss",
  "penalty",
  "learning_rate",
];

/** More numbers of the whole network than this do not stand on the stage at once. */
export const MOST_SINGLE = 3;

/**
 * @typedef {{ card: string[], wire: string[], bias: string[] }} LayerNames
 *   names of one value for each unit, each wire that arrives, and each unit's bias
 */

/** @type {WeakMap<Run, { layers: LayerNames[], single: string[] }>} */
const placed = new WeakMap();

/**
 * @param {Run} run
 * @returns {{ layers: LayerNames[], single: string[] }}  by layer, and the values that are one number for the network
 */
export function placeValues(run) {
  const before = placed.get(run);
  if (before) return before;
  /** @type {LayerNames[]} */
  const layers = run.layers.map(() => ({ card: [], wire: [], bias: [] }));
  /** @type {string[]} */
  const single = [];
  const last = layers.length - 1;
  for (const name of inReadingOrder(run)) {
    const { axes, layer } = run.values[name];
    const of = layers[layer ?? last];
    if (axes.length === 0) single.push(name);
    else if (axes.includes("input")) of?.wire.push(name);
    else if (axes.includes("example")) of?.card.push(name);
    else of?.bias.push(name);
  }
  const result = { layers, single };
  placed.set(run, result);
  return result;
}

/**
 * Rows and columns of a card that shows everything: on the left what is computed on the way forward, beside each value
 * its gradient; what the way back needs besides takes a place that is free.
 * @param {Run} run
 * @param {string[]} names
 * @returns {(string | null)[][]}
 */
export function pairedRows(run, names) {
  const back = names.filter((name) => run.values[name].phase === "backward");
  /** @type {(string | null)[][]} */
  const rows = names.filter((name) => !back.includes(name)).map((name) => [name, null]);
  const rest = back.filter((name) => {
    const { quantity } = run.values[name];
    const beside = quantity === "delta" ? "z" : quantity.slice(1);
    const row = rows.find(([left, right]) => left && !right && run.values[left].quantity === beside);
    if (row) row[1] = name;
    return !row;
  });
  for (const name of rest) {
    const free = rows.findLast(([, right]) => right === null);
    if (free) free[1] = name;
    else rows.push([name, null]);
  }
  return rows;
}

/**
 * The numbers of the whole network that stand on the stage now: the loss, those that take part or are explained, and
 * where there is room those that people know.
 * @param {Frame} frame
 * @param {Set<string>} lit  names of which a cell is read or written
 * @returns {string[]}
 */
export function shownSingle(frame, lit) {
  const { single } = placeValues(frame.run);
  const [first, ...others] = single;
  const takesPart = (/** @type {string} */ name) => lit.has(name) || frame.focus.name === name;
  const known = others.filter((name) => ORDER.includes(frame.run.values[name].quantity));
  const wanted = new Set([first, ...others.filter(takesPart), ...known].slice(0, MOST_SINGLE));
  return single.filter((name) => wanted.has(name));
}

/**
 * The `most` values of a card worth showing now, in reading order: those read or written, then the latest computed.
 * @param {Frame} frame
 * @param {string[]} names
 * @param {number} most
 * @param {Set<string>} lit  names of which a cell is read or written
 * @returns {string[]}
 */
export function mostTelling(frame, names, most, lit) {
  const age = (/** @type {string} */ name) => {
    const { source } = frame.run.values[name];
    if (source !== "computed") return -1;
    const at = frame.run.program.calls.findIndex((call) => call.writes === name);
    // A value to come is worth less than any that is there; of those to come, the next is worth most.
    return at <= frame.moment.frame ? at : -2 - at;
  };
  const ranked = [...names].sort((a, b) => Number(lit.has(b)) - Number(lit.has(a)) || age(b) - age(a));
  const kept = new Set(ranked.slice(0, most));
  return names.filter((name) => kept.has(name));
}

/**
 * The wire value whose sign and size the calm wires show: the latest of the network's own story that is there.
 * @param {Frame} frame
 * @param {string[]} names  values on the wires of one layer
 * @returns {string | null}
 */
export function shownOnWires(frame, names) {
  const { calls } = frame.run.program;
  const done = names.filter((name) => {
    if (!isStory(frame.run, name)) return false;
    if (frame.run.values[name].source !== "computed") return true;
    const at = calls.findIndex((call) => call.writes === name);
    return at < frame.moment.frame || (at === frame.moment.frame && lastUnit(frame));
  });
  return done.at(-1) ?? null;
}

/**
 * Cell of a value for a unit, in the example shown; of a Jacobian the unit's answer to its own z.
 * @param {Run} run
 * @param {string} name
 * @param {number} unit
 * @param {number} example
 * @returns {Address}
 */
export function cellOf(run, name, unit, example) {
  return { name, index: run.values[name].axes.map((axis) => axis === "example" ? example : unit) };
}

/** @param {Frame} frame */
function lastUnit(frame) {
  const { axes, shape } = frame.run.values[frame.call.writes];
  return frame.moment.unit === shape[axes.indexOf("unit")] - 1;
}

/** @param {Run} run */
function inReadingOrder(run) {
  const rank = (/** @type {string} */ name) => {
    const at = ORDER.indexOf(run.values[name].quantity);
    return at < 0 ? ORDER.length : at;
  };
  return Object.keys(run.values).sort((a, b) => rank(a) - rank(b));
}
