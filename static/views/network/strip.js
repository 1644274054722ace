/**
 * The units of a folded layer as colours: a strip, or the picture that the inputs are; and the lens that reads them out.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Address, Frame } from "../../types.d.ts"
 * @import { Scene } from "./cards.js"
 * @import { Layout } from "./layout.js"
 */
import { html, svg } from "../../draw/dom.js";
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

/** A unit of a strip, and the value that the strip shows of it. @typedef {{ layer: number, unit: number, name: string }} InStrip */

/**
 * The unit under the pointer on a strip, and the value its colour shows.
 * @param {HTMLElement} host
 * @param {Scene} scene
 * @param {MouseEvent} event
 * @returns {InStrip | null}
 */
export function stripUnder(host, scene, event) {
  const strip = /** @type {HTMLElement | null} */ (
    /** @type {Element} */ (event.target).closest("[data-strip]")
  );
  if (!strip?.dataset.name) return null;
  const { left, top } = host.getBoundingClientRect();
  const layer = Number(strip.dataset.strip);
  const point = { x: event.clientX - left, y: event.clientY - top };
  return { layer, unit: unitAt(scene, layer, point), name: strip.dataset.name };
}

/** @param {Frame} frame  @param {InStrip} at */
export function stripCell({ run, example }, { name, unit }) {
  return cellOf(run, name, unit, example);
}

/**
 * Where an arrow key slides to through the units of a strip.
 * @param {Scene} scene
 * @param {KeyboardEvent} event
 * @returns {Address | null}
 */
export function slideTo({ frame, layout }, event) {
  const strip = /** @type {HTMLElement} */ (event.target);
  if (strip.dataset.strip === undefined || !strip.dataset.name) return null;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  const { more } = layout.columns[Number(strip.dataset.strip)];
  if (!more) return null;
  const { extent, first, count } = more;
  const to = /** @type {Record<string, number>} */ ({
    ArrowUp: first - 1,
    ArrowLeft: first - 1,
    ArrowDown: first + count,
    ArrowRight: first + count,
    PageUp: first - 4 * count,
    PageDown: first + 4 * count,
    Home: 0,
    End: extent - 1,
  })[event.key];
  if (to === undefined) return null;
  const unit = Math.max(0, Math.min(extent - 1, to));
  return stripCell(frame, { layer: 0, name: strip.dataset.name, unit });
}

/**
 * From the part of a strip that has cards to those cards.
 * @param {Layout} layout
 */
export function drawWedges({ columns }) {
  return columns.flatMap(({ layer, cards, more }) => {
    if (!more || more.side !== null) return [];
    const { box, extent, first, count } = more;
    const [top, bottom] = [first, first + count].map((unit) => box.y + (box.height * unit) / extent);
    const left = cards[0].box.x > box.x;
    const [x1, x2] = left
      ? [box.x + box.width, cards[0].box.x]
      : [box.x, cards[0].box.x + cards[0].box.width];
    const last = cards[cards.length - 1].box;
    const points = `${x1},${top} ${x2},${cards[0].box.y} ${x2},${last.y + last.height} ${x1},${bottom}`;
    return [svg("polygon", { key: `wedge${layer}`, class: "strip-wedge", points })];
  });
}
