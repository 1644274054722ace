/**
 * A chart to keep: as a picture with its title and its sentence, or its numbers as a table. Comes when it is first asked
 * for.
 *
 * @import { ChartFigure, Run, StageContext } from "../../types.d.ts"
 * @import { Table } from "./table.js"
 */
import { download } from "../../guide/files.js";
import { pngOf } from "../../guide/picture.js";
import { say } from "../../toast.js";
import { dressed } from "./dress.js";
import { fetchPlotly } from "./plotly.js";
import { csvOf } from "./table.js";

/** Of a picture: a slide's, with type that is read from the last row. Pixels. */
const WIDTH = 1280, HEIGHT = 800, TYPE = 20;

/** Letters in a line under the title; those of Chinese are twice as wide. */
const LINE = 112;

/**
 * @param {"png" | "svg" | "csv"} form
 * @param {object} chart
 * @param {string} chart.title
 * @param {ChartFigure} chart.figure
 * @param {Table} chart.table
 * @param {Run} chart.run
 * @param {"log" | "linear" | null} chart.scale
 * @param {(colour: string) => string} chart.ink
 * @param {StageContext} context
 */
export async function keep(form, { title, figure, table, run, scale, ink }, { t }) {
  const shape = run.layers.map(({ units }) => units).join("-");
  const name = `backscope-${shape}-${figure.chart}.${form}`;
  // What spreadsheets take for UTF-8.
  if (form === "csv") return download(name, "text/csv", `\uFEFF${csvOf(table)}`);
  try {
    const plotly = await fetchPlotly();
    const family = getComputedStyle(document.body).fontFamily;
    const { data, layout } = dressed(figure, {
      ...{ scale, ink, width: WIDTH, height: HEIGHT, earlier: [], drag: false },
      font: { family: `${family}, "STIX Two Math"`, size: TYPE },
    });
    const lines = wrapped(figure.sentence);
    const picture = await plotly.toImage({
      data,
      layout: {
        ...layout,
        paper_bgcolor: ink("var(--panel)"),
        title: {
          text: title,
          ...{ x: 0.02, xanchor: "left", yref: "container", y: 0.97, yanchor: "top" },
          font: { size: 1.5 * TYPE, color: ink("var(--ink)") },
          subtitle: { text: lines.join("<br>"), font: { size: TYPE, color: ink("var(--ink-soft)") } },
        },
        margin: { l: 24, r: 24, t: 90 + TYPE * 1.4 * (lines.length + 1), b: 24 },
      },
    }, { format: "svg", width: WIDTH, height: HEIGHT });
    const source = decodeURIComponent(picture.slice(picture.indexOf(",") + 1));
    if (form === "svg") download(name, "image/svg+xml", source);
    else download(name, "image/png", await pngOf(source));
  } catch (error) {
    say(t("charts.save_failed"));
    throw error;
  }
}

/** @param {string} text  @returns {string[]} */
function wrapped(text) {
  /** @type {string[]} */
  const lines = [];
  let line = "", width = 0;
  // Chinese breaks between any two letters, other languages between words.
  for (
    const part of text.match(/[\u3000-\u9fff\uff00-\uffef]|[^\s\u3000-\u9fff\uff00-\uffef]+\s*|\s+/g) ?? []
  ) {
    const wide = /[\u3000-\u9fff\uff00-\uffef]/.test(part) ? 2 : part.length;
    if (width + wide > LINE && line) {
      lines.push(line.trimEnd());
      [line, width] = ["", 0];
    }
    line += part;
    width += wide;
  }
  return [...lines, line.trimEnd()];
}
