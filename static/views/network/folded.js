/**
 * A folded layer: all its units as a strip of colour, or as the picture that the inputs are, beside the few that have
 * cards.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 * @import { Column } from "./layout.js"
 */
import { html } from "../../draw/dom.js";
import { boxStyle, classes, layerName, px } from "./cards.js";
import { cellOf, placeValues, shownOnWires } from "./quantities.js";
import { symbolOf } from "../../draw/unitlabel.js";

/**
 * All units of a folded layer, as a strip of colour or a picture: a slider through them.
 * @param {Scene} scene
 * @param {Column} column
 * @param {(string | null)[][]} rows
 * @returns {Drawn[]}
 */
export function drawMore(scene, { layer, more }, rows) {
  if (!more) return [];
  const { frame, context: { t }, layout: { font } } = scene;
  const { extent, first, count, side, box, weights } = more;
  const name = stripName(scene, rows);
  const label = name ? frame.run.values[name].label : "";
  const says = t("stage.strip_range", { first, last: first + count - 1, extent });
  const drawn = [
    html(
      "div",
      {
        key: `${layer}.more`,
        class: classes("more", side !== null && "is-picture"),
        role: "slider",
        tabindex: 0,
        "aria-orientation": "vertical",
        "aria-label": t("stage.strip", { layer: layerName(scene, layer), what: label }),
        "aria-valuemin": 0,
        "aria-valuemax": extent - 1,
        "aria-valuenow": first,
        "aria-valuetext": says,
        "data-strip": layer,
        "data-name": name,
        style: boxStyle(box),
      },
      html("canvas", { class: "strip-heat", "aria-hidden": "true" }),
      side === null && html("i", {
        class: "strip-window",
        style: { top: percent(first / extent), height: percent(count / extent) },
      }),
    ),
    html(
      "span",
      {
        key: `${layer}.range`,
        class: "strip-range",
        "aria-hidden": "true",
        style: { left: px(box.x + box.width / 2), top: px(box.y + box.height + 0.15 * font) },
      },
      says,
    ),
  ];
  const looks = weights && weightsShown(scene);
  if (looks) {
    drawn.push(
      html("canvas", {
        key: "weights",
        class: "strip-heat weights",
        "data-name": looks.name,
        "data-unit-of": looks.unit,
        role: "img",
        "aria-label": t("stage.weights_of", { what: frame.run.values[looks.name].label, unit: looks.unit }),
        style: boxStyle(weights),
      }),
      html(
        "span",
        {
          key: "weights.label",
          class: "strip-range",
          style: { left: px(weights.x + weights.width / 2), top: px(weights.y - 1.15 * font) },
        },
        symbolOf(frame.run, looks.name, [], t("stage.new")),
        t("stage.weights_into", { unit: looks.unit }),
      ),
    );
  }
  return drawn;
}

/**
 * The value whose colours a strip shows: the latest of the layer that is there for all its units, so that it is never
 * half a picture.
 * @param {Scene} scene
 * @param {(string | null)[][]} rows
 * @returns {string | null}
 */
export function stripName({ frame }, rows) {
  const names = rows.flat().filter((name) => name !== null);
  return names.findLast((name) => {
    const info = frame.run.values[name];
    const units = info.shape[info.axes.indexOf("unit")];
    return frame.known(cellOf(frame.run, name, units - 1, frame.example));
  }) ?? null;
}

/**
 * The weights shown under a picture: those of the unit of the first layer that takes part.
 * @param {Scene} scene
 * @returns {{ name: string, unit: number } | null}
 */
export function weightsShown({ frame }) {
  const { run } = frame;
  const of = [frame.focus, frame.active].find(({ name }) => run.values[name].layer === 1);
  const names = placeValues(run).layers[1]?.wire ?? [];
  const name = shownOnWires(frame, names);
  const axis = of ? run.values[of.name].axes.indexOf("unit") : -1;
  return name && of && axis >= 0 ? { name, unit: of.index[axis] } : null;
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 1e4) / 100}%`;
}
