/**
 * What a view shows while there is nothing else to show: that something is on its way, or why it did not come.
 *
 * @import { Problem } from "../types.d.ts"
 * @import { Drawn } from "./dom.js"
 */
import { html, icon } from "./dom.js";

/** @param {string} what  @returns {Drawn} */
export function waitingFace(what) {
  return html(
    "div",
    { class: "view-face", key: "waiting", role: "status" },
    html("div", { class: "waiting", "aria-hidden": "true" }, html("i"), html("i"), html("i")),
    html("p", {}, what),
  );
}

/**
 * @param {string} what
 * @param {Problem | null} problem  what the server said, if anything
 * @param {{ again: () => void, t: (key: string) => string }} options
 * @returns {Drawn}
 */
export function failedFace(what, problem, { again, t }) {
  return html(
    "div",
    { class: "view-face", key: "failed" },
    icon("warning"),
    html("p", {}, what),
    problem ? html("p", { class: "faint" }, problem.detail || problem.title) : null,
    html("button", { type: "button", class: "button", on: { click: again } }, t("status.retry")),
  );
}
