/**
 * The proof: the rule evaluated here against the number sent, and the server's finite difference.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */
import { html, svg } from "../../draw/dom.js";
import { full } from "../../draw/format.js";
import { evaluate } from "../../rule.js";
import { leftOut } from "../../trace.js";
import { accountOf } from "./account.js";
import { figures } from "../../draw/nodes.js";

/** Rounding may differ by so much of the greatest total on the way: sums are added in another order than in the array. */
const ROUNDING = 1e-10;

/** A central difference in float64 is good for about so much. */
const DIFFERENCE = 1e-5;

/** @typedef {"good" | "bad" | "waiting" | "unknown"} Verdict */

/**
 * @param {Scene} scene
 * @returns {Drawn | null}
 */
export function drawProof(scene) {
  const { call, known, value, context: { t } } = scene;
  if (!known || value === undefined) return null;
  const printed = publishedCheck(scene);
  if (!call && !printed) return null;
  const checks = [ruleCheck(scene), differenceCheck(scene), printed].filter((check) => check !== null);
  return html(
    "ul",
    { key: "proof", class: "why-proof", "aria-label": t("why.proof") },
    ...checks,
  );
}

/** @param {Scene} scene  @returns {Drawn | null} */
function ruleCheck(scene) {
  const { rule, call, cells, cell, info, value, context: { t }, frame } = scene;
  if (!rule || !call || value === undefined) return null;
  const example = cell.index[info.axes.indexOf("example")] ?? -1;
  if (frame.trace.truncated && call.reads.some((name) => leftOut(frame.trace.values[name], example))) {
    return drawCheck("unknown", t("why.rule"), t("why.rule_left_out"));
  }
  const mine = evaluate(rule, call, cells, cell.index);
  const apart = Object.is(mine, value) || mine === value ? 0 : Math.abs(mine - value);
  const same = apart <= ROUNDING * scaleOf(scene, value) ||
    (Number.isNaN(mine) && Number.isNaN(value));
  const words = same
    ? apart === 0 || Number.isNaN(apart) ? t("why.exactly") : t("why.apart", { by: small(apart) })
    : t("why.rule_differs", { value: figures(mine), by: small(apart) });
  const detail = t("proof.rule_detail", { mine: full(mine), value: full(value) });
  return drawCheck(same ? "good" : "bad", t("why.rule"), words, detail);
}

/** @param {Scene} scene  @param {number} value  @returns {number} */
function scaleOf(scene, value) {
  const account = accountOf(scene);
  const totals = account?.join === "sum"
    ? account.parts.flatMap(({ value, running }) => [value, running])
    : [];
  return Math.max(Math.abs(value), ...totals.map(Math.abs).filter(Number.isFinite), Number.MIN_VALUE);
}

/** The figure that a worked example's source prints for this number.  @param {Scene} scene  @returns {Drawn | null} */
function publishedCheck({ frame, address, value, context: { t } }) {
  const { run, moment: { step } } = frame;
  const found = (run.published ?? []).find((each) => each.step === step && each.address === address);
  if (!found || value === undefined) return null;
  const verdict = found.misprint ? "unknown" : agrees(value, found.printed) ? "good" : "bad";
  const words = [t("proof.printed", { printed: found.printed }), found.note].filter(Boolean).join(" ");
  const detail = t("proof.printed_detail", { printed: found.printed, value: full(value) });
  return drawCheck(verdict, t("proof.published"), words, detail);
}

/**
 * Is a printed figure this number, rounded or cut off to as many digits as were printed?
 * @param {number} value
 * @param {string} printed
 * @returns {boolean}
 */
export function agrees(value, printed) {
  const places = (printed.split(".")[1] ?? "").length;
  const cut = Math.trunc(value * 10 ** places) / 10 ** places;
  return [value.toFixed(places), cut.toFixed(places)].some((shown) => Number(shown) === Number(printed));
}

/** @param {Scene} scene  @returns {Drawn | null} */
function differenceCheck({ frame, call, value, address, context: { t, explanation } }) {
  // Only derivatives can be measured by a difference.
  if (call?.phase !== "backward" || value === undefined) return null;
  const name = t("why.difference");
  if (!explanation || explanation.status === "idle" || explanation.status === "loading") {
    return drawCheck("waiting", name, t("why.checking"));
  }
  if (explanation.status === "failed") return drawCheck("unknown", name, t("why.unchecked"));
  if (explanation.value.address !== address) return drawCheck("waiting", name, t("why.checking"));
  const witness = /** @type {{ value: number, error: number, epsilon: number, passed?: boolean } | null} */ (
    explanation.value.witnesses.difference
  );
  if (!witness) return drawCheck("unknown", name, t("why.no_difference"));
  // The server speaks of its own number: the one shown must be the same.
  const apart = Math.max(witness.error, Math.abs(witness.value - value));
  const near = apart <= DIFFERENCE * Math.max(Math.abs(value), 1e-3);
  const same = explanation.value.value === value;
  const passed = same ? witness.passed ?? near : false;
  const differs = t("why.difference_differs", { value: figures(witness.value), by: small(apart) });
  const late = /** @type {any} */ (frame.run.spec).update_order === "layer_by_layer";
  return drawCheck(
    passed ? "good" : "bad",
    name,
    passed ? t("why.apart", { by: small(apart) }) : late ? `${differs} ${t("why.difference_late")}` : differs,
    t("proof.difference_detail", {
      step: full(witness.epsilon),
      slope: full(witness.value),
      value: full(value),
    }),
  );
}

/**
 * A tick, and behind it what it rests on.
 * @param {Verdict} verdict
 * @param {string} name
 * @param {string} words
 * @param {string} [detail]  the numbers held against one another
 * @returns {Drawn}
 */
function drawCheck(verdict, name, words, detail) {
  const paths = {
    good: "M3 8.5l3.4 3.5L13 4.5",
    bad: "M4 4l8 8M12 4l-8 8",
    waiting: "M8 3.5v4.7l3 1.8",
    unknown: "M4 8h8",
  };
  const says = [
    svg(
      "svg",
      { viewBox: "0 0 16 16", "aria-hidden": "true" },
      verdict === "waiting" && svg("circle", { cx: 8, cy: 8, r: 6.2 }),
      svg("path", { d: paths[verdict] }),
    ),
    html("b", {}, name),
    html("span", {}, words),
  ];
  return html(
    "li",
    { class: `check ${verdict}`, key: name },
    detail
      ? html("details", {}, html("summary", {}, ...says), html("p", {}, detail))
      : html("div", {}, ...says),
  );
}

/** A difference needs its size, not its figures.  @param {number} value */
function small(value) {
  return value === 0 ? "0" : value.toExponential(0).replace("e-", "e\u2212").replace("e+", "e");
}
