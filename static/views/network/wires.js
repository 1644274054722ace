/**
 * The calm wires of the network: sign and size of one value for each pair of units of neighbouring layers.
 *
 * A few hundred are SVG, in bundles of equal look; thousands are laid into a canvas as pixels, and of more than that only
 * those that carry most.
 *
 * @import { Point, Wire } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 * @import { Column } from "./layout.js"
 */
import { largestMagnitude, signOf } from "../../draw/colour.js";
import { svg } from "../../draw/dom.js";
import { wireBetween } from "../../draw/geometry.js";
import { placeInStrip } from "./layout.js";
import { placeValues, shownOnWires } from "./quantities.js";

/** More wires than this are drawn on a canvas. */
export const SVG_WIRES = 600;

/** Between two layers with more wires than this, so many of the strongest are drawn besides those between cards. */
export const MOST_WIRES = 5000, STRONGEST = 1200;

/** Widths of calm wires come in this many steps. */
const STEPS = 6;

/** @typedef {{ layer: number, unit: number, input: number, line: Wire }} Place */
/** @typedef {{ sign: string, step: number, lines: Wire[] }} Bundle */

/**
 * The wires between neighbouring columns, in layer, unit, input order: all of them, or where there are too many those
 * between two cards.
 * @param {Column[]} columns
 * @returns {Place[]}
 */
export function placeWires(columns) {
  return columns.slice(1).flatMap((column, at) => {
    const all = extentOf(column) * extentOf(columns[at]) <= MOST_WIRES;
    const [from, to] = [unitsOf(columns[at], all), unitsOf(column, all)];
    return to.flatMap((into) =>
      from.map((out) => ({
        layer: column.layer,
        unit: into.unit,
        input: out.unit,
        line: wireBetween(out.box, into.box),
      }))
    );
  });
}

/** @param {Column} column */
function extentOf({ more, cards }) {
  return more ? more.extent : cards.length;
}

/** Units with their places, those in a strip included if asked.  @param {Column} column  @param {boolean} all */
function unitsOf(column, all) {
  if (!all || !column.more) return column.cards;
  const cards = new Map(column.cards.map((card) => [card.unit, card.box]));
  return Array.from({ length: column.more.extent }, (_, unit) => ({
    unit,
    box: cards.get(unit) ?? placeInStrip(column, unit),
  }));
}

/**
 * The strongest wires of the layers that have too many.
 * @param {Scene} scene
 * @param {(string | null)[]} names  value shown on each layer's wires
 * @returns {Place[]}
 */
export function strongestWires({ frame, layout: { columns } }, names) {
  return columns.slice(1).flatMap((column, at) => {
    const [from, to] = [columns[at], column];
    const name = names[column.layer];
    if (extentOf(from) * extentOf(to) <= MOST_WIRES || name === null) return [];
    const tensor = frame.trace.values[name];
    if (!tensor?.data) return [];
    const [outs, intos] = [from, to].map((each) => {
      const cards = new Map(each.cards.map((card) => [card.unit, card.box]));
      return (/** @type {number} */ unit) => cards.get(unit) ?? placeInStrip(each, unit);
    });
    return largestPlaces(tensor.data).map((place) => {
      const [unit, input] = [Math.floor(place / tensor.shape[1]), place % tensor.shape[1]];
      return { layer: column.layer, unit, input, line: wireBetween(outs(input), intos(unit)) };
    });
  });
}

/** @type {WeakMap<Float64Array, number[]>} */
const places = new WeakMap();

/** Where the largest numbers of an array stand.  @param {Float64Array} data  @returns {number[]} */
function largestPlaces(data) {
  const known = places.get(data);
  if (known) return known;
  const sizes = Float64Array.from(data, (value) => Number.isFinite(value) ? Math.abs(value) : 0);
  const least = sizes.toSorted()[Math.max(0, sizes.length - STRONGEST)];
  const found = [];
  for (let place = 0; place < sizes.length && found.length < STRONGEST; place++) {
    if (sizes[place] >= least && sizes[place] > 0) found.push(place);
  }
  places.set(data, found);
  return found;
}

/**
 * The name whose numbers each layer's wires show; null where a layer has none.
 * @param {Scene} scene
 * @returns {(string | null)[]}
 */
export function wireNames({ frame }) {
  return placeValues(frame.run).layers.map(({ wire }) => shownOnWires(frame, wire));
}

