/**
 * The units of the network for one example, as they were and as they are now.
 *
 * @import { Aftermath, Frame, StageContext } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 */
import { html } from "../../draw/dom.js";
import { exact, figures } from "../../draw/figures.js";
import { inline } from "../../draw/nodes.js";
import { symbol } from "../../draw/symbols.js";
import { formatAddress, valueAt } from "../../trace.js";
import { bar } from "./loss.js";

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
    drawTarget(frame, context),
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
function drawLayer({ run, example }, { t }, rows, layer, most) {
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
    html("h4", {}, layer === last ? t("stage.output") : t("stage.hidden", { layer })),
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
          html("td"),
        ),
      ),
      html(
        "tbody",
        {},
        ...shown.flatMap(([unit, of]) =>
          of.map(({ name, before, after }, at) =>
            html(
              "tr",
              { key: `${name} ${unit}`, class: at === 0 ? "first" : null },
              html("th", { scope: "row" }, inline(symbol(run, name, [unit], t))),
              html(
                "td",
                {},
                html("button", {
                  type: "button",
                  class: "after-cell",
                  "data-address": formatAddress({ name, index: [example, unit] }),
                  "data-value": exact(before),
                  "data-known": true,
                }, html("span", { class: "cell-number" }, figures(before))),
              ),
              html("td", { class: "after-new" }, figures(after)),
              html("td", { class: "after-by" }, signed(after - before)),
              html("td", { class: "after-change" }, bar(after - before, most)),
            )
          )
        ),
      ),
    ),
    units.length > MOST &&
      html("p", { class: "faint" }, t("after.most", { count: MOST, units: units.length })),
  );
}

/** A change has its sign, whichever it is.  @param {number} change */
function signed(change) {
  return change > 0 ? `+${figures(change)}` : figures(change);
}

/** @param {Frame} frame  @param {StageContext} context  @returns {Drawn | null} */
function drawTarget({ run, trace, example }, { t }) {
  const y = trace.values.y;
  if (!y?.data) return null;
  const values = Array.from(
    { length: Math.min(MOST, y.shape[1]) },
    (_, k) => valueAt(y, [example, k]) ?? NaN,
  );
  return html(
    "section",
    { key: "target", class: "after-layer is-target" },
    html("h4", {}, run.values.y.label),
    html("p", {}, values.map(figures).join(t("after.comma")), y.shape[1] > MOST ? " …" : ""),
  );
}
