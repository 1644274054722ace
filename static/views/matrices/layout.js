/**
 * Where the matrices of an arrangement stand, how large their numbers are, and what folds away. Pure; CSS pixels.
 *
 * Every letter has one window of places whose cells are numbers; places outside it are strips of colour. All arrays that
 * share a letter share its window, so rows and columns that belong together stay in line.
 *
 * @import { Arrangement, Matrix } from "./arrange.js"
 * @import { Box } from "../../types.d.ts"
 */

/**
 * @typedef {object} Scale  from places of a letter to pixels
 * @property {string | null} letter
 * @property {number} extent
 * @property {number} first  the first place in the window
 * @property {number} count  places in the window
 * @property {number} start  pixel where the array begins
 * @property {number} cell  pixels of a place in the window
 * @property {number} before  pixels of all places before the window
 * @property {number} after
 * @typedef {{ matrix: Matrix, across: Scale, down: Scale, box: Box, label: Box }} Placed
 * @typedef {{ font: number, placed: Placed[], width: number, height: number, windows: Record<string, { first: number, count: number }> }} Layout
 */

/** In em of the type. */
const CELL = { width: 4.5, height: 1.75 },
  LABEL = 1.75,
  INDEX = 1.15,
  ROW_INDEX = 1.9,
  GAP = 1.5,
  LINE_LABEL = 7,
  NAME = 5;

const LARGEST = 20, COMFORTABLE = 15, SMALLEST = 10.5;

/** Strips take so many pixels at least, and each place in them at most. */
const STRIP = 22, PLACE = 9;

/** At least so many places show their numbers; of a line longer than `LONG`, at most `WINDOW`. */
const LEAST = 2, LONG = 30, WINDOW = 9;

/** Up to so many places are shown whole, if smaller type makes it possible. */
const FEW = 12;

/**
 * @param {Arrangement} arrangement
 * @param {Record<string, number>} extents
 * @param {Record<string, number>} wanted  a place of each letter that has to be in the window
 * @param {{ width: number, height: number }} box
 * @param {Record<string, number>} [firsts]  where someone has leafed to: the first place of a window
 * @returns {Layout}
 */
export function layoutMatrices(arrangement, extents, wanted, box, firsts = {}) {
  const blocks = blocksOf(arrangement);
  for (let font = LARGEST; font >= SMALLEST; font -= 0.5) {
    const counts = { ...extents };
    if (fits(blocks, counts, extents, font, box)) {
      return place(arrangement, blocks, counts, extents, { wanted, firsts }, font, box);
    }
  }
  // What folds stays in comfortable type; what has few places folds only if smaller type does not help.
  const comfortable = Math.max(SMALLEST, Math.min(COMFORTABLE, box.width / 40));
  for (let font = comfortable; font >= SMALLEST; font -= 0.5) {
    const counts = countsAt(arrangement, blocks, extents, font, box);
    const small = arrangement.letters.every((letter) =>
      extents[letter] > FEW || counts[letter] === extents[letter]
    );
    if (small) return place(arrangement, blocks, counts, extents, { wanted, firsts }, font, box);
  }
  const counts = countsAt(arrangement, blocks, extents, comfortable, box);
  return place(arrangement, blocks, counts, extents, { wanted, firsts }, comfortable, box);
}

/**
 * How many places of each letter show their numbers.
 * @param {Arrangement} arrangement
 * @param {{ across: Block[], down: Block[] }} blocks
 * @param {Record<string, number>} extents
 * @param {number} font
 * @param {{ width: number, height: number }} box
 * @returns {Record<string, number>}
 */
function countsAt({ letters }, blocks, extents, font, box) {
  /** @type {Record<string, number>} */
  const counts = Object.fromEntries(letters.map((letter) => [letter, Math.min(extents[letter], LEAST)]));
  // The rest of a long line is a picture, and a picture wants room.
  const most = (/** @type {string} */ letter) => extents[letter] > LONG ? WINDOW : extents[letter];
  const open = new Set(letters.filter((letter) => counts[letter] < extents[letter]));
  // One more place for the letter that shows fewest, as long as there is room.
  while (open.size) {
    const letter = [...open].reduce((a, b) => counts[b] < counts[a] ? b : a);
    const more = { ...counts, [letter]: counts[letter] + 1 };
    if (fits(blocks, more, extents, font, box)) counts[letter] += 1;
    else open.delete(letter);
    if (counts[letter] === most(letter)) open.delete(letter);
  }
  return counts;
}

