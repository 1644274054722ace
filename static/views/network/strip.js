/**
 * The units of a folded layer as colours: a strip, or the picture that the inputs are; and the lens that reads them out.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 */
import { html } from "../../draw/dom.js";
import { figures } from "../../draw/figures.js";
import { largestMagnitude } from "../../draw/colour.js";
import { paintHeat } from "../../draw/heat.js";
import { paletteOf } from "../../draw/palette.js";
import { formatAddress } from "../../trace.js";
import { px } from "./cards.js";
import { placeInStrip } from "./layout.js";
import { cellOf } from "./quantities.js";

/**
 * Paints every strip and picture among the cards.
 * @param {HTMLElement} host
 * @param {Scene} scene
 */
export function paintStrips(host, scene) {
  const { frame, layout } = scene;
  for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (host.querySelectorAll(".strip-heat"))) {
    const holder = /** @type {HTMLElement | null} */ (canvas.closest("[data-strip]"));
    const column = layout.columns[Number(holder?.dataset.strip ?? 0)];
    const name = holder ? holder.dataset.name : canvas.dataset.name;
    if (!column.more || !name) {
      paint(canvas, [], 1);
      continue;
    }
    const { extent, side } = column.more;
    const of = Number(canvas.dataset.unitOf);
    const values = Array.from(
      { length: extent },
      (_, unit) =>
        frame.value(holder ? cellOf(frame.run, name, unit, frame.example) : { name, index: [of, unit] }),
    );
    paint(canvas, values, side ?? 1);
  }
}

/** @param {HTMLCanvasElement} canvas  @param {(number | undefined)[]} values  @param {number} cols */
function paint(canvas, values, cols) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = Math.min(2, globalThis.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const pen = canvas.getContext("2d");
  if (!pen || values.length === 0 || width === 0) return;
  const rows = values.length / cols;
  const most = largestMagnitude(values.filter((value) => value !== undefined));
  paintHeat(
    pen,
    {
      ...{ width, height, rows, cols, most },
      left: (place) => (width * place) / cols,
      top: (place) => (height * place) / rows,
      value: (row, col) => values[row * cols + col],
    },
    paletteOf(canvas),
    scale,
  );
}

/**
 * The unit of a strip or picture under a point.
 * @param {Scene} scene
 * @param {number} layer
 * @param {{ x: number, y: number }} point  in the stage
 * @returns {number}
 */
export function unitAt({ layout }, layer, { x, y }) {
  const { more } = layout.columns[layer];
  if (!more) return 0;
  const { box, extent, side } = more;
  const within = (/** @type {number} */ share, /** @type {number} */ count) =>
    Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  if (side === null) return within((y - box.y) / box.height, extent);
  return within((y - box.y) / box.height, side) * side + within((x - box.x) / box.width, side);
}

/**
 * What is under the pointer on a strip: which unit, and its number.
 * @param {Scene} scene
 * @param {{ layer: number, unit: number, name: string } | null} at
 * @returns {Drawn | null}
 */
export function drawLens({ frame, layout, context: { t } }, at) {
  if (!at || !layout.columns[at.layer]?.more) return null;
  const cell = cellOf(frame.run, at.name, at.unit, frame.example);
  const value = frame.value(cell);
  const place = placeInStrip(layout.columns[at.layer], at.unit);
  const { box } = /** @type {import("./layout.js").Strip} */ (layout.columns[at.layer].more);
  const left = box.x + box.width / 2 > layout.width / 2;
  return html(
    "div",
    {
      class: left ? "strip-lens to-left" : "strip-lens",
      style: { left: px(left ? box.x : box.x + box.width), top: px(place.y + place.height / 2) },
    },
    html("b", {}, formatAddress(cell)),
    html("span", {}, value === undefined ? t("stage.left_out") : figures(value)),
  );
}
