/**
 * The batch as descriptions of elements: what it shows, its head, a row for every example, and what they come to.
 *
 * @import { Address, Context, Frame, Moment } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Sum } from "./columns.js"
 */
import { largestMagnitude, signOf } from "../../draw/colour.js";
import { html, mathOf, svg } from "../../draw/dom.js";
import { exact, figures } from "../../draw/figures.js";
import { full, panel } from "../../draw/format.js";
import { FULLEST, shareOf } from "../../draw/heat.js";
import { symbol } from "../../draw/label.js";
import { math, symbol as cellSymbol } from "../../draw/mathml.js";
import { formatAddress, known as isKnownAt } from "../../trace.js";

/** Height of a row, in em. */
export const ROW = 1.95;

/**
 * @typedef {{ name: string, units: number[], shown: number[], strip: boolean }} Shown  a column and the units it has room for
 * @typedef {object} Sheet
 * @property {Frame} frame
 * @property {Context} context
 * @property {Shown[]} columns
 * @property {Sum | null} sum
 * @property {number[]} order  examples, row by row
 * @property {boolean} sorted
 * @property {number | null} made  so many rows are added up by now, while a transition runs
 * @property {Moment | null} before
 */

/**
 * @param {Sheet} sheet
 * @returns {Drawn[]}
 */
export function drawTop({ frame, context: { t }, sum, sorted }) {
  return [
    html(
      "p",
      { key: "words", class: "bx-words" },
      t(sum ? sum.present ? "batch.adds_up" : "batch.loss" : "batch.values"),
    ),
    sum && html(
      "button",
      { key: "sort", type: "button", class: "button small", "data-sort": true, "aria-pressed": sorted },
      t("batch.sort"),
    ),
    html("span", { key: "count", class: "bx-count" }, t("batch.count", { count: frame.trace.batch.length })),
  ].filter((part) => part !== null);
}

/**
 * @param {Sheet} sheet
 * @returns {Drawn}
 */
export function drawHead({ frame, context: { t }, columns, sum }) {
  const { run } = frame;
  return html(
    "div",
    { class: "bx-row", role: "row" },
    html("span", { class: "bx-index", role: "columnheader" }, t("batch.example")),
    ...columns.map(({ name, units, shown, strip }) =>
      html(
        "span",
        {
          key: name,
          class: "bx-group",
          role: "columnheader",
          "data-phase": run.values[name].phase,
          style: { "--cells": shown.length },
        },
        html("span", { class: "unseen" }, run.values[name].label),
        ...shown.map((unit) =>
          html(
            "span",
            { class: "bx-name", "data-name": name },
            cellName(run, name, unit, run.values[name].shape[1] > 1, t),
          )
        ),
        strip &&
          html(
            "span",
            { class: "bx-name of-strip", "data-name": name },
            symbol(run, name),
            html("small", {}, `×${units.length}`),
          ),
      )
    ),
    sum && html(
      "span",
      { class: "bx-shares", role: "columnheader", "data-phase": run.values[sum.cell.name].phase },
      html("span", {}, t("batch.share")),
      html(
        "span",
        { "data-name": sum.cell.name },
        mathOf(math([cellSymbol(run, sum.cell.name, sum.cell.index, t)])),
      ),
    ),
  );
}

/** @param {Frame["run"]} run  @param {string} name  @param {number} unit  @param {boolean} many  @param {Context["t"]} t */
function cellName(run, name, unit, many, t) {
  return many ? mathOf(math([cellSymbol(run, name, ["n", unit], t)])) : symbol(run, name);
}

/**
 * @param {Sheet} sheet
 * @param {number} first
 * @param {number} count
 * @returns {Drawn[]}
 */
export function drawRows(sheet, first, count) {
  const totals = totalsOf(sheet);
  return sheet.order.slice(first, first + count).map((n, at) => drawRow(sheet, n, first + at, totals));
}

