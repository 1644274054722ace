/**
 * A small picture of the batch under the data menu: where its examples lie, how large their targets are, which one the
 * page looks at. One input: input across, target up. More: the first two inputs, and the target as ink.
 *
 * @import { Context, Frame } from "../types.d.ts"
 */
import { html, patch, svg } from "../draw/dom.js";

/** In the drawing's own units. */
const WIDTH = 200, HEIGHT = 92, MARGIN = 8, DOT = 2.6;

/** More examples than this would be a blot. */
const MOST = 400;

/** @type {WeakMap<Element, { trace: unknown, example: number }>} */
const shown = new WeakMap();

/** @param {HTMLElement} host @param {Frame} frame @param {Context} context */
export function renderData(host, { trace, example }, { t, dispatch }) {
  const before = shown.get(host);
  if (before?.trace === trace.values.a0 && before.example === example) return;
  shown.set(host, { trace: trace.values.a0, example });
  const x = trace.values.a0, y = trace.values.y;
  if (!x?.data || !y?.data) return patch(host, []);
  const [count, inputs] = x.shape;
  const across = x.data.filter((_, k) => k % inputs === 0);
  const target = y.data.filter((_, k) => k % y.shape[1] === 0);
  const up = inputs === 1 ? target : x.data.filter((_, k) => k % inputs === 1);
  const left = scale(across, MARGIN, WIDTH - MARGIN), top = scale(up, HEIGHT - MARGIN, MARGIN);
  const ink = scale(target, 0.06, 0.9);
  const numbers = Array.from({ length: Math.min(count, MOST) }, (_, n) => n);
  // The example looked at is drawn last, so that nothing covers it.
  const dots = [...numbers.filter((n) => n !== example), ...numbers.filter((n) => n === example)];
  patch(host, [
    svg(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        "aria-hidden": "true",
        on: { click: (event) => pick(event, dispatch) },
      },
      svg("rect", { class: "frame", x: 0.5, y: 0.5, width: WIDTH - 1, height: HEIGHT - 1, rx: 4 }),
      dots.map((n) =>
        svg("circle", {
          key: n,
          class: "example",
          cx: round(left(across[n])),
          cy: round(top(up[n])),
          r: DOT,
          "fill-opacity": inputs === 1 ? 0.5 : round(ink(target[n])),
          "data-example": n,
        })
      ),
      svg("circle", {
        key: "chosen",
        class: "chosen",
        cx: round(left(across[example])),
        cy: round(top(up[example])),
        r: 2 * DOT,
      }),
    ),
    html(
      "figcaption",
      {},
      inputs === 1
        ? t("controls.data_picture_line", { count })
        : t("controls.data_picture", { count, across: "x₀", up: "x₁" }),
    ),
  ]);
}

/** @param {MouseEvent & { target: Element }} event @param {Context["dispatch"]} dispatch */
function pick(event, dispatch) {
  const example = /** @type {SVGElement} */ (event.target).dataset.example;
  if (example !== undefined) dispatch({ type: "example", example: Number(example) });
}

/** @param {Float64Array} values @param {number} start @param {number} stop @returns {(value: number) => number} */
function scale(values, start, stop) {
  const low = values.reduce((a, b) => Math.min(a, b), Infinity);
  const high = values.reduce((a, b) => Math.max(a, b), -Infinity);
  return (value) => high > low ? start + ((stop - start) * (value - low)) / (high - low) : (start + stop) / 2;
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
