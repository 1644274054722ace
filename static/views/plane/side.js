/**
 * What stands beside the large picture: what its colours mean, which inputs it is over, and every unit in small.
 *
 * @import { RunData, Surface } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Desk } from "../plane.js"
 * @import { Mapped } from "../../draw/map.js"
 */
import { html, icon } from "../../draw/dom.js";
import { figures } from "../../draw/figures.js";
import { symbol } from "../../draw/label.js";
import { lowered, nameOf } from "./figure.js";
import { REGIONS, scaleOf, unitValues } from "../../draw/map.js";
import { CLASS_COLOURS } from "../../ink.js";

/** Units of a layer that are shown in small. */
const MOST_UNITS = 16;

/**
 * @param {Desk} desk
 * @param {Surface} surface
 * @param {RunData} data
 * @param {Mapped} chosen
 * @param {string[]} names
 * @returns {Drawn}
 */
export function side(desk, surface, data, chosen, names) {
  const { frame, context } = desk.shown;
  const { t } = context;
  const { run } = frame;
  return html(
    "div",
    { class: "plane-side", key: "side" },
    legend(desk, surface, data, chosen),
    inputMenus(desk, surface, data),
    data.test.inputs.shape[0] > 0
      ? html(
        "label",
        { class: "plane-switch" },
        html("input", {
          type: "checkbox",
          checked: desk.test,
          on: {
            change: (/** @type {Event & { target: HTMLInputElement }} */ event) => {
              desk.test = event.target.checked;
              desk.again();
            },
          },
        }),
        t("plane.test", { count: data.test.inputs.shape[0] }),
      )
      : null,
    names.map((name, at) => {
      const layer = at + 1, last = at === names.length - 1;
      const count = Math.min(MOST_UNITS, run.layers[layer].units);
      const more = run.layers[layer].units - count;
      const several = last && run.layers[layer].units > 1 && surface.regions;
      return html(
        "section",
        { key: name, class: "plane-layer" },
        html("h2", {}, last ? t("stage.output") : t("stage.hidden", { layer }), " ", symbol(run, name)),
        html(
          "div",
          { class: "plane-units" },
          several ? thumb(desk, data, { name: REGIONS, unit: 0, of: name }, chosen) : null,
          Array.from({ length: count }, (_, unit) => thumb(desk, data, { name, unit }, chosen)),
          more > 0 ? html("span", { class: "faint" }, t("stage.more", { count: more })) : null,
        ),
      );
    }),
  );
}

/** @param {Desk} desk  @param {RunData} data  @param {Mapped} mapped  @param {Mapped} chosen */
function thumb(desk, data, mapped, chosen) {
  const pressed = mapped.name === chosen.name && mapped.unit === chosen.unit;
  return html(
    "button",
    {
      key: `${mapped.name}.${mapped.unit}`,
      type: "button",
      class: "plane-thumb",
      "aria-pressed": pressed,
      "aria-label": nameOf(desk.shown, data, mapped),
      title: nameOf(desk.shown, data, mapped),
      on: {
        click: () => {
          desk.chosen = mapped;
          desk.again();
        },
      },
    },
    html("canvas", {
      class: "plane-small",
      "data-name": mapped.name,
      "data-map-unit": mapped.unit,
      "aria-hidden": "true",
    }),
  );
}

/** @param {Desk} desk  @param {Surface} surface  @param {RunData} data  @param {Mapped} chosen */
function legend({ shown }, surface, data, chosen) {
  const { t } = shown.context;
  if (chosen.name === REGIONS) {
    const names = data.classes.length ? data.classes : surface.labels.map(String);
    return html(
      "ul",
      { class: "plane-legend classes" },
      names.slice(0, MOST_UNITS).map((name, k) =>
        html(
          "li",
          { key: k },
          html("i", { class: `class-mark class-${k % CLASS_COLOURS}`, "aria-hidden": "true" }),
          name,
        )
      ),
    );
  }
  const values = unitValues(surface, chosen);
  if (!values) return null;
  const { middle, most } = scaleOf(surface, chosen, values);
  return html(
    "div",
    { class: "plane-legend" },
    html("div", { class: "plane-scale", "aria-hidden": "true" }),
    html(
      "div",
      { class: "plane-scale-numbers" },
      [middle - most, middle, middle + most].map((value, k) => html("span", { key: k }, figures(value))),
    ),
    data.classes.length === 2 && data.train.targets.shape[1] === 1
      ? html(
        "ul",
        { class: "plane-sides" },
        html("li", {}, html("i", { class: "class-mark negative", "aria-hidden": "true" }), data.classes[0]),
        html("li", {}, html("i", { class: "class-mark positive", "aria-hidden": "true" }), data.classes[1]),
      )
      : html("p", { class: "faint" }, t("plane.ink")),
  );
}

/**
 * Which two of more than two inputs are shown; the others stand still at their means.
 * @param {Desk} desk
 * @param {Surface} surface
 * @param {RunData} data
 */
function inputMenus(desk, surface, data) {
  const count = data.inputNames.length;
  if (count <= 2 || surface.axes.length < 2) return null;
  const { t } = desk.shown.context;
  const now = /** @type {[number, number]} */ (surface.axes.map(({ input }) => input));
  const menu = (/** @type {0 | 1} */ which, /** @type {string} */ label) =>
    html(
      "label",
      { class: "plane-input" },
      html("span", {}, label),
      html(
        "span",
        { class: "menu" },
        html(
          "select",
          {
            value: String(now[which]),
            on: {
              change: (/** @type {Event & { target: HTMLSelectElement }} */ event) => {
                const next = /** @type {[number, number]} */ ([...now]);
                next[which] = Number(event.target.value);
                if (next[0] === next[1]) next[1 - which] = now[which];
                desk.inputs = next;
                desk.again();
              },
            },
          },
          data.inputNames.map((name, k) =>
            html("option", { key: k, value: String(k), selected: k === now[which] }, lowered(name))
          ),
        ),
        icon("down"),
      ),
    );
  return html(
    "div",
    { class: "plane-inputs" },
    menu(0, t("plane.across")),
    menu(1, t("plane.up")),
    html("p", { class: "faint" }, t("plane.held")),
  );
}
