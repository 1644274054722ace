/**
 * The plane that examples are drawn on: a press adds one, a drag adds a trail of them; one that is dragged moves, one
 * that is pressed is chosen. A class has a shape as well as a colour.
 *
 * @import { Drawn } from "../draw/dom.js"
 * @import { Translate } from "../types.d.ts"
 * @import { Row, Table } from "./points.js"
 */
import { html, svg } from "../draw/dom.js";
import { panel } from "../draw/format.js";
import { classOf, isCoded, neat, planeOf, targetsOf } from "./points.js";

/** The plane's side, in the drawing's own units, and the radius of a point. */
const SIDE = 320, DOT = 5;

/** Points of a trail are so far apart. */
const APART = 16;

/** As many targets are offered as buttons. */
const CHOICES = 10;

/** Shapes of classes, as the plane on the stage has them. */
const SHAPES = [
  "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z",
  "M-4.5 -4.5H4.5V4.5H-4.5z",
  "M0 -6L5.5 4.5H-5.5z",
  "M0 -6.5L6 0L0 6.5L-6 0z",
  "M-5.5 -4.5H5.5L0 6z",
  "M0 -6L6 -1.5L3.6 5H-3.6L-6 -1.5z",
];

/**
 * What a hand is at while it is down: moving a row, or leaving a trail that ends here.
 * @typedef {{ row: number } | { x: number, y: number }} Held
 */

/**
 * @param {object} options
 * @param {Translate} options.t
 * @param {(rows: Row[], chosen: number) => void} options.change
 * @param {(chosen: number) => void} options.choose
 * @param {(problem: string) => void} options.complain
 * @param {() => void} options.addClass
 * @param {() => void} options.redraw
 * @returns {(table: Table, chosen: number) => Drawn}
 */
export function createPlane({ t, change, choose, complain, addClass, redraw }) {
  /** Of the next point: one of the targets there are, or one that is typed where there are too many. */
  let target = 0;
  /** @type {number[] | null} */
  let typed = null;
  /** @type {Held | null} */
  let held = null;

  return (table, chosen) => {
    const plane = planeOf(table), values = targetsOf(table);
    const [across, up] = plane;
    const many = values.length > CHOICES;
    const next = many ? typed ?? values[0] : values[Math.min(target, values.length - 1)] ?? [0];
    /** @param {Row} row */
    const place = ({ x }) => [
      (x[0] - across[0]) / (across[1] - across[0]) * SIDE,
      SIDE - (x[1] - up[0]) / (up[1] - up[0]) * SIDE,
    ];
    /** @param {PointerEvent} event  @returns {[number, number]}  in the drawing's own units */
    const at = (event) => {
      const box = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
      const within = (/** @type {number} */ share) => SIDE * Math.max(0, Math.min(1, share));
      return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
    };
    /** @param {[number, number]} point */
    const inputs = ([x, y]) => [
      neat(across[0] + x / SIDE * (across[1] - across[0]), across),
      neat(up[0] + (1 - y / SIDE) * (up[1] - up[0]), up),
    ];
    /** @param {[number, number]} point */
    const add = (point) => {
      held = { x: point[0], y: point[1] };
      // The plane stays as it is drawn, whatever is added to it.
      change([...table.rows, { x: inputs(point), y: next }], table.rows.length);
    };
    /** @param {PointerEvent} event */
    const press = (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
      const { row } = /** @type {SVGElement} */ (event.target).dataset;
      if (row === undefined) return add(at(event));
      held = { row: Number(row) };
      choose(Number(row));
    };
    /** @param {PointerEvent} event */
    const move = (event) => {
      if (!held) return;
      const point = at(event);
      if ("row" in held) {
        const { row } = held;
        change(table.rows.with(row, { ...table.rows[row], x: inputs(point) }), row);
      } else if (Math.hypot(point[0] - held.x, point[1] - held.y) >= APART) add(point);
    };
    const drop = () => held = null;

    const choices = () => [
      ...values.map((value, k) =>
        html(
          "label",
          {},
          html("input", {
            type: "radio",
            name: "data-target",
            checked: k === Math.min(target, values.length - 1),
            on: { change: () => (target = k, redraw()) },
          }),
          html("span", {}, nameOf(table, value, k)),
        )
      ),
    ];
    const fields = () =>
      next.map((value, k) =>
        html("input", {
          key: k,
          type: "text",
          inputmode: "decimal",
          name: "data-target",
          "aria-label": t("data.new_point"),
          value: String(value),
          on: {
            change: ({ target: { value } }) => {
              const number = Number(value.replace("\u2212", "-"));
              if (value.trim() === "" || !Number.isFinite(number)) return complain(t("edit.no_number"));
              typed = next.with(k, number);
              redraw();
            },
          },
        })
      );
    return html(
      "section",
      { key: "plane", class: "data-plane", "aria-label": t("data.plane") },
      html("h3", {}, t("data.plane")),
      html(
        "div",
        { class: "data-classes" },
        html(
          "fieldset",
          { class: many ? "data-targets" : "segments" },
          html("legend", {}, t("data.new_point")),
          ...many ? fields() : choices(),
        ),
        isCoded(table) && html(
          "button",
          {
            type: "button",
            class: "button small",
            on: { click: () => (target = values.length, addClass()) },
          },
          t("data.add_class"),
        ),
      ),
      svg(
        "svg",
        {
          viewBox: `0 0 ${SIDE} ${SIDE}`,
          class: "data-canvas",
          "aria-hidden": "true",
          on: { pointerdown: press, pointermove: move, pointerup: drop, pointercancel: drop },
        },
        svg("rect", { class: "frame", x: 0, y: 0, width: SIDE, height: SIDE }),
        table.rows.map((row, n) =>
          point(row, n, place(row), { table, values, many, isChosen: n === chosen })
        ),
      ),
      html("p", { class: "faint" }, t("data.plane_hint", { count: table.rows.length })),
    );
  };
}

/**
 * @param {Row} row
 * @param {number} n
 * @param {number[]} place
 * @param {{ table: Table, values: number[][], many: boolean, isChosen: boolean }} look
 */
function point(row, n, [x, y], { table, values, many, isChosen }) {
  const k = many ? 0 : values.findIndex((value) => value.join() === row.y.join());
  const coded = isCoded(table);
  const name = coded ? `example class-${classOf(row.y) % 10}` : "example";
  return svg("path", {
    key: n,
    class: isChosen ? `${name} is-chosen` : name,
    d: SHAPES[coded ? classOf(row.y) % SHAPES.length : 0],
    transform: `translate(${round(x)} ${round(y)}) scale(${DOT / 5})`,
    // Of a number, more ink is more.
    "fill-opacity": coded ? 1 : round(shade(values, many ? row.y[0] : k, many)),
    "data-row": n,
  });
}

/**
 * How dark a point is: by its number among those there are, or by the place of its target in their order.
 * @param {number[][]} values  in order
 * @param {number} value
 * @param {boolean} many
 */
function shade(values, value, many) {
  const last = values.length - 1;
  if (!many) return last > 0 ? 0.08 + 0.85 * value / last : 0.5;
  const [low, high] = [values[0][0], values[last][0]];
  return 0.08 + 0.85 * (value - low) / (high - low || 1);
}

/** A target in words: the name of its class, or its numbers.  @param {Table} table  @param {number[]} value  @param {number} k */
function nameOf(table, value, k) {
  if (isCoded(table)) return table.classes[classOf(value)] ?? String(k);
  return value.map((number) => panel(number)).join(" ");
}

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
}
