/**
 * What the update did to the loss: foretold and real on one scale, and which parameters have which part in it.
 *
 * @import { Aftermath, Frame, StageContext } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 */
import { bar } from "../../draw/bar.js";
import { html } from "../../draw/dom.js";
import { panel } from "../../draw/format.js";
import { symbol } from "../../draw/label.js";

/**
 * @param {Frame} frame
 * @param {StageContext} context
 * @param {Aftermath} found
 * @returns {Drawn}
 */
export function drawChange(frame, { t }, { loss, penalty, predicted, change }) {
  const most = Math.max(Math.abs(predicted), Math.abs(change)) || 1;
  const before = loss.before + (penalty?.before ?? 0), after = loss.after + (penalty?.after ?? 0);
  const digits = digitsApart(before, after);
  return html(
    "section",
    { class: "after-loss" },
    html(
      "p",
      { class: "after-numbers" },
      html("span", {}, t(penalty ? "after.loss_and_penalty" : "after.loss")),
      html("b", {}, panel(before, digits)),
      html("i", { "aria-hidden": "true" }, "→"),
      html("span", { class: "unseen" }, t("after.becomes")),
      html("b", {}, panel(after, digits)),
    ),
    html(
      "div",
      { class: "after-bars" },
      drawBar(t("after.foretold"), foretoldFormula(frame), predicted, most),
      drawBar(t("after.real"), null, change, most),
    ),
    html("p", {}, verdict(t, predicted, change)),
  );
}

/** Figures as many as it takes to tell two numbers apart.  @param {number} one  @param {number} other */
export function digitsApart(one, other) {
  let digits = FIGURES.least;
  while (digits < FIGURES.most && panel(one, digits) === panel(other, digits)) digits++;
  return digits > FIGURES.least ? digits + 1 : digits;
}

/** How many figures the loss is written with, before and after. */
const FIGURES = Object.freeze({ least: 5, most: 15 });

/** For plain gradient descent what is foretold has a formula of its own.  @param {Frame} frame  @returns {string} */
function foretoldFormula({ run }) {
  const spec = /** @type {any} */ (run.spec);
  const isPlain = spec.optimizer?.kind === "sgd" && !spec.clip?.norm && !spec.clip?.value;
  return isPlain ? "−η‖g‖²" : "g·Δθ";
}

/**
 * @param {string} word
 * @param {string | null} formula
 * @param {number} value
 * @param {number} most
 * @returns {Drawn}
 */
function drawBar(word, formula, value, most) {
  return html(
    "div",
    { class: "after-bar" },
    html("span", { class: "after-word" }, word, formula && html("i", { class: "after-formula" }, formula)),
    html("b", {}, panel(value)),
    bar(value, most),
  );
}

/** What the two together say.  @param {StageContext["t"]} t  @param {number} predicted  @param {number} change */
function verdict(t, predicted, change) {
  if (!Number.isFinite(predicted) || !Number.isFinite(change)) return t("after.wild");
  if (predicted === 0) return t("after.still");
  const share = change / predicted;
  if (change > 0 && predicted < 0) return t("after.rose");
  if (share > 0.9 && share < 1.1) return t("after.as_foretold", { percent: Math.round(100 * share) });
  return t(share < 1 ? "after.less" : "after.more", { percent: Math.round(100 * share) });
}

/**
 * @param {Frame} frame
 * @param {StageContext} context
 * @param {Aftermath} found
 * @returns {Drawn}
 */
export function drawShares({ run }, { t }, { shares, predicted }) {
  const most = Math.max(...Object.values(shares).map(Math.abs), 0) || 1;
  return html(
    "ul",
    { class: "after-shares" },
    ...Object.entries(shares).map(([name, share]) =>
      html(
        "li",
        { key: name, class: "after-bar" },
        html(
          "span",
          { class: "after-word" },
          symbol(run, name),
          html("span", {}, run.values[name]?.label ?? name),
        ),
        html("b", {}, panel(share)),
        bar(share, most),
        html(
          "span",
          { class: "after-percent" },
          predicted ? t("after.percent", { percent: Math.round((100 * share) / predicted) }) : "",
        ),
      )
    ),
  );
}