/**
 * The columns and rows of blocks the arrays stand in.
 * @typedef {{ letter: string | null, members: Matrix[] }} Block
 * @param {Arrangement} arrangement
 * @returns {{ across: Block[], down: Block[] }}
 */
function blocksOf({ matrices, result }) {
  const of = (/** @type {Matrix["part"][]} */ ...parts) =>
    matrices.filter(({ part }) => parts.includes(part));
  const isProduct = of("left", "top").length > 0 || of("line").length > 0;
  const single = (/** @type {Matrix} */ matrix) => ({ letter: matrix.cols, members: [matrix] });
  const own = { letter: result.cols, members: of("top", "line", "result") };
  const beside = of("beside").map(single);
  const before = [...of("left").map(single), ...of("side").map(single)];
  const across = isProduct ? [...before, own, ...beside] : [...before, ...beside, own];
  const down = [
    ...of("top").map((matrix) => ({ letter: matrix.rows, members: [matrix] })),
    ...of("line").map((matrix) => ({ letter: null, members: [matrix] })),
    { letter: result.rows ?? of("beside")[0]?.rows ?? null, members: of("left", "side", "beside", "result") },
  ];
  return { across, down };
}

/** Room before a column of blocks: for the places of the rows, and for the label of a line. @param {Block} block @param {number} at */
function leadOf({ members }, at) {
  return at === 0 && members.some(({ part }) => part === "line") ? LINE_LABEL : ROW_INDEX;
}

/** Room over a row of blocks: the label and the places of the columns; a line has its label beside it. @param {Block} block */
function headOf({ members }) {
  return members.every(({ part }) => part === "line") ? 0.25 : LABEL + INDEX;
}

/**
 * @param {{ across: Block[], down: Block[] }} blocks
 * @param {Record<string, number>} counts
 * @param {Record<string, number>} extents
 * @param {number} font
 * @param {{ width: number, height: number }} box
 */
function fits({ across, down }, counts, extents, font, box) {
  const length = (/** @type {string | null} */ letter, /** @type {number} */ cell) =>
    letter === null ? cell : counts[letter] * cell + (counts[letter] < extents[letter] ? STRIP : 0);
  const wide = across.reduce(
    (sum, block, at) =>
      sum + Math.max(NAME * font, length(block.letter, CELL.width * font)) + (leadOf(block, at) + GAP) * font,
    0,
  );
  const high = down.reduce(
    (sum, block) => sum + length(block.letter, CELL.height * font) + headOf(block) * font,
    0,
  );
  return wide <= box.width && high <= box.height - font;
}

/**
 * @param {Arrangement} arrangement
 * @param {{ across: Block[], down: Block[] }} blocks
 * @param {Record<string, number>} counts
 * @param {Record<string, number>} extents
 * @param {{ wanted: Record<string, number>, firsts: Record<string, number> }} sight
 * @param {number} font
 * @param {{ width: number, height: number }} box
 * @returns {Layout}
 */
