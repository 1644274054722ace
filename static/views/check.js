/**
 * The gradient check of the whole step as a picture: for every gradient array each number from backpropagation across,
 * the finite difference of the loss up. What is right lies on the diagonal.
 *
 * @import { Check, Frame, Remote, StageContext, StageView } from "../types.d.ts"
 * @import { Drawn } from "../draw/dom.js"
 */
import { decodeNumber, decodeNumbers } from "../decode.js";
import { html, icon, patch, svg } from "../draw/dom.js";
import { failedFace, waitingFace } from "../draw/faces.js";
import { lastOf } from "../remote.js";
import { panel } from "../draw/format.js";
import { symbol } from "../draw/label.js";
import { formatAddress, parseAddress } from "../trace.js";

/** @typedef {Check["arrays"][number]} Array */

/** @type {WeakSet<HTMLElement>} */
const heard = new WeakSet();

/** @type {StageView} */
export const check = {
  id: "check",
  title: "stage.check",
  render(host, frame, context) {
    host.classList.add("check-view");
    if (!heard.has(host)) {
      heard.add(host);
      host.addEventListener("click", (event) => {
        const point = /** @type {Element} */ (event.target).closest("[data-address]");
        const address = point && parseAddress(point.getAttribute("data-address") ?? "");
        if (address) context.dispatch({ type: "focus", address });
      });
    }
    patch(host, contentOf(frame, context));
  },
};

/** @param {Frame} frame  @param {StageContext} context */
function contentOf(frame, context) {
  const { run, moment: { step } } = frame;
  const { t } = context;
  /** @type {Remote<Check>} */
  const answer = context.ask({ slot: "check", run, path: `/steps/${step}/check`, decode: decodeCheck });
  if (answer.status === "failed") {
    return failedFace(t("check.failed"), answer.problem, { again: context.askAgain, t });
  }
  const found = lastOf(answer);
  if (!found) return waitingFace(t("check.waiting"));
  const entries = found.arrays.reduce((sum, { checked }) => sum + checked, 0);
  return html(
    "div",
    { class: "check-body", "aria-busy": found.step !== step },
    html(
      "p",
      { class: found.passed ? "check-verdict good" : "check-verdict bad" },
      icon(found.passed ? "check" : "warning"),
      html("b", {}, t(found.passed ? "check.passed" : "check.not_passed")),
      html("span", {}, t("check.says", { count: entries })),
    ),
    html("div", { class: "check-arrays" }, ...found.arrays.map((array) => drawArray(frame, context, array))),
    found.stand_ins?.length
      ? html("p", { class: "faint" }, t("check.stand_ins", { names: found.stand_ins.join(", ") }))
      : null,
  );
}

/** @param {any} answer  @returns {Check} */
function decodeCheck(answer) {
  const check = decodeNumbers(answer);
  for (const { entries } of check.arrays) {
    entries.backprop = entries.backprop.map(decodeNumber);
    entries.difference = entries.difference.map(decodeNumber);
  }
  return check;
}

/** Of a drawing, in its own units. */
const SIZE = 120, EDGE = 8;

/**
 * @param {Frame} frame
 * @param {StageContext} context
 * @param {Array} array
 * @returns {Drawn}
 */
function drawArray({ run }, { t }, { name, size, checked, relative_error, passed, entries }) {
  const { backprop, difference, places } = entries;
  const most = Math.max(...[...backprop, ...difference].map(Math.abs).filter(Number.isFinite), 0) || 1;
  const at = (/** @type {number} */ value) =>
    Math.round(100 * (SIZE / 2 + (SIZE / 2 - EDGE) * Math.max(-1.08, Math.min(1.08, value / most)))) / 100;
  const shape = run.values[name].shape;
  const label = run.values[name].label;
  return html(
    "figure",
    { key: name, class: passed ? "check-array good" : "check-array bad" },
    html(
      "figcaption",
      {},
      html("span", { class: "check-name" }, symbol(run, name), html("span", {}, label)),
      html(
        "span",
        {},
        checked === size ? t("check.all", { count: size }) : t("check.some", { checked, size }),
      ),
    ),
    svg(
      "svg",
      {
        viewBox: `0 0 ${SIZE} ${SIZE}`,
        role: "img",
        "aria-label": t("check.picture", { name, error: relative_error.toExponential(0) }),
      },
      svg("line", { class: "axis", x1: EDGE, x2: SIZE - EDGE, y1: SIZE / 2, y2: SIZE / 2 }),
      svg("line", { class: "axis", y1: EDGE, y2: SIZE - EDGE, x1: SIZE / 2, x2: SIZE / 2 }),
      svg("line", { class: "diagonal", x1: EDGE, y1: SIZE - EDGE, x2: SIZE - EDGE, y2: EDGE }),
      ...places.map((place, k) => {
        if (!Number.isFinite(backprop[k]) || !Number.isFinite(difference[k])) return null;
        const address = formatAddress({ name, index: indexOf(place, shape) });
        return svg(
          "circle",
          { key: place, cx: at(backprop[k]), cy: SIZE - at(difference[k]), r: 2.4, "data-address": address },
          svg("title", {}, `${address}\u2002${panel(backprop[k])}\u2002${panel(difference[k])}`),
        );
      }),
      svg("text", { class: "tick", x: SIZE - EDGE, y: SIZE / 2 - 3, "text-anchor": "end" }, panel(most)),
    ),
    html(
      "p",
      { class: "check-error" },
      icon(passed ? "check" : "warning"),
      html("span", {}, t("check.error")),
      html(
        "b",
        {},
        relative_error === 0
          ? "0"
          : relative_error.toExponential(0).replace("e-", "e\u2212").replace("e+", "e"),
      ),
    ),
  );
}

/** @param {number} place  @param {number[]} shape  @returns {number[]} */
function indexOf(place, shape) {
  /** @type {number[]} */
  const index = [];
  for (const extent of shape.toReversed()) {
    index.unshift(place % extent);
    place = Math.floor(place / extent);
  }
  return index;
}
