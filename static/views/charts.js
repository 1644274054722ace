/**
 * The charts of a run: one large, with a sentence on what it shows; about it which others there are and what can be
 * chosen. Plotly draws them and is fetched when the first one is shown.
 *
 * @import { ChartFigure, ChartInfo, Frame, Problem, Remote, Run, StageContext, StageView } from "../types.d.ts"
 * @import { Drawn } from "../draw/dom.js"
 * @import { Choice } from "./charts/choice.js"
 * @import { Table } from "./charts/table.js"
 */
import { html, icon, patch } from "../draw/dom.js";
import { failedFace, waitingFace } from "../draw/faces.js";
import { lastOf } from "../remote.js";
import { inkOf, whenThemeChanges } from "../ink.js";
import { choiceOf, createGrowth, epochsThere, wordOf } from "./charts/choice.js";
import { dressed, KEPT, mark } from "./charts/dress.js";
import { nameOf } from "./charts/earlier.js";
import { createPlot, fetchPlotly } from "./charts/plotly.js";
import { check, names, numbers, saves, tools } from "./charts/side.js";
import { tableOf } from "./charts/table.js";

/** Steps that a chart over the whole of training has at most. */
const POINTS = 400;

/** And as long as it grows, when they are computed again and again. */
const FEW = 150;

/**
 * What the view keeps for a host: what someone chose, and what it drew.
 * @typedef {object} Desk
 * @property {{ frame: Frame, context: StageContext }} shown
 * @property {Map<string, string>} words  what was last chosen about each chart
 * @property {"log" | "linear" | null} scale  null: as the chart comes
 * @property {boolean} earlier  are the curves of earlier runs shown?
 * @property {boolean} numbers  is the table shown?
 * @property {string} named  the chart whose name has been brought into sight
 * @property {ReturnType<typeof createGrowth>} growth
 * @property {{ figure: ChartFigure, table: Table } | null} table
 * @property {import("./charts/plotly.js").Plot} plot
 * @property {"coming" | "there" | "failed"} plotly
 * @property {number} theme  how often the colours have changed
 * @property {() => void} again
 */

/** @typedef {{ label: string, figure: ChartFigure }} Earlier */

/** @type {WeakMap<HTMLElement, Desk>} */
const desks = new WeakMap();

/** @type {StageView} */
export const charts = {
  id: "charts",
  title: "stage.charts",
  render(host, frame, context) {
    const desk = desks.get(host) ?? open(host, { frame, context });
    desk.shown = { frame, context };
    draw(host, desk);
  },
};

/** @param {HTMLElement} host  @param {Desk["shown"]} shown  @returns {Desk} */
function open(host, shown) {
  /** @type {Desk} */
  const desk = {
    shown,
    ...{ words: new Map(), scale: null, earlier: true, numbers: false, named: "", table: null },
    ...{ plotly: "coming", theme: 0, plot: createPlot(), growth: createGrowth() },
    again: () => {
      if (host.isConnected) draw(host, desk);
    },
  };
  desks.set(host, desk);
  new ResizeObserver(desk.again).observe(host);
  whenThemeChanges(() => {
    desk.theme++;
    desk.again();
  });
  start(desk);
  return desk;
}

/** @param {Desk} desk */
function start(desk) {
  desk.plotly = "coming";
  fetchPlotly().then(() => "there", () => "failed").then((plotly) => {
    desk.plotly = /** @type {Desk["plotly"]} */ (plotly);
    desk.again();
  });
}

