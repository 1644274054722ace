/**
 * The loss over training, which is also the slider through its steps: drag, click, arrow keys.
 *
 * @import { Context, History, Run, State } from "../types.d.ts"
 * @import { Drawn } from "../draw/dom.js"
 * @import { LossCurve } from "../draw/plot.js"
 */
import { html, patch, svg } from "../draw/dom.js";
import { MINUS, panel, stage } from "../draw/format.js";
import { STOPPED } from "../progress.js";
import { axis, logTicks, lossCurve, polyline, ticks } from "../draw/plot.js";

/** The drawing's own units; the browser stretches them to the place there is. */
const WIDTH = 1000, HEIGHT = 100;
const BOX = { x: 0, y: 12, width: WIDTH, height: HEIGHT - 26 };

/** Where the greatest loss is this many times the least, the curve is drawn on a log scale. */
const LOG_RATIO = 200;

/** Page Up and Page Down go this share of the training. */
const PAGE = 0.1;

/** @type {WeakMap<History, { curve: LossCurve, log: boolean }>} */
const curves = new WeakMap();
/** Step under the pointer. @type {WeakMap<Element, number>} */
const hovered = new WeakMap();

/**
 * @param {HTMLElement} host
 * @param {Run} run
 * @param {Context} context
 */
export function renderTraining(host, run, context) {
  const { state, t } = context;
  const history = ofRun(state, run);
  const soFar = history ?? partial(state, run);
  const shape = soFar && shapeOf(soFar, run);
  const step = Math.min(state.cursor.step, run.steps - 1);
  const { loss, exact } = lossAt(state, soFar, step);
  /** @param {number | null} at */
  const hover = (at) => {
    if (at === null) hovered.delete(host);
    else hovered.set(host, at);
    renderTraining(host, run, context);
  };
  patch(host, [
    html(
      "div",
      {
        class: history ? "curve" : "curve waiting-curve",
        role: "slider",
        tabindex: 0,
        "aria-label": t("training.label"),
        "aria-orientation": "horizontal",
        "aria-valuemin": 0,
        "aria-valuemax": run.steps - 1,
        "aria-valuenow": step,
        "aria-valuetext": loss === null
          ? t("training.value_unknown", { step, last: run.steps - 1 })
          : t("training.value", { step, last: run.steps - 1, loss: panel(loss) }),
        "aria-busy": state.history.status === "loading",
        on: {
          keydown: (event) => keydown(event, step, run, context),
          pointerdown: (event) => press(event, run, context),
          pointermove: (event) => move(event, run, context, hover),
          pointerleave: () => hover(null),
        },
      },
      shape ? drawing(shape, step / last(run)) : skeleton(),
      shape ? [stepTicks(run, step), valueTicks(shape), gaps(shape, context)] : null,
      history ? null : note(state, context),
      edits(run, context),
      halts(run, context),
      head(shape, step, loss, run),
      readout(shape, step, loss, exact, run, context),
      hoverReadout(host, soFar, run, context),
    ),
  ]);
}

/** @param {Run} run */
const last = (run) => Math.max(run.steps - 1, 1);

/** @param {State} state @param {Run} run @returns {History | null} */
function ofRun({ history }, run) {
  if (history.status === "ready" && history.key === run.id) return history.value;
  return null;
}

/** As much of the curve as is computed. @type {WeakMap<object, History>} */
const partials = new WeakMap();

/** @param {State} state @param {Run} run @returns {History | null} */
function partial({ history }, run) {
  const losses = history.status === "loading" && history.key === run.id
    ? history.progress?.losses
    : undefined;
  if (!losses || losses.steps.length < 2) return null;
  const known = partials.get(losses) ?? { ...losses, norms: {} };
  partials.set(losses, known);
  return known;
}

