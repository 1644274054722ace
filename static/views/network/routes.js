/**
 * How what is read gets to what is written: along wires, around the edge of a card, down to the loss. Pure.
 *
 * Which cells take part comes from the frame; which way a route runs, from where those cells stand.
 *
 * @import { Box, Frame, Point, Wire } from "../../types.d.ts"
 * @import { CellAnchor, SingleAnchor, WireAnchor } from "./anchors.js"
 * @import { Scene } from "./cards.js"
 */
import { pointAlong } from "../../draw/geometry.js";
import { locator } from "./anchors.js";

/**
 * @typedef {{ key: string, layer: number, unit: number, input: number, line: Wire, folded: boolean, towards: "right" | "left" | "middle" | "through" }} LitWire
 *   `through`: read and written on the wire itself
 * @typedef {{ key: string, points: [Point, Point, Point, Point] }} Hop  a cubic curve
 * @typedef {{ wires: LitWire[], hops: Hop[], added: LitWire[] }} Routes
 *   `added`: the wires of the terms that are in the total already
 */

/** More short routes than this say nothing. */
const MOST_HOPS = 80;

/** Of the wires that end in a strip so many are drawn: those that carry most. */
const MOST_FOLDED = 48;

/**
 * @param {Scene} scene
 * @returns {Routes}
 */
export function routesOf(scene) {
  const { frame, layout } = scene;
  const locate = locator(scene);
  const written = frame.written.map(locate);
  const read = frame.reads.map(locate);
  /** Cards by layer and unit that hold a cell read, and that hold one written. */
  const readCards = new Set(read.map(cardKey));
  const writtenCards = new Set(written.map(cardKey));

  /** @type {Map<string, LitWire>} */
  const wires = new Map();
  for (const [anchors, isWritten] of /** @type {const} */ ([[read, false], [written, true]])) {
    for (const anchor of anchors) {
      if (anchor?.kind !== "wire") continue;
      const { layer, unit, input, line, folded } = anchor;
      const key = keyOf(anchor);
      const before = wires.get(key);
      if (before && !isWritten) continue;
      const towards = isWritten
        ? meeting(anchor, readCards)
        : writtenCards.has(`${layer - 1}.${input}`)
        ? "left"
        : "right";
      wires.set(key, { key, layer, unit, input, line, folded, towards });
    }
  }

  /** @type {Map<string, LitWire>} */
  const added = new Map();
  for (const cell of frame.building?.added.values() ?? []) {
    const anchor = locate(cell);
    if (anchor?.kind !== "wire") continue;
    const { layer, unit, input, line, folded } = anchor;
    const key = keyOf(anchor);
    if (!wires.has(key)) added.set(key, { key, layer, unit, input, line, folded, towards: "through" });
  }

  /** @type {Hop[]} */
  const hops = [];
  for (const to of written) {
    if (!to || to.kind === "wire" || to.kind === "more") continue;
    for (const from of read) {
      if (!from || from.kind !== "cell" || hops.length >= MOST_HOPS) continue;
      const points = hop(from, to, layout.font);
      if (points) hops.push({ key: `${hops.length}`, points });
    }
  }
  return { wires: strongest(frame, [...wires.values()]), hops, added: strongest(frame, [...added.values()]) };
}

/**
 * All wires between cards, and of those that end in a strip the ones that carry most.
 * @param {Frame} frame
 * @param {LitWire[]} wires
 * @returns {LitWire[]}
 */
function strongest(frame, wires) {
  const folded = wires.filter((wire) => wire.folded);
  if (folded.length <= MOST_FOLDED) return wires;
  const weight = frame.reads.find(({ name }) => frame.run.values[name].axes.includes("input"))?.name ??
    frame.written[0].name;
  const axes = frame.run.values[weight].axes;
  const size = (/** @type {LitWire} */ { unit, input }) =>
    Math.abs(frame.value({ name: weight, index: axes.map((axis) => axis === "input" ? input : unit) }) ?? 0);
  const kept = new Set(folded.sort((a, b) => size(b) - size(a)).slice(0, MOST_FOLDED));
  return wires.filter((wire) => !wire.folded || kept.has(wire));
}

/** @param {WireAnchor} wire */
function keyOf({ layer, unit, input }) {
  return `${layer}.${unit}.${input}`;
}

/**
 * Which way things run on a wire whose own value is written.
 * @param {WireAnchor} wire
 * @param {Set<string>} readCards
 * @returns {"middle" | "through"}
 */
function meeting({ layer, unit, input }, readCards) {
  return readCards.has(`${layer}.${unit}`) || readCards.has(`${layer - 1}.${input}`) ? "middle" : "through";
}

/** @param {import("./anchors.js").Anchor | null} anchor  @returns {string} */
function cardKey(anchor) {
  return anchor?.kind === "cell" || anchor?.kind === "more" ? `${anchor.layer}.${anchor.unit}` : "";
}

/**
 * @param {CellAnchor} from
 * @param {CellAnchor | SingleAnchor} to
 * @param {number} font
 * @returns {[Point, Point, Point, Point] | null}  null where a wire leads, or nothing
 */
function hop(from, to, font) {
  if (to.kind === "cell" && from.layer !== to.layer) return null;
  const same = to.kind === "cell" && from.unit === to.unit;
  if (from.box.x === to.box.x && from.box.y === to.box.y) return null;
  if (same && from.side !== to.side && Math.abs(from.box.x - to.box.x) > font) {
    return across(from.box, to.box);
  }
  if (same) return around(from.box, to.box, from.card, from.side, font * 1.1);
  // From card to card of one column: around the right, where no wire of this layer arrives.
  const card = {
    ...from.card,
    width: Math.max(from.card.x + from.card.width, to.card.x + to.card.width) - from.card.x,
  };
  return around(from.box, to.box, card, "right", font * 1.5);
}

/** Between neighbouring cells of a card.  @param {Box} from  @param {Box} to  @returns {[Point, Point, Point, Point]} */
function across(from, to) {
  const right = to.x > from.x;
  const start = { x: right ? from.x + from.width : from.x, y: from.y + from.height / 2 };
  const end = { x: right ? to.x : to.x + to.width, y: to.y + to.height / 2 };
  const line = { x1: start.x, y1: start.y, x2: end.x, y2: end.y };
  return [start, pointAlong(line, 1 / 3), pointAlong(line, 2 / 3), end];
}

/**
 * Around one side of a card.
 * @param {Box} from
 * @param {Box} to
 * @param {Box} card
 * @param {"left" | "right"} side
 * @param {number} reach  how far out
 * @returns {[Point, Point, Point, Point]}
 */
function around(from, to, card, side, reach) {
  const x = side === "left" ? card.x : card.x + card.width;
  const out = side === "left" ? x - reach : x + reach;
  const [y1, y2] = [from.y + from.height / 2, to.y + to.height / 2];
  return [{ x, y: y1 }, { x: out, y: y1 }, { x: out, y: y2 }, { x, y: y2 }];
}

/**
 * @param {[Point, Point, Point, Point]} curve
 * @param {number} u  0 to 1
 * @returns {Point}
 */
export function pointOn([a, b, c, d], u) {
  const v = 1 - u;
  const [p, q, r, s] = [v * v * v, 3 * v * v * u, 3 * v * u * u, u * u * u];
  return { x: p * a.x + q * b.x + r * c.x + s * d.x, y: p * a.y + q * b.y + r * c.y + s * d.y };
}
