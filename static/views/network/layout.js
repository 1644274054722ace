/**
 * Where everything of the network stands: columns of cards, their size of type, what folds away.
 *
 * The type is as large as the stage allows. A card may show all its values in two columns (a value and its gradient side
 * by side), in one, or only the most telling few; the layout weighs size of type against what it would have to leave
 * out, and folds a layer that fits in no form. Pure: it depends on the run, the box and the units that must be seen.
 *
 * @import { Box, Run } from "../../types.d.ts"
 */
import { visibleUnits } from "../../draw/geometry.js";
import { BESIDE_MAP, MAP } from "../../maps.js";
import { MOST_SINGLE, pairedRows, placeValues } from "./quantities.js";

/**
 * @typedef {"pair" | "list" | "few"} Form
 * @typedef {{ visible: number[], hidden: number[], at: number }} Fold
 *   units shown and folded away, in order, and the place among the shown ones where "more" stands
 * @typedef {{ unit: number, box: Box }} Card
 * @typedef {{ form: Form, rows: number, caption: boolean, bare: boolean, map: number, width: number, height: number, worth: number, rank: number }} Shape
 *   sizes in em of the stage's type; `map` is the side of the unit's map, 0 for none; `rank` is 0 for the richest form, and a layout keeps to one rank and poorer ones
 * @typedef {{ layer: number, box: Box, shape: Shape, cards: Card[], more: { units: number[], box: Box } | null }} Column
 * @typedef {{ font: number, columns: Column[], single: Box | null, width: number, height: number, heading: number, more: number }} Layout
 *   `more`: em that a number takes beyond seven characters, for the digits that are asked for
 */

/** In em of the stage's type. */
const CHARACTER = 0.6, PADDING = 0.35, ROW = 1.62, CAPTION = 1.3, BETWEEN = 0.6, PASSING = 1, HEADING = 2;

/** Room for a number: seven characters, or as many as the digits asked for need with sign, point and power. */
const numberWidth = (/** @type {number | null} */ digits) => CHARACTER * (digits === null ? 7 : digits + 6);

/** Room for a symbol: units from ten on have two figures below it. */
const symbolWidth = (/** @type {Run} */ run) => run.layers.some(({ units }) => units > 10) ? 2.15 : 1.75;

/** Room between a value and its gradient beside it. */
const BESIDE = 0.7;

/** Forms a card may take, at most. */
const RANKS = 10;

/** Type below the first size is hard to read. */
const COMFORTABLE = 13, LARGEST = 26, SMALLEST = 8;

/** In front of a class everything is read from so much further away. */
const FURTHER = 1.8;

/**
 * The drawing area in CSS pixels, and how its numbers are to be read.
 * `maps`: do cards have a map of what their unit says?
 * @typedef {{ width: number, height: number, present?: boolean, digits?: number | null, maps?: boolean }} Area
 */

/** Above this size type gains less than what it would push off the stage. @param {Area} area */
const enough = ({ width, height, present = false }) => {
  const far = present ? FURTHER : 1;
  return Math.max(COMFORTABLE, Math.min(18 * far, far * height / 36, far * width / 56));
};

/** The least room between two columns, in em: many columns have to do with less. */
const gutter = (/** @type {number} */ columns) => columns <= 4 ? 6.4 : columns <= 6 ? 5.4 : 1.7;

/**
 * @param {Run} run
 * @param {Area} box
 * @param {number[]} needed  for every layer a unit that must not be folded away
 * @returns {Layout}
 */