/** @param {History} history @param {Run} run */
function shapeOf(history, run) {
  const there = curves.get(history);
  if (there) return there;
  const positive = history.loss.filter((loss) => Number.isFinite(loss) && loss > 0);
  const ratio = positive.reduce((a, b) => Math.max(a, b), 0) /
    positive.reduce((a, b) => Math.min(a, b), Infinity);
  const log = ratio > LOG_RATIO && !history.loss.some((loss) => loss < 0);
  const curve = lossCurve(history.steps, history.loss, BOX, {
    scale: log ? "log" : "linear",
    lastStep: last(run),
  });
  const shape = { curve: log ? curve : fitted(curve), log };
  curves.set(history, shape);
  return shape;
}

/**
 * The curve over the whole height: its shape is what one scrubs by, and the axis says where it stands. Zero stays in
 * only where the loss comes near it.
 * @param {LossCurve} curve
 * @returns {LossCurve}
 */
function fitted(curve) {
  const losses = curve.lines.flat().map(({ y }) => curve.y.value(y));
  const low = losses.reduce((a, b) => Math.min(a, b), Infinity),
    high = losses.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(high > low) || low < 0.1 * high) return curve;
  const y = axis(low, high, BOX.y + BOX.height, BOX.y);
  const lines = curve.lines.map((line) =>
    line.map((point) => ({ x: point.x, y: y.place(curve.y.value(point.y)) }))
  );
  return { ...curve, lines, y };
}

/**
 * The loss of a step: exactly, if its trace is there or the curve has a point for it; that of the nearest point otherwise.
 * @param {State} state
 * @param {History | null} history
 * @param {number} step
 * @returns {{ loss: number | null, exact: boolean }}
 */
function lossAt({ trace, run }, history, step) {
  const here = trace.status === "ready" && trace.value.step === step && run.status === "ready" &&
    trace.value.run === run.value.id;
  if (here) return { loss: trace.value.loss, exact: true };
  if (!history) return { loss: null, exact: false };
  const at = nearest(history, step);
  return { loss: history.loss[at] ?? null, exact: history.steps[at] === step };
}

/** @param {History} history @param {number} step */
function nearest({ steps }, step) {
  let low = 0, high = steps.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle;
    else high = middle;
  }
  return step - steps[low] <= steps[high] - step ? low : high;
}

/** @param {{ curve: LossCurve }} shape @param {number} done  share of the training before the playhead @returns {Drawn} */
function drawing({ curve }, done) {
  const { lines, gaps, x } = curve;
  const width = done * WIDTH;
  const draw = (/** @type {string} */ name) =>
    lines.map((line) => {
      // A lone point between two gaps would have no length.
      const points = line.length > 1 ? line : [line[0], { x: line[0].x + 1, y: line[0].y }];
      return svg("polyline", { class: name, points: polyline(points) });
    });
  return canvas(
    stretches(gaps, lines, x.place).map(({ from, to }) =>
      svg("rect", { class: "diverged", x: from, y: 0, width: to - from, height: HEIGHT })
    ),
    draw("line ahead"),
    svg(
      "svg",
      { width, height: HEIGHT, viewBox: `0 0 ${width || 1} ${HEIGHT}`, preserveAspectRatio: "none" },
      draw("line"),
    ),
  );
}

/** Where there is no finite loss: from the last finite point before a gap to the first one after it. @param {number[]} gaps @param {LossCurve["lines"]} lines @param {(step: number) => number} place */
function stretches(gaps, lines, place) {
  /** @type {{ from: number, to: number }[]} */
  const list = [];
  for (const gap of gaps) {
    const x = place(gap);
    const before = lines.findLast((line) => line[0].x < x)?.at(-1)?.x ?? 0;
    const after = lines.find((line) => line[0].x > x)?.[0].x ?? WIDTH;
    if (list.at(-1)?.from !== before) list.push({ from: before, to: after });
  }
  return list;
}

/** @param {...import("../draw/dom.js").Content} content @returns {Drawn} */
function canvas(...content) {
  return svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
    ...content,
  );
}

