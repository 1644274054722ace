/**
 * Whether an answer is right, and whether what a lesson waits for has happened. Pure.
 *
 * @import { Moment, Run } from "../../types.d.ts"
 * @import { Answer, Ask, Seen, Truth, Wait } from "./lesson.d.ts"
 */
import { compare, unitCount } from "../../moments.js";
import { alike, get } from "../../spec.js";

/** A number that was typed may differ by this share of the true one, if the lesson says nothing else. */
const TOLERANCE = 0.01;

/** Signs and comparisons by name, as answers give them. */
export const SIGNS = Object.freeze(["positive", "negative", "zero"]);
export const ORDERS = Object.freeze(["larger", "smaller", "equal"]);

/**
 * What the right answer is.
 * @param {Ask} ask
 * @param {Truth | null} truth  null where the question is not about a number
 * @returns {Answer}
 */
export function rightAnswer(ask, truth) {
  if (ask.kind === "choice") return ask.answer;
  const { of, with: other = 0 } = /** @type {Truth} */ (truth);
  if (ask.kind === "number") return of;
  const difference = of - other;
  const at = difference > 0 ? 0 : difference < 0 ? 1 : 2;
  return (ask.kind === "sign" ? SIGNS : ORDERS)[at];
}

/**
 * @param {Ask} ask
 * @param {Answer} answer
 * @param {Truth | null} truth
 * @returns {boolean}
 */
export function isRight(ask, answer, truth) {
  const right = rightAnswer(ask, truth);
  if (ask.kind !== "number") return answer === right;
  const most = ask.tolerance ?? TOLERANCE * Math.abs(Number(right));
  // A last digit that rounding may have moved does not make an answer wrong.
  return Object.is(answer, right) || Math.abs(Number(answer) - Number(right)) <= most * (1 + 1e-9);
}

/**
 * A number as people type it: a minus of any kind, a comma for the point, a power of ten.
 * @param {string} text
 * @returns {number}  NaN if it is none
 */
export function typedNumber(text) {
  const plain = text.trim().replace(/[\u2212\u2012\u2013\u2014]/g, "-").replace(/[,，]/g, ".").replace(
    /\s+/g,
    "",
  );
  const power = plain.replace(/[×x*·]10\^?/i, "e");
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(power) ? Number(power) : NaN;
}

/**
 * @param {Wait} wait
 * @param {Seen} began  how it was when the waiting began
 * @param {Seen} now
 * @returns {boolean}
 */
export function isMet(wait, began, now) {
  switch (wait.for) {
    case "click":
      return [wait.on].flat().some((pointer) => now.clicked.includes(pointer));
    case "example":
      return isBound(wait, now.example, began.example);
    case "moment":
      return compare(now.moment, momentOf(wait, now.run, began.moment)) >= 0;
    case "change":
      return isBound(wait, get(now.run.spec, wait.field), get(began.run.spec, wait.field));
    case "value":
      return now.value !== null && isBound(wait, now.value, began.value);
  }
}

/**
 * The moment that is to be reached. What is not said is the step it began in, the first assignment, the first unit.
 * @param {{ step?: number, frame?: string, unit?: number | "last" }} said
 * @param {Run} run
 * @param {Moment} began
 * @returns {Moment}
 */
export function momentOf({ step, frame, unit }, run, began) {
  const at = frame === undefined
    ? 0
    : Math.max(0, run.program.calls.findIndex(({ writes }) => writes === frame));
  const place = unit === "last" ? unitCount(run, at) - 1 : unit ?? 0;
  return { step: step ?? began.step, frame: at, unit: place };
}

/**
 * @param {{ least?: number, most?: number, is?: unknown }} bounds  none: anything but what it was
 * @param {unknown} value
 * @param {unknown} before
 * @returns {boolean}
 */
function isBound({ least, most, is }, value, before) {
  if (least === undefined && most === undefined && is === undefined) return !alike(value, before);
  if (is !== undefined && !alike(value, is)) return false;
  return (least === undefined || Number(value) >= least) && (most === undefined || Number(value) <= most);
}