export function layoutNetwork(run, box, needed) {
  const number = numberWidth(box.digits ?? null);
  const most = Math.max(3, Math.floor((box.height - 40) / 50));
  const folds = run.layers.map(({ units }, layer) =>
    fold(units, Math.max(most, units <= 10 ? 10 : 0), needed[layer])
  );
  const shapes = run.layers.map((_, layer) => shapesOf(run, layer, number, (box.maps ?? false) && layer > 0));
  const single = Math.min(placeValues(run).single.length, MOST_SINGLE);
  const places = folds.map(({ visible, hidden }) => visible.length + (hidden.length ? 1 : 0));
  let best = { score: -1, font: SMALLEST, chosen: shapes.map((of) => /** @type {Shape} */ (of.at(-1))) };
  for (let font = box.present ? LARGEST * FURTHER : LARGEST; font >= SMALLEST; font -= 0.25) {
    const room = box.height - HEADING * font;
    for (let level = 0; level < RANKS; level++) {
      const chosen = shapes.map((of, layer) => {
        const allowed = of.filter(({ rank }) => rank >= level);
        const below = layer === shapes.length - 1 && single ? singleHeight(single) + ABOVE_SINGLE : 0;
        return allowed.find((shape) => (shape.height * places[layer] + below) * font <= room) ?? null;
      });
      if (chosen.some((shape) => shape === null)) continue;
      const fitting = /** @type {Shape[]} */ (chosen);
      const wide = fitting.reduce((sum, { width }) => sum + width, 0) +
        gutter(fitting.length) * (fitting.length - 1);
      if (wide * font > box.width - 12) continue;
      const worth = fitting.reduce((sum, shape) => sum + shape.worth, 0) / fitting.length;
      const score = (worth * Math.min(font, enough(box)) + font * 1e-3) * Math.min(1, font / COMFORTABLE);
      if (score > best.score) best = { score, font, chosen: fitting };
    }
  }
  return place(box, best.font, best.chosen, folds, single, number);
}

/**
 * Forms a layer's cards may take, richest first.
 * @param {Run} run
 * @param {number} layer
 * @param {number} number  room for one, in em
 * @param {boolean} maps  do its cards have maps?
 * @returns {Shape[]}
 */
function shapesOf(run, layer, number, maps) {
  const { card, bias } = placeValues(run).layers[layer];
  const caption = bias.length > 0;
  const column = symbolWidth(run) + number;
  /** @type {(form: Form, columns: number, rows: number, worth: number, caption: boolean, bare?: boolean) => Shape} */
  const shape = (form, columns, rows, worth, caption, bare = false) => {
    // Beside a single number a map would be too small to see.
    const map = maps && rows > 1 ? Math.min(MAP, rows * ROW) : 0;
    return {
      map,
      form,
      rows,
      caption,
      bare,
      worth,
      rank: 0,
      width: (bare ? number + 0.3 : columns * column + (columns - 1) * BESIDE) + 2 * PADDING +
        (map && map + BESIDE_MAP),
      height: rows * ROW + 2 * PADDING + (caption ? CAPTION : 0) + between(caption, bare),
    };
  };
  // A bias that shows only when it takes part finds its place between the cards.
  const between = (/** @type {boolean} */ caption, /** @type {boolean} */ bare) =>
    bare ? 0.3 : bias.length > 0 && !caption ? PASSING : BETWEEN;
  if (card.length === 1) {
    return ranked([shape("list", 1, 1, 1, false), shape("few", 1, 1, 0.2, false, true)]);
  }
  // Under a card the bias has a line of its own, or shows only when it takes part.
  const captions = caption ? [true, false] : [false];
  const few = [3, 2].filter((rows) => rows < card.length);
  return ranked([
    ...captions.map((own) => shape("pair", 2, pairedRows(run, card).length, own ? 1 : 0.94, own)),
    ...captions.map((own) => shape("list", 1, card.length, own ? 1 : 0.94, own)),
    ...few.flatMap((rows) =>
      captions.map((own) => shape("few", 1, rows, (rows === 3 ? 0.85 : 0.77) - (own ? 0 : 0.03), own))
    ),
    shape("few", 1, 1, 0.5, false),
    shape("few", 1, 1, 0.4, false, true),
  ]);
}

/** @param {Shape[]} shapes  @returns {Shape[]} */
function ranked(shapes) {
  return shapes.map((shape, at) => ({ ...shape, rank: RANKS - shapes.length + at }));
}

/**
 * @param {number} units
 * @param {number} places  how many fit, "more" included
 * @param {number} needed  a unit that must be seen
 * @returns {Fold}
 */
function fold(units, places, needed) {
  const visible = visibleUnits(units, places, needed);
  const shown = new Set(visible);
  const hidden = Array.from({ length: units }, (_, unit) => unit).filter((unit) => !shown.has(unit));
  const outOfLine = visible[visible.length - 1] !== visible.length - 1;
  return { visible, hidden, at: hidden.length ? visible.length - (outOfLine ? 1 : 0) : -1 };
}

/** Between the last card and the values that stand on their own. */
const ABOVE_SINGLE = 1.1;

