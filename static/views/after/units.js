/**
 * The units of the network for one example, as they were and as they are now.
 *
 * @import { Aftermath, Frame, StageContext } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 */
import { html } from "../../draw/dom.js";
import { exact, figures } from "../../draw/figures.js";
import { full } from "../../draw/format.js";
import { symbolText } from "../../draw/label.js";
import { formatAddress, valueAt } from "../../trace.js";
import { symbolOf } from "../../draw/unitlabel.js";
import { bar } from "../../draw/bar.js";

/** Of a wide layer so many units are shown: those that changed most. */
const MOST = 8;

/** Values a unit is told by, in the order in which they are made. */
const TOLD = ["z", "a"];

/**
 * @typedef {{ name: string, unit: number, before: number, after: number }} Row
 */

/**
 * @param {Frame} frame
 * @param {StageContext} context
 * @param {Aftermath} found
 * @returns {Drawn}
 */
export function drawUnits(frame, context, found) {
  const { run } = frame;
  const layers = run.layers.slice(1).map(({ layer }) => rowsOf(frame, found, layer));
  const all = layers.flat().map(({ before, after }) => Math.abs(after - before)).filter(Number.isFinite);
  const most = Math.max(...all, 0) || 1;
  return html(
    "div",
    { class: "after-layers" },
    ...layers.map((rows, at) => drawLayer(frame, context, rows, at + 1, most)),
  );
}

/** @param {Frame} frame  @param {Aftermath} found  @param {number} layer  @returns {Row[]} */
function rowsOf({ run, trace, example }, { values }, layer) {
  const names = TOLD.flatMap((quantity) =>
    Object.keys(values).filter((name) =>
      run.values[name].quantity === quantity && run.values[name].layer === layer
    )
  );
  const units = Array.from({ length: run.layers[layer].units }, (_, unit) => unit);
  return units.flatMap((unit) =>
    names.map((name) => ({
      name,
      unit,
      before: valueAt(trace.values[name], [example, unit]) ?? NaN,
      // The answer has one row: the example that was asked for.
      after: valueAt(values[name], [0, unit]) ?? NaN,
    }))
  );
}

/**
 * @param {Frame} frame
 * @param {StageContext} context
 * @param {Row[]} rows
 * @param {number} layer
 * @param {number} most
 * @returns {Drawn}
 */
function drawLayer(frame, { t, dispatch }, rows, layer, most) {
  const { run, example } = frame;
  const last = run.layers.length - 1;
  const change = (/** @type {Row} */ { before, after }) => Math.abs(after - before) || 0;
  const units = [...Map.groupBy(rows, ({ unit }) => unit).entries()];
  const size = (/** @type {Row[]} */ of) => Math.max(...of.map(change));
  const shown = units.length <= MOST
    ? units
    : units.sort(([, a], [, b]) => size(b) - size(a)).slice(0, MOST).sort(([a], [b]) => a - b);
  return html(
    "section",
    { key: layer, class: "after-layer" },
    html("h3", {}, layer === last ? t("stage.output") : t("stage.hidden", { layer })),
    html(
      "table",
      {},
      html(
        "thead",
        { class: "unseen" },
        html(
          "tr",
          {},
          ...["after.number", "after.before", "after.after", "after.difference"].map((key) =>
            html("th", { scope: "col" }, t(key))
          ),
        ),
      ),
      html(
        "tbody",
        {},
        ...shown.flatMap(([unit, of]) =>
          of.map(({ name, before, after }, at) => {
            const address = { name, index: [example, unit] };
            return html(
              "tr",
              { key: `${name} ${unit}`, class: at === 0 ? "first" : null },
              html(
                "th",
                { scope: "row" },
                symbolOf(run, name, [unit], ""),
                html("span", { class: "unseen" }, `${symbolText(run, name)} ${unit}`),
              ),
              html(
                "td",
                {},
                html("button", {
                  type: "button",
                  class: "after-cell",
                  "data-address": formatAddress(address),
                  "data-value": exact(before),
                  "data-known": true,
                  on: { click: () => dispatch({ type: "focus", address }) },
                }, html("span", { class: "cell-number" }, figures(before))),
              ),
              html("td", { class: "after-new", title: full(after) }, figures(after)),
              html(
                "td",
                { class: "after-difference", title: full(after - before) },
                difference(after - before),
              ),
              html("td", { class: "after-change" }, bar(after - before, most)),
            );
          })
        ),
      ),
      layer === last ? drawTarget(frame) : null,
    ),
    units.length > MOST &&
      html("p", { class: "faint" }, t("after.most", { count: MOST, units: units.length })),
  );
}

/** With its sign, for so small a difference is lost between two rounded numbers.  @param {number} change */
function difference(change) {
  return change > 0 ? `+${figures(change)}` : figures(change);
}

/** What the outputs should be, below what they are.  @param {Frame} frame  @returns {Drawn | null} */
function drawTarget({ run, trace, example }) {
  const y = trace.values.y;
  if (!y?.data) return null;
  const values = Array.from({ length: Math.min(MOST, y.shape[1]) }, (_, unit) => unit);
  return html(
    "tbody",
    { key: "target" },
    ...values.map((unit) =>
      html(
        "tr",
        { key: unit, class: unit === 0 ? "first" : null },
        html(
          "th",
          { scope: "row" },
          symbolOf(run, "y", [unit], ""),
          html("span", { class: "unseen" }, `y ${unit}`),
        ),
        html("td", {}, figures(valueAt(y, [example, unit]) ?? NaN)),
        html("td", { colspan: 3, class: "after-target" }, run.values.y.label),
      )
    ),
  );
}
