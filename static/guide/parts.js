/**
 * Small parts of dialogs: rows of buttons, a choice among a few.
 *
 * @import { Drawn } from "../draw/dom.js"
 */
import { html } from "../draw/dom.js";

/** @param {...Drawn} children  @returns {Drawn} */
export function buttons(...children) {
  return html("div", { class: "share-buttons" }, children);
}

/** @param {string} text  @param {() => void} click  @param {string} [name]  @returns {Drawn} */
export function button(text, click, name) {
  return html("button", { type: "button", class: "button", "aria-label": name ?? null, on: { click } }, text);
}

/**
 * @template {string | number} T
 * @param {object} choice
 * @param {string} choice.name
 * @param {string} choice.legend
 * @param {readonly (readonly [T, string])[]} choice.options  a value, and what it is called
 * @param {T} choice.chosen
 * @param {(value: T) => void} choice.change
 * @returns {Drawn}
 */
export function segments({ name, legend, options, chosen, change }) {
  return html(
    "fieldset",
    { class: "segments share-sizes" },
    html("legend", {}, legend),
    options.map(([value, label]) =>
      html(
        "label",
        {},
        html("input", {
          type: "radio",
          name,
          value,
          checked: value === chosen,
          on: { change: () => change(value) },
        }),
        html("span", {}, label),
      )
    ),
  );
}
