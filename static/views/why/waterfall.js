/**
 * Terms as rows, each with the way the total goes through it, on one scale.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Account, Row } from "./account.js"
 * @import { Scene } from "./scene.js"
 */
import { html, svg } from "../../draw/dom.js";
import { partOf } from "../../draw/mathml.js";
import { operator } from "../../draw/symbols.js";
import { formatAddress } from "../../trace.js";
import { LONGEST, rangeOf, rowsOf, sourceOf, timeOf } from "./account.js";
import { figures, inline } from "../../draw/nodes.js";
import { formulaOf, symbolOf } from "./scene.js";

/**
 * A sum as a table of its terms.
 * @param {Scene} scene
 * @param {Account} account
 * @param {{ whole: boolean, nested?: boolean }} options
 * @returns {Drawn[]}
 */
export function drawSum(scene, account, { whole, nested = false }) {
  const { context: { t }, address, building } = scene;
  const now = building ? building.at : Infinity;
  const rows = rowsOf(account.parts, whole, now);
  // The scale is that of the whole sum from the beginning: no bar moves when another comes.
  const range = rangeOf(rows);
  const list = html(
    "ul",
    { key: `sum${address}`, class: nested ? "terms nested" : "terms" },
    ...rows.map((row, at) => drawRow(scene, row, range, at)),
    account.parts.length > 1 && drawTotal(scene, account, range, now),
    ...drawDivision(scene, account, now),
  );
  const count = account.parts.reduce((sum, part) => sum + part.count, 0);
  const more = count > LONGEST &&
    html(
      "button",
      {
        key: `whole${address}`,
        type: "button",
        class: "why-link",
        "data-whole": address,
        "aria-expanded": whole,
      },
      t(whole ? "why.fold" : "why.unfold", { count }),
    );
  return more ? [list, more] : [list];
}

/**
 * @param {Scene} scene
 * @param {Row} row
 * @param {{ from: number, to: number }} range
 * @param {number} at
 * @returns {Drawn}
 */
function drawRow(scene, row, range, at) {
  const { context: { t }, frame, building } = scene;
  const later = row.time === "later";
  const bar = later ? null : drawBar(row.before, row.after, range);
  const time = building ? row.time : null;
  if (row.kind === "fold") {
    const words = !building ? "why.more" : later ? "why.to_come" : "why.earlier";
    return html(
      "li",
      { key: `fold${at}` },
      html(
        "div",
        { class: "term fold", "data-time": time },
        html("span", { class: "term-what" }, t(words, { count: row.count })),
        html("span", { class: "term-value" }, later ? "" : figures(row.value)),
        bar,
      ),
    );
  }
  const { id, addresses } = row.term;
  const source = sourceOf(frame, addresses);
  return html(
    "li",
    { key: id },
    html(
      "button",
      {
        type: "button",
        class: "term",
        "data-time": time,
        "aria-current": time === "now" ? "step" : null,
        "data-go": source && formatAddress(source),
        "data-addresses": addresses.map(formatAddress).join(" "),
        "aria-label": t("why.term", {
          what: addresses.map(formatAddress).join(" · "),
          value: later ? t("stage.not_yet") : figures(row.value),
          running: later ? t("stage.not_yet") : figures(row.after),
        }),
        title: source ? t("why.go_to", { address: formatAddress(source) }) : null,
      },
      html(
        "span",
        { class: "term-what" },
        html("span", { class: "term-symbols" }, inline(...signOf(row), partOf(formulaOf(scene), id))),
        addresses.length > 1 && !later &&
          html("span", { class: "term-numbers" }, inline(partOf(formulaOf(scene, true), id))),
      ),
      html("span", { class: "term-value" }, later ? "" : figures(row.value)),
      bar,
    ),
  );
}

/** A term that is taken away says so.  @param {import("./account.js").TermRow} row */
function signOf({ term }) {
  return term.operation === "−" ? [operator("−")] : [];
}

/**
 * @param {Scene} scene
 * @param {Account} account
 * @param {{ from: number, to: number }} range
 * @param {number} now
 */
function drawTotal(scene, account, range, now) {
  const made = Math.min(now, account.parts.length - 1);
  const total = account.parts[made].running;
  const partial = made < account.parts.length - 1;
  const { context: { t } } = scene;
  return html(
    "li",
    { key: "total" },
    html(
      "div",
      { class: partial ? "term total is-partial" : "term total" },
      html(
        "span",
        { class: "term-what" },
        partial ? t("why.so_far") : account.divisors.length ? t("why.sum") : inline(symbolOf(scene)),
      ),
      html("span", { class: "term-value" }, figures(total)),
      drawBar(0, total, range, true),
    ),
  );
}

/**
 * A mean divides its sum at the end.
 * @param {Scene} scene
 * @param {Account} account
 * @param {number} now
 * @returns {(Drawn | false)[]}
 */
function drawDivision(scene, account, now) {
  if (account.divisors.length === 0 || scene.value === undefined) return [];
  const { context: { t }, building } = scene;
  const place = (/** @type {number} */ k) => timeOf(account.parts.length + k, now);
  return [
    ...account.divisors.map(({ id, value }, k) =>
      html(
        "li",
        { key: id },
        html(
          "div",
          { class: "term", "data-time": building ? place(k) : null },
          html(
            "span",
            { class: "term-what" },
            html("span", {}, t("why.divided")),
            inline(partOf(formulaOf(scene), id)),
          ),
          html("span", { class: "term-value" }, place(k) === "later" ? "" : figures(value)),
        ),
      )
    ),
    place(account.divisors.length - 1) !== "later" && html(
      "li",
      { key: "mean" },
      html(
        "div",
        { class: "term total" },
        html("span", { class: "term-what" }, inline(symbolOf(scene))),
        html("span", { class: "term-value" }, figures(scene.value)),
      ),
    ),
  ];
}

/**
 * A bar from one running total to the next: solid upwards, hollow downwards.
 * @param {number} before
 * @param {number} after
 * @param {{ from: number, to: number }} range
 * @param {boolean} [total]
 * @returns {Drawn}
 */
export function drawBar(before, after, { from, to }, total = false) {
  const place = (/** @type {number} */ value) =>
    Math.round(1000 * (2 + 96 * (value - from) / (to - from))) / 1000;
  const finite = Number.isFinite(before) && Number.isFinite(after);
  const [x1, x2] = finite ? [place(before), place(after)] : [0, 0];
  const falls = after < before;
  return svg(
    "svg",
    { class: "bar", viewBox: "0 0 100 20", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("line", { class: "bar-zero", x1: place(0), x2: place(0), y1: 0, y2: 20 }),
    finite && !total && svg("line", { class: "bar-thread", x1, x2: x1, y1: 0, y2: 5 }),
    finite && svg("rect", {
      class: `bar-fill ${falls ? "negative" : "positive"}`,
      x: Math.min(x1, x2),
      y: 5,
      width: Math.max(0.8, Math.abs(x2 - x1)),
      height: 10,
    }),
    finite && !total && svg("line", { class: "bar-thread", x1: x2, x2, y1: 15, y2: 20 }),
  );
}
