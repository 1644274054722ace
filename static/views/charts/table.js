/**
 * The numbers of a chart as a table: for those who do not see it, and for a file. Pure.
 *
 * @import { ChartFigure } from "../../types.d.ts"
 */

/** @typedef {string | number | null} Value */
/** @typedef {{ head: string[], rows: Value[][], leads: boolean }} Table  `leads`: the first column counts steps */
/** @typedef {{ type?: string, name?: string, x?: Value[], y?: any, z?: any, customdata?: any, text?: any, meta?: { leads?: boolean, exact?: Value[] }, hoverinfo?: string }} Trace */

/** Rows that are shown; a file has them all. */
export const SHOWN = 60;

/**
 * @param {ChartFigure} figure
 * @param {{ step: string }} words
 * @returns {Table}
 */
export function tableOf({ data, layout, chart }, { step }) {
  const traces = /** @type {Trace[]} */ (data);
  const axis = (/** @type {string} */ name) =>
    String(/** @type {{ title?: { text?: string } }} */ (layout[name] ?? {}).title?.text ?? "");
  if (traces[0]?.type === "heatmap") return matrix(traces[0], `${axis("yaxis")} \\ ${axis("xaxis")}`);
  const way = traces.find(({ meta }) => meta?.leads);
  if (way) {
    const loss = String(traces[0].name ?? "");
    return {
      head: [step, axis("xaxis"), axis("yaxis"), loss],
      rows: (way.x ?? []).map((x, at) => [way.customdata[at][0], x, way.y[at], way.customdata[at][1]]),
      leads: true,
    };
  }
  return curves(traces, axis("xaxis"), !["depth", "landscape"].includes(chart));
}

/** What each class was taken for.  @param {Trace} trace  @param {string} corner  @returns {Table} */
function matrix({ x, y, customdata }, corner) {
  return {
    head: [corner, ...(x ?? []).map(String)],
    rows: y.map((/** @type {Value} */ label, /** @type {number} */ at) => [label, ...customdata[at]]),
    leads: false,
  };
}

/** A column for each curve.  @param {Trace[]} traces  @param {string} across  @param {boolean} leads  @returns {Table} */
function curves(traces, across, leads) {
  const places = [...new Set(traces.flatMap(({ x }) => x ?? []))].sort((a, b) => Number(a) - Number(b));
  // Of a band both edges are there, under one name.
  const columns = traces.map(({ x, y, meta }) =>
    new Map((x ?? []).map((place, at) => [place, /** @type {Value} */ ((meta?.exact ?? y)[at])]))
  );
  return {
    head: [across, ...traces.map(({ name }) => name ?? "")],
    rows: places.map((place) => [place, ...columns.map((column) => column.get(place) ?? null)]),
    leads,
  };
}

/**
 * Some rows from the first to the last, among them the one nearest to a step.
 * @param {Table} table
 * @param {number} step
 * @returns {{ rows: Value[][], here: number }}  and which of them that is; −1 if the rows are no steps
 */
export function thinned({ rows, leads }, step) {
  const here = leads ? nearest(rows, step) : -1;
  if (rows.length <= SHOWN) return { rows, here };
  const places = new Set(
    Array.from({ length: SHOWN }, (_, at) => Math.round(at * (rows.length - 1) / (SHOWN - 1))),
  );
  if (here >= 0) places.add(here);
  const kept = [...places].sort((a, b) => a - b);
  return { rows: kept.map((at) => rows[at]), here: kept.indexOf(here) };
}

/** @param {Value[][]} rows  @param {number} step */
function nearest(rows, step) {
  let best = 0;
  rows.forEach(([at], place) => {
    if (Math.abs(Number(at) - step) < Math.abs(Number(rows[best][0]) - step)) best = place;
  });
  return best;
}

/**
 * @param {Table} table
 * @returns {string}  comma-separated values; what is not there is an empty field
 */
export function csvOf({ head, rows }) {
  return [head, ...rows].map((row) => row.map(field).join(",")).join("\r\n") + "\r\n";
}

/** @param {Value} value */
function field(value) {
  const text = value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
