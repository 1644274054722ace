/**
 * Where everything of the network stands: columns of cards, their size of type, what folds away.
 *
 * The type is as large as the stage allows. A card may show all its values in two columns (a value and its gradient side
 * by side), in one, or only the most telling few; the layout weighs size of type against what it would have to leave
 * out. A layer that fits in no form folds: all its units are a strip of colour, or a picture where the inputs are one,
 * and a few of them, those that take part, have cards beside it. Pure: it depends on the run, the box and the units that
 * must be seen.
 *
 * @import { Box, Run } from "../../types.d.ts"
 */
import { pictureSide } from "../../images.js";
import { BESIDE_MAP, LONE_MAP, MAP } from "../../maps.js";
import { MOST_SINGLE, pairedRows, placeValues } from "./quantities.js";

/**
 * @typedef {"pair" | "list" | "few"} Form
 * @typedef {{ first: number, count: number, extent: number, side: number | null }} Fold
 *   the units that have cards, of how many; `side`: pixels of a side, where the units are a picture
 * @typedef {{ extent: number, first: number, count: number, side: number | null, box: Box, weights: Box | null }} Strip
 *   all units of a folded layer; `weights`: where the weights of a unit that looks at the picture are a picture too
 * @typedef {{ unit: number, box: Box }} Card
 * @typedef {{ form: Form, rows: number, caption: boolean, bare: boolean, map: number, over: boolean, body: number, width: number, height: number, worth: number, rank: number }} Shape
 *   sizes in em of the stage's type; `map` is the side of the unit's map, 0 for none, which stands `over`
 *   the numbers or beside them; `body` is the height of both; `rank` is 0 for the richest form, and a layout keeps to one rank and poorer ones
 * @typedef {{ layer: number, box: Box, shape: Shape, cards: Card[], more: Strip | null }} Column
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
const gutter = (/** @type {number} */ columns, maps = false) =>
  columns > 6 ? 1.7 : maps ? 4.4 : columns <= 4 ? 6.4 : 5.4;

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
    fold(
      units,
      Math.max(most, units <= 10 ? 10 : 0),
      needed[layer],
      layer === 0 && pictureFits(box) ? pictureSide(run) : null,
    )
  );
  const shapes = run.layers.map((_, layer) =>
    shapesOf(run, layer, number, (box.maps ?? false) && layer > 0).map((shape) =>
      besideStrip(shape, folds[layer])
    )
  );
  const single = Math.min(placeValues(run).single.length, MOST_SINGLE);
  const places = folds.map(({ count }) => count);
  const above = folds.map(({ side }) => side === null ? 0 : 2 * (PICTURE + LABEL));
  let best = { score: -1, font: SMALLEST, chosen: shapes.map((of) => /** @type {Shape} */ (of.at(-1))) };
  for (let font = box.present ? LARGEST * FURTHER : LARGEST; font >= SMALLEST; font -= 0.25) {
    const room = box.height - HEADING * font;
    for (let level = 0; level < RANKS; level++) {
      const chosen = shapes.map((of, layer) => {
        const allowed = of.filter(({ rank }) => rank >= level);
        const below = layer === shapes.length - 1 && single ? singleHeight(single) + ABOVE_SINGLE : 0;
        const taken = above[layer] + below;
        return allowed.find((shape) => (shape.height * places[layer] + taken) * font <= room) ?? null;
      });
      if (chosen.some((shape) => shape === null)) continue;
      const fitting = /** @type {Shape[]} */ (chosen);
      const wide = fitting.reduce((sum, { width }) => sum + width, 0) +
        gutter(fitting.length, box.maps) * (fitting.length - 1);
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
    const map = !maps ? 0 : rows > 1 ? Math.min(MAP, rows * ROW) : LONE_MAP;
    // Where there is no room for a symbol there is none for a map beside the number either.
    const over = maps && bare;
    const body = over ? map + rows * ROW : Math.max(map, rows * ROW);
    return {
      ...{ map, over, body },
      form,
      rows,
      caption,
      bare,
      worth,
      rank: 0,
      width: (bare ? number + 0.3 : columns * column + (columns - 1) * BESIDE) + 2 * PADDING +
        (map && !over ? map + BESIDE_MAP : 0),
      height: body + 2 * PADDING + (caption ? CAPTION : 0) + between(caption, bare),
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

/** In em: the width of a strip and its distance from the cards; the side of a picture, and the line over it. */
const STRIP = 1.7, APART = 1, PICTURE = 8.5, LABEL = 1.3;

/** Of a folded layer so many units have cards: beside a strip, and between the picture and the weights that look at it. */
const WINDOW = 8, BETWEEN_PICTURES = 2;

/** Is there room for a picture among the cards?  @param {Area} box */
const pictureFits = ({ width, height }) => height > 330 && width > 480;

/** A strip takes room beside the cards, a picture is as wide as it is.  @param {Shape} shape  @param {Fold} fold  @returns {Shape} */
function besideStrip(shape, { count, extent, side }) {
  if (count === extent) return shape;
  return { ...shape, width: side === null ? shape.width + STRIP + APART : Math.max(shape.width, PICTURE) };
}

/**
 * @param {number} units
 * @param {number} places  how many cards fit
 * @param {number} needed  a unit that must have one
 * @param {number | null} side
 * @returns {Fold}
 */
function fold(units, places, needed, side) {
  if (units <= places) return { first: 0, count: units, extent: units, side: null };
  const count = Math.min(units, places, side === null ? WINDOW : BETWEEN_PICTURES);
  // Pages rather than a window that follows: at one moment it is the same whichever way one came.
  const first = Math.min(Math.floor(needed / count) * count, units - count);
  return { first, count, extent: units, side };
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
      { below, first: layer === 0 },
    );
    x += widths[layer] + between;
    return { layer, ...column };
  });
  const last = columns[columns.length - 1];
  const bottom = Math.max(...last.cards.map(({ box }) => box.y + box.height));
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
 * @param {{ below: number, first: boolean }} options  `below`: room to keep free under the last card; `first`: these are
 *   the inputs, from which wires only leave
 * @returns {Pick<Column, "box" | "shape" | "cards" | "more">}
 */
function placeColumn(box, font, shape, fold, { below, first }) {
  const { count, extent, side } = fold;
  const folds = count < extent;
  const strip = folds && side === null ? (STRIP + APART) * font : 0;
  const picture = folds && side !== null ? (PICTURE + LABEL) * font : 0;
  const cardBox = {
    ...box,
    x: box.x + (first ? 0 : strip),
    width: box.width - strip,
    y: box.y + picture,
    height: box.height - 2 * picture,
  };
  const height = (shape.body + 2 * PADDING) * font;
  const caption = (shape.caption ? CAPTION : 0) * font;
  // Cards share the whole height; what stands below the last one takes its place only where the gap does not hold it.
  const slack = (cardBox.height / count - height - caption) / 2;
  const room = cardBox.height - Math.max(0, below - slack);
  const slot = Math.min(room / count, folds ? (shape.height + MOST_APART) * font : Infinity);
  const start = cardBox.y + (side === null ? (room - slot * count) / 2 : 0);
  /** @type {Card[]} */
  const cards = Array.from({ length: count }, (_, at) => ({
    unit: fold.first + at,
    box: {
      x: cardBox.x,
      y: start + slot * at + (slot - height - caption) / 2,
      width: cardBox.width,
      height,
    },
  }));
  if (!folds) return { box, shape, cards, more: null };
  const more = { extent, first: fold.first, count, side };
  if (side === null) {
    const x = first ? box.x + box.width - STRIP * font : box.x;
    const own = { x, y: box.y, width: STRIP * font, height: box.height - LABEL * font };
    return { box, shape, cards, more: { ...more, box: own, weights: null } };
  }
  const size = PICTURE * font;
  const x = box.x + (box.width - size) / 2;
  const end = start + slot * count + LABEL * font;
  const weights = end + size <= box.y + box.height ? { x, y: end, width: size, height: size } : null;
  return { box, shape, cards, more: { ...more, box: { x, y: box.y, width: size, height: size }, weights } };
}

/** Cards of a folded layer do not drift further apart than this, in em: they belong together. */
const MOST_APART = 0.9;

/**
 * Where a unit of a folded layer is in its strip or picture. A line to a hidden unit runs into the strip, one from it
 * leaves at the other side of the column.
 * @param {Column} column
 * @param {number} unit
 * @returns {Box}
 */
export function placeInStrip({ box: column, more }, unit) {
  if (!more) return column;
  const { box, extent, side } = more;
  if (side !== null) {
    const pixel = box.width / side;
    return {
      x: box.x + (unit % side) * pixel,
      y: box.y + Math.floor(unit / side) * pixel,
      width: pixel,
      height: pixel,
    };
  }
  const height = box.height / extent;
  return { x: box.x, y: box.y + unit * height, width: column.x + column.width - box.x, height };
}

/**
 * The box of a card's cell.
 * @param {Box} card
 * @param {number} font
 * @param {number} row
 * @param {number} column
 * @param {number} columns
 * @param {Pick<Shape, "map" | "over" | "body" | "rows">} [shape]  of the card, where it has a map
 * @returns {Box}
 */
export function cellBox(card, font, row, column, columns, shape = { map: 0, over: false, body: 0, rows: 0 }) {
  const { map, over, body, rows } = shape;
  const aside = (map && !over ? map + BESIDE_MAP : 0) * font;
  const above = over ? map : (body - rows * ROW) / 2;
  const inner = card.width - 2 * PADDING * font - aside;
  const width = (inner - (columns - 1) * BESIDE * font) / columns;
  return {
    x: card.x + PADDING * font + aside + column * (width + BESIDE * font),
    y: card.y + (PADDING + above + row * ROW) * font,
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
