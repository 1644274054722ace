/**
 * The charts of a run: one large, with a sentence on what it shows; beside it which others there are and what can be
 * chosen about it. Plotly draws them and is fetched when the first one is shown.
 *
 * @import { ChartFigure, ChartInfo, Frame, Problem, Remote, Run, StageContext, StageView } from "../types.d.ts"
 * @import { Child, Drawn } from "../draw/dom.js"
 */
import { html, icon, patch } from "../draw/dom.js";
import { inkOf, whenThemeChanges } from "../ink.js";
import { dressed, KEPT, mark } from "./charts/dress.js";
import { createPlot, fetchPlotly } from "./charts/plotly.js";

/** Steps that a chart over the whole of training has at most. */
const POINTS = 400;

/**
 * What the view keeps for a host: what someone chose, and what it drew.
 * @typedef {object} Desk
 * @property {{ frame: Frame, context: StageContext }} shown
 * @property {string | null} chart
 * @property {Record<string, string>} options
 * @property {"log" | "linear" | null} scale  null: as the chart comes
 * @property {boolean} earlier  are the curves of earlier runs shown?
 * @property {import("./charts/plotly.js").Plot} plot
 * @property {"coming" | "there" | "failed"} plotly
 * @property {number} theme  how often the colours have changed
 * @property {() => void} again
 */

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
    ...{ chart: null, options: {}, scale: null, earlier: true, plotly: "coming", theme: 0 },
    plot: createPlot(),
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
  host.classList.add("charts");
  /** @type {Remote<{ charts: ChartInfo[] }>} */
  const list = context.ask({ slot: "charts", run, path: "/charts", query: { lang: context.language } });
  const known = there(list)?.charts ?? [];
  const info = known.find(({ name }) => name === desk.chart) ?? known[0];
  /** @type {Remote<ChartFigure>} */
  const remote = info
    ? context.ask({
      slot: `chart ${info.name}`,
      run,
      path: `/charts/${info.name}`,
      query: {
        lang: context.language,
        ...(info.at_step ? { step: trace.step } : { points: POINTS }),
        ...optionsOf(desk, info),
      },
    })
    : { status: "idle" };
  const figure = there(remote);
  const failed = problemIn(list, remote);
  if (failed) return patch(host, [failure(context.t("charts.failed"), failed, context.askAgain, context)]);
  if (desk.plotly === "failed") {
    const again = () => {
      start(desk);
      desk.again();
    };
    return patch(host, [failure(context.t("charts.no_plotly"), null, again, context)]);
  }
  if (!info || !figure || desk.plotly === "coming") return patch(host, [waiting(context)]);
  const earlier = earlierRuns(desk, info, figure);
  patch(host, [picture(info, figure, context), side(desk, known, info, figure, earlier.length)]);
  plot(host, desk, info, figure, desk.earlier ? earlier : []);
}

/** What is chosen about a chart, where that is among its choices.  @param {Desk} desk  @param {ChartInfo} info */
function optionsOf({ options }, info) {
  return Object.fromEntries(
    info.options.filter(({ name, choices }) => choices.some(({ value }) => value === options[name]))
      .map(({ name }) => [name, options[name]]),
  );
}

/**
 * The same chart of the runs before this one, where it has curves to compare with.
 * @param {Desk} desk
 * @param {ChartInfo} info
 * @param {ChartFigure} figure
 * @returns {{ back: number, figure: ChartFigure }[]}
 */
function earlierRuns({ shown: { context } }, info, figure) {
  if (info.at_step || !figure.data.some(KEPT)) return [];
  return context.earlier.flatMap((run, at) => {
    /** @type {Remote<ChartFigure>} */
    const remote = context.ask({
      slot: `chart ${info.name} of ${run.id}`,
      run,
      path: `/charts/${info.name}`,
      query: { lang: context.language, points: POINTS },
    });
    const there = remote.status === "ready" ? remote.value : null;
    return there ? [{ back: at + 1, figure: there }] : [];
  });
}

/** @template T  @param {Remote<T>} remote  @returns {T | null} */
function there(remote) {
  return remote.status === "ready" ? remote.value : remote.status === "loading" ? remote.previous : null;
}

/** @param {...Remote<unknown>} remotes  @returns {Problem | null} */
function problemIn(...remotes) {
  for (const remote of remotes) if (remote.status === "failed") return remote.problem;
  return null;
}

/**
 * @param {ChartInfo} info
 * @param {ChartFigure} figure
 * @param {StageContext} context
 * @returns {Drawn}
 */
function picture(info, figure, { t }) {
  return html(
    "figure",
    {
      ...{ class: "chart-figure", key: "figure", "aria-label": info.label },
      ...{ "data-chart": figure.chart, "data-step": info.at_step ? figure.step : null },
    },
    html(
      "figcaption",
      {},
      html("b", {}, info.label),
      info.at_step ? html("span", {}, t("charts.step", { step: figure.step })) : null,
      html("span", { class: "chart-sentence" }, figure.sentence),
    ),
    // Plotly fills it. Readers have the sentence: an axis read out number by number says nothing.
    html("div", { key: "plot", class: "chart-plot", "aria-hidden": "true" }),
  );
}

