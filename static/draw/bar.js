/**
 * A bar for a number among others.
 *
 * @import { Drawn } from "./dom.js"
 */
import { svg } from "./dom.js";

/**
 * From zero in the middle: solid to the right, hollow to the left.
 * @param {number} value
 * @param {number} most  what fills a half
 * @param {{ height: number, least: number }} [size]  of the 20 units there are up; `least` is how wide a zero is
 * @returns {Drawn}
 */
export function bar(value, most, { height, least } = { height: 12, least: 0.4 }) {
  const length = Number.isFinite(value) ? Math.min(49, (49 * Math.abs(value)) / most) || 0 : 0;
  return svg(
    "svg",
    { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("line", { class: "bar-zero", x1: 50, x2: 50, y1: 0, y2: 20 }),
    svg("rect", {
      class: `bar-fill ${value < 0 ? "negative" : "positive"}`,
      x: value < 0 ? 50 - length : 50,
      y: (20 - height) / 2,
      width: Math.max(least, length),
      height,
    }),
  );
}
