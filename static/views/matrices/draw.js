/**
 * Matrices as descriptions of elements: labels, places, cells with numbers, frames around what is lit.
 *
 * @import { Address } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Placed } from "./layout.js"
 * @import { Rectangle, Scene } from "./scene.js"
 */
import { largestMagnitude, signOf } from "../../draw/colour.js";
import { html } from "../../draw/dom.js";
import { exact, figures } from "../../draw/figures.js";
import { full, stage } from "../../draw/format.js";
import { FULLEST, shareOf } from "../../draw/heat.js";
import { symbol } from "../../draw/label.js";
import { formatAddress, known as isKnownAt } from "../../trace.js";
import { cellAt } from "./arrange.js";
import { isOpen, lengthOf, offsetOf } from "./layout.js";
import { bandsOf } from "./scene.js";

/**
 * @param {Scene} scene
 * @returns {Drawn[]}
 */
export function drawMatrices(scene) {
  return scene.layout.placed.flatMap((placed) => [drawLabel(scene, placed), drawMatrix(scene, placed)]);
}

/**
 * What is one number for the whole assignment, such as the learning rate.
 * @param {Scene} scene
 * @returns {Drawn[]}
 */
export function drawSingles(scene) {
  const { frame, arrangement, context: { t } } = scene;
  return arrangement.singles.map((name) => {
    const cell = { name, index: [] };
    const value = frame.value(cell);
    const known = frame.known(cell) && value !== undefined;
    const spoken = known ? full(value) : t(frame.veiled(cell) ? "stage.veiled" : "stage.not_yet_computed");
    return html(
      "button",
      {
        key: name,
        type: "button",
        class: name === scene.focus ? "mx-single is-focus" : "mx-single",
        "data-address": name,
        "data-value": known ? exact(value) : null,
        "data-known": known,
        "aria-label": t("stage.cell", { what: frame.run.values[name].label, where: name, value: spoken }),
      },
      symbol(frame.run, name),
      html("span", {}, "="),
      html(
        "span",
        { class: "cell-number" },
        known ? figures(value) : frame.veiled(cell) ? "?" : t("stage.not_yet"),
      ),
    );
  });
}

/**
 * The name of a matrix, its shape as it is drawn, and the size its fullest colour stands for.
 * @param {Scene} scene
 * @param {Placed} placed
 * @returns {Drawn}
 */
function drawLabel(scene, { matrix, across, down, label }) {
  const { frame, layout, context: { t } } = scene;
  const { name, part, turned } = matrix;
  const whole = frame.known(cellAt(matrix, down.extent - 1, across.extent - 1, frame.example));
  const most = whole ? mostOf(scene, name) : 0;
  return html(
    "p",
    {
      key: `label ${name}`,
      class: part === "line" ? "mx-label of-line" : "mx-label",
      "data-phase": frame.run.values[name].phase,
      style: boxStyle(label),
    },
    html(
      "span",
      { class: "mx-name" },
      symbol(frame.run, name),
      turned && html("sup", {}, "T"),
      frame.run.values[name].quantity.endsWith("_new") && html("small", {}, t("stage.new")),
    ),
    html("span", { class: "mx-shape" }, shapeText({ across, down })),
    part !== "line" && most > 0 && label.width > 8 * layout.font &&
      html("span", { class: "mx-scale", title: t("stage.scale", { most: stage(most) }) }, `±${stage(most)}`),
  );
}

/** 100×4, or the one number of a row.  @param {Pick<Placed, "across" | "down">} placed */
function shapeText({ across, down }) {
  const length = (/** @type {import("./layout.js").Scale} */ { letter, extent }) =>
    letter === null ? [] : [`${extent}`];
  return [...length(down), ...length(across)].join("×");
}

/**
 * @param {Scene} scene
 * @param {Placed} placed
 * @returns {Drawn}
 */
