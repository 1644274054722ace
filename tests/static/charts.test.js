/** @import { ChartFigure } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { dressed, mark } from "../../static/views/charts/dress.js";

/** @type {ChartFigure} */
const FIGURE = {
  ...{ run: "r", chart: "loss", step: 0, sentence: "It falls.", scales: true },
  data: [
    { type: "scatter", name: "each batch", x: [0, 1], y: [2, 1], line: { color: "var(--loss)", width: 1 } },
    {
      ...{ type: "scatter", name: "training", x: [0, 1], y: [2, null] },
      line: { color: "var(--loss)", width: 2 },
      meta: { keep: true },
    },
    {
      type: "heatmap",
      z: [[1, 2]],
      colorscale: [[0, "var(--paper)"], [1, "color-mix(in oklab, var(--loss) 40%, var(--ink))"]],
    },
  ],
  layout: { font: { color: "var(--ink-soft)" }, yaxis: { type: "linear", title: { text: "loss" } } },
};

const OPTIONS = {
  ...{ scale: null, width: 300, height: 200, font: { family: "Sans", size: 12 }, earlier: [] },
  ink: (/** @type {string} */ colour) => `[${colour}]`,
};

/** @param {unknown} value  @returns {string[]} */
const strings = (value) =>
  typeof value === "string"
    ? [value]
    : value && typeof value === "object"
    ? Object.values(value).flatMap(strings)
    : [];

test("every colour is resolved, however deep it lies, and nothing else is touched", () => {
  const { data, layout } = dressed(FIGURE, OPTIONS);
  assert.ok(strings([data, layout]).every((text) => !/^(var|color-mix)\(/.test(text)));
  const spelled = strings(FIGURE).filter((text) => /^(var|color-mix)\(/.test(text));
  const resolved = strings([data, layout]).filter((text) => text.startsWith("["));
  assert.deepEqual(resolved, spelled.map((colour) => `[${colour}]`));
  assert.deepEqual(data[1].y, [2, null]);
  assert.equal(
    /** @type {any} */ (FIGURE.data[0]).line.color,
    "var(--loss)",
    "what was fetched stays as it is",
  );
});

test("letters are those of the page, and the size that of the place", () => {
  const { layout } = dressed(FIGURE, OPTIONS);
  assert.deepEqual(layout.font, { color: "[var(--ink-soft)]", family: "Sans", size: 12 });
  assert.deepEqual([layout.width, layout.height], [300, 200]);
});

test("a scale that was chosen takes the place of the chart's own", () => {
  /** @param {"log" | "linear" | null} scale */
  const yaxis = (scale) => dressed(FIGURE, { ...OPTIONS, scale }).layout.yaxis;
  assert.deepEqual(yaxis(null), { type: "linear", title: { text: "loss" } });
  assert.deepEqual(yaxis("log"), { type: "log", title: { text: "loss" } });
});

test("the curves of earlier runs lie behind, paler the older they are, and are named once", () => {
  const earlier = ["1 before", "2 before"].map((name) => ({ name, figure: FIGURE }));
  const { data } = dressed(FIGURE, { ...OPTIONS, earlier });
  assert.deepEqual(data.map(({ name }) => name), [
    "2 before",
    "1 before",
    "each batch",
    "training",
    undefined,
  ]);
  assert.deepEqual(data.slice(0, 2).map(({ showlegend }) => showlegend), [false, true]);
  const [older, newer] = data.map(({ opacity }) => Number(opacity));
  assert.ok(older < newer && newer < 1);
});

test("what someone zoomed to stays at another step, and not in another run", () => {
  const zoom = (/** @type {Partial<ChartFigure>} */ change) =>
    dressed({ ...FIGURE, ...change }, OPTIONS).layout.uirevision;
  assert.equal(zoom({}), zoom({ step: 9 }));
  assert.notEqual(zoom({}), zoom({ run: "other" }));
  assert.notEqual(zoom({}), zoom({ chart: "depth" }));
});

test("the playhead is a line over the whole height", () => {
  const line = mark(7, OPTIONS.ink);
  assert.deepEqual([line.x0, line.x1, line.y0, line.y1, line.yref], [7, 7, 0, 1, "paper"]);
});
