/**
 * What only wide networks need: thousands of wires as pixels, strips of units, pictures. It comes with the first of them.
 */
export { paintBundles } from "./pixels.js";
export { drawLens, drawWedges, paintStrips, slideTo, stripCell, stripUnder } from "./strip.js";
export { drawMore } from "./folded.js";