function drawMatrix(scene, placed) {
  const { frame, context: { t } } = scene;
  const { matrix, across, down, box } = placed;
  const info = frame.run.values[matrix.name];
  const folded = across.count < across.extent || down.count < down.extent;
  const places = (/** @type {import("./layout.js").Scale} */ { first, count }) =>
    Array.from({ length: count }, (_, k) => first + k);
  const rows = places(down), cols = places(across);
  const most = mostOf(scene, matrix.name);
  const band = bandsOf(scene).find((each) => each.matrix === matrix);
  const stops = tabStop(scene, placed);
  return html(
    "div",
    {
      key: matrix.name,
      class: `mx ${matrix.part}`,
      role: "grid",
      "aria-label": t("stage.matrix", {
        what: info.label,
        name: matrix.name,
        rows: down.extent,
        cols: across.extent,
      }),
      "data-matrix": matrix.name,
      "data-phase": info.phase,
      style: boxStyle(box),
    },
    folded && html("canvas", { key: "heat", class: "mx-heat", "aria-hidden": "true" }),
    ...drawPlaces(scene, placed, rows, cols),
    ...rows.map((row) =>
      html(
        "div",
        { key: `r${row}`, role: "row", class: "mx-row" },
        ...cols.map((col) => drawCell(scene, placed, row, col, most, stops)),
      )
    ),
    band && html("i", { key: "band", class: "mx-band", style: rectangleStyle(placed, band) }),
  );
}

/**
 * The numbers of rows and columns along the edges.
 * @param {Scene} scene
 * @param {Placed} placed
 * @param {number[]} rows
 * @param {number[]} cols
 * @returns {Drawn[]}
 */
function drawPlaces(scene, { matrix, across, down }, rows, cols) {
  const active = Object.fromEntries(
    scene.arrangement.result.at.map((letter, axis) => [letter, scene.frame.active.index[axis]]),
  );
  /** @param {string | null} letter  @param {number} place */
  const isActive = (letter, place) => letter !== null && active[letter] === place;
  return [
    ...(across.letter === null || matrix.part === "line" ? [] : cols.map((col) =>
      html("span", {
        key: `c${col}`,
        "aria-hidden": "true",
        class: isActive(across.letter, col) ? "mx-place across is-active" : "mx-place across",
        style: { left: px(offsetOf(across, col)), width: px(across.cell) },
      }, String(col))
    )),
    ...(down.letter === null ? [] : rows.map((row) =>
      html("span", {
        key: `p${row}`,
        "aria-hidden": "true",
        class: isActive(down.letter, row) ? "mx-place down is-active" : "mx-place down",
        style: { top: px(offsetOf(down, row)), height: px(down.cell) },
      }, String(row))
    )),
  ];
}

/**
 * @param {Scene} scene
 * @param {Placed} placed
 * @param {number} row
 * @param {number} col
 * @param {number} most
 * @param {string} stop  the cell of this matrix that the Tab key stops at
 * @returns {Drawn}
 */
function drawCell(scene, { matrix, across, down }, row, col, most, stop) {
  const { frame, context, focus, before, arrived } = scene;
  const { t } = context;
  const cell = cellAt(matrix, row, col, frame.example);
  const address = formatAddress(cell);
  const info = frame.run.values[cell.name];
  const known = frame.known(cell);
  const value = frame.value(cell);
  const making = frame.building?.address === address ? soFar(frame.building, arrived) : null;
  const total = making ? making.total : known ? value : undefined;
  const text = total !== undefined ? figures(total) : known ? "–" : "";
  const spoken = making
    ? t("stage.so_far", { value: full(making.total), term: making.term, count: making.count })
    : known
    ? value === undefined ? t("stage.left_out") : full(value)
    : t("stage.not_yet_computed");
  const fresh = known && !frame.building && before && !isKnownAt(frame.run, before, cell);
  return html(
    "button",
    {
      key: `${row} ${col}`,
      type: "button",
      role: "gridcell",
      class: [
        "mx-cell",
        total === undefined ? "is-unknown" : `is-${signOf(total)}`,
        making && "is-partial",
        fresh && "is-fresh",
        frame.writtenSet.has(address) && "is-written",
        frame.readSet.has(address) && "is-read",
        frame.building?.added.has(address) && "is-added",
        address === focus && "is-focus",
        context.state.edit?.stale.has(cell.name) && "is-stale",
      ].filter(Boolean).join(" "),
      tabindex: address === stop ? 0 : -1,
      "data-address": address,
      "data-value": known && value !== undefined ? exact(value) : null,
      "data-known": known,
      "data-partial": making ? exact(making.total) : null,
      "data-row": row,
      "data-col": col,
      "aria-label": t("stage.cell", { what: info.label, where: address, value: spoken }),
      title: `${address}\u2002${spoken}`,
      style: {
        left: px(offsetOf(across, col)),
        top: px(offsetOf(down, row)),
        width: px(across.cell),
        height: px(down.cell),
        "--heat": total === undefined ? null : `${Math.round(100 * FULLEST * shareOf(total, most))}%`,
        "--share": making ? making.term / making.count : null,
      },
    },
    html("span", { class: "cell-number" }, text),
  );
}

