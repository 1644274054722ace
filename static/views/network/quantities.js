/**
 * Which of a run's values the stage shows where: in a unit's card, on a wire, under a card, or on their own.
 *
 * It goes by the axes of a value alone, so that a new optimizer slot or gradient finds its place unasked. Pure.
 *
 * @import { Address, Frame, Run } from "../../types.d.ts"
 */

/** The order in which people meet them; what is not listed comes after, in the order of the program. */
const ORDER = [
  "x",
  "z",
  "a",
  "y",
  "da",
  "delta",
  "W",
  "dW",
  "W_new",
  "b",
  "db",
  "b_new",
  "loss",
  "learning_rate",
];

/** Place of a quantity in a card of two columns: what is computed on the left, its gradient beside it. */
const PAIRED = /** @type {Record<string, [number, number]>} */ ({
  x: [0, 0],
  z: [0, 0],
  delta: [0, 1],
  a: [1, 0],
  da: [1, 1],
  y: [2, 0],
});

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
 * Rows and columns of a card that shows everything.
 * @param {Run} run
 * @param {string[]} names
 * @returns {(string | null)[][]}
 */
export function pairedRows(run, names) {
  /** @type {(string | null)[][]} */
  const rows = [];
  for (const name of names) {
    const [row, column] = PAIRED[run.values[name].quantity] ?? [Math.max(2, rows.length), 0];
    while (rows.length <= row) rows.push([null, null]);
    rows[row][column] = name;
  }
  return rows.filter((row) => row.some((name) => name !== null));
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
    if (frame.run.values[name].source !== "computed") return true;
    const at = calls.findIndex((call) => call.writes === name);
    return at < frame.moment.frame || (at === frame.moment.frame && lastUnit(frame));
  });
  return done.at(-1) ?? null;
}

/**
 * Cell of a value for a unit, in the example shown.
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
