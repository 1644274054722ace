/**
 * A chart as the server gives it, made ready for Plotly: its colours as they are in the theme that is shown, its letters
 * those of the page, the curves of earlier runs behind it. Pure.
 *
 * @import { ChartFigure } from "../../types.d.ts"
 */

/** @typedef {Record<string, unknown>} Plain */
/** @typedef {{ data: Plain[], layout: Plain }} Dressed */
/** @typedef {(colour: string) => string} InkOf  a colour of the style sheets as Plotly takes one */

/** A colour as style sheets spell it. */
const COLOUR = /^(var|color-mix)\(/;

/** Is this a curve that stays when another run is shown?  @param {Plain} trace */
export function KEPT(trace) {
  return /** @type {{ keep?: boolean } | undefined} */ (trace.meta)?.keep === true;
}

/**
 * @param {ChartFigure} figure
 * @param {object} options
 * @param {"log" | "linear" | null} options.scale
 * @param {number} options.width
 * @param {number} options.height
 * @param {{ family: string, size: number }} options.font
 * @param {{ figure: ChartFigure, label: string }[]} options.earlier  the last one first
 * @param {boolean} options.drag  does dragging zoom? Where a finger scrolls the page it must not
 * @param {InkOf} options.ink
 * @returns {Dressed}
 */
export function dressed(figure, { scale, width, height, font, earlier, drag, ink }) {
  /** @type {Plain} */
  const layout = coloured(figure.layout, ink);
  const yaxis = /** @type {Plain} */ (layout.yaxis ?? {});
  const data = [...figure.data.map((trace) => coloured(trace, ink))];
  const behind = earlier.flatMap(({ figure, label }, at) =>
    figure.data.filter(KEPT).map((trace) => faint(trace, label, at, ink))
  );
  return {
    data: [...behind.reverse(), ...data],
    layout: {
      ...layout,
      ...{ width, height, dragmode: drag && "zoom" },
      // As long as this is the same, what someone zoomed to stays.
      uirevision: `${figure.run} ${figure.chart} ${scale}`,
      font: { ...(/** @type {Plain} */ (layout.font ?? {})), ...font },
      yaxis: behind.length ? ranged(scaled(yaxis, scale), data, behind) : scaled(yaxis, scale),
    },
  };
}

/** An axis on the scale that was chosen; where it is not its own, its range would mean something else.
 * @param {Plain} axis  @param {"log" | "linear" | null} scale  @returns {Plain} */
function scaled(axis, scale) {
  if (scale === null || scale === (axis.type ?? "linear")) return axis;
  const { range: _range, tickvals: _places, ticktext: _words, ...rest } = axis;
  return { ...rest, type: scale, nticks: 6 };
}

/** An axis for a chart's own curves, that makes room for earlier ones as long as these do not shrink its own to a line.
 * @param {Plain} axis  @param {Plain[]} data  @param {Plain[]} behind  @returns {Plain} */
function ranged(axis, data, behind) {
  if (axis.range) return axis;
  const log = axis.type === "log";
  /** @param {Plain[]} traces */
  const extent = (traces) =>
    traces.flatMap(({ y }) => /** @type {(number | null)[]} */ (y ?? []))
      .filter((value) => value !== null && (!log || value > 0))
      .map((value) => log ? Math.log10(Number(value)) : Number(value))
      .reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const [low, high] = extent(data), [least, most] = extent(behind);
  const span = high - low || (log ? 1 : Math.abs(high)) || 1;
  if (!Number.isFinite(span)) return axis;
  const from = Math.max(Math.min(low, least), low - span), to = Math.min(Math.max(high, most), high + span);
  return { ...axis, range: [from - 0.05 * (to - from), to + 0.05 * (to - from)] };
}

/**
 * Where the playhead is, as a shape of Plotly's.
 * @param {number} step
 * @param {InkOf} ink
 * @returns {Plain}
 */
export function mark(step, ink) {
  return {
    ...{ type: "line", xref: "x", yref: "paper", x0: step, x1: step, y0: 0, y1: 1 },
    line: { color: ink("var(--ink)"), width: 1.5 },
    // The only point of a training of one step lies on it.
    layer: "below",
  };
}

/** @param {Plain} trace  @param {string} name  @param {number} at  how many runs lie between  @param {InkOf} ink */
function faint(trace, name, at, ink) {
  return {
    ...coloured(trace, ink),
    name,
    line: { color: ink("var(--ink-faint)"), width: 1.5 },
    opacity: 0.75 / (1 + 0.5 * at),
    showlegend: true,
  };
}

/**
 * A value with every colour in it resolved, however deep it lies.
 * @template T
 * @param {T} value
 * @param {InkOf} ink
 * @returns {T}
 */
function coloured(value, ink) {
  /** @type {(value: unknown) => unknown} */
  const walk = (value) => {
    if (typeof value === "string") return COLOUR.test(value) ? ink(value) : value;
    if (Array.isArray(value)) return isPlainNumbers(value) ? value : value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, walk(part)]));
  };
  return /** @type {T} */ (walk(value));
}

/** Most of a figure is numbers, which have no colour.  @param {unknown[]} values */
function isPlainNumbers(values) {
  return typeof values[0] === "number" && typeof values[values.length - 1] === "number";
}