/**
 * The total of the number in the making.
 * @param {import("../../types.d.ts").Building} building
 * @param {boolean} arrived  has the latest term been added?
 * @returns {{ total: number, term: number, count: number } | null}
 */
function soFar({ terms, at, complete }, arrived) {
  const term = arrived ? at + 1 : at;
  if (term === 0 || (term === terms.length && (complete || arrived))) return null;
  return { total: terms[term - 1].running, term, count: terms.length };
}

/**
 * Each matrix is one stop of the Tab key: at the pinned cell, at what is computed or read, or at its first cell.
 * @param {Scene} scene
 * @param {Placed} placed
 * @returns {string}
 */
function tabStop(scene, { matrix, across, down }) {
  const { frame } = scene;
  /** @type {(cell: Address) => boolean} */
  const open = ({ name, index }) => {
    if (name !== matrix.name) return false;
    return isOpen(down, placeOf(matrix, index, matrix.rows)) &&
      isOpen(across, placeOf(matrix, index, matrix.cols));
  };
  const found = [frame.focus, ...frame.written, ...frame.reads].find(open);
  return formatAddress(found ?? cellAt(matrix, down.first, across.first, frame.example));
}

/** @param {import("./arrange.js").Matrix} matrix  @param {number[]} index  @param {string | null} letter */
function placeOf({ at }, index, letter) {
  return letter === null ? 0 : index[at.indexOf(letter)];
}

/**
 * Frames that move: what is added just now, or the pair a sweep has come to.
 * @param {Scene} scene
 * @param {Rectangle[]} rectangles
 * @returns {Drawn[]}
 */
export function drawFrames({ layout }, rectangles) {
  return rectangles.flatMap((rectangle) => {
    const placed = layout.placed.find(({ matrix }) => matrix === rectangle.matrix);
    if (!placed) return [];
    const { left, top, width, height } = edges(placed, rectangle);
    return [
      html("i", {
        key: rectangle.matrix.name,
        class: "mx-now",
        style: boxStyle({ x: placed.box.x + left, y: placed.box.y + top, width, height }),
      }),
    ];
  });
}

/** @param {Placed} placed  @param {Rectangle} rectangle */
function edges({ across, down }, { rows, cols }) {
  const [left, top] = [offsetOf(across, cols.from), offsetOf(down, rows.from)];
  return { left, top, width: offsetOf(across, cols.to) - left, height: offsetOf(down, rows.to) - top };
}

/** @param {Placed} placed  @param {Rectangle} rectangle */
function rectangleStyle(placed, rectangle) {
  const { left, top, width, height } = edges(placed, rectangle);
  return boxStyle({ x: left, y: top, width, height });
}

/** @type {WeakMap<Float64Array, number>} */
const largest = new WeakMap();

/** The size that the fullest colour of a matrix stands for.  @param {Scene} scene  @param {string} name */
export function mostOf({ frame }, name) {
  const data = frame.trace.values[name]?.data;
  if (!data) return 0;
  let most = largest.get(data);
  if (most === undefined) largest.set(data, most = largestMagnitude(data));
  return most;
}

/** @param {Placed} placed */
export function sizeOf({ across, down }) {
  return { width: lengthOf(across), height: lengthOf(down) };
}

/** @param {import("../../types.d.ts").Box} box */
function boxStyle({ x, y, width, height }) {
  return { left: px(x), top: px(y), width: px(width), height: px(height) };
}

/** @param {number} value */
function px(value) {
  return `${Math.round(value * 100) / 100}px`;
}
