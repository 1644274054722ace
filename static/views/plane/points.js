/**
 * The examples on the plane: where they lie, what they should be, which one the page looks at. A class has a shape as
 * well as a colour; test examples are hollow.
 *
 * @import { ExampleSet, RunData, Surface } from "../../types.d.ts"
 * @import { Palette, Rgb } from "../../draw/field.js"
 */
import { blend } from "../../draw/field.js";
import { CURVE_REACH, ratio } from "../../draw/map.js";

/** Their canvas is larger than the map by this on every side, in CSS pixels. */
export const BLEED = 12;

/** More of them would cover the map. */
const MOST = 1500;

/**
 * @typedef {object} Dot
 * @property {number} x  in CSS pixels
 * @property {number} y
 * @property {number} row  of its set
 * @property {boolean} test
 * @property {Rgb} colour
 * @property {number} shape  0 circle, 1 square, 2 triangle, 3 diamond, 4 cross, …
 */

/**
 * @param {RunData} data
 * @param {Surface} surface
 * @param {{ width: number, height: number }} box
 * @param {Palette} palette
 * @param {{ output: number, test: boolean, scale: { middle: number, most: number } | null }} options
 *   `output`: whose targets colour the examples; `scale`: that of the map, where targets are numbers
 * @returns {Dot[]}
 */
export function dotsOf(data, surface, box, palette, { output, test, scale }) {
  const sets = test ? [data.test, data.train] : [data.train];
  const across = placer(surface.axes[0].values, box.width);
  const up = surface.axes[1] ? placer(surface.axes[1].values, box.height) : null;
  return sets.flatMap((set) => {
    const { inputs, targets } = set;
    if (!inputs.data || !targets.data) return [];
    const [count, width] = inputs.shape, outputs = targets.shape[1];
    const step = Math.max(1, Math.ceil(count / MOST));
    /** @type {Dot[]} */
    const dots = [];
    for (let row = 0; row < count; row += step) {
      const target = targets.data[row * outputs + Math.min(output, outputs - 1)];
      const x = across(inputs.data[row * width + surface.axes[0].input]);
      const y = up && surface.axes[1]
        ? box.height - up(inputs.data[row * width + surface.axes[1].input])
        : box.height *
          (0.5 - CURVE_REACH * (scale && scale.most > 0 ? (target - scale.middle) / scale.most : 0));
      dots.push({ x, y, row, test: set === data.test, ...look(set, row, target, palette, scale) });
    }
    return dots;
  });
}

/**
 * @param {ExampleSet} set
 * @param {number} row
 * @param {number} target
 * @param {Palette} palette
 * @param {{ middle: number, most: number } | null} scale
 */
function look({ labels, targets }, row, target, palette, scale) {
  const outputs = targets.shape[1];
  if (labels?.data && outputs > 1) {
    const label = labels.data[row];
    return { colour: palette.classes[label % palette.classes.length], shape: label };
  }
  const middle = scale?.middle ?? 0, most = scale?.most || 1;
  const share = Math.max(-1, Math.min(1, (target - middle) / most));
  const side = share < 0 ? palette.negative : palette.positive;
  if (labels?.data) return { colour: side, shape: share < 0 ? 1 : 0 };
  return { colour: blend(palette.paper, side, Math.abs(share)), shape: 0 };
}

/** From the values along an axis to pixels.  @param {number[]} values  @param {number} pixels */
function placer(values, pixels) {
  const [from, to] = [values[0], values[values.length - 1]];
  return (/** @type {number} */ value) => pixels * (value - from) / (to - from);
}

/**
 * @param {CanvasRenderingContext2D} pen
 * @param {Dot[]} dots
 * @param {{ chosen: number | null, ink: string, ground: string }} options  `chosen`: the training example looked at
 */
export function paintDots(pen, dots, { chosen, ink, ground }) {
  const scale = ratio();
  pen.setTransform(1, 0, 0, 1, BLEED * scale, BLEED * scale);
  const size = (dots.length > 400 ? 2.6 : dots.length > 120 ? 3.4 : 4.2) * scale;
  pen.lineJoin = "round";
  for (const dot of dots) {
    const [x, y] = [dot.x * scale, dot.y * scale];
    pen.beginPath();
    trace(pen, dot.shape, x, y, dot.test ? size * 0.9 : size);
    pen.lineWidth = (dot.test ? 3 : 2) * scale;
    pen.strokeStyle = ground;
    pen.stroke();
    if (!dot.test) {
      pen.fillStyle = `rgb(${dot.colour})`;
      pen.fill();
      pen.lineWidth = 0.8 * scale;
      pen.strokeStyle = ink;
    } else {
      pen.lineWidth = 1.6 * scale;
      pen.strokeStyle = `rgb(${dot.colour})`;
    }
    pen.stroke();
  }
  const looked = dots.find((dot) => !dot.test && dot.row === chosen);
  if (!looked) return;
  pen.beginPath();
  pen.arc(looked.x * scale, looked.y * scale, size * 2.1, 0, 2 * Math.PI);
  pen.lineWidth = 2 * scale;
  pen.strokeStyle = ink;
  pen.stroke();
}

/** @param {CanvasRenderingContext2D} pen  @param {number} shape  @param {number} x  @param {number} y  @param {number} r */
function trace(pen, shape, x, y, r) {
  const corners = [
    [],
    [[-1, -1], [1, -1], [1, 1], [-1, 1]],
    [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
    [[0, -1.3], [1.3, 0], [0, 1.3], [-1.3, 0]],
    [[-1.1, -0.8], [1.1, -0.8], [0, 1.2]],
    [[0, -1.2], [1.15, -0.3], [0.7, 1], [-0.7, 1], [-1.15, -0.3]],
  ][shape % 6];
  if (corners.length === 0) return pen.arc(x, y, r, 0, 2 * Math.PI);
  corners.forEach(([dx, dy], k) => {
    const [px, py] = [x + 0.9 * r * dx, y + 0.9 * r * dy];
    if (k) pen.lineTo(px, py);
    else pen.moveTo(px, py);
  });
  pen.closePath();
}

/**
 * The training example nearest to a place, if one is near.
 * @param {Dot[]} dots
 * @param {{ x: number, y: number }} place
 * @param {number} reach  in CSS pixels
 */
export function nearest(dots, { x, y }, reach) {
  let best = null, least = reach * reach;
  for (const dot of dots) {
    const distance = (dot.x - x) ** 2 + (dot.y - y) ** 2;
    if (distance < least) [best, least] = [dot, distance];
  }
  return best;
}