/** @param {HTMLElement} host  @param {Desk} desk */
function draw(host, desk) {
  const { frame: { run, trace }, context } = desk.shown;
  const { state, dispatch } = context;
  host.classList.add("charts");
  /** @type {Remote<{ charts: ChartInfo[] }>} */
  const list = context.ask({ slot: "charts", run, path: "/charts", query: { lang: context.language } });
  const known = lastOf(list)?.charts ?? [];
  const choice = choiceOf(state.chart, known);
  if (!choice) return patch(host, [face(desk, list, null)]);
  const { info } = choice;
  const epochs = desk.growth.epochs(run.id, epochsThere(state, run), performance.now());
  /** @type {Remote<ChartFigure>} */
  const remote = epochs === 0 && info.whole ? { status: "idle" } : context.ask({
    slot: `chart ${info.name}`,
    run,
    path: `/charts/${info.name}`,
    query: {
      lang: context.language,
      ...(info.at_step ? { step: trace.step } : { points: epochs ? FEW : POINTS }),
      ...(info.whole && epochs ? { epochs } : {}),
      ...choice.options,
    },
  });
  if (remote.status === "ready" || remote.status === "failed") desk.growth.answered(performance.now());
  const figure = desk.plotly === "there" ? lastOf(remote) : null;
  const earlier = figure ? earlierRuns(desk, choice, figure) : [];
  /** @param {Choice} choice */
  const choose = (choice) => {
    desk.words.set(choice.info.name, wordOf(choice));
    if (choice.info !== info) desk.scale = null;
    dispatch({ type: "chart", chart: wordOf(choice) });
  };
  const table = figure && tableFor(desk, figure);
  patch(host, [
    names(
      known,
      info,
      (info) => dispatch({ type: "chart", chart: desk.words.get(info.name) ?? info.name }),
      context,
    ),
    figure && table
      ? picture(desk, choice, figure, table, remote.status === "failed" ? remote.problem : null)
      : face(desk, remote, info),
    tools(
      choice,
      (options) => choose({ info, options }),
      figure ? switches(desk, figure, earlier) : [],
      figure && table ? saves((form) => save(desk, info, figure, table, form), context) : null,
    ),
  ]);
  if (desk.named !== info.name) {
    desk.named = info.name;
    host.querySelector(".chart-names [aria-pressed=true]")?.scrollIntoView({
      block: "nearest",
      inline: "nearest",
    });
  }
  if (figure && !desk.numbers) plot(host, desk, info, figure, desk.earlier ? earlier : []);
}

/** @param {Desk} desk  @param {ChartFigure} figure  @returns {Table} */
function tableFor(desk, figure) {
  if (desk.table?.figure !== figure) {
    desk.table = { figure, table: tableOf(figure, { step: desk.shown.context.t("charts.column_step") }) };
  }
  return desk.table.table;
}

/**
 * The same chart of the runs before this one, where it has curves to compare with.
 * @param {Desk} desk
 * @param {Choice} choice
 * @param {ChartFigure} figure
 * @returns {Earlier[]}
 */
function earlierRuns({ shown: { frame, context } }, { info }, figure) {
  if (info.at_step || !figure.data.some(KEPT)) return [];
  return context.earlier.flatMap((run) => {
    /** @type {Remote<ChartFigure>} */
    const remote = context.ask({
      slot: `chart ${info.name} of ${run.id}`,
      run,
      path: `/charts/${info.name}`,
      query: { lang: context.language, points: POINTS },
    });
    const figure = lastOf(remote);
    return figure ? [{ label: nameOf(run, frame.run, context.t), figure }] : [];
  });
}

/**
 * @param {Desk} desk
 * @param {Choice} choice
 * @param {ChartFigure} figure
 * @param {Table} table
 * @param {Problem | null} problem
 * @returns {Drawn}
 */
function picture(desk, { info }, figure, table, problem) {
  const { frame, context } = desk.shown;
  const { t } = context;
  const growing = info.whole && epochsThere(context.state, frame.run) !== null;
  return html(
    "figure",
    {
      ...{ class: "chart-figure", key: "figure", "aria-label": info.label },
      ...{ "data-chart": figure.chart, "data-step": info.at_step ? figure.step : null },
      "data-numbers": desk.numbers,
    },
    html(
      "figcaption",
      {},
      html(
        "h2",
        {},
        info.label,
        info.at_step ? html("span", { class: "faint" }, t("charts.step", { step: figure.step })) : null,
        figure.warning ? html("span", { class: "chart-warning" }, icon("warning"), figure.warning) : null,
        growing ? html("span", { class: "faint" }, t("charts.growing")) : null,
      ),
      html("p", { class: "chart-sentence" }, figure.sentence),
      problem ? html("p", { class: "problem" }, problem.detail || problem.title) : null,
    ),
    // Plotly fills it. Readers have the sentence and the table: an axis read out number by number says nothing.
    html("div", { key: "plot", class: "chart-plot", "aria-hidden": "true", hidden: desk.numbers }),
    desk.numbers ? numbers(table, frame.trace.step, `${info.label}: ${t("charts.numbers")}`, context) : null,
  );
}

