/**
 * Where a cell is to be seen on the stage. Pure.
 *
 * @import { Address, Box, Wire } from "../../types.d.ts"
 * @import { Scene } from "./cards.js"
 */
import { wireBetween } from "../../draw/geometry.js";
import { rowsOf } from "./cards.js";
import { captionBox, cellBox, placeInStrip } from "./layout.js";
import { shownSingle } from "./quantities.js";

/**
 * @typedef {{ kind: "cell", layer: number, unit: number, card: Box, box: Box, side: "left" | "right" }} CellAnchor
 *   `side`: the side of the card this cell is nearest to
 * @typedef {{ kind: "wire", layer: number, unit: number, input: number, line: Wire, folded: boolean }} WireAnchor
 *   `folded`: one end is in the strip of a tall layer
 * @typedef {{ kind: "more", layer: number, unit: number, card: Box }} MoreAnchor
 * @typedef {{ kind: "single", card: Box, box: Box }} SingleAnchor
 * @typedef {CellAnchor | WireAnchor | MoreAnchor | SingleAnchor} Anchor
 */

/**
 * A function from cells to where they are; null for what is not on the stage, such as other examples' values.
 * @param {Scene} scene
 * @returns {(cell: Address) => Anchor | null}
 */
export function locator(scene) {
  const { frame, layout } = scene;
  const single = shownSingle(frame, scene.litNames);
  const columns = layout.columns.map((column) => ({
    ...column,
    boxes: new Map(column.cards.map(({ unit, box }) => [unit, box])),
    rows: rowsOf(scene, column),
  }));
  /** @type {(layer: number, unit: number) => { box: Box, folded: boolean } | null} */
  const cardAt = (layer, unit) => {
    const column = columns[layer];
    const box = column?.boxes.get(unit);
    if (box) return { box, folded: false };
    return column?.more ? { box: placeInStrip(column, unit), folded: true } : null;
  };
  return ({ name, index }) => {
    const info = frame.run.values[name];
    const layer = info.layer ?? columns.length - 1;
    if (info.axes.length === 0) {
      const row = single.indexOf(name);
      if (!layout.single || row < 0) return null;
      return { kind: "single", card: layout.single, box: cellBox(layout.single, layout.font, row, 0, 1) };
    }
    const unit = index[info.axes.indexOf("unit")];
    if (info.axes.includes("input")) {
      const input = index[info.axes.indexOf("input")];
      const [from, to] = [cardAt(layer - 1, input), cardAt(layer, unit)];
      if (!from || !to) return null;
      return {
        kind: "wire",
        layer,
        unit,
        input,
        line: wireBetween(from.box, to.box),
        folded: from.folded || to.folded,
      };
    }
    if (info.axes.includes("example") && index[info.axes.indexOf("example")] !== frame.example) return null;
    const card = cardAt(layer, unit);
    if (!card) return null;
    if (card.folded) return { kind: "more", layer, unit, card: card.box };
    if (!info.axes.includes("example")) {
      const box = captionBox(card.box, layout);
      return { kind: "cell", layer, unit, card: card.box, box, side: "left" };
    }
    const { rows, shape } = columns[layer];
    const row = rows.findIndex((names) => names.includes(name));
    if (row < 0) return null;
    const column = rows[row].indexOf(name);
    const box = cellBox(card.box, layout.font, row, column, rows[row].length, shape);
    return { kind: "cell", layer, unit, card: card.box, box, side: column > 0 ? "right" : "left" };
  };
}
