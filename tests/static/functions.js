/**
 * Do the functions of expressions have the same values here as in the engine? Reads what the engine says from standard
 * input, `{function: [[arguments, value], …]}`, and prints what differs. Started by tests/test_javascript.py.
 *
 * @import { Numeric } from "../../static/types.d.ts"
 */
import { readFileSync } from "node:fs";
import process from "node:process";

import { evaluate } from "../../static/rule.js";
import { alone, apply, number } from "./fixture.js";

/** Relative: libraries round exp, sin and their like differently in the last place or two. */
const TOLERANCE = 2e-15;

/** @type {Record<string, [Numeric[], Numeric][]>} */
const told = JSON.parse(readFileSync(0, "utf8"));
let compared = 0;
/** @type {string[]} */
const faults = [];

for (const [name, values] of Object.entries(told)) {
  for (const [given, shown] of values) {
    const [of, value] = [given.map(Number), Number(shown)];
    const body = apply(name, ...of.map(number));
    const { call, cells } = alone({ result: "r", at: [], body }, {});
    const ours = evaluate({ result: "r", at: [], body }, call, cells, []);
    compared += 1;
    const near = Math.abs(ours - value) <= TOLERANCE * Math.abs(value);
    if (!near && !Object.is(ours + 0, value + 0)) {
      faults.push(`${name}(${of}): page ${ours}, engine ${value}`);
    }
  }
}

console.log(`${compared} values compared, ${faults.length} differ`);
console.log(faults.slice(0, 20).join("\n"));
process.exitCode = faults.length || !compared ? 1 : 0;
