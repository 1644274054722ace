/**
 * Does the page compute what the engine does? Reads real answers of the API from standard input, evaluates every rule
 * at every index, accounts for the numbers the engine has explained, draws the curve of every unit's activation through
 * its numbers, and prints what differs. Started by tests/test_javascript.py.
 *
 * @import { Address, Explanation, Run, State, Trace } from "../../static/types.d.ts"
 * @import { WhyContext } from "../../static/views/why/scene.js"
 */
import { readFileSync } from "node:fs";
import process from "node:process";

import { largestMagnitude } from "../../static/draw/colour.js";
import { equation, partOf } from "../../static/draw/mathml.js";
import { decodeNumbers, decodeTrace } from "../../static/decode.js";
import { evaluate } from "../../static/rule.js";
import { initialState } from "../../static/state.js";
import { terms } from "../../static/terms.js";
import { cellsOf, formatAddress, frameAt } from "../../static/trace.js";
import { curveOf } from "../../static/views/why/curve.js";
import { sceneOf } from "../../static/views/why/scene.js";
import { indices } from "./fixture.js";

/** Of the largest number of the array: sums are added in another order by NumPy. */
const TOLERANCE = 1e-12;

/** @typedef {{ name: string, run: Run, traces: object[], explanations: object[] }} Case */

const t = (/** @type {string} */ key) => key;
let cells = 0, curves = 0;
/** @type {string[]} */
const faults = [];

/** @param {number} ours  @param {number} theirs  @param {number} scale  @param {string} where */
function compare(ours, theirs, scale, where) {
  cells += 1;
  const near = Math.abs(ours - theirs) <= TOLERANCE * scale;
  if (!near && !Object.is(ours + 0, theirs + 0)) faults.push(`${where}: page ${ours}, engine ${theirs}`);
}

/** @param {{ id: string, operation: string, role: string | null, count: number }} term  @param {string[]} addresses */
const lineOf = ({ id, operation, role, count }, addresses) =>
  [operation, id, role, count, ...addresses].join(" ");

/**
 * The scene of a cell when all of the step has been computed.
 * @param {Run} run  @param {Trace} trace  @param {Address} focus
 */
function sceneAt(run, trace, focus) {
  /** @type {State} */
  const state = {
    ...initialState,
    run: { status: "ready", key: "", value: run },
    trace: { status: "ready", key: "", value: trace },
    cursor: { ...initialState.cursor, step: trace.step, frame: run.program.calls.length - 1 },
    focus,
  };
  const frame = frameAt(state);
  if (!frame) throw new Error(`${run.id} has no frame`);
  const context = { state, dispatch: () => {}, t, language: "en", progress: 1, reducedMotion: true };
  return sceneOf(frame, /** @type {WhyContext} */ (context));
}

/** @param {string} name  @param {Run} run  @param {Trace} trace */
function compareCurves(name, run, trace) {
  const found = cellsOf(trace);
  for (const call of run.program.calls) {
    const { quantity, layer } = run.values[call.writes];
    if (call.phase !== "forward" || quantity !== "a" || call.bind.z === undefined) continue;
    const mixes = JSON.stringify(run.program.ops[call.op].rule).includes('"over"');
    for (const index of indices(trace.values[call.writes].shape)) {
      const z = { name: call.bind.z, index };
      if (!Number.isFinite(found.value(z.name, index))) continue;
      const where = `${name}, step ${trace.step}, the curve at ${formatAddress(z)}`;
      const curve = curveOf(sceneAt(run, trace, z));
      if ((curve === null) !== mixes) faults.push(`${where} is ${curve ? "there" : "missing"}`);
      if (!curve) continue;
      curves += 1;
      compare(curve.a, found.value(call.writes, index), Math.abs(curve.a), where);
      const [error, delta] = [`da${layer}`, `delta${layer}`].map((each) =>
        trace.values[each] ? found.value(each, index) : NaN
      );
      if (Number.isFinite(error * delta)) {
        compare(error * curve.slope, delta, Math.abs(delta), `${where}, its slope`);
      }
    }
  }
}

for (
  const { name, run, traces, explanations } of /** @type {Case[]} */ (JSON.parse(readFileSync(0, "utf8")))
) {
  for (const trace of traces.map(decodeTrace)) {
    const found = cellsOf(trace);
    compareCurves(name, run, trace);
    for (const call of run.program.calls) {
      const rule = run.program.ops[call.op].rule;
      const { shape, data } = trace.values[call.writes];
      const scale = largestMagnitude(data ?? []);
      for (const index of indices(shape)) {
        const where = `${name}, step ${trace.step}, ${formatAddress({ name: call.writes, index })}`;
        compare(evaluate(rule, call, found, index), found.value(call.writes, index), scale, where);
      }
    }
    for (const explanation of explanations) {
      /** @type {Explanation} */
      const told = decodeNumbers(explanation);
      const call = run.program.calls.find(({ writes }) => writes === told.name);
      if (told.step !== trace.step || !call) continue;
      const rule = run.program.ops[call.op].rule;
      const ours = terms(rule, call, found, told.index);
      const left = ours.map((term) => lineOf(term, term.addresses.map(formatAddress)));
      const right = told.terms.map((term) => lineOf(term, term.addresses));
      if (left.join() !== right.join()) faults.push(`${name}, terms of ${told.address}:\n${left}\n${right}`);
      const scale = largestMagnitude(told.terms.flatMap(({ value, running }) => [value, running]));
      told.terms.forEach(({ id, running }, k) => {
        compare(ours[k]?.running, running, scale, `${name}, ${told.address}, ${id}`);
      });
      equation({ run, call, t, index: told.index, cells: found });
      for (const { id } of ours) if (id !== "rest") partOf({ run, call, t, index: told.index }, id);
    }
  }
}

console.log(`${cells} numbers compared, ${curves} curves, ${faults.length} differ`);
console.log(faults.slice(0, 20).join("\n"));
process.exitCode = faults.length || !cells || !curves ? 1 : 0;
