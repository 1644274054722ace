/**
 * The cards of the stage: a column for each layer, a card for each unit, a button for each number.
 *
 * Here a frame becomes descriptions of elements; what is lit follows from what the frame says is read and written.
 *
 * @import { Address, Context, Frame, Moment } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Card, Column, Layout } from "./layout.js"
 */
import { html } from "../../draw/dom.js";
import { full } from "../../draw/format.js";
import { isStory } from "../../names.js";
import { formatAddress, known as isKnownAt, unitOf } from "../../trace.js";
import { exact, figures } from "../../draw/figures.js";
import { captionBox, singleHeight } from "./layout.js";
import { cellOf, mostTelling, pairedRows, placeValues, shownSingle } from "./quantities.js";
import { symbolOf } from "../../draw/unitlabel.js";

/**
 * What drawing needs beside the frame. `litNames` are the values of which a cell is read or written, `before` the
 * moment the transition began at, `arrived` whether it has brought what it brings, `note` what there
 * is to say of a unit, `more` the strip of a folded layer.
 * @typedef {{ frame: Frame, context: Context, layout: Layout, litNames: Set<string>, focus: string, before: Moment | null, arrived: boolean, note?: (scene: Scene, layer: number, unit: number) => Drawn | null, more?: (scene: Scene, column: Column, rows: (string | null)[][]) => Drawn[] }} Scene
 */

/**
 * The values a column's cards show, row by row.
 * @param {Scene} scene
 * @param {Column} column
 * @returns {(string | null)[][]}
 */
export function rowsOf({ frame, litNames }, { layer, shape }) {
  const names = placeValues(frame.run).layers[layer].card;
  if (shape.form === "pair") return pairedRows(frame.run, names);
  if (shape.form === "list") return names.map((name) => [name]);
  return mostTelling(frame, names, shape.rows, litNames).map((name) => [name]);
}

/**
 * @param {Scene} scene
 * @returns {Drawn[]}
 */
export function drawCards(scene) {
  const { frame, layout } = scene;
  const drawn = layout.columns.flatMap((column) => {
    const rows = rowsOf(scene, column);
    return [
      ...column.cards.map((card) => drawCard(scene, column, card, rows)),
      ...scene.more?.(scene, column, rows) ?? [],
    ];
  });
  const single = shownSingle(frame, scene.litNames);
  if (layout.single && single.length) {
    const words = layout.single.width > 9 * layout.font;
    const cells = single.map((name) =>
      drawCell(scene, { name, index: [] }, [], words ? frame.run.values[name].label : "")
    );
    const box = { ...layout.single, height: singleHeight(single.length) * layout.font };
    drawn.push(html("div", { key: "single", class: "card single", style: boxStyle(box) }, ...cells));
  }
  return /** @type {Drawn[]} */ (drawn.filter(Boolean));
}

/**
 * @param {Scene} scene
 * @param {Column} column
 * @param {Card} card
 * @param {(string | null)[][]} rows
 * @returns {Drawn}
 */
function drawCard(scene, { layer, shape }, { unit, box }, rows) {
  const { frame, context, layout } = scene;
  const cells = rows.map((row) =>
    row.map((name) => {
      if (name !== null) {
        const cell = cellShown(frame, name, unit);
        const { axes } = frame.run.values[name];
        return drawCell(scene, cell, cell.index.filter((_, axis) => axes[axis] !== "example"));
      }
      // Beside a value that has no gradient there is room to say what it is.
      return html(
        "span",
        { class: "cell-none", "aria-hidden": "true" },
        row[0] && frame.run.values[row[0]].label,
      );
    })
  );
  const lit = litCells(frame, rows.flat(), unit);
  return html(
    "div",
    {
      key: `${layer}.${unit}`,
      class: classes(
        "card",
        shape.form,
        shape.bare && "bare",
        shape.map > 0 && (shape.over ? "mapped over" : "mapped"),
        lit === "written" && "is-active",
        lit === "read" && "is-reading",
      ),
      role: "group",
      "aria-label": context.t("stage.unit", { layer: layerName(scene, layer), unit }),
      "data-layer": layer,
      "data-unit": unit,
      style: { ...boxStyle(box), "--map": shape.map ? `${shape.map}em` : null },
    },
    shape.map ? html("canvas", { key: "map", class: "card-map", "aria-hidden": "true" }) : null,
    ...cells,
    shape.bare ? null : scene.note?.(scene, layer, unit),
    drawCaption(scene, layer, unit, {
      always: shape.caption,
      above: captionBox(box, layout).y < box.y,
      room: Math.max(1, Math.floor(box.width * REACH / (layout.font * (CAPTION_CELL + layout.more)))),
    }),
  );
}

