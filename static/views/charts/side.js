/**
 * What stands about a chart: which others there are, what can be chosen about it, its numbers, and ways to keep it.
 *
 * @import { ChartInfo, StageContext } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Choice } from "./choice.js"
 * @import { Table } from "./table.js"
 */
import { html, icon } from "../../draw/dom.js";
import { panel } from "../../draw/format.js";
import { thinned } from "./table.js";

/**
 * @param {readonly ChartInfo[]} known
 * @param {ChartInfo} chosen
 * @param {(info: ChartInfo) => void} choose
 * @param {StageContext} context
 * @returns {Drawn}
 */
export function names(known, chosen, choose, { t }) {
  return html(
    "div",
    { class: "chart-names", key: "names", role: "group", "aria-label": t("charts.which") },
    known.map((info) =>
      html(
        "button",
        {
          key: info.name,
          type: "button",
          "aria-pressed": info.name === chosen.name,
          title: info.summary,
          on: { click: () => choose(info) },
        },
        info.label,
      )
    ),
  );
}

/**
 * @param {Choice} choice
 * @param {(options: Record<string, string>) => void} choose
 * @param {Drawn[]} switches
 * @param {Drawn | null} saves
 * @returns {Drawn}
 */
export function tools({ info, options }, choose, switches, saves) {
  return html(
    "div",
    { class: "chart-tools", key: "tools" },
    html("p", { class: "faint chart-summary", key: "summary" }, info.summary),
    info.options.filter(({ choices }) => choices.length > 1).map((option) =>
      menu(option, options[option.name], (value) => choose({ ...options, [option.name]: value }))
    ),
    switches,
    saves,
  );
}

/**
 * @param {ChartInfo["options"][number]} option
 * @param {string} chosen
 * @param {(value: string) => void} choose
 */
function menu({ name, label, choices }, chosen, choose) {
  return html(
    "label",
    { class: "chart-option", key: name },
    html("span", {}, label),
    html(
      "span",
      { class: "menu" },
      html(
        "select",
        {
          value: chosen,
          "aria-label": label,
          on: {
            change: (/** @type {Event & { target: HTMLSelectElement }} */ event) =>
              choose(event.target.value),
          },
        },
        choices.map(({ value, label }) =>
          html("option", { key: value, value, selected: value === chosen }, label)
        ),
      ),
      icon("down"),
    ),
  );
}

/** @param {string} key  @param {string} label  @param {boolean} checked  @param {(on: boolean) => void} change */
export function check(key, label, checked, change) {
  return html(
    "label",
    { class: "chart-switch", key },
    html("input", {
      type: "checkbox",
      checked,
      on: {
        change: (/** @type {Event & { target: HTMLInputElement }} */ event) => change(event.target.checked),
      },
    }),
    label,
  );
}

/**
 * @param {(form: "png" | "svg" | "csv") => void} save
 * @param {StageContext} context
 * @returns {Drawn}
 */
export function saves(save, { t }) {
  return html(
    "span",
    { class: "chart-saves", key: "saves", role: "group", "aria-label": t("charts.save") },
    html("span", { class: "faint", "aria-hidden": "true" }, t("charts.save")),
    html(
      "span",
      { class: "joined" },
      /** @type {const} */ (["png", "svg", "csv"]).map((form) =>
        html(
          "button",
          {
            key: form,
            type: "button",
            class: "button small",
            title: t(`charts.save_${form}`),
            "aria-label": t(`charts.save_${form}`),
            on: { click: () => save(form) },
          },
          form.toUpperCase(),
        )
      ),
    ),
  );
}

/**
 * @param {Table} table
 * @param {number} step
 * @param {string} caption
 * @param {StageContext} context
 * @returns {Drawn}
 */
export function numbers(table, step, caption, { t, dispatch }) {
  const { rows, here } = thinned(table, step);
  /** @param {import("./table.js").Value} value */
  const said = (value) => typeof value === "number" ? panel(value) : value ?? "–";
  /** @param {import("./table.js").Value} value */
  const first = (value) =>
    table.leads
      ? html(
        "button",
        {
          type: "button",
          "aria-label": t("charts.go", { step: String(value) }),
          on: { click: () => dispatch({ type: "goto", moment: { step: Number(value) } }) },
        },
        String(value),
      )
      : said(value);
  return html(
    "div",
    { class: "chart-numbers", key: "numbers", tabindex: 0, role: "region", "aria-label": caption },
    html(
      "table",
      {},
      html("caption", { class: "unseen" }, caption),
      html("thead", {}, html("tr", {}, table.head.map((name) => html("th", { scope: "col" }, name)))),
      html(
        "tbody",
        {},
        rows.map(([value, ...rest], at) =>
          html(
            "tr",
            { "aria-current": at === here ? "step" : null },
            html("th", { scope: "row" }, first(value)),
            rest.map((value) => html("td", {}, said(value))),
          )
        ),
      ),
    ),
    rows.length < table.rows.length
      ? html("p", { class: "faint" }, t("charts.thinned", { shown: rows.length, count: table.rows.length }))
      : null,
  );
}