function skeleton() {
  return canvas(svg("path", { class: "skeleton", d: "M0 18C120 62 320 74 1000 82" }));
}

/** @param {State} state @param {Context} context @returns {Drawn} */
function note({ history }, { t, dispatch }) {
  const stopped = history.status === "failed" && history.problem === STOPPED;
  const progress = history.status === "loading" ? history.progress : undefined;
  const words = stopped ? t("training.stopped") : progress
    ? t("training.progress", {
      step: progress.step,
      to: progress.to,
      percent: Math.floor(100 * progress.step / Math.max(progress.to, 1)),
    })
    : t(history.status === "failed" ? "training.failed" : "training.waiting");
  return html(
    "span",
    { class: "curve-note quiet", style: { left: 0, right: 0 }, role: "status" },
    words,
    progress && button(t("training.stop"), () => dispatch({ type: "history/stop" })),
    history.status === "failed" && button(t("training.go_on"), () => dispatch({ type: "retry" })),
  );
}

/** A button on the curve, which would otherwise take the press for a place to go to. @param {string} text @param {() => void} act */
function button(text, act) {
  const keep = (/** @type {Event} */ event) => event.stopPropagation();
  return html(
    "button",
    { type: "button", class: "button small", on: { pointerdown: keep, keydown: keep, click: act } },
    text,
  );
}

/** Round steps, except where the playhead stands. @param {Run} run @param {number} now @returns {Drawn[]} */
function stepTicks(run, now) {
  return ticks(0, run.steps - 1, 5)
    .filter((step) => Number.isInteger(step) && step > 0.04 * last(run) && step < 0.96 * last(run))
    .filter((step) => Math.abs(step - now) > 0.02 * last(run))
    .map((step) =>
      html("span", { class: "curve-tick step", style: { left: percent(step / last(run)) } }, String(step))
    );
}

/** @param {{ curve: LossCurve, log: boolean }} shape @returns {Drawn[]} */
function valueTicks({ curve: { y }, log }) {
  const values = log ? logTicks(y.from, y.to) : ticks(y.from, y.to, 2);
  const few = values.length > 3 ? [values[0], values[values.length >> 1], values[values.length - 1]] : values;
  // As many decimals as it takes to tell neighbours apart.
  const decimals = Math.max(0, Math.min(9, -Math.floor(Math.log10(few.length > 1 ? few[1] - few[0] : 1))));
  const text = (/** @type {number} */ value) =>
    log || y.to >= 1e4 ? stage(value) : value.toFixed(decimals).replace("-", MINUS);
  return few.map((value) =>
    html("span", { class: "curve-tick value", style: { top: percent(y.place(value) / HEIGHT) } }, text(value))
  );
}

/** @param {{ curve: LossCurve }} shape @param {Context} context @returns {Drawn[]} */
function gaps({ curve: { gaps, lines, x } }, { t }) {
  return stretches(gaps, lines, x.place).map(({ from, to }) =>
    html(
      "span",
      { class: "curve-note", style: { left: percent(from / WIDTH), width: percent((to - from) / WIDTH) } },
      t("training.diverged"),
    )
  );
}

/** Where the run was changed by hand: from there on it goes its own way. @param {Run} run @param {Context} context @returns {Drawn[]} */
function edits(run, { t }) {
  const edits = /** @type {any[]} */ (run.spec.edits ?? []);
  return edits.map(({ step }) =>
    html("span", {
      class: "curve-edit",
      style: { left: percent(step / last(run)) },
      title: t("edit.here", { step }),
      role: "img",
      "aria-label": t("edit.here", { step }),
    })
  );
}

/** Where the training will stop. @param {Run} run @param {Context} context @returns {Drawn[]} */
function halts(run, { state }) {
  const known = state.halts?.run === run.id ? state.halts.list : [];
  return known.map(({ step, text }) =>
    html("span", { class: "curve-halt", style: { left: percent(step / last(run)) }, title: text })
  );
}

