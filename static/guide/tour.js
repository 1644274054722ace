/**
 * A walk of half a minute over the real page: what each part is for, with the page doing what is said. Every stop is a
 * row: a place to be at and a thing to look at; going to it is all there is, so there is nothing to undo.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { State } from "../types.d.ts"
 */
import { create, html, icon, patch } from "../draw/dom.js";
import { compare } from "../moments.js";
import { shownRun } from "../needs.js";
import { elementOf } from "./point.js";
import { createSpotlight } from "./spotlight.js";

/** From this width on the parts of the page stand side by side, as in page.css. */
const WIDE = 1100;
/** Share of a narrower window that a thing may take. */
const MOST = 0.62;

/**
 * @typedef {object} Stop
 * @property {string} id  of its text
 * @property {string[]} look  pointers to what is ringed: the first that can be seen
 * @property {(state: State, desk: Desk) => void} [go]
 */

/** @type {readonly Stop[]} */
export const STOPS = Object.freeze([
  { id: "network", look: ["panel:stage", "number:z"] },
  {
    id: "forward",
    look: ["control:forward"],
    go: (state, { dispatch }) => {
      dispatch({ type: "start" });
      dispatch({ type: "move", by: state.by, direction: 1 });
    },
  },
  { id: "line", look: ["panel:timeline"], go: to("delta", 1) },
  { id: "why", look: ["panel:why", "panel:formula"], go: to("delta", 1) },
  {
    id: "training",
    look: ["panel:training"],
    go: (_, { dispatch }) => dispatch({ type: "goto", moment: { step: 20 } }),
  },
  { id: "experiment", look: ["panel:experiment", "control:experiment"] },
  { id: "learn", look: ["control:learn"] },
]);

/** To a unit of the first backward value of a quantity.  @param {string} quantity  @param {number} unit */
function to(quantity, unit) {
  return (/** @type {State} */ state, /** @type {Desk} */ { dispatch }) => {
    const run = shownRun(state);
    const at = run?.program.calls.findLastIndex(({ writes }) => run.values[writes].quantity === quantity) ??
      -1;
    if (at >= 0) dispatch({ type: "goto", moment: { step: 0, frame: at, unit } });
  };
}

/** @param {Desk} desk */
export function startTour(desk) {
  const { t, getState, dispatch, frame } = desk;
  if (document.getElementById("tour")) return;
  dispatch({ type: "pause" });
  const before = getState().cursor;
  let at = 0;
  const dialog = /** @type {HTMLDialogElement} */ (create(
    html("dialog", { id: "tour", "aria-labelledby": "tour-title" }),
  ));
  const card = create(html("div", { class: "tour-card" }));
  dialog.append(card);
  const light = createSpotlight({ veil: true, host: dialog, moved: (box) => placeCard(card, box) });

  /** @param {number} next */
  const go = (next) => {
    if (next < 0) return;
    if (next >= STOPS.length) return dialog.close();
    at = next;
    const { look, go } = STOPS[at];
    go?.(getState(), desk);
    const target = () => look.map((pointer) => elementOf(pointer, frame())).find(canBeShown) ?? null;
    target()?.scrollIntoView({ block: "nearest", inline: "nearest" });
    light.on(target);
    draw();
  };
  const draw = () => {
    const last = at === STOPS.length - 1;
    patch(card, [
      html(
        "div",
        { class: "tour-head" },
        html("h2", { id: "tour-title" }, t("guide.tour.title")),
        html("span", { class: "faint" }, t("guide.tour.place", { at: at + 1, count: STOPS.length })),
      ),
      html(
        "div",
        { class: "tour-text", "aria-live": "polite" },
        html("p", { key: at }, t(`guide.tour.${STOPS[at].id}`)),
      ),
      html(
        "div",
        { class: "tour-actions" },
        html("button", {
          key: "skip",
          type: "button",
          class: "button quiet small",
          on: { click: () => dialog.close() },
        }, t("guide.tour.skip")),
        html("span", { key: "spring", class: "spring" }),
        html(
          "button",
          {
            key: "back",
            type: "button",
            class: "button small",
            "aria-disabled": at === 0,
            on: { click: () => go(at - 1) },
          },
          icon("back"),
          t("guide.tour.back"),
        ),
        html(
          "button",
          {
            key: "next",
            type: "button",
            class: "button primary small",
            autofocus: true,
            on: { click: () => go(at + 1) },
          },
          t(last ? "guide.tour.done" : "guide.tour.next"),
          last ? null : icon("forward"),
        ),
      ),
    ]);
  };
  dialog.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(at + step);
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) go(at + 1);
  });
  dialog.addEventListener("close", () => {
    light.remove();
    dialog.remove();
    if (compare(before, getState().cursor) !== 0) dispatch({ type: "goto", moment: before });
  });
  document.body.append(dialog);
  draw();
  dialog.showModal();
  go(0);
}

/** What is taller than most of a small screen would leave no room for words.  @param {HTMLElement | null} element */
function canBeShown(element) {
  const height = element?.getBoundingClientRect().height ?? Infinity;
  return innerWidth >= WIDE || height < MOST * innerHeight;
}

/**
 * Beside what is ringed, where there is most room; over it where there is none.
 * @param {Element} card
 * @param {DOMRect | null} box
 */
function placeCard(card, box) {
  const { width, height } = card.getBoundingClientRect();
  const gap = 18;
  const room = box
    ? { left: box.left, right: innerWidth - box.right, above: box.top, below: innerHeight - box.bottom }
    : { left: 0, right: 0, above: 0, below: 0 };
  const inWindow = (/** @type {number} */ at, /** @type {number} */ size, /** @type {number} */ most) =>
    Math.max(8, Math.min(most - size - 8, at));
  let left = (innerWidth - width) / 2, top = (innerHeight - height) / 2;
  if (box && room.below >= height + 2 * gap) [left, top] = [box.left, box.bottom + gap];
  else if (box && room.above >= height + 2 * gap) [left, top] = [box.left, box.top - gap - height];
  else if (box && room.right >= width + 2 * gap) [left, top] = [box.right + gap, box.top];
  else if (box && room.left >= width + 2 * gap) [left, top] = [box.left - gap - width, box.top];
  const style = /** @type {HTMLElement} */ (card).style;
  style.setProperty("left", `${inWindow(left, width, innerWidth)}px`);
  style.setProperty("top", `${inWindow(top, height, innerHeight)}px`);
}
