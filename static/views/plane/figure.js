/**
 * The large picture: a box for the map and the examples, its axes, and a sentence on what it is.
 *
 * @import { RunData, StageContext, Surface } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Desk, Score, Scores } from "../plane.js"
 * @import { Mapped } from "../../draw/map.js"
 */
import { html } from "../../draw/dom.js";
import { panel } from "../../draw/format.js";
import { axis, ticks } from "../../draw/plot.js";
import { CURVE_REACH, REGIONS, scaleOf, unitValues } from "../../draw/map.js";
import { BLEED, nearest } from "./points.js";

/** How near to an example a click has to be, in CSS pixels. */
const NEAR = 14;

const DIGITS = "₀₁₂₃₄₅₆₇₈₉";

/**
 * @param {Desk} desk
 * @param {Surface} surface
 * @param {RunData} data
 * @param {Mapped} chosen
 * @param {Scores | null} scores
 * @returns {Drawn}
 */
export function figure(desk, surface, data, chosen, scores) {
  const { frame, context } = desk.shown;
  const { t } = context;
  const [across, up] = surface.axes;
  /** @param {MouseEvent & { currentTarget: HTMLElement }} event */
  const pick = (event) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const dot = nearest(desk.dots.filter(({ test }) => !test), {
      x: event.clientX - left,
      y: event.clientY - top,
    }, NEAR);
    const example = dot ? frame.trace.batch.indexOf(dot.row) : -1;
    if (example >= 0) context.dispatch({ type: "example", example });
  };
  const what = nameOf(desk.shown, data, chosen);
  const names = surface.axes.map(({ input }) => lowered(data.inputNames[input]));
  return html(
    "figure",
    {
      class: "plane-figure",
      key: "figure",
      "data-step": surface.step,
      "aria-label": t(up ? "plane.label" : "plane.label_line", { what, across: names[0], up: names[1] }),
    },
    html(
      "figcaption",
      {},
      html("b", {}, what),
      html("span", {}, t("plane.step", { step: surface.step })),
      scores ? html("span", {}, wellness(scores, context)) : null,
    ),
    html(
      "div",
      { class: "plane-room" },
      html(
        "div",
        { class: "plane-frame" },
        up ? html("span", { class: "plane-axis up" }, names[1]) : null,
        up ? labels(up.values, "up") : valueLabels(surface, chosen),
        html(
          "div",
          { class: "plane-box", style: { "--bleed": `${BLEED}px` }, on: { click: pick } },
          html("canvas", { key: "map", class: "plane-map", "aria-hidden": "true" }),
          html("canvas", { key: "dots", class: "plane-dots", "aria-hidden": "true" }),
        ),
        labels(across.values, "across"),
        html("span", { class: "plane-axis across" }, names[0]),
      ),
    ),
  );
}

/** How well the step does, in a few words.  @param {Scores} scores  @param {StageContext} context */
function wellness({ train, test }, { t }) {
  const right = train.accuracy !== null;
  /** @param {Score} score */
  const figure = ({ accuracy, loss }) => right ? percent(Number(accuracy)) : panel(Number(loss));
  const what = right ? "accuracy" : "loss";
  if (!test) return t(`plane.${what}`, { train: figure(train) });
  return t(`plane.${what}_test`, { train: figure(train), test: figure(test) });
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 1000) / 10}%`;
}

/** x0 as one reads it: x₀. @param {string} name */
export function lowered(name) {
  return name.replace(
    /^x(\d+)$/,
    (_, digits) => `x${[...digits].map((digit) => DIGITS[Number(digit)]).join("")}`,
  );
}

/** Round numbers along an axis.  @param {number[]} values  @param {"across" | "up"} along */
function labels(values, along) {
  const [from, to] = [values[0], values[values.length - 1]];
  const place = axis(from, to, 0, 100).place;
  const at = along === "across" ? "left" : "bottom";
  return html(
    "div",
    { class: `plane-ticks ${along}`, "aria-hidden": "true" },
    ticks(from, to, 5).map((value) =>
      html("span", { key: value, style: { [at]: `${place(value)}%` } }, panel(value))
    ),
  );
}

/** Over a line the axis upwards is the value itself.  @param {Surface} surface  @param {Mapped} chosen */
function valueLabels(surface, chosen) {
  const values = unitValues(surface, chosen);
  if (!values) return null;
  const { middle, most } = scaleOf(surface, chosen, values);
  return html(
    "div",
    { class: "plane-ticks up", "aria-hidden": "true" },
    [-1, 0, 1].map((side) =>
      html(
        "span",
        { key: side, style: { bottom: `${50 + 100 * CURVE_REACH * side}%` } },
        panel(middle + side * most),
      )
    ),
  );
}

/**
 * @param {Desk["shown"]} shown
 * @param {RunData} data
 * @param {Mapped} chosen
 * @returns {string}
 */
export function nameOf({ frame, context }, data, { name, unit }) {
  const { t } = context;
  if (name === REGIONS) return t("plane.classes");
  const layer = frame.run.values[name].layer ?? 0;
  if (layer < frame.run.layers.length - 1) {
    return t("stage.unit", { layer: t("stage.hidden", { layer }), unit });
  }
  if (frame.run.layers[layer].units === 1) return t("stage.output");
  const output = data.outputNames[unit];
  return output ? t("plane.output", { name: output }) : t("stage.unit", { layer: t("stage.output"), unit });
}