/** @param {Desk} desk  @param {ChartFigure} figure  @param {Earlier[]} earlier  @returns {Drawn[]} */
function switches(desk, figure, earlier) {
  const { t } = desk.shown.context;
  /** @param {Partial<Desk>} change */
  const set = (change) => {
    Object.assign(desk, change);
    desk.again();
  };
  const scale = desk.scale ?? scaleOf(figure);
  return [
    ...figure.scales && !desk.numbers
      ? [check("log", t("charts.log"), scale === "log", (log) => set({ scale: log ? "log" : "linear" }))]
      : [],
    ...earlier.length && !desk.numbers
      ? [
        check("earlier", t("charts.earlier", { count: earlier.length }), desk.earlier, (on) =>
          set({ earlier: on })),
      ]
      : [],
    check("numbers", t("charts.as_numbers"), desk.numbers, (on) => set({ numbers: on })),
  ];
}

/** @param {ChartFigure} figure */
function scaleOf({ layout }) {
  return /** @type {{ type?: string }} */ (layout.yaxis ?? {}).type === "log" ? "log" : "linear";
}

/**
 * @param {HTMLElement} host
 * @param {Desk} desk
 * @param {ChartInfo} info
 * @param {ChartFigure} figure
 * @param {Earlier[]} earlier
 */
function plot(host, desk, info, figure, earlier) {
  const { frame, context } = desk.shown;
  const place = /** @type {HTMLElement} */ (host.querySelector(".chart-plot"));
  const { width, height } = place.getBoundingClientRect();
  if (width < 1 || height < 1) return;
  const style = getComputedStyle(place);
  const font = { family: style.fontFamily, size: parseFloat(style.fontSize) };
  const key = [
    ...[figure, desk.scale, desk.theme, width, height, font.size],
    ...earlier.map(({ label }) => label),
  ];
  desk.plot.draw(place, key, () =>
    dressed(figure, {
      ...{ scale: desk.scale, width, height, font, earlier, ink: rgba },
      drag: !matchMedia("(pointer: coarse)").matches,
    }));
  desk.plot.leads = !info.at_step;
  desk.plot.clicked = (step) => context.dispatch({ type: "goto", moment: { step } });
  if (info.at_step) return;
  const { step } = frame.trace;
  desk.plot.decorate(step, (shapes) => [...shapes, mark(step, rgba)]);
}

/** @param {string} colour */
function rgba(colour) {
  return `rgba(${inkOf(colour).join(",")})`;
}

/**
 * @param {Desk} desk
 * @param {ChartInfo} info
 * @param {ChartFigure} figure
 * @param {Table} table
 * @param {"png" | "svg" | "csv"} form
 */
async function save(desk, info, figure, table, form) {
  const { keep } = await import("./charts/keep.js");
  const { frame, context } = desk.shown;
  await keep(
    form,
    { title: info.label, figure, table, run: frame.run, ink: rgba, scale: desk.scale },
    context,
  );
}

/**
 * In the place of a chart that is not there: that it is coming, or why it is not.
 * @param {Desk} desk
 * @param {Remote<unknown>} remote
 * @param {ChartInfo | null} info
 * @returns {Drawn}
 */
function face(desk, remote, info) {
  const { context } = desk.shown;
  const { t } = context;
  if (desk.plotly === "failed") {
    const again = () => {
      start(desk);
      desk.again();
    };
    return failedFace(t("charts.no_plotly"), null, { again, t });
  }
  if (remote.status === "failed") {
    return failedFace(t("charts.failed"), remote.problem, { again: context.askAgain, t });
  }
  const computing = info?.whole && context.state.history.status === "loading";
  return waitingFace(t(computing ? "charts.computing" : "charts.waiting"));
}
