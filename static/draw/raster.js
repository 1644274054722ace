/**
 * Thousands of thin lines as pixels: several times as fast as a canvas strokes them. Pure.
 *
 * A line is one pixel wide and smooth: at every step along its longer side its ink is shared by the two pixels it runs
 * between. The ink of each colour is gathered on its own, as a share of a pixel from 0 to 1, and coloured at the end.
 */

/** @typedef {{ x1: number, y1: number, x2: number, y2: number }} Segment  in device pixels */
/** @typedef {readonly [number, number, number]} Rgb */

/**
 * Lays a line into a sheet of ink.
 * @param {Float32Array} ink  row by row
 * @param {number} width
 * @param {number} height
 * @param {Segment} segment
 * @param {number} alpha
 * @param {number} [dash]  length of a dash and of the gap after it; 0 for a line without gaps
 */
export function layLine(ink, width, height, { x1, y1, x2, y2 }, alpha, dash = 0) {
  const steep = Math.abs(y2 - y1) > Math.abs(x2 - x1);
  let [a, b, c, d] = steep ? [y1, x1, y2, x2] : [x1, y1, x2, y2];
  if (a > c) [a, b, c, d] = [c, d, a, b];
  const slope = c === a ? 0 : (d - b) / (c - a);
  const [along, across] = steep ? [height, width] : [width, height];
  const [stride, side] = steep ? [width, 1] : [1, width];
  const first = Math.max(0, Math.round(a)), last = Math.min(along - 1, Math.round(c));
  // Along a slope a step is longer than a pixel, and so are its dashes.
  const length = dash > 0 ? Math.max(1, Math.round(dash / Math.hypot(1, slope))) : last - first + 1;
  for (let begin = first; begin <= last; begin += 2 * length) {
    const end = Math.min(last, begin + length - 1);
    let place = b + slope * (begin - a) - 0.5;
    for (let at = begin; at <= end; at++, place += slope) {
      const near = Math.floor(place);
      if (near < 0 || near + 1 >= across) continue;
      const far = alpha * (place - near);
      const pixel = at * stride + near * side;
      // What is under the ink shows through as much as the ink leaves free.
      ink[pixel] += (alpha - far) * (1 - ink[pixel]);
      ink[pixel + side] += far * (1 - ink[pixel + side]);
    }
  }
}

/**
 * Sheets of ink, one over the other, as the pixels of an image.
 * @param {Uint8ClampedArray} data  RGBA, not premultiplied, as ImageData has it
 * @param {{ ink: Float32Array, colour: Rgb }[]} sheets
 */
export function colourInk(data, sheets) {
  const pixels = data.length / 4;
  for (let pixel = 0; pixel < pixels; pixel++) {
    let red = 0, green = 0, blue = 0, sum = 0, clear = 1;
    for (const { ink, colour } of sheets) {
      const share = ink[pixel];
      if (share === 0) continue;
      red += share * colour[0];
      green += share * colour[1];
      blue += share * colour[2];
      sum += share;
      clear *= 1 - share;
    }
    if (sum === 0) continue;
    const at = 4 * pixel;
    data[at] = red / sum;
    data[at + 1] = green / sum;
    data[at + 2] = blue / sum;
    data[at + 3] = 255 * (1 - clear);
  }
}
