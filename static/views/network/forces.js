/**
 * The way back in pictures: an arrow beside each unit for its error term, and on wires that show a gradient the way it
 * goes. Pure.
 *
 * An arrow points up where δ is positive: more of this unit's z would raise the loss. All arrows have one scale, over all
 * layers, so that an error that fades on its way back is seen to fade.
 *
 * @import { Box } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 * @import { Place } from "./wires.js"
 */
import { svg } from "../../draw/dom.js";
import { pointAlong } from "../../draw/geometry.js";
import { cellOf, placeValues } from "./quantities.js";

/** In em of the stage's type: the longest arrow, its distance from the card, half its head. */
const LONGEST = 1.9, AWAY = 1.3, HEAD = 0.28;

/** On more wires than this a mark each would be a hatching. */
const MOST_MARKED = 160;

/**
 * @param {Scene} scene
 * @returns {{ layer: number, unit: number, box: Box, value: number }[]}  the error terms that are there now
 */
export function forcesAt({ frame, layout }) {
  if (frame.call.phase !== "backward") return [];
  return layout.columns.flatMap(({ layer, cards }) => {
    const name = placeValues(frame.run).layers[layer].card.find((each) =>
      frame.run.values[each].quantity === "delta"
    );
    if (!name) return [];
    return cards.flatMap(({ unit, box }) => {
      const cell = cellOf(frame.run, name, unit, frame.example);
      const value = frame.known(cell) ? frame.value(cell) : undefined;
      return value !== undefined && Number.isFinite(value) ? [{ layer, unit, box, value }] : [];
    });
  });
}

/**
 * @param {Scene} scene
 * @returns {Drawn[]}
 */
export function drawForces(scene) {
  const { font, width } = scene.layout;
  const forces = forcesAt(scene);
  const most = Math.max(...forces.map(({ value }) => Math.abs(value)), 0) || 1;
  return forces.map(({ layer, unit, box, value }) => {
    const right = box.x + box.width + AWAY * font;
    const x = right + HEAD * font < width ? right : box.x - AWAY * font;
    const y = box.y + box.height / 2;
    const length = LONGEST * font * Math.abs(value) / most;
    const up = value > 0 ? -1 : 1;
    const head = Math.min(HEAD * font, length);
    const tip = y + up * length;
    const back = tip - up * head * 1.5;
    return svg(
      "g",
      { key: `force${layer}.${unit}`, class: value < 0 ? "force negative" : "force positive" },
      svg("circle", { cx: round(x), cy: round(y), r: round(font / 9) }),
      svg("line", {
        x1: round(x),
        y1: round(y),
        x2: round(x),
        y2: round(back),
        "stroke-width": round(font / 7),
      }),
      svg("polygon", {
        points: `${round(x)},${round(tip)} ${round(x - head)},${round(back)} ${round(x + head)},${
          round(back)
        }`,
      }),
    );
  });
}

/**
 * Marks on the wires that show a gradient: it goes to the left.
 * @param {Scene} scene
 * @param {Place[]} wires
 * @param {(string | null)[]} names  value shown on each layer's wires
 * @returns {Drawn[]}
 */
export function drawWays({ frame, layout: { font } }, wires, names) {
  const shown = wires.filter(({ layer }) => frame.run.values[names[layer] ?? ""]?.phase === "backward");
  if (shown.length === 0 || shown.length > MOST_MARKED) return [];
  const size = font * 0.22;
  const d = shown.map(({ line }) => {
    // Where wires cross least: near the units they come from.
    const { x, y } = pointAlong(line, 0.82);
    return `M${round(x + size)} ${round(y - size)}L${round(x)} ${round(y)}L${round(x + size)} ${
      round(y + size)
    }`;
  }).join("");
  return [svg("path", { key: "ways", class: "wire-ways", d, "stroke-width": round(font / 10) })];
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 10) / 10;
}