/**
 * @param {Sheet} sheet
 * @param {number} n
 * @param {number} place
 * @param {Totals | null} totals
 * @returns {Drawn}
 */
function drawRow(sheet, n, place, totals) {
  const { frame, context: { t }, columns } = sheet;
  const chosen = n === frame.example;
  const row = frame.trace.batch[n];
  const time = timeOf(sheet, n);
  return html(
    "div",
    {
      key: n,
      class: chosen ? "bx-row is-chosen" : "bx-row",
      role: "row",
      "data-example": n,
      "data-time": time,
      style: { top: `${place * ROW}em` },
    },
    html(
      "span",
      { class: "bx-index-place", role: "rowheader" },
      html("button", {
        type: "button",
        class: "bx-index",
        tabindex: chosen ? 0 : -1,
        "aria-pressed": chosen,
        "aria-label": t(row === n ? "batch.pick" : "batch.pick_row", { example: n, row }),
        title: row === n ? null : t("shell.data_row", { row }),
      }, String(n)),
    ),
    ...columns.map(({ name, shown, strip }) =>
      html(
        "span",
        { key: name, class: "bx-group", role: "cell", style: { "--cells": shown.length } },
        ...shown.map((unit) => drawCell(sheet, { name, index: [n, unit] }, chosen)),
        strip && html("canvas", { class: "bx-strip", "data-name": name, "aria-hidden": "true" }),
      )
    ),
    totals && drawShare(sheet, totals, n, place, time),
  );
}

/**
 * @param {Sheet} sheet
 * @param {Address} cell
 * @param {boolean} chosen
 * @returns {Drawn}
 */
function drawCell({ frame, context, before }, cell, chosen) {
  const { t } = context;
  const address = formatAddress(cell);
  const info = frame.run.values[cell.name];
  const known = frame.known(cell);
  const value = frame.value(cell);
  const there = known && value !== undefined;
  const veiled = frame.veiled(cell);
  const spoken = there
    ? full(value)
    : t(known ? "stage.left_out" : veiled ? "stage.veiled" : "stage.not_yet_computed");
  const fresh = known && before && !isKnownAt(frame.run, before, cell);
  return html(
    "button",
    {
      key: cell.index[1],
      type: "button",
      class: [
        "mx-cell bx-cell",
        there ? `is-${signOf(value)}` : "is-unknown",
        fresh && "is-fresh",
        frame.writtenSet.has(address) && "is-written",
        frame.readSet.has(address) && "is-read",
        address === formatAddress(frame.focus) && "is-focus",
        context.state.edit?.stale.has(cell.name) && "is-stale",
      ].filter(Boolean).join(" "),
      tabindex: chosen ? 0 : -1,
      "data-address": address,
      "data-value": there ? exact(value) : null,
      "data-known": known,
      "aria-label": t("stage.cell", { what: info.label, where: address, value: spoken }),
      title: `${address}\u2002${spoken}`,
      style: {
        "--heat": there ? `${Math.round(100 * FULLEST * shareOf(value, mostOf(frame, cell.name)))}%` : null,
      },
    },
    html("span", { class: "cell-number" }, there ? figures(value) : known ? "–" : veiled ? "?" : ""),
  );
}

/**
 * @typedef {{ before: number[], after: number[], from: number, to: number }} Totals  by example: the total without it and with it
 */

/** The total as it goes down the rows.  @param {Sheet} sheet  @returns {Totals | null} */
function totalsOf({ sum, order }) {
  if (!sum) return null;
  const before = new Array(order.length), after = new Array(order.length);
  let total = 0, from = 0, to = 0;
  for (const n of order) {
    before[n] = total;
    total += sum.shares[n];
    after[n] = total;
    if (Number.isFinite(total)) [from, to] = [Math.min(from, total), Math.max(to, total)];
  }
  return from === to ? { before, after, from: -1, to: 1 } : { before, after, from, to };
}