/** @param {number} single  how many values stand on their own  @returns {number} em of their card */
export function singleHeight(single) {
  return single * ROW + 2 * PADDING;
}

/**
 * @param {{ width: number, height: number }} box
 * @param {number} font
 * @param {Shape[]} shapes
 * @param {Fold[]} folds
 * @param {number} single
 * @param {number} number  room for one, in em
 * @returns {Layout}
 */
function place(box, font, shapes, folds, single, number) {
  const heading = HEADING * font;
  const widths = shapes.map(({ width }) => width * font);
  const free = box.width - widths.reduce((sum, width) => sum + width, 0);
  // A little air at both sides, the rest between the columns; a very wide stage does not tear the network apart.
  const between = shapes.length > 1 ? Math.min((free - 12) / (shapes.length - 1 + 0.5), 19 * font) : 0;
  let x = (free - between * (shapes.length - 1)) / 2;
  const columns = shapes.map((shape, layer) => {
    const below = layer === shapes.length - 1 && single ? (singleHeight(single) + ABOVE_SINGLE) * font : 0;
    const column = placeColumn(
      { x, y: heading, width: widths[layer], height: box.height - heading },
      font,
      shape,
      folds[layer],
      below,
    );
    x += widths[layer] + between;
    return { layer, ...column };
  });
  const last = columns[columns.length - 1];
  const bottom = Math.max(
    ...[...last.cards.map((card) => card.box), ...(last.more ? [last.more.box] : [])].map((b) =>
      b.y + b.height
    ),
  );
  const height = singleHeight(single) * font;
  // As wide as the column, or as much wider as the words need where the stage has the room.
  const width = Math.max(last.box.width, Math.min((number + 2) * font, box.width - last.box.x - 2));
  const y = Math.min(
    bottom + (last.shape.caption ? CAPTION + ABOVE_SINGLE : ABOVE_SINGLE) * font,
    box.height - height - 2,
  );
  return {
    font,
    columns,
    heading,
    width: box.width,
    height: box.height,
    single: single ? { x: last.box.x, y, width, height } : null,
    more: number - numberWidth(null),
  };
}

/**
 * @param {Box} box
 * @param {number} font
 * @param {Shape} shape
 * @param {Fold} fold
 * @param {number} below  room to keep free under the last card
 * @returns {{ box: Box, shape: Shape, cards: Card[], more: { units: number[], box: Box } | null }}
 */
function placeColumn(box, font, shape, fold, below) {
  const count = fold.visible.length + (fold.hidden.length ? 1 : 0);
  const height = (shape.rows * ROW + 2 * PADDING) * font;
  const caption = (shape.caption ? CAPTION : 0) * font;
  // Cards share the whole height; what stands below the last one takes its place only where the gap does not hold it.
  const slack = (box.height / count - height - caption) / 2;
  const room = box.height - Math.max(0, below - slack);
  const slot = room / count;
  /** @type {Card[]} */
  const cards = [];
  let more = null;
  for (let at = 0, next = 0; at < count; at++) {
    const y = box.y + slot * at + (slot - height - caption) / 2;
    const place = { x: box.x, y, width: box.width, height };
    if (fold.hidden.length && at === fold.at) more = { units: fold.hidden, box: place };
    else cards.push({ unit: fold.visible[next++], box: place });
  }
  return { box, shape, cards, more };
}

/**
 * The box of a card's cell.
 * @param {Box} card
 * @param {number} font
 * @param {number} row
 * @param {number} column
 * @param {number} columns
 * @param {number} [map]  the side of the map in front of them
 * @returns {Box}
 */
export function cellBox(card, font, row, column, columns, map = 0) {
  const aside = (map && map + BESIDE_MAP) * font;
  const inner = card.width - 2 * PADDING * font - aside;
  const width = (inner - (columns - 1) * BESIDE * font) / columns;
  return {
    x: card.x + PADDING * font + aside + column * (width + BESIDE * font),
    y: card.y + (PADDING + row * ROW) * font,
    width,
    height: ROW * font,
  };
}

/**
 * The box of the line under a card; above it where the stage ends.
 * @param {Box} card
 * @param {Layout} layout
 * @returns {Box}
 */
export function captionBox(card, { font, height }) {
  const below = card.y + card.height;
  const y = below + CAPTION * font > height + 1 ? card.y - CAPTION * font : below;
  return { x: card.x, y, width: card.width, height: CAPTION * font };
}
