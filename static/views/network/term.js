/**
 * The term that is being added, as a tag beside the total it goes into.
 *
 * @import { Box } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 * @import { Label } from "./labels.js"
 * @import { Routes } from "./routes.js"
 */
import { html } from "../../draw/dom.js";
import { MINUS } from "../../draw/format.js";
import { locator } from "./anchors.js";
import { boxStyle } from "./cards.js";
import { figures } from "../../draw/figures.js";

/** In em of the stage's type. */
const WIDTH = 4.6, HEIGHT = 1.5, AWAY = 0.55;

/**
 * @param {Scene} scene
 * @param {Routes} routes
 * @param {Label[]} labels
 * @returns {Drawn[]}
 */
export function drawTerm(scene, routes, labels) {
  const { building } = scene.frame;
  const box = building && tagBox(scene, routes, labels);
  if (!box) return [];
  const text = termText(building.terms[building.at], building.at);
  return [
    html("span", { key: "term", class: "term-tag", "aria-hidden": "true", style: boxStyle(box) }, text),
  ];
}

/**
 * What a term does to the total: +0.199, −0.02, × 0.21, ÷ 100.
 * @param {{ operation: string, value: number }} term
 * @param {number} at
 * @returns {string}
 */
export function termText({ operation, value }, at) {
  if (operation === "+" || operation === "−") {
    const added = operation === "−" ? -value : value;
    return added < 0 ? figures(added) : `+${figures(added)}`;
  }
  return at === 0 || operation === "=" ? figures(value) : `${operation} ${bracketed(figures(value))}`;
}

/** @param {string} text */
function bracketed(text) {
  return text.startsWith(MINUS) ? `(${text})` : text;
}

/**
 * On the side of the card where the term comes in; under the label of a wire.
 * @param {Scene} scene
 * @param {Routes} routes
 * @param {Label[]} labels
 * @returns {Box | null}
 */
function tagBox(scene, { wires, hops }, labels) {
  const { frame, layout } = scene;
  const { building } = frame;
  if (!building) return null;
  const anchor = locator(scene)(building.cell);
  const size = { width: (WIDTH + layout.more) * layout.font, height: HEIGHT * layout.font };
  if (anchor?.kind === "wire") {
    const label = labels.find(({ layer, unit, input }) =>
      layer === anchor.layer && unit === anchor.unit && input === anchor.input
    )?.box;
    return label
      ? { x: label.x + (label.width - size.width) / 2, y: label.y + label.height + 2, ...size }
      : null;
  }
  if (anchor?.kind !== "cell" && anchor?.kind !== "single") return null;
  const { card, box } = anchor;
  const y = box.y + (box.height - size.height) / 2;
  const fromRight = wires.some(({ towards }) => towards === "left") ||
    (wires.length === 0 && hops.length > 0 && anchor.kind === "cell" && anchor.side === "left");
  const wished = fromRight
    ? card.x + card.width + AWAY * layout.font
    : card.x - size.width - AWAY * layout.font;
  return { x: Math.max(2, Math.min(layout.width - size.width - 2, wished)), y, ...size };
}
