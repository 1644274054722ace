/**
 * Changing a number by hand: what may be changed, what that makes of the experiment, and which numbers are stale until
 * it is computed anew. Pure. An edit belongs to a step and stays from there on; the run before it is untouched.
 *
 * @import { Action, Address, Frame, Run, Spec } from "./types.d.ts"
 */
import { formatAddress } from "./trace.js";

/** Where an edit goes: a cell or a setting, from a step on, and the value there now. */
/** @typedef {{ step: number, cell: string | null, setting: string | null, value: number }} Target */

/**
 * What changing this number would change.
 * @param {Frame} frame
 * @param {Address} address
 * @returns {Target | null}  null for what is computed from other numbers, or drawn at random
 */
export function editTarget(frame, address) {
  const { run, trace, moment: { step } } = frame;
  const info = run.values[address.name];
  const value = frame.value(address);
  if (!info || value === undefined) return null;
  /** @param {string} cell  @param {number} [from]  @returns {Target} */
  const cell = (cell, from = step) => ({ step: from, cell, setting: null, value });
  switch (info.source) {
    case "parameter":
    case "slot":
      return address.index.length ? cell(formatAddress(address)) : null;
    case "batch": {
      const [example, unit] = address.index;
      return cell(`${address.name === "a0" ? "x" : address.name}[${trace.batch[example]},${unit}]`);
    }
    case "setting": {
      const setting = address.name === "base_learning_rate" ? "learning_rate" : address.name;
      return setting === "t" ? null : { step, cell: null, setting, value };
    }
    case "computed": {
      // The parameters the next step begins with.
      const old = address.name.replace(/_new$/, "");
      const kept = old !== address.name && run.values[old]?.source === "parameter";
      return kept && step + 1 < run.steps
        ? cell(formatAddress({ name: old, index: address.index }), step + 1)
        : null;
    }
  }
  return null;
}

/**
 * The experiment with an edit: one more entry of its `edits`, or a change of the one its step has.
 * @param {Spec} spec
 * @param {Target} target
 * @param {number} value
 * @returns {Spec}
 */
export function withEdit(spec, { step, cell, setting }, value) {
  const edits = /** @type {any[]} */ (spec.edits ?? []);
  const at = edits.findIndex((edit) => edit.step === step);
  const before = at < 0 ? { step } : edits[at];
  const after = cell === null
    ? { ...before, [/** @type {string} */ (setting)]: value }
    : { ...before, set: { ...before.set, [cell]: value } };
  const others = at < 0 ? edits : edits.toSpliced(at, 1);
  return { ...spec, edits: [...others, after].sort((one, other) => one.step - other.step) };
}

/**
 * What putting in a number that was typed asks for.
 * @param {Frame} frame
 * @param {Address} address
 * @param {string} text
 * @returns {Action | null}  null for what is no number, or cannot be changed
 */
export function editAction(frame, address, text) {
  const target = editTarget(frame, address);
  const plain = text.trim().replaceAll("\u2212", "-").replace(/^(-?\d*),(\d+)$/, "$1.$2");
  const value = Number(plain);
  if (!target || plain === "" || !Number.isFinite(value)) return null;
  return {
    type: "edit",
    address,
    value,
    spec: withEdit(frame.run.spec, target, value),
    stale: dependents(frame.run, address.name),
  };
}

/**
 * Every value that is computed from a value, directly or over others: what is stale once it has changed.
 * @param {Run} run
 * @param {string} name
 * @returns {Set<string>}
 */
export function dependents(run, name) {
  const found = new Set([name]);
  for (const call of run.program.calls) {
    if (call.reads.some((read) => found.has(read))) found.add(call.writes);
  }
  found.delete(name);
  return found;
}
