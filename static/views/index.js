/**
 * The views the stage can show. A new one is a file here and a line in this list.
 *
 * @import { View } from "../types.d.ts"
 */
import { network } from "./network.js";

/** @type {readonly View[]} */
export const VIEWS = Object.freeze([network]);
