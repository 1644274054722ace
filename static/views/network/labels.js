/**
 * The numbers on wires: which ones, and where each stands so that no card and no other label cuts it.
 *
 * @import { Address, Box, Wire } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 * @import { LitWire } from "./routes.js"
 * @import { Place } from "./wires.js"
 */
import { html } from "../../draw/dom.js";
import { labelOnWire } from "../../draw/geometry.js";
import { isStory } from "../../names.js";
import { formatAddress } from "../../trace.js";
import { boxStyle, classes, drawCell, isLit, px } from "./cards.js";
import { placeValues } from "./quantities.js";

/**
 * @typedef {{ key: string, layer: number, unit: number, input: number, box: Box, cells: Address[], symbols: keyof typeof SYMBOL, type: number, lit: boolean }} Label
 */

/** Size of the labels' type against the stage's, largest and smallest; their measures are in em of it. */
const TYPE = Object.freeze({ largest: 0.8, smallest: 0.6 });
/** Smaller type than this, in pixels, is for a few labels only. */
const READABLE = 10.5, FEW = 4;

const LINE = 1.45, NUMBER = 3.9, PADDING = 0.9;

/** Room for a symbol with the indices of its wire, without them, and for none. */
const SYMBOL = Object.freeze({ full: 2.1, short: 1.9, none: 0 });

/**
 * Labels of the wires that are lit, and of the wires someone points at.
 * @param {Scene} scene
 * @param {LitWire[]} lit
 * @param {Place[]} pointed
 * @param {{ wires: Place[], names: (string | null)[] }} [all]  wires that show the one number their line shows, by layer,
 *   where it covers no other
 * @returns {Label[]}
 */
export function placeLabels(scene, lit, pointed, { wires: all, names } = { wires: [], names: [] }) {
  const { layout } = scene;
  /** @type {Label[]} */
  const placed = [];
  const cards = layout.columns.flatMap((column) => column.cards.map(({ box }) => box));
  /** Labels of one layer lean to the side where its wires are apart. */
  const add = (
    /** @type {{ wires: Place[], isLit: boolean, whole: boolean, one?: boolean }} */ {
      wires,
      isLit,
      whole,
      one,
    },
  ) => {
    const groups = Map.groupBy(wires, ({ layer }) => layer);
    for (const [layer, group] of groups) {
      const units = new Set(group.map(({ unit }) => unit));
      // Wires that meet at one unit on the right are apart on the left, and the other way round.
      const lean = group.length === 1 ? 0 : isLit && whole ? 0.1 : 0.24;
      const wish = units.size === 1 ? 0.5 - lean : 0.5 + lean;
      for (const { unit, input, line } of group) {
        if (placed.some((label) => label.layer === layer && label.unit === unit && label.input === input)) {
          continue;
        }
        const cells = one
          ? [names[layer]].filter((name) => name !== null).map((name) => ({ name, index: [unit, input] }))
          : trimmed(
            scene,
            cellsOn(scene, layer, unit, input, isLit && !whole),
            isLit ? group.length : 1,
            layer,
          );
        if (cells.length === 0) continue;
        const symbols = symbolsFor(scene, layer, cells.length);
        const { type, fits } = typeFor(scene, layer, symbols);
        // A lit label that no gap holds would hide the numbers it belongs to.
        if (isLit && !fits) continue;
        const size = { width: widthOf(symbols, scene) * type, height: (cells.length * LINE + 0.3) * type };
        const others = placed.map(({ box }) => box);
        const box = freeBox(line, size, wish, cards, others);
        // Where every wire is read there may be no room for all of them.
        const written = cells.some((cell) => scene.frame.writtenSet.has(formatAddress(cell)));
        if ((one || isLit) && !written && overlap(box, one ? [...others, ...cards] : others, 0) > 0) continue;
        placed.push({
          key: `${layer}.${unit}.${input}`,
          layer,
          unit,
          input,
          cells,
          symbols,
          type,
          lit: isLit,
          box,
        });
      }
    }
  };
  const shown = lit.filter(({ folded }) => !folded);
  add({
    wires: shown.filter(({ towards }) => towards === "right" || towards === "left"),
    isLit: true,
    whole: false,
  });
  add({
    wires: shown.filter(({ towards }) => towards === "middle" || towards === "through"),
    isLit: true,
    whole: true,
  });
  add({ wires: pointed, isLit: false, whole: true });
  add({ wires: all, isLit: false, whole: true, one: true });
  return placed;
}

/**
 * @param {Scene} scene
 * @param {Label[]} labels
 * @returns {Drawn[]}
 */