/**
 * @param {Scene} scene
 * @param {Place[]} wires
 * @param {(string | null)[]} names
 * @returns {Bundle[]}
 */
export function bundleWires({ frame }, wires, names) {
  /** @type {Map<string, Bundle>} */
  const bundles = new Map();
  for (const { layer, unit, input, line } of wires) {
    const name = names[layer];
    const value = name === null ? undefined : frame.value({ name, index: [unit, input] });
    const sign = value === undefined ? "none" : signOf(value);
    const most = name === null ? 0 : largest(frame, frame.run.values[name].quantity);
    const share = most > 0 ? Math.min(1, Math.abs(value ?? 0) / most) : 0;
    const step = Math.round((Number.isFinite(share) ? share : 1) * STEPS);
    const key = `${sign}${step}`;
    const bundle = bundles.get(key) ?? { sign, step, lines: [] };
    bundle.lines.push(line);
    bundles.set(key, bundle);
  }
  return [...bundles.values()].sort((a, b) => a.step - b.step);
}

/**
 * @param {Bundle[]} bundles
 * @param {number} font
 * @param {number} crowd  from crowding()
 * @returns {Drawn[]}
 */
export function drawBundles(bundles, font, crowd) {
  return bundles.map(({ sign, step, lines }) =>
    svg("path", {
      key: `${sign}${step}`,
      class: `wire-calm ${sign}`,
      d: lines.map(({ x1, y1, x2, y2 }) => `M${tenth(x1)} ${tenth(y1)}L${tenth(x2)} ${tenth(y2)}`).join(""),
      "stroke-width": calmWidth(step, font, crowd),
      "stroke-opacity": calmOpacity(step, crowd),
      "stroke-dasharray": dashOf(sign, font),
    })
  );
}

/**
 * The wire under a point, if one passes within reach.
 * @param {Place[]} wires
 * @param {Point} point
 * @param {number} reach
 * @returns {Place | null}
 */
export function wireAt(wires, point, reach) {
  let best = null;
  let least = reach;
  for (const wire of wires) {
    const distance = distanceTo(wire.line, point);
    if (distance < least) [best, least] = [wire, distance];
  }
  return best;
}

/** @param {string} sign  @param {number} font */
export function dashOf(sign, font) {
  const em = font / 16;
  return sign === "negative"
    ? `${tenth(6 * em)} ${tenth(4.5 * em)}`
    : sign === "zero"
    ? `${tenth(em)} ${tenth(5 * em)}`
    : "";
}

/**
 * How much thinner and fainter calm wires are where they crowd: 1 for a dozen between two layers, less for more.
 * @param {Place[]} wires
 * @returns {number}
 */
export function crowding(wires) {
  const most = Math.max(1, ...Map.groupBy(wires, ({ layer }) => layer).values().map((group) => group.length));
  return Math.max(0.3, Math.min(1, Math.sqrt(12 / most)));
}

/** @param {number} step  @param {number} font  @param {number} crowd */
export function calmWidth(step, font, crowd) {
  return tenth((0.8 + 2.1 * crowd * step / STEPS) * Math.max(0.75, font / 16));
}

/** @param {number} step  @param {number} crowd */
export function calmOpacity(step, crowd) {
  return Math.round(100 * (0.26 + (0.34 * step) / STEPS) * (0.4 + 0.6 * crowd)) / 100;
}

/** @param {Wire} line  @param {Point} point */
function distanceTo({ x1, y1, x2, y2 }, { x, y }) {
  if (x < x1 || x > x2) return Infinity;
  const length = Math.hypot(x2 - x1, y2 - y1);
  return Math.abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length;
}

/** @type {WeakMap<import("../../types.d.ts").Trace, Map<string, number>>} */
const largestOf = new WeakMap();

/**
 * The greatest magnitude of a quantity on wires, over all layers: gradients that vanish look it, and a wire keeps its
 * width while the others get theirs.
 * @param {import("../../types.d.ts").Frame} frame
 * @param {string} quantity
 * @returns {number}
 */
function largest({ run, trace }, quantity) {
  const known = largestOf.get(trace) ?? new Map();
  largestOf.set(trace, known);
  if (!known.has(quantity)) {
    const names = Object.keys(run.values).filter((name) => run.values[name].quantity === quantity);
    known.set(quantity, Math.max(...names.map((name) => largestMagnitude(trace.values[name]?.data ?? []))));
  }
  return known.get(quantity);
}

/** @param {number} value */
function tenth(value) {
  return Math.round(value * 10) / 10;
}
