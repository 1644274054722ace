/**
 * How far somebody has come in a lesson: a small state machine. Pure; what the page shows and does for it is the
 * runner's.
 *
 * @import { Event, Lesson, Place, Progress, Step } from "./lesson.d.ts"
 */
import { parseAddress } from "../../trace.js";
import { isMet, isRight } from "./judge.js";

/**
 * @param {Progress | null} progress
 * @param {Event} event
 * @returns {Progress | null}  the same object if nothing has changed
 */
export function advance(progress, event) {
  if (event.type === "start") return begun(event.lesson, event.at);
  if (progress === null) return null;
  switch (event.type) {
    case "next":
      return canGoOn(progress) && !isLast(progress) ? at(progress, progress.at + 1) : progress;
    case "back":
      return progress.at > 0 ? at(progress, progress.at - 1) : progress;
    case "answer":
      return answered(progress, event);
    case "see":
      return seen(progress, event.seen);
    case "skip":
      return stepOf(progress).wait && !progress.met ? Object.freeze({ ...progress, met: true }) : progress;
  }
}

/** @param {Progress} progress  @returns {Step} */
export function stepOf({ lesson, at }) {
  return lesson.steps[at];
}

/** May one go on: is nothing asked any more, nothing waited for?  @param {Progress} progress  @returns {boolean} */
export function canGoOn(progress) {
  const { ask, wait } = stepOf(progress);
  return ask ? progress.answer !== null : wait ? progress.met : true;
}

/** @param {Progress} progress  @returns {boolean} */
export function isLast({ lesson, at }) {
  return at === lesson.steps.length - 1;
}

/**
 * What must not be seen before the answer: the numbers asked for, and what the step names besides; on a step that asks
 * nothing, what it names as long as one is there. What the loss will be at another step is drawn in the curve.
 * @param {Progress | null} progress
 * @returns {string[]}  addresses and pointers
 */
export function veiled(progress) {
  if (progress === null || progress.answer !== null) return [];
  const { ask, veil = [] } = stepOf(progress);
  if (!ask || ask.kind === "choice") return veil;
  const asked = typeof ask.of === "string"
    ? ask.of
    : parseAddress(ask.of.number)?.name === "loss"
    ? "panel:training"
    : null;
  return [...new Set([...asked === null ? [] : [asked], ...veil])];
}

/**
 * Where the page is to be at a step when one comes to it from anywhere: what its own `set` says, and all those before it
 * that still hold. A new experiment begins anew.
 * @param {Lesson} lesson
 * @param {number} at
 * @returns {Place}
 */
export function placeAt({ steps }, at) {
  /** @type {Place} */
  let place = { spec: {} };
  for (const { set, ask } of steps.slice(0, at + 1)) {
    if (set) place = set.spec ? { ...set } : { ...place, ...moved(set), ...set };
    // A question of an earlier step has been answered, and its answer shown.
    else if (ask?.reveal && steps[at].ask !== ask && !ask.reveal.by) {
      place = { ...place, ...moved(ask.reveal), ...ask.reveal };
    }
  }
  return place;
}

/** Going somewhere takes away what belongs to where one was.  @param {Place} set  @returns {Place} */
function moved(set) {
  const goes = set.step !== undefined || set.frame !== undefined;
  return goes ? { unit: undefined, term: undefined, focus: undefined } : {};
}

/** @param {Lesson} lesson  @param {number} place  @returns {Progress} */
function begun(lesson, place) {
  const within = Math.max(0, Math.min(lesson.steps.length - 1, Math.floor(place) || 0));
  return Object.freeze({
    lesson,
    at: within,
    answer: null,
    right: null,
    met: false,
    began: null,
    score: Object.freeze({ right: [], wrong: [] }),
  });
}

/** @param {Progress} progress  @param {number} place  @returns {Progress} */
function at(progress, place) {
  return Object.freeze({ ...progress, at: place, answer: null, right: null, met: false, began: null });
}

/** @param {Progress} progress  @param {Extract<Event, { type: "answer" }>} event  @returns {Progress} */
function answered(progress, { answer, truth }) {
  const { ask } = stepOf(progress);
  if (!ask || progress.answer !== null) return progress;
  const right = isRight(ask, answer, truth);
  const { score, at } = progress;
  const counted = score.right.includes(at) || score.wrong.includes(at);
  const next = right ? { ...score, right: [...score.right, at] } : { ...score, wrong: [...score.wrong, at] };
  // Trying again after going back is learning; the first try is what was predicted.
  return Object.freeze({ ...progress, answer, right, score: counted ? score : Object.freeze(next) });
}

/** @param {Progress} progress  @param {import("./lesson.d.ts").Seen} now  @returns {Progress} */
function seen(progress, now) {
  const { wait } = stepOf(progress);
  if (!wait || progress.met) return progress;
  if (progress.began === null) {
    return Object.freeze({ ...progress, began: now, met: wait.for === "value" && isMet(wait, now, now) });
  }
  return isMet(wait, progress.began, now) ? Object.freeze({ ...progress, met: true }) : progress;
}
