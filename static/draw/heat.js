/**
 * Numbers as a picture: each a rectangle of its sign's colour, the fuller the larger it is. A negative one has a dash
 * through it wherever there is room for one. Pure but for the pen it is handed.
 */

/** From this size on, in CSS pixels, a rectangle has room for the dash of a negative number. */
const DASHED = 5;

/** No colour is laid on thicker: what is written over it has to stay legible. */
export const FULLEST = 0.5;

/** @typedef {[number, number, number]} Rgb */
/** @typedef {{ positive: Rgb, negative: Rgb, wild: Rgb, ink: Rgb }} Palette */
/**
 * @typedef {object} Picture
 * @property {number} width  in CSS pixels
 * @property {number} height
 * @property {number} rows
 * @property {number} cols
 * @property {(place: number) => number} left  where a column begins; `cols` is the end of the last
 * @property {(place: number) => number} top
 * @property {(row: number, col: number) => number | undefined} value  undefined for what is not there (yet)
 * @property {number} most  magnitude of the fullest colour
 */

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Picture} picture
 * @param {Palette} palette
 * @param {number} scale  device pixels to a CSS pixel
 */
export function paintHeat(pen, picture, palette, scale) {
  const { width, height, rows, cols, left, top, value, most } = picture;
  const [w, h] = [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))];
  const image = pen.createImageData(w, h);
  const columns = ranges(cols, w, scale, left);
  const lines = ranges(rows, h, scale, top);
  for (let y = 0; y < h; y++) {
    // A row of pixels like the one above is copied.
    if (y > 0 && lines[y].from === lines[y - 1].from && lines[y].to === lines[y - 1].to) {
      image.data.copyWithin(y * w * 4, (y - 1) * w * 4, y * w * 4);
      continue;
    }
    for (let x = 0; x < w; x++) {
      const at = (y * w + x) * 4;
      if (x > 0 && columns[x].from === columns[x - 1].from && columns[x].to === columns[x - 1].to) {
        image.data.copyWithin(at, at - 4, at);
        continue;
      }
      const number = strongest(value, lines[y], columns[x]);
      if (number === undefined) continue;
      const colour = Number.isFinite(number)
        ? number < 0 ? palette.negative : palette.positive
        : palette.wild;
      const share = shareOf(number, most);
      image.data.set([...colour, Math.round(255 * FULLEST * share)], at);
    }
  }
  pen.putImageData(image, 0, 0);
  dashes(pen, picture, palette, scale);
}

/**
 * How full the colour of a number is: 0 for zero, 1 for the largest.
 * @param {number} value
 * @param {number} most
 */
export function shareOf(value, most) {
  if (!Number.isFinite(value)) return 1;
  return most > 0 ? Math.min(1, Math.abs(value) / most) : 0;
}

/** @typedef {{ from: number, to: number }} Range  `to` is past the end */

/**
 * The places each device pixel covers.
 * @param {number} count
 * @param {number} pixels
 * @param {number} scale
 * @param {(place: number) => number} offset
 * @returns {Range[]}
 */
export function ranges(count, pixels, scale, offset) {
  const begins = (/** @type {number} */ place) => offset(place) * scale + 1e-6;
  let from = 0, to = 0;
  return Array.from({ length: pixels }, (_, pixel) => {
    while (from < count - 1 && begins(from + 1) <= pixel + 0.5 && begins(from + 1) < pixel + 1) from++;
    // A place that begins within a pixel belongs to it; one that fills several is in all of them.
    const first = Math.min(from, to);
    to = Math.max(to, first + 1);
    while (to < count && begins(to) < pixel + 1) to++;
    from = Math.max(from, to - 1);
    return { from: first, to };
  });
}

/**
 * Of the numbers that share a pixel the one of the largest size: nothing that stands out is lost.
 * @param {Picture["value"]} value
 * @param {Range} rows
 * @param {Range} cols
 */
function strongest(value, rows, cols) {
  /** @type {number | undefined} */
  let best;
  for (let row = rows.from; row < rows.to; row++) {
    for (let col = cols.from; col < cols.to; col++) {
      const number = value(row, col);
      if (number === undefined) continue;
      if (best === undefined || !(Math.abs(number) <= Math.abs(best))) best = number;
    }
  }
  return best;
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Picture} picture
 * @param {Palette} palette
 * @param {number} scale
 */
function dashes(pen, { rows, cols, left, top, value, most }, palette, scale) {
  pen.fillStyle = `rgb(${palette.ink.join(" ")} / 0.55)`;
  for (let row = 0; row < rows; row++) {
    const [y, high] = [top(row), top(row + 1) - top(row)];
    if (high < DASHED) continue;
    for (let col = 0; col < cols; col++) {
      const [x, wide] = [left(col), left(col + 1) - left(col)];
      const number = wide < DASHED ? undefined : value(row, col);
      // What has no colour to speak of has no sign to tell.
      if (number === undefined || !(number < 0) || shareOf(number, most) < 0.02) continue;
      const length = Math.min(10, wide * 0.55);
      const middle = { x: x + (wide - length) / 2, y: y + high / 2 - 0.5 };
      pen.fillRect(middle.x * scale, middle.y * scale, length * scale, Math.max(1, scale));
    }
  }
}
