/**
 * Changing a number by hand, in the panel that explains it.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */
import { html } from "../../draw/dom.js";
import { full } from "../../draw/format.js";
import { editTarget } from "../../edits.js";
export { editAction } from "../../edits.js";
import { formatAddress } from "../../trace.js";

/**
 * @param {Scene} scene
 * @returns {Drawn | null}
 */
export function drawEditor({ frame, cell, known, address, context: { t, state } }) {
  const target = known ? editTarget(frame, cell) : null;
  if (!target) return null;
  const pending = state.edit && formatAddress(state.edit.address) === address ? state.edit : null;
  const problem = pending?.problem ?? null;
  const waiting = pending !== null && problem === null;
  return html(
    "form",
    {
      key: `editor ${address} ${target.step}`,
      class: "why-part why-editor",
      "data-edit": address,
      novalidate: true,
    },
    html("h3", { id: "why-edit" }, t("edit.title")),
    html(
      "p",
      { class: "why-edit-row" },
      html("input", {
        name: "value",
        type: "text",
        inputmode: "decimal",
        autocomplete: "off",
        spellcheck: "false",
        "aria-labelledby": "why-edit",
        "aria-describedby": "why-edit-from",
        "aria-invalid": problem ? "true" : null,
        value: full(pending?.value ?? target.value),
      }),
      html("button", { type: "submit", class: "button small", disabled: waiting }, t("edit.apply")),
    ),
    html(
      "p",
      { class: "faint", id: "why-edit-from" },
      waiting ? t("edit.waiting") : t("edit.from", { step: target.step }),
    ),
    html(
      "p",
      { class: "problem", role: "alert", hidden: !problem },
      problem ? problem.detail || problem.title : "",
    ),
  );
}
