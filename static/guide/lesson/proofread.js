/**
 * What is wrong with a lesson beyond its form: texts whose braces mean nothing, pointers to nowhere, questions without a
 * right answer, numbers that its experiments do not have. Pure; the experiments are asked for by whoever calls.
 *
 * @import { Run } from "../../types.d.ts"
 * @import { Fault } from "../schema.js"
 * @import { Glossary } from "../terms.d.ts"
 * @import { Lesson, NumberRef, Step, Text } from "./lesson.d.ts"
 */
import { unitCount } from "../../moments.js";
import { get } from "../../spec.js";
import { exists, parseAddress } from "../../trace.js";
import { selectorOf } from "../point.js";
import { termById } from "../vocabulary.js";
import { pieces } from "./wording.js";

/**
 * Faults that can be seen in the lesson itself.
 * @param {Lesson} lesson  of the right form
 * @returns {Fault[]}
 */
export function proofread({ steps }) {
  return steps.flatMap((step, at) => [
    ...textsOf(step, `steps[${at}]`).flatMap(({ path, text }) =>
      pieces(text).flatMap((piece) =>
        piece.kind === "wrong" ? [fault(path, "braces", { text: piece.text })] : []
      )
    ),
    ...[step.point ?? []].flat().flatMap((pointer, k) =>
      wrongPointer(pointer, list(`steps[${at}].point`, step.point, k))
    ),
    ...(step.veil ?? []).flatMap((pointer, k) => wrongPointer(pointer, `steps[${at}].veil[${k}]`)),
    ...step.wait?.for === "click"
      ? [step.wait.on].flat().flatMap((pointer, k) =>
        wrongPointer(pointer, list(`steps[${at}].wait.on`, step.wait?.for === "click" ? step.wait.on : "", k))
      )
      : [],
    ...step.ask && step.wait ? [fault(`steps[${at}].wait`, "ask_or_wait", {})] : [],
    ...step.ask?.kind === "choice" && step.ask.answer >= step.ask.options.length
      ? [fault(`steps[${at}].ask.answer`, "most", { limit: step.ask.options.length - 1 })]
      : [],
  ]);
}

/**
 * Terms that the glossary does not have.
 * @param {Lesson} lesson
 * @param {Glossary} glossary
 * @returns {Fault[]}
 */
export function proofreadTerms({ steps }, glossary) {
  return steps.flatMap((step, at) =>
    textsOf(step, `steps[${at}]`).flatMap(({ path, text }) =>
      pieces(text).flatMap((piece) =>
        piece.kind === "term" && !termById(glossary, piece.id)
          ? [fault(path, "no_term", { term: piece.id })]
          : []
      )
    )
  );
}

/**
 * The experiment every step is about: the latest `spec`, the first experiment before there is one.
 * @param {Lesson} lesson
 * @returns {{ spec: import("../../types.d.ts").Spec, path: string }[]}  one for every step; `path` is where it is said
 */
export function specsOf({ steps }) {
  let now = { spec: {}, path: "" };
  return steps.map(({ set }, at) =>
    set?.spec ? (now = { spec: set.spec, path: `steps[${at}].set.spec` }) : now
  );
}

/**
 * Numbers, assignments and steps that a step names and its experiment does not have.
 * @param {Step} step
 * @param {number} at
 * @param {Run} run
 * @returns {Fault[]}
 */
