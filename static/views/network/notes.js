/**
 * What keeps a unit from learning, on its card: dropped, dead, off, saturated.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 */
import { html } from "../../draw/dom.js";
import { conditionAt } from "../../health.js";

/** Why it is said, by what is said. */
const HINT = Object.freeze({
  dropped: "why.is_dropped",
  dead: "why.dead",
  off: "why.off",
  saturated: "why.saturated",
  no_slope: "why.no_slope",
});

/**
 * @param {Scene} scene
 * @param {number} layer
 * @param {number} unit
 * @returns {Drawn | null}
 */
export function drawNote({ frame, context: { t } }, layer, unit) {
  const found = layer > 0 ? conditionAt(frame, layer, unit) : null;
  if (!found) return null;
  const hint = t(HINT[found], { example: frame.example, count: frame.trace.batch.length });
  return html(
    "span",
    { key: "note", class: "card-note", "data-condition": found, title: hint },
    t(`unit.${found}`),
  );
}
