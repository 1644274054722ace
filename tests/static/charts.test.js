/** @import { ChartFigure, ChartInfo } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { choiceOf, createGrowth, wordOf } from "../../static/views/charts/choice.js";
import { dressed, mark } from "../../static/views/charts/dress.js";
import { stepOf } from "../../static/views/charts/plotly.js";
import { csvOf, tableOf, thinned } from "../../static/views/charts/table.js";

/** @type {ChartFigure} */
const FIGURE = {
  ...{ run: "r", chart: "loss", step: 0, sentence: "It falls.", warning: "", scales: true },
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

/** @type {ChartFigure} */
const FIGURE_OF_CURVES = {
  ...FIGURE,
  layout: { xaxis: { title: { text: "step" } } },
  data: [{ name: "training", x: [0, 5], y: [2, null] }, { name: "least", x: [5], y: [1] }],
};

const OPTIONS = {
  ...{ scale: null, width: 300, height: 200, font: { family: "Sans", size: 12 }, earlier: [], drag: true },
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
  assert.deepEqual(yaxis("log"), { type: "log", title: { text: "loss" }, nticks: 6 });
  const ranged = { ...FIGURE, layout: { ...FIGURE.layout, yaxis: { type: "log", range: [-2, 1] } } };
  assert.deepEqual(dressed(ranged, { ...OPTIONS, scale: "log" }).layout.yaxis, {
    type: "log",
    range: [-2, 1],
  });
  assert.deepEqual(dressed(ranged, { ...OPTIONS, scale: "linear" }).layout.yaxis, {
    type: "linear",
    nticks: 6,
  });
});

test("the curves of earlier runs lie behind, paler the older they are", () => {
  const earlier = ["1 before", "2 before"].map((label) => ({ label, figure: FIGURE }));
  const { data } = dressed(FIGURE, { ...OPTIONS, earlier });
  assert.deepEqual(data.map(({ name }) => name), [
    "2 before",
    "1 before",
    "each batch",
    "training",
    undefined,
  ]);
  const [older, newer] = data.map(({ opacity }) => Number(opacity));
  assert.ok(older < newer && newer < 1);
});

test("an earlier run that diverged does not shrink this one to a line", () => {
  /** @param {(number | null)[]} y */
  const rangeBeside = (y) => {
    const figure = { ...FIGURE, data: [{ ...FIGURE.data[1], y }] };
    const { layout } = dressed(FIGURE, { ...OPTIONS, earlier: [{ label: "before", figure }] });
    return /** @type {{ range: number[] }} */ (layout.yaxis).range;
  };
  const [low, high] = rangeBeside([1e137, null]);
  assert.ok(low < 1 && high > 2 && high < 4);
  const [least, most] = rangeBeside([1.5, 2.5]);
  assert.ok(least < 1 && most > 2.5 && most < 2.7, "one like it is seen whole");
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

/** @type {ChartInfo[]} */
const KNOWN = [
  { ...{ name: "loss", label: "Loss", summary: "", at_step: false, whole: true }, options: [] },
  {
    ...{ name: "landscape", label: "Landscape", summary: "", at_step: true, whole: true },
    options: [
      {
        ...{ name: "plane", label: "Plane" },
        choices: [{ value: "path", label: "" }, { value: "line", label: "" }],
      },
      {
        ...{ name: "set", label: "Set" },
        choices: [{ value: "train", label: "" }, { value: "test", label: "" }],
      },
    ],
  },
];

test("a chart with its choices is one word, in which the usual is left out", () => {
  for (const word of ["loss", "landscape", "landscape.line", "landscape.path.test"]) {
    const choice = choiceOf(word, KNOWN);
    assert.ok(choice);
    assert.equal(wordOf(choice), word);
  }
  assert.deepEqual(choiceOf("landscape.path.test", KNOWN)?.options, { plane: "path", set: "test" });
  assert.equal(
    choiceOf("landscape.space", KNOWN)?.options.plane,
    "path",
    "what a run does not offer is the usual",
  );
  assert.equal(choiceOf("pie", KNOWN)?.info.name, "loss");
  assert.equal(choiceOf("", KNOWN)?.info.name, "loss");
  assert.equal(choiceOf("loss", []), null);
});

test("a run that grows is followed at most about twice a second, and less often where an answer takes long", () => {
  const { epochs, answered } = createGrowth();
  assert.equal(epochs("a", 0, 0), 0);
  assert.equal(epochs("a", 3, 10), 3, "the first ones at once");
  assert.equal(epochs("a", 9, 5000), 3, "not before the last question is answered");
  answered(5000);
  assert.equal(epochs("a", 9, 5001), 9, "at the latest");
  answered(5301);
  assert.equal(epochs("a", 12, 6000), 9, "four times what it took");
  assert.equal(epochs("a", 12, 40_000), 12);
  answered(40_010);
  assert.equal(epochs("a", 20, 40_500), 12, "at the soonest");
  assert.equal(epochs("a", 20, 40_700), 20);
  assert.equal(epochs("a", "held", 50_000), 20, "what somebody stopped stays as it is");
  assert.equal(epochs("b", 1, 50_001), 1, "another run begins anew");
  assert.equal(epochs("b", null, 50_002), null, "all of it is there");
});

test("the numbers of curves are a table with a row for each step", () => {
  const table = tableOf(FIGURE_OF_CURVES, { step: "step" });
  assert.deepEqual(table, {
    head: ["step", "training", "least"],
    rows: [[0, 2, null], [5, null, 1]],
    leads: true,
  });
  assert.equal(csvOf(table), "step,training,least\r\n0,2,\r\n5,,1\r\n");
});

test("of many rows some are shown, the first, the last and the one of the playhead among them", () => {
  const rows = Array.from({ length: 400 }, (_, step) => [step, step / 2]);
  const shown = thinned({ head: ["step", "loss"], rows, leads: true }, 123);
  assert.ok(shown.rows.length <= 61);
  assert.deepEqual([shown.rows[0][0], shown.rows.at(-1)?.[0], shown.rows[shown.here][0]], [0, 399, 123]);
});

test("a confusion matrix is a table of counts, and the way of training one of steps", () => {
  const layout = { xaxis: { title: { text: "predicted" } }, yaxis: { title: { text: "true" } } };
  const matrix = { type: "heatmap", x: ["a", "b"], y: ["a", "b"], customdata: [[3, 1], [0, 4]] };
  assert.deepEqual(tableOf({ ...FIGURE, layout, data: [matrix] }, { step: "step" }).rows, [["a", 3, 1], [
    "b",
    0,
    4,
  ]]);
  const way = { x: [0.5, 0], y: [1, 0], customdata: [[0, 9], [7, 8]], meta: { leads: true } };
  const found = tableOf({ ...FIGURE, layout, data: [{ type: "contour", name: "loss" }, way] }, {
    step: "step",
  });
  assert.deepEqual(found.head, ["step", "predicted", "true", "loss"]);
  assert.deepEqual(found.rows, [[0, 0.5, 1, 9], [7, 0, 0, 8]]);
});

test("a click means the step a curve tells of, or the place along an axis of steps, and else nothing", () => {
  const way = { meta: { leads: true } };
  assert.equal(stepOf([{ x: 0.3, customdata: [42, 0.1], data: way }], false), 42);
  assert.equal(stepOf([{ x: 12.4, data: {} }], true), 12);
  assert.equal(stepOf([{ x: 3, data: {} }], false), null);
  assert.equal(stepOf([], true), null);
});