/** What a number under a card takes, in type sizes, and how far the line may reach beyond the card, in its widths. */
const CAPTION_CELL = 5;
const REACH = 1.25;

/**
 * The bias under a card, with its gradient and new value once they are there.
 * @param {Scene} scene
 * @param {number} layer
 * @param {number} unit
 * @param {{ always: boolean, above: boolean, room: number }} options  `always`, or only when it takes part; `room`
 *   for so many numbers
 * @returns {Drawn | null}
 */
function drawCaption(scene, layer, unit, { always, above, room }) {
  const { frame } = scene;
  const names = placeValues(frame.run).layers[layer].bias;
  const cells = names.map((name) => cellOf(frame.run, name, unit, frame.example));
  const lit = cells.some((cell) => isLit(frame, cell));
  // Without room of its own the line stands where other things do: then for the unit that is computed alone.
  const own = frame.run.values[frame.active.name].layer === layer &&
    unitOf(frame.run.values[frame.active.name], frame.active.index) === unit;
  if (cells.length === 0 || !(always || (lit && own))) return null;
  const there = cells.filter((cell, at) =>
    isLit(frame, cell) || (isStory(frame.run, cell.name) && (at === 0 || frame.known(cell)))
  );
  // Where they would run into the next column: what is lit, or the newest, and then the first ones.
  const telling = there.find((cell) => frame.writtenSet.has(formatAddress(cell))) ??
    there.find((cell) => isLit(frame, cell)) ?? there.at(-1);
  const others = there.filter((cell) => cell !== telling).slice(0, room - 1);
  const shown = there.length <= room
    ? there
    : there.filter((cell) => cell === telling || others.includes(cell));
  return html(
    "div",
    {
      class: classes(
        "caption",
        above && "above",
        lit && "is-lit",
        layer === frame.run.layers.length - 1 && "from-end",
      ),
    },
    ...shown.map((cell, at) => drawCell(scene, cell, at === 0 ? [unit] : [])),
  );
}

/**
 * One number, or the words that it is not there yet.
 * @param {Scene} scene
 * @param {Address} cell
 * @param {number[]} indices  to write beside the symbol
 * @param {string} [word]  what it is, where there is room to say so
 * @returns {Drawn}
 */
export function drawCell(scene, cell, indices, word = "") {
  const { frame, context, focus, before } = scene;
  const { t } = context;
  const info = frame.run.values[cell.name];
  const address = formatAddress(cell);
  const known = frame.known(cell);
  const value = frame.value(cell);
  const written = frame.writtenSet.has(address);
  const stale = context.state.edit?.stale.has(cell.name) ?? false;
  const making = soFar(scene, address);
  const text = making
    ? figures(making.total)
    : known
    ? (value === undefined ? t("stage.left_out") : figures(value))
    : frame.veiled(cell)
    ? "?"
    : t("stage.not_yet");
  const spoken = making
    ? t("stage.so_far", { value: full(making.total), term: making.term, count: making.count })
    : known
    ? (value === undefined ? t("stage.left_out") : full(value))
    : t(frame.veiled(cell) ? "stage.veiled" : "stage.not_yet_computed");
  return html(
    "button",
    {
      key: cell.name,
      type: "button",
      class: classes(
        "cell",
        !known && !making && "is-unknown",
        frame.veiled(cell) && "is-veiled",
        making && "is-partial",
        frame.building?.added.has(address) && "is-added",
        written && "is-written",
        known && !frame.building && before && !isKnownAt(frame.run, before, cell) && "is-fresh",
        frame.readSet.has(address) && "is-read",
        address === focus && "is-focus",
        stale && "is-stale",
        known && value !== undefined && !Number.isFinite(value) && "is-wild",
      ),
      "data-address": address,
      "data-value": known && value !== undefined ? exact(value) : null,
      "data-known": known,
      "data-partial": making ? exact(making.total) : null,
      "data-phase": info.phase,
      "data-source": info.source,
      "aria-label": t("stage.cell", { what: info.label, where: placeName(scene, cell), value: spoken }),
      title: `${address}\u2002${spoken}`,
      style: making ? { "--share": making.term / making.count } : {},
    },
    html("span", { class: "cell-symbol" }, symbolOf(frame.run, cell.name, indices, t("stage.new"))),
    word && html("span", { class: "cell-word" }, word),
    html("span", { class: "cell-number" }, text),
  );
}