export function drawLabels(scene, labels) {
  return labels.map(({ key, layer, unit, input, box, cells, symbols, type, lit }) =>
    html(
      "div",
      {
        key: `label${key}`,
        class: classes("wire-label", lit && "is-lit", symbols === "none" && "bare"),
        "data-layer": layer,
        "data-unit": unit,
        "data-input": input,
        style: { ...boxStyle(box), "font-size": px(type) },
      },
      ...cells.map((cell, at) => drawCell(scene, cell, at === 0 && symbols === "full" ? cell.index : [])),
    )
  );
}

/**
 * The values of a wire that its label shows.
 * @param {Scene} scene
 * @param {number} layer
 * @param {number} unit
 * @param {number} input
 * @param {boolean} litOnly
 * @returns {Address[]}
 */
function cellsOn({ frame }, layer, unit, input, litOnly) {
  const cells = placeValues(frame.run).layers[layer].wire.map((name) => ({ name, index: [unit, input] }));
  return cells.filter((cell) =>
    isLit(frame, cell) || (!litOnly && frame.known(cell) && isStory(frame.run, cell.name))
  );
}

/**
 * Where labels would be too many or too small to read, only what is written stays.
 * @param {Scene} scene
 * @param {Address[]} cells
 * @param {number} count  labels side by side
 * @param {number} layer
 * @returns {Address[]}
 */
function trimmed(scene, cells, count, layer) {
  const { frame, layout } = scene;
  const { type } = typeFor(scene, layer, symbolsFor(scene, layer, cells.length));
  const room = layout.height - layout.heading;
  const readable = count <= FEW || type > READABLE;
  if (readable && cells.length * count * LINE * type < room * 0.55) return cells;
  const written = cells.filter((cell) => frame.writtenSet.has(formatAddress(cell)));
  return written.length ? written : cells;
}

/** Room between a layer's column and the one before.  @param {Scene} scene  @param {number} layer */
function gapBefore({ layout }, layer) {
  const [from, to] = [layout.columns[layer - 1].box, layout.columns[layer].box];
  return to.x - from.x - from.width;
}

/**
 * Several numbers need their names; a single one has its name where there is room between the columns.
 * @param {Scene} scene
 * @param {number} layer
 * @param {number} lines
 * @returns {keyof typeof SYMBOL}
 */
function symbolsFor(scene, layer, lines) {
  const wide = widthOf("full", scene) * TYPE.largest * scene.layout.font;
  return gapBefore(scene, layer) - 10 > wide ? "full" : lines > 1 ? "short" : "none";
}

/**
 * The labels' type in pixels: smaller where the columns are close, so that some of the wire stays in sight.
 * @param {Scene} scene
 * @param {number} layer
 * @param {keyof typeof SYMBOL} symbols
 */
function typeFor(scene, layer, symbols) {
  const { font } = scene.layout;
  const gap = gapBefore(scene, layer);
  const type = Math.max(
    TYPE.smallest * font,
    Math.min(TYPE.largest * font, (0.8 * gap) / widthOf(symbols, scene)),
  );
  return { type, fits: widthOf(symbols, scene) * type <= gap - 4 };
}

/** @param {keyof typeof SYMBOL} symbols  @param {Scene} scene  @returns {number} em */
function widthOf(symbols, { layout }) {
  return SYMBOL[symbols] + NUMBER + layout.more + PADDING;
}

/**
 * The place along a wire where a label covers least, nearest to where it is wished.
 * @param {Wire} line
 * @param {{ width: number, height: number }} size
 * @param {number} wish
 * @param {Box[]} cards
 * @param {Box[]} others
 * @returns {Box}
 */
function freeBox(line, size, wish, cards, others) {
  let best = labelOnWire(line, size, wish);
  let least = Infinity;
  for (let step = 0; step <= 24; step++) {
    const away = Math.ceil(step / 2) / 24;
    const fraction = wish + (step % 2 ? away : -away);
    if (fraction < 0.05 || fraction > 0.95) continue;
    const box = labelOnWire(line, size, fraction);
    const covered = overlap(box, cards) * 4 + overlap(box, others);
    if (covered < least - 1) [best, least] = [box, covered];
    if (covered === 0) break;
  }
  return best;
}

/** Area of a box that others cover, counted once for each.  @param {Box} box  @param {Box[]} others  @param {number} [margin] */
function overlap(box, others, margin = 3) {
  return others.reduce((sum, other) => {
    const width = Math.min(box.x + box.width, other.x + other.width) - Math.max(box.x, other.x) + margin;
    const height = Math.min(box.y + box.height, other.y + other.height) - Math.max(box.y, other.y) + margin;
    return width > 0 && height > 0 ? sum + width * height : sum;
  }, 0);
}
