/**
 * What is lit, and what moves: a pure function of the routes and of how far the transition has gone.
 *
 * @import { Point, Wire } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Label } from "./labels.js"
 * @import { Hop, LitWire, Routes } from "./routes.js"
 */
import { svg } from "../../draw/dom.js";
import { pointAlong } from "../../draw/geometry.js";
import { ARRIVAL } from "../../transition.js";
import { pointOn } from "./routes.js";
import { dashOf } from "./wires.js";

/** Share of the transition that one dot takes; the rest staggers them. */
const RIDE = 0.5;

/** Dots of one route: the first leads, the others trail. */
const TRAIL = [0, 0.055, 0.11];

/** More dots than this say nothing, and cost time. */
const MOST_DOTS = 160;

/** @typedef {(u: number) => Point} Track  where a dot is after a share of its way */

/**
 * The lit wires, below the cards.
 * @param {Routes} routes
 * @param {(wire: LitWire) => number | undefined} valueOf
 * @param {number} font
 * @returns {Drawn[]}
 */
export function drawLitWires({ wires, added }, valueOf, font) {
  return [...added, ...wires].map((wire, at) => {
    const value = valueOf(wire);
    const { x1, y1, x2, y2 } = wire.line;
    const kind = at < added.length ? "wire-added" : "wire-lit";
    const width = wire.folded ? 1.4 : kind === "wire-added" ? 2 : 2.9;
    return svg("line", {
      key: wire.key,
      class: wire.folded ? `${kind} folded` : kind,
      x1,
      y1,
      x2,
      y2,
      "stroke-width": round(width * Math.max(0.75, font / 16)),
      "stroke-dasharray": value !== undefined && value < 0 ? dashOf("negative", font) : "",
    });
  });
}

/**
 * Arrows at rest and dots on their way, above the cards.
 * @param {Routes} routes
 * @param {Routes[]} wave  of units computed in the same go: they move, but are not lit
 * @param {Label[]} labels
 * @param {number} progress
 * @param {number} font
 * @returns {Drawn[]}
 */
export function drawMotion({ wires, hops }, wave, labels, progress, font) {
  const middles = new Map(
    labels.map(({ key, box }) => [key, { x: box.x + box.width / 2, y: box.y + box.height / 2 }]),
  );
  const boxes = new Map(labels.map(({ key, box }) => [key, box]));
  const tracks = [...wires.flatMap((wire) => tracksOf(wire, middles.get(wire.key))), ...hops.map(hopTrack)];
  const scale = Math.max(0.75, font / 16);
  /** @type {Drawn[]} */
  const drawn = hops.map(({ key, points: [a, b, c, d] }) =>
    svg("path", {
      key: `hop${key}`,
      class: "hop",
      d: `M${round(a.x)} ${round(a.y)}C${round(b.x)} ${round(b.y)} ${round(c.x)} ${round(c.y)} ${
        round(d.x)
      } ${round(d.y)}`,
      "stroke-width": round(1.6 * scale),
    })
  );
  for (const [end, group] of Map.groupBy(wires, endOf)) {
    // Where many wires arrive, one arrow says it for all of them.
    if (end && group.length > 3) {
      const [x, y, way] = end.split(" ").map(Number);
      drawn.push(arrow(end, { x: x - 3 * way, y }, { x: x - 10 * way, y }, 8 * scale));
    } else {
      for (const wire of group) {
        drawn.push(...arrowsOn(wire, middles.get(wire.key), boxes.get(wire.key), scale));
      }
    }
  }
  for (const { key, points } of hops) {
    drawn.push(arrow(`hop-arrow${key}`, points[3], pointOn(points, 0.9), 4.6 * scale));
  }
  if (progress >= 1 || progress <= 0) return drawn;
  const others = wave.flatMap(({ wires, hops }) => [
    ...wires.flatMap((wire) => tracksOf(wire, undefined)),
    ...hops.map(hopTrack),
  ]);
  const trail = tracks.length > 24 ? TRAIL.slice(0, 1) : TRAIL;
  return [
    ...drawn,
    ...drawDots("wave", others.slice(0, MOST_DOTS), TRAIL.slice(0, 1), progress, 3.2 * scale),
    ...drawDots("dot", tracks, trail, progress, 4.4 * scale),
  ];
}

/**
 * @param {string} name
 * @param {Track[]} tracks
 * @param {number[]} trail
 * @param {number} progress
 * @param {number} radius
 * @returns {Drawn[]}
 */