/**
 * Where an example stands in a sum that is being made.
 * @param {Sheet} sheet
 * @param {number} n
 * @returns {"done" | "now" | "later" | null}
 */
function timeOf({ frame, sum, made, order }, n) {
  if (!sum?.present) return null;
  if (made !== null) return order.indexOf(n) < made ? "done" : "later";
  const { building } = frame;
  if (!building || building.complete || building.cell.name !== sum.cell.name) return null;
  const now = building.terms[building.at].addresses.length ? frame.example : Infinity;
  return n < now ? "done" : n === now ? "now" : "later";
}

/**
 * @param {Sheet} sheet
 * @param {Totals} totals
 * @param {number} n
 * @param {number} place
 * @param {ReturnType<typeof timeOf>} time
 * @returns {Drawn}
 */
function drawShare({ sum }, { before, after, from, to }, n, place, time) {
  const share = sum?.shares[n] ?? NaN;
  const later = time === "later";
  const at = (/** @type {number} */ value) =>
    Math.round(1000 * (1 + 98 * (value - from) / (to - from))) / 1000;
  const [x1, x2] = [at(before[n]), at(after[n])];
  const finite = Number.isFinite(before[n]) && Number.isFinite(after[n]);
  return html(
    "span",
    { key: "share", class: "bx-shares", role: "cell" },
    html("span", { class: "bx-share" }, later ? "" : panel(share)),
    svg(
      "svg",
      { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" },
      svg("line", { class: "bar-zero", x1: at(0), x2: at(0), y1: 0, y2: 20 }),
      !later && finite && place > 0 && svg("line", { class: "bar-thread", x1, x2: x1, y1: 0, y2: 4 }),
      !later && finite && svg("rect", {
        class: `bar-fill ${share < 0 ? "negative" : "positive"}`,
        x: Math.min(x1, x2),
        y: 4,
        width: Math.max(0.5, Math.abs(x2 - x1)),
        height: 12,
      }),
      !later && finite && svg("line", { class: "bar-thread", x1: x2, x2, y1: 16, y2: 20 }),
    ),
  );
}

/**
 * What the examples come to.
 * @param {Sheet} sheet
 * @returns {Drawn[]}
 */
export function drawSum(sheet) {
  const { frame, context: { t }, sum, order } = sheet;
  if (!sum) return [];
  const { run } = frame;
  const done = order.filter((n) => timeOf(sheet, n) !== "later");
  const total = done.reduce((all, n) => all + sum.shares[n], 0);
  const whole = done.length === order.length;
  const value = frame.value(sum.cell);
  const address = formatAddress(sum.cell);
  return [
    html(
      "span",
      { key: "words" },
      whole
        ? t("batch.together", { count: order.length })
        : t("batch.so_far", { done: done.length, count: order.length }),
    ),
    html("b", { key: "total", class: whole ? "" : "is-partial" }, panel(total)),
    ...(whole && sum.rest !== 0
      ? [html("span", { key: "rest" }, t("batch.rest")), html("b", { key: "restvalue" }, panel(sum.rest))]
      : []),
    whole && value !== undefined && frame.known(sum.cell) && html(
      "button",
      {
        key: "cell",
        type: "button",
        class: "bx-result",
        "data-address": address,
        "data-phase": run.values[sum.cell.name].phase,
      },
      html("span", {}, "="),
      mathOf(math([cellSymbol(run, sum.cell.name, sum.cell.index, t)])),
      html("span", {}, "="),
      html("b", {}, panel(value)),
    ),
  ].filter((part) => part !== false);
}

/** @type {WeakMap<Float64Array, number>} */
const largest = new WeakMap();

/** @param {Frame} frame  @param {string} name */
export function mostOf({ trace }, name) {
  const data = trace.values[name]?.data;
  if (!data) return 0;
  let most = largest.get(data);
  if (most === undefined) largest.set(data, most = largestMagnitude(data));
  return most;
}
