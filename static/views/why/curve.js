/**
 * The activation function as a curve, with the unit's own point on it and the tangent there.
 *
 * The curve is the operation's own rule, evaluated for many z.
 *
 * @import { Address, Point } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */
import { html, svg } from "../../draw/dom.js";
import { full, stage } from "../../draw/format.js";
import { axis, polyline, sampleCurve, ticks } from "../../draw/plot.js";
import { asFunction } from "../../rule.js";
import { terms } from "../../terms.js";
import { unitOf } from "../../trace.js";
import { figures } from "./nodes.js";

/** Of the drawing, in its own units; it is as wide as the panel. */
const WIDTH = 320, HEIGHT = 178, LEFT = 34, RIGHT = 14, TOP = 22, BOTTOM = 30;

/** The curve is shown from −REACH to REACH at least. */
const REACH = 4;

/**
 * @typedef {{ label: string, f: (z: number) => number, z: number, a: number, slope: number, names: { z: Address, a: Address } }} Curve
 */

/**
 * The activation at the unit of this cell; null if there is none, or it is not a function of its own z alone.
 * @param {Scene} scene
 * @returns {Curve | null}
 */
export function curveOf({ frame, cell, info, cells }) {
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
  return {
    label: op.label,
    f,
    z: at,
    a: f(at),
    slope: statedSlope() ?? (f(at + 1e-5) - f(at - 1e-5)) / 2e-5,
    names: { z, a: { name: call.writes, index: cell.index } },
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
    const back = run.program.calls.find(({ writes }) =>
      run.values[writes].quantity === "delta" && run.values[writes].layer === info.layer
    );
    if (!back) return null;
    return terms(run.program.ops[back.op].rule, back, cells, cell.index).find(({ role }) => role === "slope")
      ?.value ?? null;
  }
}

/**
 * @param {Scene} scene
 * @param {Curve} curve
 * @returns {Drawn}
 */
export function drawCurve({ context: { t } }, { label, f, z, a, slope }) {
  const reach = Math.max(REACH, Math.ceil(Math.abs(z) * 1.15));
  const points = sampleCurve(f, -reach, reach, 129);
  const [low, high] = [Math.min(0, ...points.map(({ y }) => y)), Math.max(0, ...points.map(({ y }) => y))];
  const x = axis(-reach, reach, LEFT, WIDTH - RIGHT);
  const y = axis(low, high, HEIGHT - BOTTOM, TOP);
  const at = { x: x.place(z), y: y.place(a) };
  const floor = y.place(0);
  // So far out that a unit of z has no width, there is no slope to draw.
  const steepness = slope * (y.place(1) - y.place(0)) / (x.place(1) - x.place(0));
  const tangent = Number.isFinite(steepness) ? tangentAt(at, steepness) : null;
  // The slope is written where the curve is not: below it on the right, above it on the left.
  const right = z >= 0;
  const note = right
    ? { x: WIDTH - RIGHT, y: HEIGHT - BOTTOM - 9, anchor: "end" }
    : { x: LEFT + 8, y: TOP + 8, anchor: "start" };
  const xTicks = ticks(-reach, reach, 4).filter((tick) => Math.abs(x.place(tick) - at.x) > 34);
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
      svg("line", { class: "axis", x1: LEFT, x2: WIDTH - RIGHT, y1: floor, y2: floor }),
      svg("line", { class: "axis", x1: x.place(0), x2: x.place(0), y1: TOP - 4, y2: HEIGHT - BOTTOM + 4 }),
      ...xTicks.map((tick) =>
        svg("text", { class: "tick", x: x.place(tick), y: HEIGHT - 14, "text-anchor": "middle" }, full(tick))
      ),
      ...yTicks.map((tick) =>
        svg("text", { class: "tick", x: LEFT - 6, y: y.place(tick) + 3.5, "text-anchor": "end" }, full(tick))
      ),
      svg("text", { class: "axis-name", x: WIDTH - 3, y: floor - 5, "text-anchor": "end" }, "z"),
      svg("text", { class: "axis-name", x: x.place(0) + 6, y: TOP - 8 }, "a"),
      svg("polyline", {
        class: "curve-line",
        points: polyline(points.map((point) => ({ x: x.place(point.x), y: y.place(point.y) }))),
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
  );
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
    const dx = side * Math.max(0, Math.min(length, room));
    return { x: at.x + dx, y: at.y + dx * slope };
  });
  return [ends[0], ends[1]];
}