function place({ matrices, letters }, { across, down }, counts, extents, { wanted, firsts }, font, box) {
  const windows = Object.fromEntries(letters.map((letter) => {
    const [count, extent] = [counts[letter], extents[letter]];
    // Pages rather than a window that follows: at one moment it is the same whichever way one came.
    const page = Math.floor((wanted[letter] ?? 0) / count) * count;
    const first = Math.min(firsts[letter] ?? page, extent - count);
    return [letter, { first: Math.max(0, first), count }];
  }));
  /** @type {(block: Block, start: number, cell: number, strip: number) => Scale} */
  const scale = ({ letter }, start, cell, strip) => {
    if (letter === null) {
      return { letter, extent: 1, first: 0, count: 1, start, cell, before: 0, after: 0 };
    }
    const [extent, { first, count }] = [extents[letter], windows[letter]];
    const hidden = extent - count;
    const least = (/** @type {number} */ places) => places ? Math.max(6, (strip * places) / hidden) : 0;
    return {
      ...{ letter, extent, first, count, start, cell },
      before: least(first),
      after: least(extent - first - count),
    };
  };
  const [width, height] = [CELL.width * font, CELL.height * font];
  const stripX = stripFor(
    across,
    counts,
    extents,
    width,
    box.width - across.reduce((sum, block, at) => sum + (leadOf(block, at) + GAP) * font, 0),
  );
  const heads = down.reduce((sum, block) => sum + headOf(block) * font, 0);
  const stripY = stripFor(down, counts, extents, height, box.height - font - heads);

  let x = 0;
  const columns = across.map((block, place) => {
    const at = scale(block, x + leadOf(block, place) * font, width, stripX(block));
    x = at.start + Math.max(NAME * font, lengthOf(at)) + GAP * font;
    return at;
  });
  let y = 0;
  const rows = down.map((block) => {
    const at = scale(block, y + headOf(block) * font, height, stripY(block));
    y = at.start + lengthOf(at);
    return at;
  });
  const total = { width: x - GAP * font, height: y + 0.4 * font };
  const shift = {
    x: Math.max(0, (box.width - total.width) / 2),
    y: Math.max(0, (box.height - total.height) / 2.6),
  };
  const placed = matrices.map((matrix) => {
    const column = columns[across.findIndex(({ members }) => members.includes(matrix))];
    const row = rows[down.findIndex(({ members }) => members.includes(matrix))];
    const own = matrix.rows === null && row.letter !== null ? { ...row, ...SINGLE } : row;
    const [h, v] = [{ ...column, start: column.start + shift.x }, { ...own, start: own.start + shift.y }];
    const outer = { x: h.start, y: v.start, width: lengthOf(h), height: lengthOf(v) };
    const label = matrix.part === "line"
      ? {
        x: outer.x - LINE_LABEL * font,
        y: outer.y,
        width: (LINE_LABEL - 0.8) * font,
        height: outer.height,
      }
      : {
        x: outer.x - ROW_INDEX * font,
        y: outer.y - (LABEL + INDEX) * font,
        width: Math.max(NAME * font, outer.width) + ROW_INDEX * font,
        height: LABEL * font,
      };
    return { matrix, across: h, down: v, box: outer, label };
  });
  return {
    font,
    placed,
    windows,
    width: Math.max(box.width, total.width),
    height: Math.max(box.height, total.height),
  };
}

const SINGLE = { letter: null, extent: 1, first: 0, count: 1, before: 0, after: 0 };

/**
 * How wide the strips of a block may be: what is left over is theirs, shared out by how many places they hold.
 * @param {Block[]} blocks
 * @param {Record<string, number>} counts
 * @param {Record<string, number>} extents
 * @param {number} cell
 * @param {number} room
 * @returns {(block: Block) => number}
 */
function stripFor(blocks, counts, extents, cell, room) {
  const hidden = (/** @type {Block} */ { letter }) => letter === null ? 0 : extents[letter] - counts[letter];
  const folded = blocks.filter((block) => hidden(block) > 0);
  const used = blocks.reduce((sum, { letter }) => sum + (letter === null ? cell : counts[letter] * cell), 0);
  const spare = Math.max(0, room - used - folded.length * STRIP);
  return (block) => {
    const places = hidden(block);
    return places ? STRIP + Math.max(0, Math.min(spare / folded.length, places * PLACE - STRIP)) : 0;
  };
}

/** @param {Scale} scale  @returns {number} */
export function lengthOf({ before, count, cell, after }) {
  return before + count * cell + after;
}

/**
 * Where a place begins, in pixels from the beginning of the array; past the last one, where the array ends.
 * @param {Scale} scale
 * @param {number} place
 * @returns {number}
 */
export function offsetOf({ extent, first, count, cell, before, after }, place) {
  if (place <= first) return first ? (before * place) / first : 0;
  const end = first + count;
  if (place <= end) return before + (place - first) * cell;
  return before + count * cell + (after * (place - end)) / (extent - end);
}

/**
 * The place at a distance from the beginning of the array.
 * @param {Scale} scale
 * @param {number} offset
 * @returns {number}
 */
export function placeAt({ extent, first, count, cell, before, after }, offset) {
  const end = first + count;
  const place = offset < before
    ? (first * offset) / before
    : offset < before + count * cell
    ? first + (offset - before) / cell
    : end + ((extent - end) * (offset - before - count * cell)) / (after || 1);
  return Math.max(0, Math.min(extent - 1, Math.floor(place)));
}

/** Is this place in the window?  @param {Scale} scale  @param {number} place */
export function isOpen({ first, count }, place) {
  return place >= first && place < first + count;
}