/** @param {{ curve: LossCurve } | null} shape @param {number} step @param {number | null} loss @param {Run} run @returns {Drawn} */
function head(shape, step, loss, run) {
  const y = shape && loss !== null ? shape.curve.y.place(loss) : NaN;
  return html(
    "div",
    { class: "curve-head", style: { left: percent(step / last(run)) } },
    Number.isFinite(y) ? html("i", { style: { top: percent(y / HEIGHT) } }) : null,
  );
}

/**
 * Step and loss beside the playhead, where the curve is not.
 * @param {{ curve: LossCurve } | null} shape
 * @param {number} step
 * @param {number | null} loss
 * @param {boolean} exact
 * @param {Run} run
 * @param {Context} context
 * @returns {Drawn}
 */
function readout(shape, step, loss, exact, run, { t }) {
  const at = step / last(run);
  const y = shape && loss !== null ? shape.curve.y.place(loss) : 0;
  const side = at > 0.5 ? "left" : "right", end = y > HEIGHT / 2 ? "top" : "bottom";
  return html(
    "span",
    { class: `curve-read ${side} ${end}`, style: { left: percent(at) } },
    html("span", {}, t("training.step", { step })),
    loss === null ? null : html(
      "span",
      {},
      `${t("training.loss")} `,
      html(
        "b",
        exact ? { "data-address": "loss", "data-value": String(loss), "data-known": "true" } : {},
        panel(loss),
      ),
    ),
  );
}

/** @param {HTMLElement} host @param {History | null} history @param {Run} run @param {Context} context @returns {import("../draw/dom.js").Content} */
function hoverReadout(host, history, run, { t }) {
  const step = hovered.get(host);
  if (step === undefined) return null;
  const at = step / last(run);
  const loss = history?.loss[nearest(history, step)];
  return [
    html("div", { class: "curve-hover", style: { left: percent(at) } }),
    html(
      "span",
      { class: `curve-read hover ${at > 0.5 ? "left" : "right"}`, style: { left: percent(at) } },
      html("span", {}, t("training.step", { step })),
      loss === undefined ? null : html("span", {}, `${t("training.loss")} ${stage(loss)}`),
    ),
  ];
}

/** @param {number} share */
function percent(share) {
  return `${Math.round(share * 1e4) / 100}%`;
}

/** @param {KeyboardEvent} event @param {number} step @param {Run} run @param {Context} context */
function keydown(event, step, run, context) {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const page = Math.max(1, Math.round(PAGE * run.steps));
  const to = /** @type {Record<string, number>} */ ({
    ArrowLeft: step - 1,
    ArrowDown: step - 1,
    ArrowRight: step + 1,
    ArrowUp: step + 1,
    PageDown: step - page,
    PageUp: step + page,
    Home: 0,
    End: run.steps - 1,
  })[event.key];
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  context.dispatch({ type: "goto", moment: { step: Math.max(0, Math.min(run.steps - 1, to)) } });
}

/** @param {PointerEvent} event @param {Run} run @returns {number} */
function stepUnder(event, run) {
  const { left, width } = /** @type {Element} */ (event.currentTarget).getBoundingClientRect();
  return Math.round(Math.max(0, Math.min(1, (event.clientX - left) / width)) * (run.steps - 1));
}

/** @param {PointerEvent} event @param {Run} run @param {Context} context */
function press(event, run, context) {
  if (event.button !== 0) return;
  /** @type {HTMLElement} */ (event.currentTarget).setPointerCapture(event.pointerId);
  context.dispatch({ type: "goto", moment: { step: stepUnder(event, run) } });
}

/** @param {PointerEvent} event @param {Run} run @param {Context} context @param {(step: number | null) => void} hover */
function move(event, run, context, hover) {
  const step = stepUnder(event, run);
  const held = /** @type {Element} */ (event.currentTarget).hasPointerCapture(event.pointerId);
  if (held) context.dispatch({ type: "goto", moment: { step } });
  hover(held || event.pointerType === "touch" ? null : step);
}
