/**
 * The assignments of one step in order, with the playhead. A click goes to an assignment, a drag scrubs through its
 * units; of the assignments only the active one is a tab stop, and the arrow keys of the page move it.
 *
 * @import { Call, Context, Frame, Phase, Run } from "../types.d.ts"
 * @import { Drawn } from "../draw/dom.js"
 */
import { html, icon, patch } from "../draw/dom.js";
import { termCount, unitCount } from "../moments.js";
import { symbol, symbolText } from "../draw/label.js";
import { parameterOf } from "../names.js";

/** Above this many units the notches of the active assignment become one bar. */
const MOST_NOTCHES = 12;
/** A pointer that moved less than this has clicked. */
const CLICK_PIXELS = 4;

/** @type {WeakMap<Element, { frame: Frame, language: string }>} */
const shown = new WeakMap();
/** @type {WeakMap<Element, { pointer: number, x: number, dragging: boolean }>} */
const held = new WeakMap();

/** @type {import("../types.d.ts").View} */
export const timeline = { id: "timeline", title: "timeline.label", render };

/** @param {HTMLElement} host @param {Frame} frame @param {Context} context */
function render(host, frame, context) {
  const before = shown.get(host);
  if (before?.frame === frame && before.language === context.language) return;
  shown.set(host, { frame, language: context.language });
  const ways = waysOf(frame);
  patch(host, groups(frame.run).map((calls) => group(host, calls, ways, frame, context)));
  if (before?.frame.moment.frame !== frame.moment.frame || before.frame.run !== frame.run) keepInView(host);
}

/** Runs of assignments with the same phase. @param {Run} run @returns {Call[][]} */
function groups(run) {
  /** @type {Call[][]} */
  const list = [];
  for (const call of run.program.calls) {
    const last = list.at(-1);
    if (last && last[0].phase === call.phase) last.push(call);
    else list.push([call]);
  }
  return list;
}

/** Room of a narrow chip, as a share of a whole one's. */
const NARROW = 0.3;

/**
 * The assignments that lead from the gradient of one parameter to its new value and follow one another: while the
 * playhead is elsewhere, those before the last are narrow, so that the parameters can be told apart.
 * @param {Frame} frame
 * @returns {Map<number, "narrow" | "whole">}  by the index of an assignment, for those on such a way
 */
function waysOf({ run, moment }) {
  /** @type {Map<number, "narrow" | "whole">} */
  const ways = new Map();
  const ofWhich = (/** @type {Call} */ { phase, writes }) =>
    phase === "update" ? parameterOf(run, writes) : null;
  const { calls } = run.program;
  for (let from = 0, to = 0; from < calls.length; from = to) {
    const parameter = ofWhich(calls[from]);
    for (to = from + 1; to < calls.length && parameter !== null && ofWhich(calls[to]) === parameter;) to++;
    if (to - from < 2) continue;
    const here = moment.frame >= from && moment.frame < to;
    for (let at = from; at < to; at++) ways.set(at, here || at === to - 1 ? "whole" : "narrow");
  }
  return ways;
}

/**
 * @param {HTMLElement} host
 * @param {Call[]} calls
 * @param {Map<number, "narrow" | "whole">} ways
 * @param {Frame} frame
 * @param {Context} context
 * @returns {Drawn}
 */
function group(host, calls, ways, frame, context) {
  const { phase } = calls[0];
  const room = calls.reduce((sum, { index }) => sum + (ways.get(index) === "narrow" ? NARROW : 1), 0);
  return html(
    "div",
    {
      key: calls[0].index,
      class: "timeline-phase",
      "data-phase": phase,
      style: { "flex-grow": room },
    },
    html(
      "div",
      { class: "timeline-label" },
      html("span", { class: "timeline-name" }, icon(`phase-${phase}`), context.t(`phase.${phase}`)),
    ),
    html(
      "div",
      { class: "timeline-chips" },
      calls.map((call) => chip(host, call, ways.get(call.index) ?? "", frame, context)),
    ),
  );
}

/**
 * @param {HTMLElement} host
 * @param {Call} call
 * @param {string} way
 * @param {Frame} frame
 * @param {Context} context
 * @returns {Drawn}
 */
function chip(host, call, way, frame, context) {
  const { run, moment } = frame;
  const state = call.index < moment.frame ? "done" : call.index === moment.frame ? "active" : "pending";
  const name = context.t("timeline.chip", {
    symbol: symbolText(run, call.writes),
    label: run.values[call.writes].label,
    state: context.t(`timeline.${state}`),
  });
  return html(
    "button",
    {
      key: call.index,
      type: "button",
      class: `chip ${way}`.trim(),
      title: name,
      tabindex: state === "active" ? 0 : -1,
      "aria-label": name,
      "aria-current": state === "active" ? "step" : null,
      "data-state": state,
      "data-call": call.writes,
      "data-index": call.index,
      on: {
        click: (event) => click(host, event, call, frame, context),
        pointerdown: (event) => press(host, event),
        pointermove: (event) => drag(host, event, frame, context),
        pointerup: () => release(host),
        pointercancel: () => release(host),
      },
    },
    symbol(run, call.writes),
    state === "active" ? progress(unitCount(run, call.index), moment.unit, shareOf(frame)) : null,
  );
}