/**
 * @param {Desk} desk
 * @param {ChartInfo[]} known
 * @param {ChartInfo} info
 * @param {ChartFigure} figure
 * @param {number} earlier  how many earlier runs have curves to show
 * @returns {Drawn}
 */
function side(desk, known, info, figure, earlier) {
  const { t } = desk.shown.context;
  /** @param {Partial<Desk>} change */
  const choose = (change) => {
    Object.assign(desk, change);
    desk.again();
  };
  const scale = desk.scale ?? scaleOf(figure);
  return html(
    "div",
    { class: "chart-side", key: "side" },
    html(
      "div",
      { class: "chart-names", role: "group", "aria-label": t("charts.which") },
      known.map(({ name, label, summary }) =>
        html(
          "button",
          {
            key: name,
            type: "button",
            "aria-pressed": name === info.name,
            title: summary,
            on: { click: () => choose({ chart: name, scale: null }) },
          },
          label,
        )
      ),
    ),
    html("p", { class: "faint chart-summary" }, info.summary),
    info.options.filter(({ choices }) => choices.length > 1).map((option) => menu(desk, option, choose)),
    figure.scales
      ? check(t("charts.log"), scale === "log", (log) => choose({ scale: log ? "log" : "linear" }))
      : null,
    earlier > 0
      ? check(t("charts.earlier", { count: earlier }), desk.earlier, (on) => choose({ earlier: on }))
      : null,
  );
}

/** @param {ChartFigure} figure */
function scaleOf({ layout }) {
  return /** @type {{ type?: string }} */ (layout.yaxis ?? {}).type === "log" ? "log" : "linear";
}

/** @param {string} label  @param {boolean} checked  @param {(on: boolean) => void} change */
function check(label, checked, change) {
  return html(
    "label",
    { class: "chart-switch", key: label },
    html("input", {
      type: "checkbox",
      checked,
      on: {
        change: (/** @type {Event & { target: HTMLInputElement }} */ event) => change(event.target.checked),
      },
    }),
    label,
  );
}

/**
 * @param {Desk} desk
 * @param {ChartInfo["options"][number]} option
 * @param {(change: Partial<Desk>) => void} choose
 */
function menu({ options }, { name, label, choices }, choose) {
  const chosen = choices.some(({ value }) => value === options[name]) ? options[name] : choices[0].value;
  return html(
    "label",
    { class: "chart-option", key: name },
    html("span", {}, label),
    html(
      "span",
      { class: "menu" },
      html(
        "select",
        {
          value: chosen,
          on: {
            change: (/** @type {Event & { target: HTMLSelectElement }} */ event) =>
              choose({ options: { ...options, [name]: event.target.value } }),
          },
        },
        choices.map(({ value, label }) =>
          html("option", { key: value, value, selected: value === chosen }, label)
        ),
      ),
      icon("down"),
    ),
  );
}

/**
 * @param {HTMLElement} host
 * @param {Desk} desk
 * @param {ChartInfo} info
 * @param {ChartFigure} figure
 * @param {{ back: number, figure: ChartFigure }[]} earlier
 */
function plot(host, desk, info, figure, earlier) {
  const { frame, context } = desk.shown;
  const place = /** @type {HTMLElement} */ (host.querySelector(".chart-plot"));
  const { width, height } = place.getBoundingClientRect();
  const { fontFamily, fontSize } = getComputedStyle(place);
  const key = [figure, desk.scale, desk.theme, width, height, fontSize, ...earlier.map(({ back }) => back)];
  desk.plot.draw(place, key, () =>
    dressed(figure, {
      ...{ scale: desk.scale, width, height, font: { family: fontFamily, size: parseFloat(fontSize) } },
      earlier: earlier.map(({ back, figure }) => ({
        figure,
        name: context.t("charts.back", { count: back }),
      })),
      ink: rgba,
    }));
  if (info.at_step) {
    desk.plot.clicked = () => {};
    return;
  }
  const { step } = frame.trace;
  desk.plot.decorate(step, () => [mark(step, rgba)]);
  desk.plot.clicked = (at) => context.dispatch({ type: "goto", moment: { step: at } });
}

/** @param {string} colour */
function rgba(colour) {
  return `rgba(${inkOf(colour).join(",")})`;
}

/** @param {StageContext} context */
function waiting({ t }) {
  return html(
    "div",
    { class: "view-face", key: "waiting" },
    html("div", { class: "waiting", "aria-hidden": "true" }, html("i"), html("i"), html("i")),
    html("p", {}, t("charts.waiting")),
  );
}

/**
 * @param {string} what
 * @param {Problem | null} problem
 * @param {() => void} again
 * @param {StageContext} context
 */
function failure(what, problem, again, { t }) {
  return html(
    "div",
    { class: "view-face", key: "failed" },
    icon("warning"),
    html("p", {}, what),
    problem ? html("p", { class: "faint" }, problem.detail || problem.title) : null,
    html("button", { type: "button", class: "button", on: { click: again } }, t("status.retry")),
  );
}
