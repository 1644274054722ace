/**
 * A surface as a picture: paper in the middle, the colour of its sign the fuller the further a value is from there.
 * Pure but for the pen it is handed.
 */

/** @typedef {[number, number, number]} Rgb */
/** @typedef {{ paper: Rgb, positive: Rgb, negative: Rgb, wild: Rgb, classes: Rgb[] }} Palette */

/** No colour is laid on thicker: points and lines have to stand out. */
const FULLEST = 0.68;

/**
 * One picture of values, as pixels: red, green, blue, opacity, from the top row down.
 * @param {ArrayLike<number>} values  row by row, the lowest row first
 * @param {number} columns
 * @param {number} rows
 * @param {{ middle: number, most: number }} scale
 * @param {Palette} palette
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function fieldPixels(values, columns, rows, { middle, most }, palette) {
  return pixels(columns, rows, (at) => {
    const value = values[at] - middle;
    if (Number.isNaN(value)) return palette.wild;
    const share = FULLEST * (most > 0 ? Math.min(1, Math.abs(value) / most) : 0);
    return blend(palette.paper, value < 0 ? palette.negative : palette.positive, share);
  });
}

/**
 * Regions of classes as pixels; −1 is no class.
 * @param {ArrayLike<number>} regions  row by row, the lowest row first
 * @param {number} columns
 * @param {number} rows
 * @param {Palette} palette
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function regionPixels(regions, columns, rows, palette) {
  return pixels(columns, rows, (at) => {
    const region = regions[at];
    if (!(region >= 0)) return palette.wild;
    return blend(palette.paper, palette.classes[region % palette.classes.length], 0.42);
  });
}

/**
 * Which class each point is given, on a finer grid than that of the scores: those in between are interpolated, so the
 * border between two classes is as straight as it is.
 * @param {ArrayLike<number>} scores  class after class, each row by row, the lowest row first
 * @param {number} classes
 * @param {number} columns
 * @param {number} rows
 * @param {number} times  steps of the finer grid to one of the scores
 * @returns {{ regions: Int16Array, columns: number, rows: number }}  −1 where a score is no number
 */
export function regionsBetween(scores, classes, columns, rows, times) {
  const [across, up] = [(columns - 1) * times + 1, (rows - 1) * times + 1];
  const regions = new Int16Array(across * up);
  const size = columns * rows;
  for (let y = 0; y < up; y++) {
    const row = Math.min(rows - 2, Math.floor(y / times)), v = y / times - row;
    for (let x = 0; x < across; x++) {
      const column = Math.min(columns - 2, Math.floor(x / times)), u = x / times - column;
      const corner = row * columns + column;
      let best = -1, most = -Infinity, lost = false;
      for (let k = 0; k < classes; k++) {
        const at = k * size + corner;
        const low = mix(scores[at], scores[at + 1], u);
        const value = mix(low, mix(scores[at + columns], scores[at + columns + 1], u), v);
        if (Number.isNaN(value)) lost = true;
        if (value > most) [best, most] = [k, value];
      }
      regions[y * across + x] = lost ? -1 : best;
    }
  }
  return { regions, columns: across, rows: up };
}

/** A corner that has no weight does not count, whatever it is.  @param {number} a  @param {number} b  @param {number} share */
function mix(a, b, share) {
  if (share === 0 || a === b) return a;
  return share === 1 ? b : (1 - share) * a + share * b;
}

/**
 * How far values are from their middle, at most: the whole range where it is bounded, so that colours mean the same
 * at every step.
 * @param {ArrayLike<number>} values
 * @param {number} middle
 * @returns {number}
 */
export function reach(values, middle) {
  let most = 0, low = Infinity, high = -Infinity;
  for (let at = 0; at < values.length; at++) {
    const value = values[at];
    if (!Number.isFinite(value)) continue;
    most = Math.max(most, Math.abs(value - middle));
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (middle === 0.5 && low >= 0 && high <= 1) return 0.5;
  if (middle === 0 && low >= -1 && high <= 1 && most > 0.2) return 1;
  return most;
}

/** @param {Rgb} from  @param {Rgb} to  @param {number} share  @returns {Rgb} */
export function blend(from, to, share) {
  return /** @type {Rgb} */ (from.map((part, k) => Math.round(part + (to[k] - part) * share)));
}

/**
 * @param {number} columns
 * @param {number} rows
 * @param {(at: number) => Rgb} colour
 */
function pixels(columns, rows, colour) {
  const image = new Uint8ClampedArray(columns * rows * 4);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const place = ((rows - 1 - row) * columns + column) * 4;
      image.set(colour(row * columns + column), place);
      image[place + 3] = 255;
    }
  }
  return image;
}