export function proofreadAgainst(step, at, run) {
  const here = `steps[${at}]`;
  /** @type {Fault[]} */
  const found = [];
  /** @param {string} address  @param {string} path */
  const number = (address, path) => {
    const cell = parseAddress(address);
    if (!cell || !exists(run, cell)) found.push(fault(path, "no_number", { address }));
  };
  /** @param {NumberRef | number} of  @param {string} path */
  const reference = (of, path) => {
    if (typeof of === "string") number(of, path);
    else if (typeof of === "object") {
      number(of.number, `${path}.number`);
      stepIn(of.step, `${path}.step`);
    }
  };
  /** @param {number | undefined} step  @param {string} path */
  const stepIn = (step, path) => {
    if (step !== undefined && step >= run.steps) found.push(fault(path, "most", { limit: run.steps - 1 }));
  };
  /** @param {string | undefined} frame  @param {string} path */
  const frameIn = (frame, path) => {
    if (frame !== undefined && !run.program.calls.some(({ writes }) => writes === frame)) {
      const values = run.program.calls.map(({ writes }) => writes).join(", ");
      found.push(fault(path, "one", { values }));
    }
  };
  /** @param {string} field  @param {string} path */
  const fieldIn = (field, path) => {
    if (field !== "layers" && get(run.spec, field) === undefined) {
      found.push(fault(path, "no_field", { field }));
    }
  };
  /** @param {{ frame?: string, unit?: number | "last" } | undefined} said  @param {string} path */
  const unitIn = (said, path) => {
    const at = run.program.calls.findIndex(({ writes }) => writes === said?.frame);
    if (at < 0 || typeof said?.unit !== "number") return;
    const limit = unitCount(run, at) - 1;
    if (said.unit > limit) found.push(fault(path, "most", { limit }));
  };
  /** @param {string | string[] | undefined} pointers  @param {string} path */
  const pointed = (pointers, path) => {
    [pointers ?? []].flat().forEach((pointer, k) => {
      const place = list(path, pointers, k);
      if (pointer.startsWith("timeline:")) frameIn(pointer.slice(9), place);
      else if (pointer.startsWith("field:")) fieldIn(pointer.slice(6), place);
      else if (!pointer.includes(":")) number(pointer, place);
    });
  };
  const { set, ask, wait, point, veil } = step;
  for (const { path, text } of textsOf(step, here)) {
    for (const piece of pieces(text)) {
      if (piece.kind === "number") number(piece.address, path);
      if (piece.kind === "number" && piece.step !== null) stepIn(piece.step, path);
      if (piece.kind === "symbol" && !(piece.of in run.values)) number(piece.of, path);
    }
  }
  stepIn(set?.step, `${here}.set.step`);
  frameIn(set?.frame, `${here}.set.frame`);
  unitIn(set, `${here}.set.unit`);
  if (set?.example !== undefined && set.example >= run.examples) {
    found.push(fault(`${here}.set.example`, "most", { limit: run.examples - 1 }));
  }
  if (set?.focus) number(set.focus, `${here}.set.focus`);
  pointed(point, `${here}.point`);
  pointed(veil, `${here}.veil`);
  if (ask && ask.kind !== "choice") reference(ask.of, `${here}.ask.of`);
  if (ask?.kind === "compare") reference(ask.with, `${here}.ask.with`);
  if (ask?.reveal) {
    stepIn(ask.reveal.step, `${here}.ask.reveal.step`);
    frameIn(ask.reveal.frame, `${here}.ask.reveal.frame`);
    unitIn(ask.reveal, `${here}.ask.reveal.unit`);
  }
  if (wait?.for === "click") pointed(wait.on, `${here}.wait.on`);
  if (wait?.for === "change") fieldIn(wait.field, `${here}.wait.field`);
  if (wait?.for === "value") number(wait.of, `${here}.wait.of`);
  if (wait?.for === "moment") {
    stepIn(wait.step, `${here}.wait.step`);
    frameIn(wait.frame, `${here}.wait.frame`);
    unitIn(wait, `${here}.wait.unit`);
  }
  return found;
}

/**
 * Every text of a step, in every language, with its path.
 * @param {Step} step
 * @param {string} here
 * @returns {{ path: string, text: string }[]}
 */
function textsOf({ title, say, ask, wait }, here) {
  const options = ask?.kind === "choice" ? ask.options.map((text, k) => [`ask.options[${k}]`, text]) : [];
  /** @type {[string, Text | undefined][]} */
  const all = [
    ["title", title],
    ["say", say],
    ["ask.question", ask?.question],
    ["ask.right", ask?.right],
    ["ask.wrong", ask?.wrong],
    .../** @type {[string, Text][]} */ (options),
    ["wait.hint", wait?.hint],
  ];
  return all.flatMap(([name, text]) => {
    if (text === undefined) return [];
    if (typeof text === "string") return [{ path: `${here}.${name}`, text }];
    return Object.entries(text).map(([language, words]) => ({
      path: `${here}.${name}.${language}`,
      text: words,
    }));
  });
}

/** @param {string} pointer  @param {string} path  @returns {Fault[]} */
function wrongPointer(pointer, path) {
  if (!pointer.includes(":") || pointer.startsWith("number:") || selectorOf(pointer)) return [];
  return [fault(path, "pointer", { pointer })];
}

/** @param {string} path  @param {unknown} value  @param {number} k  @returns {string} */
function list(path, value, k) {
  return Array.isArray(value) ? `${path}[${k}]` : path;
}

/** @param {string} path  @param {string} key  @param {Fault["values"]} values  @returns {Fault} */
function fault(path, key, values) {
  return { path, key: `guide.fault.${key}`, values };
}
