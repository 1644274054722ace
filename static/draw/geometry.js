/**
 * Where the network diagram's units and wires sit. Pure: no DOM, no state; everything in CSS pixels.
 *
 * @import { Box, Point, Wire } from "../types.d.ts"
 */

/**
 * @typedef {object} Card
 * @property {number} unit
 * @property {Box} box
 *
 * @typedef {object} Column
 * @property {number} layer
 * @property {number} x  centre
 * @property {Card[]} cards  the units shown, from the top
 * @property {{ box: Box, hidden: number } | null} more  the slot that says how many units are not shown
 *
 * @typedef {object} CardSize
 * @property {number} width
 * @property {number} height
 * @property {number} gap  least space between two cards of a column
 */

/**
 * Where each unit of each layer sits in the network diagram.
 *
 * Layers are columns, evenly spaced; units are centred in their column.
 * @param {number[]} widths  units per layer, input first; every entry at least 1
 * @param {{width: number, height: number}} box  drawing area
 * @returns {Point[][]}  centre of unit j of layer l at [l][j]
 * @throws {RangeError}  if widths is empty or an entry is below 1
 */
export function unitCentres(widths, box) {
  checkWidths(widths);
  return widths.map((units, layer) => {
    const x = columnCentre(layer, widths.length, box.width);
    return spread(units, box.height).map((y) => ({ x, y }));
  });
}

/**
 * Cards for as many units as fit. A layer with more keeps its first ones, the one asked for, and its last slot says
 * how many are missing.
 * @param {number[]} widths  units per layer, input first; every entry at least 1
 * @param {{width: number, height: number}} box  drawing area
 * @param {CardSize | CardSize[]} size  of every card, or one per layer
 * @param {(number | null)[]} [keep]  per layer, the unit that must be seen
 * @returns {Column[]}
 * @throws {RangeError}  if widths is empty or an entry is below 1
 */
export function cardColumns(widths, box, size, keep = []) {
  checkWidths(widths);
  return widths.map((units, layer) => {
    const { width, height, gap } = Array.isArray(size) ? size[layer] : size;
    const x = columnCentre(layer, widths.length, box.width);
    const slots = Math.max(2, Math.floor((box.height + gap) / (height + gap)));
    const shown = visibleUnits(units, slots, keep[layer] ?? null);
    const folded = shown.length < units;
    const places = spread(shown.length + (folded ? 1 : 0), box.height, height + gap);
    const boxAt = (/** @type {number} */ y) => ({ x: x - width / 2, y: y - height / 2, width, height });
    return {
      layer,
      x,
      cards: shown.map((unit, place) => ({ unit, box: boxAt(places[place]) })),
      more: folded ? { box: boxAt(places[shown.length]), hidden: units - shown.length } : null,
    };
  });
}

/**
 * Which units a column of so many slots shows: all if they fit, otherwise the first ones, with the last of them giving
 * way to the unit that must be seen; one slot is left for saying how many are not.
 * @param {number} units
 * @param {number} slots  at least 2
 * @param {number | null} keep
 * @returns {number[]}
 */
export function visibleUnits(units, slots, keep) {
  if (units <= slots) return Array.from({ length: units }, (_, unit) => unit);
  const shown = Array.from({ length: slots - 1 }, (_, unit) => unit);
  if (keep !== null && keep >= slots - 1 && keep < units) shown[shown.length - 1] = keep;
  return shown;
}

/**
 * The wire from one card to the next layer's: right edge to left edge, at half height.
 * @param {Box} from
 * @param {Box} to
 * @returns {Wire}
 */
export function wireBetween(from, to) {
  return { x1: from.x + from.width, y1: from.y + from.height / 2, x2: to.x, y2: to.y + to.height / 2 };
}

/**
 * @param {Wire} wire
 * @param {number} fraction  0 at its beginning, 1 at its end
 * @returns {Point}
 */
export function pointAlong({ x1, y1, x2, y2 }, fraction) {
  return { x: x1 + (x2 - x1) * fraction, y: y1 + (y2 - y1) * fraction };
}

/**
 * Where a label of this size sits on a wire without touching the cards at its ends.
 * @param {Wire} wire
 * @param {{ width: number, height: number }} label
 * @param {number} [fraction]  wished place of its centre along the wire
 * @returns {Box}
 */
export function labelOnWire(wire, label, fraction = 0.5) {
  const [left, right] = [Math.min(wire.x1, wire.x2), Math.max(wire.x1, wire.x2)];
  const reach = right - left;
  const margin = reach > label.width ? (label.width / 2 + 4) / reach : 0.5;
  const centre = pointAlong(
    wire,
    Math.max(Math.min(margin, 0.5), Math.min(1 - Math.min(margin, 0.5), fraction)),
  );
  return { x: centre.x - label.width / 2, y: centre.y - label.height / 2, ...label };
}

/** @param {number} layer  @param {number} layers  @param {number} width  @returns {number} */
function columnCentre(layer, layers, width) {
  return (width * (layer + 0.5)) / layers;
}

/**
 * Centres of `count` things spread over a length, each in the middle of an equal share.
 * @param {number} count
 * @param {number} length
 * @param {number} [least]  a share is never smaller; what does not fit then runs over the ends alike
 * @returns {number[]}
 */
function spread(count, length, least = 0) {
  const share = Math.max(length / count, least);
  return Array.from({ length: count }, (_, k) => length / 2 + (k - (count - 1) / 2) * share);
}

/** @param {number[]} widths */
function checkWidths(widths) {
  if (widths.length === 0) throw new RangeError("widths: no layers");
  const wrong = widths.find((units) => !(units >= 1));
  if (wrong !== undefined) throw new RangeError(`widths: a layer has ${wrong} units, fewer than 1`);
}
