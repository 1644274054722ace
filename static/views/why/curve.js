/**
 * The activation function as a curve, with the unit's own point on it and the tangent there; where the unit is saturated
 * or off, that is said.
 *
 * The curve is the operation's own rule, evaluated for many z. What the unit has learned of it (the slope of a prelu) is
 * put in.
 *
 * @import { Address, Expr, Op, Point } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */
import { html, svg } from "../../draw/dom.js";
import { full, stage } from "../../draw/format.js";
import { axis, polyline, sampleCurve, ticks } from "../../draw/plot.js";
import { conditionOf } from "../../flatness.js";
import { asFunction, childrenOf } from "../../rule.js";
import { terms } from "../../terms.js";
import { unitOf } from "../../trace.js";
import { figures } from "../../draw/nodes.js";

/** Of the drawing, in its own units; it is as wide as the panel. */
const WIDTH = 320, HEIGHT = 178, LEFT = 44, RIGHT = 14, TOP = 22, BOTTOM = 30;

/** About the room that the words about the slope take. */
const WORDS = Object.freeze({ width: 104, height: 16 });

/** The curve is shown from −REACH to REACH at least, and so far beyond where it becomes flat. */
const REACH = 4, BEYOND = 1.3;

/** A wave is shown over a turn on either side. */
const TURN = 2 * Math.PI;

/**
 * @typedef {object} Curve
 * @property {string} label
 * @property {(z: number) => number} f
 * @property {number} z
 * @property {number} a
 * @property {number} slope  as the backward pass has it
 * @property {{ z: Address, a: Address }} names
 * @property {Op["flat"]} flat  where it is
 * @property {import("../../flatness.js").Flatness | null} condition  of the unit
 * @property {string | null} surrogate  what the slope is, if not the function's own
 * @property {{ from: number, to: number }} range  of z to be shown
 * @property {number[]} corners  where the curve may bend or jump
 */

/**
 * The activation at the unit of this cell; null if there is none, or it is not a function of its own z alone.
 * @param {Scene} scene
 * @returns {Curve | null}
 */
export function curveOf(scene) {
  const { frame, cell, info, cells } = scene;
  const { run } = frame;
  if (!["z", "a", "da", "delta"].includes(info.quantity) || info.source !== "computed") return null;
  const call = run.program.calls.find(({ writes, bind, phase }) =>
    phase === "forward" && run.values[writes].layer === info.layer && run.values[writes].quantity === "a" &&
    Object.values(bind).some((name) => run.values[name].quantity === "z")
  );
  if (!call) return null;
  const op = run.program.ops[call.op];
  const zName = call.bind.z;
  const f = asFunction(op.rule, learned());
  if (!f) return null;
  const z = { name: zName, index: cell.index };
  const [at, value] = [frame.value(z), frame.value({ name: call.writes, index: cell.index })];
  if (at === undefined || value === undefined || !frame.known(z) || !Number.isFinite(at)) return null;
  const back = run.program.calls.find(({ writes }) =>
    run.values[writes].quantity === "delta" && run.values[writes].layer === info.layer
  );
  const slope = statedSlope() ?? (f(at + 1e-5) - f(at - 1e-5)) / 2e-5;
  const flat = op.flat ?? null;
  return {
    label: op.label,
    f,
    z: at,
    a: f(at),
    slope,
    names: { z, a: { name: call.writes, index: cell.index } },
    flat,
    condition: conditionOf(flat, at, slope),
    surrogate: back && run.program.ops[back.op].surrogate || null,
    range: spanOf(op, at),
    corners: cornersOf(op.rule.body),
  };

  /** What the unit has learned of its activation function, such as its slope for negative z. */
  function learned() {
    const unit = unitOf(info, cell.index);
    const others = Object.entries(call?.bind ?? {}).filter(([, name]) =>
      run.values[name].source === "parameter"
    );
    return Object.fromEntries(
      others.map(([slot, name]) => [slot, frame.value({ name, index: [unit] }) ?? NaN]),
    );
  }

  /** The slope as the backward pass has it: at a kink only the rule can tell. */
  function statedSlope() {
    if (!back) return null;
    return terms(run.program.ops[back.op].rule, back, cells, cell.index).find(({ role }) => role === "slope")
      ?.value ?? null;
  }
}