/** How much of the unit is there. @param {Frame} frame @returns {number} */
function shareOf({ run, moment }) {
  return moment.term === undefined ? 1 : (moment.term + 1) / termCount(run, moment);
}

/**
 * The units of the active assignment, and the playhead at the last one computed, or within the one in the making.
 * @param {number} units @param {number} unit @param {number} share
 */
function progress(units, unit, share) {
  const done = (unit + share) / units;
  const notches = units <= MOST_NOTCHES
    ? Array.from(
      { length: units },
      (_, j) => html("i", { class: j < unit + Math.floor(share) ? "done" : null }),
    )
    : [
      html("i", { class: "done", style: { "flex-grow": done } }),
      html("i", { style: { "flex-grow": 1 - done } }),
    ];
  return [
    html("span", { class: "notches", "aria-hidden": "true" }, notches),
    html("span", { class: "playhead", "aria-hidden": "true", style: { left: `${100 * done}%` } }),
  ];
}

/** @param {HTMLElement} host @param {PointerEvent} event */
function press(host, event) {
  if (event.button !== 0) return;
  // A finger on a line that scrolls is scrolling it.
  if (event.pointerType === "touch" && host.scrollWidth > host.clientWidth) return;
  held.set(host, { pointer: event.pointerId, x: event.clientX, dragging: false });
  /** @type {Element} */ (event.currentTarget).setPointerCapture(event.pointerId);
}

/** @param {HTMLElement} host @param {PointerEvent} event @param {Frame} frame @param {Context} context */
function drag(host, event, frame, context) {
  const hold = held.get(host);
  if (!hold || hold.pointer !== event.pointerId) return;
  if (Math.abs(event.clientX - hold.x) >= CLICK_PIXELS) hold.dragging = true;
  if (hold.dragging) scrub(host, event.clientX, frame, context);
}

/** @param {HTMLElement} host */
function release(host) {
  const hold = held.get(host);
  // The click that ends a drag comes after this, and must know.
  if (hold?.dragging) hold.pointer = NaN;
  else held.delete(host);
}

/** @param {HTMLElement} host @param {MouseEvent} event @param {Call} call @param {Frame} frame @param {Context} context */
function click(host, event, call, frame, context) {
  const dragged = held.get(host)?.dragging;
  held.delete(host);
  if (dragged) return;
  const again = call.index === frame.moment.frame && event.detail > 0;
  if (again) scrub(host, event.clientX, frame, context);
  else context.dispatch({ type: "goto", moment: { frame: call.index } });
}

/** To the assignment under x, and the unit that stands there. @param {HTMLElement} host @param {number} x @param {Frame} frame @param {Context} context */
function scrub(host, x, frame, context) {
  const chips = [...host.querySelectorAll(".chip")];
  const boxes = chips.map((element) => element.getBoundingClientRect());
  let at = boxes.findIndex(({ right }) => x < right);
  if (at < 0) at = boxes.length - 1;
  const { left, width } = boxes[at];
  const units = unitCount(frame.run, at);
  const place = Math.max(0, Math.min(units - 1e-9, (units * (x - left)) / width));
  const unit = Math.floor(place);
  const goal = { frame: at, unit };
  const step = frame.moment.step;
  const term = Math.floor((place - unit) * termCount(frame.run, { step, frame: at }));
  context.dispatch({ type: "goto", moment: context.state.by === "term" ? { ...goal, term } : goal });
}

/** @param {HTMLElement} host */
function keepInView(host) {
  const active = /** @type {HTMLElement | null} */ (host.querySelector('[data-state="active"]'));
  if (!active) return;
  // A keyboard user standing on the line goes along with it.
  const here = document.activeElement;
  if (here !== active && here instanceof HTMLElement && host.contains(here)) {
    active.focus({ preventScroll: true });
  }
  if (host.scrollWidth <= host.clientWidth) return;
  const line = host.getBoundingClientRect();
  const box = active.getBoundingClientRect();
  const margin = Math.min(line.width / 4, 2 * box.width);
  if (box.left < line.left + margin) host.scrollLeft -= line.left + margin - box.left;
  else if (box.right > line.right - margin) host.scrollLeft += box.right - line.right + margin;
}