/**
 * The total so far of the cell that is being made; none before its first term is there, nor once its last one is.
 * @param {Scene} scene
 * @param {string} address
 * @returns {{ total: number, term: number, count: number } | null}
 */
function soFar({ frame: { building }, arrived }, address) {
  if (building?.address !== address) return null;
  const { terms, at, complete } = building;
  const term = arrived ? at + 1 : at;
  if (term === 0 || (term === terms.length && (complete || arrived))) return null;
  return { total: terms[term - 1].running, term, count: terms.length };
}

/**
 * @param {Frame} frame
 * @param {(string | null)[]} names
 * @param {number} unit
 * @returns {"written" | "read" | ""}
 */
function litCells(frame, names, unit) {
  let found = /** @type {"read" | ""} */ ("");
  for (const name of names) {
    if (name === null) continue;
    const address = formatAddress(cellShown(frame, name, unit));
    if (frame.writtenSet.has(address)) return "written";
    if (frame.readSet.has(address)) found = "read";
  }
  return found;
}

/**
 * The cell of a unit's card for a value: of several the one that is explained.
 * @param {Frame} frame
 * @param {string} name
 * @param {number} unit
 * @returns {Address}
 */
function cellShown({ run, focus, example }, name, unit) {
  const own = focus.name === name && unitOf(run.values[name], focus.index) === unit;
  return own && focus.index[run.values[name].axes.indexOf("example")] === example
    ? focus
    : cellOf(run, name, unit, example);
}

/** @param {Frame} frame  @param {Address} cell  @returns {boolean} */
export function isLit(frame, cell) {
  const address = formatAddress(cell);
  return frame.writtenSet.has(address) || frame.readSet.has(address);
}

/** @param {Scene} scene  @param {number} layer  @returns {string} */
export function layerName({ frame, context: { t } }, layer) {
  if (layer === 0) return t("stage.input");
  return layer === frame.run.layers.length - 1 ? t("stage.output") : t("stage.hidden", { layer });
}

/** Where a cell is, in words.  @param {Scene} scene  @param {Address} cell  @returns {string} */
function placeName(scene, { name, index }) {
  const { frame, context: { t } } = scene;
  const { layer, axes } = frame.run.values[name];
  if (index.length === 0) return t("stage.whole");
  const where = layerName(scene, layer ?? frame.run.layers.length - 1);
  const unit = index[axes.indexOf("unit")];
  if (axes.includes("input")) {
    return t("stage.wire", { layer: where, unit, input: index[axes.indexOf("input")] });
  }
  return t("stage.unit", { layer: where, unit });
}

/** @param {import("../../types.d.ts").Box} box */
export function boxStyle({ x, y, width, height }) {
  return { left: px(x), top: px(y), width: px(width), height: px(height) };
}

/** @param {number} value */
export function px(value) {
  return `${Math.round(value * 100) / 100}px`;
}

/** @param {...(string | false | null | undefined)} names */
export function classes(...names) {
  return names.filter(Boolean).join(" ");
}