/**
 * The stretch of z that shows what there is to see, with the unit's own z well within it.
 * @param {Op} op
 * @param {number} z
 * @returns {{ from: number, to: number }}
 */
export function spanOf({ rule, flat }, z) {
  const own = Math.ceil(Math.abs(z) * 1.15);
  if (isWave(rule.body)) {
    // So far out the turns would run into one another.
    if (own > 2 * TURN) return { from: z - TURN, to: z + TURN };
    return { from: -Math.max(TURN, own), to: Math.max(TURN, own) };
  }
  const bounds = [flat?.below ?? 0, flat?.above ?? 0].map((bound) => Math.abs(bound) * BEYOND);
  const reach = Math.max(REACH, Math.ceil(Math.max(...bounds)), own);
  return { from: -reach, to: reach };
}

/** @param {Expr} expr  @returns {boolean} */
function isWave(expr) {
  if (expr.kind === "call" && (expr.function === "sin" || expr.function === "cos")) return true;
  return childrenOf(expr).some(isWave);
}

/**
 * Where a rule of max, min and cases may bend or jump: at the numbers it compares with, give or take their sum.
 * @param {Expr} expr
 * @returns {number[]}
 */
function cornersOf(expr) {
  const found = new Set([0]);
  const visit = (/** @type {Expr} */ node) => {
    if (node.kind === "number") { for (const sign of [1, -1]) found.add(sign * node.value); }
    childrenOf(node).forEach(visit);
  };
  visit(expr);
  return [...found];
}

/**
 * @param {Scene} scene
 * @param {Curve} curve
 * @returns {Drawn}
 */
export function drawCurve({ context: { t } }, curve) {
  const { label, f, z, a, slope, range: { from, to }, corners, condition, surrogate } = curve;
  const points = sampleCurve(f, from, to, 193, corners);
  const [low, high] = [Math.min(0, ...points.map(({ y }) => y)), Math.max(0, ...points.map(({ y }) => y))];
  const x = axis(from, to, LEFT, WIDTH - RIGHT);
  const y = axis(low, high, HEIGHT - BOTTOM, TOP);
  const at = { x: x.place(z), y: y.place(a) };
  const floor = y.place(0);
  const middle = from <= 0 && to >= 0 ? x.place(0) : null;
  // So far out that a unit of z has no width, there is no slope to draw.
  const steepness = slope * (y.place(1) - y.place(0)) / (x.place(1) - x.place(0));
  const tangent = Number.isFinite(steepness) ? tangentAt(at, steepness) : null;
  const line = points.map((point) => ({ x: x.place(point.x), y: y.place(point.y) }));
  const note = roomFor([...line, ...tangent ? between(...tangent) : []], z >= 0);
  const xTicks = ticks(from, to, 4).filter((tick) => Math.abs(x.place(tick) - at.x) > 34);
  const yTicks = ticks(low, high, 3).filter((tick) => Math.abs(y.place(tick) - at.y) > 12);
  return html(
    "figure",
    { key: "curve", class: "why-curve" },
    html("figcaption", {}, t("why.curve", { name: label })),
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        role: "img",
        "aria-label": t("why.curve_spoken", {
          name: label,
          z: figures(z),
          a: figures(a),
          slope: figures(slope),
        }),
      },
      ...flatParts(curve).map(([left, stop]) =>
        svg("rect", {
          class: "flat",
          x: x.place(left),
          y: TOP - 4,
          width: x.place(stop) - x.place(left),
          height: HEIGHT - BOTTOM - TOP + 8,
        })
      ),
      svg("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: floor, y2: floor }),
      middle !== null &&
        svg("line", { class: "axis", x1: middle, x2: middle, y1: TOP - 4, y2: HEIGHT - BOTTOM + 4 }),
      ...xTicks.map((tick) =>
        svg("text", { class: "tick", x: x.place(tick), y: HEIGHT - 14, "text-anchor": "middle" }, full(tick))
      ),
      ...yTicks.map((tick) =>
        svg("text", { class: "tick", x: LEFT - 6, y: y.place(tick) + 3.5, "text-anchor": "end" }, full(tick))
      ),
      svg("text", { class: "axis-name", x: WIDTH - 3, y: floor - 5, "text-anchor": "end" }, "z"),
      svg("text", { class: "axis-name", x: (middle ?? LEFT) + 6, y: TOP - 8 }, "a"),
      svg("polyline", {
        class: "curve-line",
        points: polyline(line),
      }),
      svg("path", { class: "drop", d: `M${at.x} ${HEIGHT - BOTTOM + 4}V${at.y}H${LEFT}` }),
      tangent && svg("line", {
        class: "tangent",
        x1: tangent[0].x,
        y1: tangent[0].y,
        x2: tangent[1].x,
        y2: tangent[1].y,
      }),
      svg("circle", { class: "curve-point", cx: at.x, cy: at.y, r: 4.2 }),
      svg("text", { class: "mark", x: inside(at.x, 24), y: HEIGHT - 14, "text-anchor": "middle" }, stage(z)),
      svg("text", { class: "mark", x: LEFT - 6, y: at.y + 3.5, "text-anchor": "end" }, stage(a)),
      svg(
        "text",
        { class: "slope", x: note.x, y: note.y, "text-anchor": note.anchor },
        t("why.slope_is", { slope: figures(slope) }),
      ),
    ),
    condition && html("p", { class: "why-condition", "data-condition": condition }, t(`why.${condition}`)),
    surrogate && html("p", { class: "why-condition", "data-condition": "surrogate" }, surrogate),
  );
}

