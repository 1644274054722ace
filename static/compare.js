/**
 * Two runs side by side on one clock: two embedded pages, what differs between their experiments, and both losses.
 *
 * Each side is the page itself in a frame. What one side moves to is told to the other (clock.js); all else either side
 * knows, it knows alone.
 *
 * @import { History, Run } from "./types.d.ts"
 * @import { Beat } from "./clock.js"
 */
import { createApi, problemOf } from "./api.js";
import { isTold } from "./clock.js";
import { differences, shortly, spread } from "./compare/differences.js";
import { html, patch, svg } from "./draw/dom.js";
import { panel } from "./draw/format.js";
import { axis, lossCurve, polyline } from "./draw/plot.js";
import { createTranslate } from "./i18n.js";
import { embedded, readPair } from "./url.js";

const WIDTH = 1000, HEIGHT = 100;
const BOX = { x: 0, y: 6, width: WIDTH, height: HEIGHT - 12 };
const POINTS = 400;

const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
const t = createTranslate(JSON.parse(byId("messages").textContent ?? "{}"), language);
const api = createApi({ language });
const sides = ["left", "right"].map((name) => /** @type {HTMLIFrameElement} */ (byId(name)));

/** @typedef {{ run: Run, history: History | null }} Side */
/** @type {(Side | null)[]} */
const shown = [null, null];
/** @type {Beat | null} */
let beat = null;
/** The number that each side explains. @type {import("./clock.js").Told["number"][]} */
const numbers = [null, null];

addEventListener("message", (event) => {
  const from = sides.findIndex(({ contentWindow }) => contentWindow === event.source);
  if (from < 0 || event.origin !== new URL(document.baseURI).origin || !isTold(event.data)) return;
  numbers[from] = event.data.number;
  if (JSON.stringify(event.data.beat) !== JSON.stringify(beat)) {
    beat = event.data.beat;
    sides[1 - from].contentWindow?.postMessage(event.data, event.origin);
  }
  if (shown[from]?.run.id !== event.data.run) learn(from, event.data.run);
  draw();
});

/** What a side shows: its experiment and its losses. @param {number} at  @param {string} id */
async function learn(at, id) {
  try {
    const run = await api.getRun(id);
    shown[at] = { run, history: null };
    draw();
    const history = await api.getHistory(run, Math.min(POINTS, run.steps));
    if (shown[at]?.run === run) shown[at] = { run, history };
    draw();
  } catch (error) {
    const problem = problemOf(error);
    if (problem) {
      patch(byId("differences"), [html("p", { class: "problem" }, problem.detail || problem.title)]);
    }
  }
}

function draw() {
  const [left, right] = shown;
  if (!left || !right) return;
  const list = differences(left.run.spec, right.run.spec);
  patch(
    byId("differences"),
    list.length
      ? list.flatMap(spread).map(({ path, left, right }) =>
        html(
          "li",
          {},
          html("code", {}, path),
          " ",
          html("span", { class: "of-left" }, shortly(left)),
          " → ",
          html("span", { class: "of-right" }, shortly(right)),
        )
      )
      : [html("li", { class: "faint" }, t("compare.same"))],
  );
  const losses = shown.map((side) => lossAt(side?.history ?? null, beat?.step ?? 0));
  const [one, other] = losses;
  patch(byId("losses"), [
    html("span", { class: "of-left" }, `${t("compare.loss_left")} ${one === null ? "…" : panel(one)}`),
    html("span", { class: "of-right" }, `${t("compare.loss_right")} ${other === null ? "…" : panel(other)}`),
    one !== null && other !== null &&
    html("span", {}, `${t("compare.difference")} ${panel(other - one)}`),
  ]);
  drawNumbers();
  drawCurves([left, right]);
}

/** The number looked at, on both sides, and by how much it differs. */
function drawNumbers() {
  const [one, other] = numbers;
  const same = one && other && one.address === other.address;
  patch(
    byId("numbers"),
    same
      ? [
        html("code", {}, one.address),
        html("span", { class: "of-left" }, panel(one.value)),
        html("span", { class: "of-right" }, panel(other.value)),
        html("span", {}, `${t("compare.difference")} ${panel(other.value - one.value)}`),
      ]
      : [html("span", { class: "faint" }, t("compare.no_number"))],
  );
}

