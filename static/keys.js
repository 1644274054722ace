/**
 * What a key means. Pure: the page says what was pressed and where, and carries the command out. The help dialog lists
 * the same keys (templates/_help.html).
 *
 * @import { Action, Granularity, State } from "./types.d.ts"
 */
import { GRANULARITIES } from "./moments.js";

/** @typedef {{ key: string, shiftKey: boolean, altKey: boolean, ctrlKey: boolean, metaKey: boolean }} Press */
/** @typedef {"help" | "theme" | "experiment" | "edit" | "pointer" | "glossary"} Command */

/** Fields keep their keys; so do menus and sliders. */
const FIELDS = new Set(["INPUT", "TEXTAREA", "SELECT", "OPTION"]);
/** These do something of their own on space and Enter. */
const PRESSED = new Set(["BUTTON", "A", "SUMMARY"]);

/**
 * Does the place where the key was pressed need it for itself?
 * @param {string} key
 * @param {{ tagName: string, isContentEditable?: boolean } | null} target
 * @returns {boolean}
 */
export function isTaken(key, target) {
  if (!target) return false;
  if (FIELDS.has(target.tagName) || target.isContentEditable) return true;
  return PRESSED.has(target.tagName) && (key === " " || key === "Enter");
}

/**
 * @param {Press} press
 * @param {State} state
 * @returns {{ action: Action } | { command: Command } | null}
 */
export function meaning({ key, shiftKey, altKey, ctrlKey, metaKey }, state) {
  if ((ctrlKey || metaKey) && !altKey && /^[zy]$/i.test(key)) {
    return { action: { type: shiftKey || /^y$/i.test(key) ? "redo" : "undo" } };
  }
  if (altKey || ctrlKey || metaKey) return null;
  /** @param {Action} action */
  const act = (action) => ({ action });
  /** @type {Granularity} */
  const by = shiftKey ? "assignment" : state.by;
  switch (key) {
    case " ":
      if (state.training) return act({ type: "train", on: false });
      return act({ type: state.playing ? "pause" : "play" });
    case "ArrowRight":
      return act({ type: "move", by, direction: 1 });
    case "ArrowLeft":
      return act({ type: "move", by, direction: -1 });
    case "]":
      return act({ type: "move", by: "step", direction: 1 });
    case "[":
      return act({ type: "move", by: "step", direction: -1 });
    case "Home":
      return act({ type: "start" });
    case "End":
      return act({ type: "end" });
    case ".":
      return act({ type: "example", example: state.example + 1 });
    case ",":
      return act({ type: "example", example: Math.max(0, state.example - 1) });
    case "+":
    case "=":
      return act({ type: "speed", speed: state.speed * 2 });
    case "-":
    case "\u2212":
      return act({ type: "speed", speed: state.speed / 2 });
    case "Escape":
      return state.focus ? act({ type: "focus", address: null }) : null;
    case "f":
      return act({ type: "train", on: !state.training });
    case "?":
      return { command: "help" };
    case "t":
      return { command: "theme" };
    case "p":
      return act({ type: "present", present: !state.present });
    case "l":
      return { command: "pointer" };
    case "g":
      return { command: "glossary" };
    case "e":
      return { command: "experiment" };
    case "F2":
      return { command: "edit" };
  }
  const granularity = /^[1-9]$/.test(key) ? GRANULARITIES[Number(key) - 1] : undefined;
  return granularity ? act({ type: "by", by: granularity }) : null;
}