function drawDots(name, tracks, trail, progress, radius) {
  return tracks.flatMap((track, at) => {
    const start = tracks.length > 1 ? ((ARRIVAL - RIDE - 0.02) * at) / (tracks.length - 1) : 0;
    return trail.flatMap((behind, place) => {
      const u = (progress - start) / RIDE - behind;
      if (u <= 0 || u >= 1) return [];
      const { x, y } = track(ease(u));
      const r = round(radius * (1 - place * 0.2));
      const opacity = round(1 - place * 0.28);
      return [
        svg("circle", { key: `${name}${at}.${place}`, class: name, cx: round(x), cy: round(y), r, opacity }),
      ];
    });
  });
}

/**
 * @param {LitWire} wire
 * @param {Point | undefined} middle  where its label is
 * @returns {Track[]}
 */
function tracksOf({ line, towards }, middle) {
  const back = { x1: line.x2, y1: line.y2, x2: line.x1, y2: line.y1 };
  if (towards === "left") return [(u) => pointAlong(back, u)];
  if (towards !== "middle") return [(u) => pointAlong(line, u)];
  const to = shareOf(line, middle);
  return [(u) => pointAlong(line, u * to), (u) => pointAlong(back, u * (1 - to))];
}

/** @param {Hop} hop  @returns {Track} */
function hopTrack({ points }) {
  return (u) => pointOn(points, u);
}

/**
 * @param {LitWire} wire
 * @param {Point | undefined} middle
 * @param {import("../../types.d.ts").Box | undefined} label
 * @param {number} scale
 * @returns {Drawn[]}
 */
function arrowsOn({ key, line, towards }, middle, label, scale) {
  const size = 6 * scale;
  const length = Math.hypot(line.x2 - line.x1, line.y2 - line.y1);
  if (length < size * 2.5) return [];
  const near = 3 / length;
  const at = (/** @type {number} */ share) => pointAlong(line, share);
  if (towards === "left") return [arrow(key, at(near), at(near + 0.1), size)];
  if (towards === "right") return [arrow(key, at(1 - near), at(1 - near - 0.1), size)];
  if (towards === "through") return [];
  // Both arrows stop at the label where the two sides meet.
  const centre = shareOf(line, middle);
  const half = label ? edgeShare(line, label) : 0.1;
  const [left, right] = [centre - half, centre + half];
  return [
    ...(left > 0.12 ? [arrow(`${key}<`, at(left), at(left - 0.1), size)] : []),
    ...(right < 0.88 ? [arrow(`${key}>`, at(right), at(right + 0.1), size)] : []),
  ];
}

/** The point a wire runs into and its direction; empty if it ends on the wire itself.  @param {LitWire} wire */
function endOf({ line, towards }) {
  if (towards === "right") return `${line.x2} ${line.y2} 1`;
  return towards === "left" ? `${line.x1} ${line.y1} -1` : "";
}

/** How far from a label's centre, as a share of the wire, its edge is.  @param {Wire} line  @param {{ width: number, height: number }} box */
function edgeShare({ x1, y1, x2, y2 }, { width, height }) {
  const [dx, dy] = [Math.abs(x2 - x1), Math.abs(y2 - y1)];
  return Math.min(dx ? (width / 2 + 3) / dx : Infinity, dy ? (height / 2 + 3) / dy : Infinity);
}

/** @param {Wire} line  @param {Point | undefined} point */
function shareOf({ x1, x2 }, point) {
  return point && x2 !== x1 ? (point.x - x1) / (x2 - x1) : 0.5;
}

/**
 * @param {string} key
 * @param {Point} tip
 * @param {Point} behind
 * @param {number} size
 * @returns {Drawn}
 */
function arrow(key, tip, behind, size) {
  const length = Math.hypot(tip.x - behind.x, tip.y - behind.y) || 1;
  const [dx, dy] = [(tip.x - behind.x) / length, (tip.y - behind.y) / length];
  const [bx, by] = [tip.x - dx * size * 1.5, tip.y - dy * size * 1.5];
  const corners = [tip, { x: bx - dy * size * 0.75, y: by + dx * size * 0.75 }, {
    x: bx + dy * size * 0.75,
    y: by - dx * size * 0.75,
  }];
  return svg("polygon", {
    key: `arrow${key}`,
    class: "arrow",
    points: corners.map(({ x, y }) => `${round(x)},${round(y)}`).join(" "),
  });
}

/** Slow at both ends.  @param {number} u */
function ease(u) {
  return u * u * (3 - 2 * u);
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