/** Both sides at a step. @param {number} step */
function goTo(step) {
  if (!beat) return;
  const last = Math.max(...shown.map((side) => side ? side.run.steps - 1 : 0));
  beat = { ...beat, step: Math.max(0, Math.min(last, step)) };
  for (const { contentWindow } of sides) {
    contentWindow?.postMessage(
      { kind: "backscope/beat", beat, run: "", number: null },
      new URL(document.baseURI).origin,
    );
  }
  draw();
}

const curves = byId("curves");
curves.addEventListener("pointerdown", (event) => {
  curves.setPointerCapture(event.pointerId);
  drag(event);
});
curves.addEventListener("pointermove", (event) => curves.hasPointerCapture(event.pointerId) && drag(event));
curves.addEventListener("keydown", (event) => {
  const step = beat?.step ?? 0;
  const last = Number(curves.ariaValueMax);
  const to = /** @type {Record<string, number>} */ ({
    ArrowLeft: step - 1,
    ArrowRight: step + 1,
    PageUp: step + Math.ceil(last / 10),
    PageDown: step - Math.ceil(last / 10),
    Home: 0,
    End: last,
  })[event.key];
  if (to === undefined) return;
  event.preventDefault();
  goTo(to);
});

/** @param {PointerEvent} event */
function drag(event) {
  const { left, width } = curves.getBoundingClientRect();
  goTo(Math.round(Math.max(0, Math.min(1, (event.clientX - left) / width)) * Number(curves.ariaValueMax)));
}

/** The loss of the nearest step there is a point for. @param {History | null} history  @param {number} step */
function lossAt(history, step) {
  if (!history) return null;
  let best = 0;
  history.steps.forEach((at, k) => {
    if (Math.abs(at - step) < Math.abs(history.steps[best] - step)) best = k;
  });
  return history.loss[best];
}

/** Both curves on one pair of axes. @param {Side[]} both */
function drawCurves(both) {
  const histories = both.map(({ history }) => history);
  if (histories.some((history) => history === null)) return;
  const last = Math.max(...both.map(({ run }) => run.steps - 1), 1);
  const known = /** @type {History[]} */ (histories);
  // One axis for both, over what they reach: shapes are compared here, not sizes.
  const losses = known.flatMap(({ loss }) => loss).filter((loss) => Number.isFinite(loss));
  const y = axis(
    losses.reduce((a, b) => Math.min(a, b), Infinity),
    losses.reduce((a, b) => Math.max(a, b), -Infinity),
    BOX.y + BOX.height,
    BOX.y,
  );
  const x = (beat?.step ?? 0) / last * WIDTH;
  curves.ariaValueMax = String(last);
  curves.ariaValueNow = String(beat?.step ?? 0);
  patch(
    byId("curves"),
    svg(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
      ...known.flatMap(({ steps, loss }, at) =>
        curveOf(steps, loss, last).map((line) =>
          svg("polyline", {
            class: at ? "line of-right" : "line of-left",
            points: polyline(line.map(({ x, loss }) => ({ x, y: y.place(loss) }))),
          })
        )
      ),
      svg("line", { class: "now", x1: x, x2: x, y1: 0, y2: HEIGHT }),
    ),
  );
}

/** The stretches of finite losses. @param {number[]} steps  @param {number[]} losses  @param {number} last */
function curveOf(steps, losses, last) {
  const { lines, y } = lossCurve(steps, losses, BOX, { lastStep: last });
  return lines.map((line) => line.map((point) => ({ x: point.x, loss: y.value(point.y) })));
}

/** @param {string} id  @returns {HTMLElement} */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

const pair = readPair();
// Beside each other there is room for the network, or for the panel that explains it.
const narrow = matchMedia("(max-width: 1599.98px)").matches;
sides.forEach((frame, at) => frame.src = embedded(pair[at], language, narrow ? ["why"] : []));
