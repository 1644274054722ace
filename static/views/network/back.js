/**
 * What the way back is drawn with: arrows of error terms, the ways of gradients, paths to the loss. It comes with the
 * first backward pass.
 */
export { drawForces, drawWays } from "./forces.js";
export { drawTraced, hearWires } from "./traced.js";