/** The stretches of z that are shown and flat.  @param {Curve} curve  @returns {[number, number][]} */
function flatParts({ flat, range: { from, to } }) {
  if (!flat) return [];
  const below = flat.below ?? -Infinity, above = flat.above ?? Infinity;
  if (below >= above) return [[from, to]];
  /** @type {[number, number][]} */
  const parts = [[from, Math.min(to, below)], [Math.max(from, above), to]];
  return parts.filter(([start, stop]) => start < stop);
}

/**
 * The corner of the drawing where words about the slope cover the least of what is drawn: below the curve on the right,
 * or above it on the left, if there is room.
 * @param {Point[]} drawn
 * @param {boolean} right
 * @returns {{ x: number, y: number, anchor: "start" | "end" }}
 */
export function roomFor(drawn, right) {
  const [top, bottom] = [TOP + 8, HEIGHT - BOTTOM - 9];
  const corners = (right ? [["end", bottom], ["end", top], ["start", top], ["start", bottom]] : [
    ...[["start", top], ["start", bottom], ["end", bottom], ["end", top]],
  ]).map(([anchor, y]) => ({
    x: anchor === "end" ? WIDTH - RIGHT : LEFT + 8,
    y: Number(y),
    anchor: /** @type {"start" | "end"} */ (anchor),
  }));
  const covered = corners.map(({ x, y, anchor }) => {
    const left = anchor === "end" ? x - WORDS.width : x;
    return drawn.filter((point) =>
      point.x > left && point.x < left + WORDS.width && point.y > y - WORDS.height && point.y < y + 4
    ).length;
  });
  return corners[covered.indexOf(Math.min(...covered))];
}

/** Points on the way from one to another.  @param {Point} one  @param {Point} other  @returns {Point[]} */
function between(one, other) {
  return Array.from({ length: 33 }, (_, k) => ({
    x: one.x + (other.x - one.x) * k / 32,
    y: one.y + (other.y - one.y) * k / 32,
  }));
}

/** @param {number} x  @param {number} half  @returns {number} */
function inside(x, half) {
  return Math.max(LEFT + half - 16, Math.min(WIDTH - RIGHT - half + 10, x));
}

/**
 * A piece of the tangent, of one length whatever the slope, kept within the drawing.
 * @param {Point} at
 * @param {number} slope  in pixels
 * @returns {[Point, Point]}
 */
function tangentAt(at, slope) {
  const length = 62 / Math.hypot(1, slope);
  const ends = [-1, 1].map((side) => {
    const room = slope === 0
      ? Infinity
      : (side * slope > 0 ? HEIGHT - BOTTOM + 4 - at.y : at.y - TOP + 8) / Math.abs(slope);
    const aside = side < 0 ? at.x - LEFT : WIDTH - 3 - at.x;
    const dx = side * Math.max(0, Math.min(length, room, aside));
    return { x: at.x + dx, y: at.y + dx * slope };
  });
  return [ends[0], ends[1]];
}
