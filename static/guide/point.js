/**
 * Pointers: how the glossary, the tour and lessons name a thing on the page.
 *
 *     delta1[0,2]             a number
 *     number:delta            the first number of a quantity, in the example that is looked at
 *     timeline:delta1         an assignment on the line
 *     phase:backward          all of a phase's
 *     panel:why               a part of the page
 *     field:optimizer.kind    a field of the experiment
 *     control:play            a button or menu
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Address, Frame, Run } from "../types.d.ts"
 */
import { exists, formatAddress, parseAddress, unitOf, writtenBy } from "../trace.js";

/** Parts of the page by name. */
export const PANELS = /** @type {Readonly<Record<string, string>>} */ (Object.freeze({
  stage: "#stage",
  why: "#why-panel",
  formula: "#why .why-formulas",
  account: "#why .why-formulas + .why-part, #why .terms",
  proof: "#why .why-proof",
  curve: "#why .why-curve",
  editor: "#why .why-editor",
  timeline: "#timeline",
  training: "#training",
  player: "#player",
  experiment: "#experiment",
  example: "#row-picker",
  badge: "#badge",
  data: "#data-picture",
  views: "#views",
  map: ".plane-figure",
  maps: ".plane-side",
}));

/** Buttons and menus by name. */
export const CONTROLS = /** @type {Readonly<Record<string, string>>} */ (Object.freeze({
  play: "#play",
  forward: "#move-forward",
  back: "#move-back",
  start: "#to-start",
  end: "#to-end",
  by: "#by",
  speed: ".speed",
  share: "#share",
  present: "#present",
  learn: "#learn",
  experiment: "#experiment-toggle",
  "example-menu": "#example-menu",
}));

/**
 * The number a pointer names, in the run on the page.
 * @param {string} pointer
 * @param {Frame} frame
 * @returns {Address | null}
 */
export function numberOf(pointer, { run, example }) {
  if (pointer.startsWith("number:")) {
    const name = nameOf(run, pointer.slice("number:".length));
    if (!name) return null;
    return { name, index: run.values[name].axes.map((axis) => axis === "example" ? example : 0) };
  }
  const address = parseAddress(pointer);
  return address && exists(run, address) ? address : null;
}

/**
 * The first value of a quantity that belongs to a hidden layer, or else to any.
 * @param {Run} run
 * @param {string} quantity
 * @returns {string | null}
 */
function nameOf(run, quantity) {
  const names = Object.keys(run.values).filter((name) => run.values[name].quantity === quantity);
  return names.find((name) => run.values[name].layer === 1) ?? names[0] ?? null;
}

/**
 * What a pointer leads to that is not a number: a selector.
 * @param {string} pointer
 * @returns {string | null}
 */
export function selectorOf(pointer) {
  const [kind, ...rest] = pointer.split(":");
  const name = rest.join(":");
  if (!name) return null;
  switch (kind) {
    case "panel":
      return PANELS[name] ?? null;
    case "control":
      return CONTROLS[name] ?? null;
    case "timeline":
      return `#timeline [data-call="${CSS.escape(name)}"]`;
    case "phase":
      return `#timeline [data-phase="${CSS.escape(name)}"]`;
    case "field":
      return name === "layers" ? "#layers" : `#experiment-form [name="${CSS.escape(name)}"]`;
    default:
      return null;
  }
}

/**
 * The element a pointer leads to, if it can be seen now; for what is in the experiment, else the button that opens it.
 * @param {string} pointer
 * @param {Frame | null} frame
 * @returns {HTMLElement | null}
 */
export function elementOf(pointer, frame) {
  const cell = frame && numberOf(pointer, frame);
  if (cell) {
    const address = CSS.escape(formatAddress(cell));
    return visible(`#stage [data-address="${address}"]`) ?? visible(`#why [data-address="${address}"]`);
  }
  const selector = selectorOf(pointer);
  const inside = /^(field:|panel:(experiment|data)$)/.test(pointer);
  const found = selector ? visible(selector) ?? (inside ? visible(CONTROLS.experiment) : null) : null;
  return /** @type {HTMLElement | null} */ (found?.closest(".field, .layer, .menu") ?? found);
}

/** @param {string} selector  @returns {HTMLElement | null} */
function visible(selector) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)]);
  return all.find((element) => element.checkVisibility()) ?? null;
}

/**
 * Brings what a pointer names into sight: computes a number that is not there yet, opens the experiment.
 * @param {string} pointer
 * @param {Desk} desk
 * @returns {boolean}  false if there is no such thing on this page
 */
export function bringIntoSight(pointer, { frame, dispatch }) {
  const here = frame();
  const cell = here && numberOf(pointer, here);
  if (here && cell) {
    const at = writtenBy(here.run, cell.name);
    if (at !== Infinity && !here.known(cell)) {
      dispatch({ type: "goto", moment: { frame: at, unit: unitOf(here.run.values[cell.name], cell.index) } });
    }
    dispatch({ type: "focus", address: cell });
    return true;
  }
  const selector = selectorOf(pointer);
  const target = selector === null ? null : document.querySelector(selector);
  if (!target) return false;
  const panel = document.getElementById("experiment");
  if (panel?.contains(target) && !panel.checkVisibility()) {
    document.getElementById("experiment-toggle")?.click();
  }
  target.scrollIntoView({ block: "center", inline: "nearest" });
  return true;
}
