/**
 * Faces: what stands on the stage while there is nothing to show, and what is said over it when something is wrong.
 *
 * @import { Context, Frame, Problem, Run, State } from "../types.d.ts"
 * @import { Drawn } from "../draw/dom.js"
 */
import { html, icon, patch } from "../draw/dom.js";
import { symbolText } from "../draw/label.js";
import { historyKey } from "../needs.js";

/**
 * @param {HTMLElement} host
 * @param {Frame | null} frame  what the stage shows now, if anything
 * @param {Context} context
 */
export function renderStatus(host, frame, context) {
  patch(host, face(frame, context));
}

/** @param {Frame | null} frame @param {Context} context @returns {Drawn | null} */
function face(frame, context) {
  const { state, t, dispatch } = context;
  const problem = problemOf(state);
  if (problem && !frame) return failure(problem, context);
  if (problem) {
    return strip(
      titleOf(problem, t),
      html("button", {
        type: "button",
        class: "button small",
        on: { click: () => dispatch({ type: "retry" }) },
      }, t("status.retry")),
    );
  }
  if (!frame) return waiting(context);
  const bad = firstNotFinite(frame);
  if (bad) return diverged(frame, bad, context);
  if (frame.trace.refused?.length) return strip(t("status.truncated", { names: leftOut(frame) }));
  if (frame.run.kept === "memory") return strip(t("status.unkept"));
  return null;
}

/** The arrays that were too large to send. @param {Frame} frame */
function leftOut({ run, trace }) {
  const names = trace.refused ?? [];
  return [...new Set(names.map((name) => symbolText(run, name)))].join(", ");
}

/** @param {Frame} frame @param {string} name  the first value that is not finite @param {Context} context @returns {Drawn} */
function diverged(frame, name, { state, t, dispatch }) {
  const step = lastFiniteStep(state, frame.run);
  const symbol = symbolText(frame.run, name);
  if (step === null || step === frame.moment.step) return strip(t("status.diverged_here", { symbol }));
  const text = t("status.diverged", { symbol });
  const go = () => dispatch({ type: "goto", moment: { step } });
  return strip(
    text,
    html(
      "button",
      { type: "button", class: "button small", on: { click: go } },
      t("status.last_finite", { step }),
    ),
  );
}

/** The last step of this run's loss curve before it stops being a number. @param {State} state @param {Run} run @returns {number | null} */
function lastFiniteStep({ history }, run) {
  if (history.status !== "ready" || history.key !== historyKey(run)) return null;
  const first = history.value.loss.findIndex((loss) => !Number.isFinite(loss));
  return first > 0 ? history.value.steps[first - 1] : null;
}

/** @param {State} state @returns {Problem | null} */
function problemOf({ run, trace }) {
  if (run.status === "failed") return run.problem;
  return trace.status === "failed" ? trace.problem : null;
}

/** @param {Context} context @returns {Drawn} */
function waiting({ t }) {
  return html(
    "div",
    { key: "waiting", class: "face quiet" },
    html("div", { class: "waiting", "aria-hidden": "true" }, html("i"), html("i"), html("i")),
    html("p", {}, t("status.loading")),
  );
}

/** @param {Problem} problem @param {Context["t"]} t @returns {string} */
function titleOf({ status, errors, limit }, t) {
  if (status === 0) return t("status.offline");
  if (status === 429 || status === 503) return t("status.busy");
  if (status === 404) return t("status.missing");
  return t(errors.length || limit ? "status.invalid" : "status.failed");
}

/** @param {Problem} problem @param {Context["t"]} t @returns {string} */
function textOf({ status, title, detail }, t) {
  if (status === 0) return t("status.offline_text");
  if (status === 429 || status === 503) return t("status.busy_text");
  return detail || title;
}

/** @param {Problem} problem @param {Context} context @returns {Drawn} */
function failure(problem, { t, dispatch }) {
  return html(
    "div",
    { key: "failure", class: "face" },
    iconLarge(),
    html("h2", {}, titleOf(problem, t)),
    problem.errors.length ? null : html("p", {}, textOf(problem, t)),
    problem.errors.length
      ? html(
        "ul",
        {},
        problem.errors.map(({ field, allowed }) => html("li", {}, t("status.field", { field, allowed }))),
      )
      : null,
    html(
      "div",
      { class: "face-actions" },
      // The same impossible experiment would be refused again.
      problem.errors.length ? null : html("button", {
        type: "button",
        class: "button primary",
        on: { click: () => dispatch({ type: "retry" }) },
      }, t("status.retry")),
      html("button", {
        type: "button",
        class: "button",
        on: { click: () => dispatch({ type: "spec", spec: {} }) },
      }, t("status.seed")),
    ),
  );
}

function iconLarge() {
  const drawn = icon("warning");
  return { ...drawn, attributes: { ...drawn.attributes, class: "icon large" } };
}

/** @param {string} text @param {...Drawn} more @returns {Drawn} */
function strip(text, ...more) {
  return html("p", { key: "strip", class: "strip" }, icon("warning"), html("span", {}, text), ...more);
}

/**
 * The first value of the step, in the order of the program, that holds a number which is not finite and is known.
 * @param {Frame} frame
 * @returns {string | null}
 */
export function firstNotFinite({ run, trace, moment }) {
  const computed = run.program.calls.slice(0, moment.frame + 1).map((call) => call.writes);
  for (const name of [...run.parameters.names, ...computed]) {
    const data = trace.values[name]?.data;
    if (data && !allFinite(data)) return name;
  }
  return null;
}

/** @type {WeakMap<Float64Array, boolean>} */
const finite = new WeakMap();

/** @param {Float64Array} data */
function allFinite(data) {
  let answer = finite.get(data);
  if (answer === undefined) finite.set(data, answer = data.every(Number.isFinite));
  return answer;
}
