/**
 * Plotly, from the server's own files, and a place for a plot. Nothing else on the page knows it.
 *
 * @import { Dressed, Plain } from "./dress.js"
 */
import { create, html } from "../../draw/dom.js";

/**
 * @typedef {object} Plotly
 * @property {(place: HTMLElement, data: Plain[], layout: Plain, config: Plain) => Promise<unknown>} react
 * @property {(place: HTMLElement, change: Plain) => Promise<unknown>} relayout
 * @property {(place: HTMLElement) => void} purge
 * @property {(figure: { data: Plain[], layout: Plain }, options: Plain) => Promise<string>} toImage
 */

/** @typedef {{ x: unknown, customdata?: unknown, data: Plain }} Point */
/** @typedef {HTMLElement & { on?: (event: string, call: (event: { points: Point[] }) => void) => void }} Place */

/** Buttons of its own would be foreign here; double click shows everything again. */
const CONFIG = { displayModeBar: false, doubleClick: "reset", showTips: false };

/** The element Plotly looks for before it makes a style sheet. */
const STYLES = "plotly.js-style-global";

/** @type {Promise<Plotly> | null} */
let coming = null;
/** @type {Plotly | null} */
let plotly = null;

/** @returns {Promise<Plotly>}  again after a failure */
export function fetchPlotly() {
  coming ??= load().catch((error) => {
    coming = null;
    throw error;
  });
  return coming;
}

/** @returns {Promise<Plotly>} */
function load() {
  return new Promise((resolve, reject) => {
    // Where this is, Plotly makes no style sheet of its own: it may not, and css/charts.css has what it needs.
    if (!document.getElementById(STYLES)) {
      document.head.append(create(html("meta", { id: STYLES, class: "no-inline-styles" })));
    }
    const script = create(html("script", {
      src: document.body.dataset.plotly,
      on: {
        load: () => {
          plotly = /** @type {{ Plotly?: Plotly }} */ (/** @type {unknown} */ (globalThis)).Plotly ?? null;
          if (plotly) resolve(plotly);
          else reject(new Error("Plotly is not what was fetched"));
        },
        error: () => {
          script.remove();
          reject(new Error("Plotly cannot be fetched"));
        },
      },
    }));
    document.head.append(script);
  });
}

/**
 * @typedef {object} Plot
 * @property {(place: HTMLElement, key: unknown[], make: () => Dressed) => void} draw  unless the key is that of what is
 *   drawn there
 * @property {(key: unknown, make: (own: Plain[]) => Plain[]) => void} decorate  with shapes beside the chart's own, unless
 *   these are there
 * @property {boolean} leads  are the places along its axis steps?
 * @property {(step: number) => void} clicked
 */

/** @returns {Plot} */
export function createPlot() {
  /** @type {Place | null} */
  let at = null;
  /** @type {unknown[]} */
  let drawn = [];
  /** What it is decorated with, and what it should be. */
  let worn = /** @type {unknown} */ (undefined);
  /** The shapes of the chart itself.  @type {Plain[]} */
  let own = [];
  /** @type {Plot} */
  const plot = {
    draw(place, key, make) {
      if (
        !plotly || (place === at && key.length === drawn.length && key.every((part, k) => part === drawn[k]))
      ) return;
      if (place !== at) {
        if (at) plotly.purge(at);
        at = place;
      }
      drawn = key;
      worn = undefined;
      const { data, layout } = make();
      own = /** @type {Plain[] | undefined} */ (layout.shapes) ?? [];
      plotly.react(place, data, layout, CONFIG);
      listen(/** @type {Place} */ (place), (points) => {
        const step = stepOf(points, plot.leads);
        if (step !== null) plot.clicked(step);
      });
    },
    decorate(key, make) {
      if (!plotly || !at || worn === key) return;
      worn = key;
      plotly.relayout(at, { shapes: make(own) });
    },
    leads: false,
    clicked: () => {},
  };
  return plot;
}

/** @type {WeakSet<Place>} */
const listening = new WeakSet();

/** @param {Place} place  @param {(points: Point[]) => void} call */
function listen(place, call) {
  if (listening.has(place)) return;
  listening.add(place);
  place.on?.("plotly_click", ({ points }) => call(points));
}

/**
 * The step that a click means: the one a curve tells of where it was hit, or the place along the axis.
 * @param {Point[]} points
 * @param {boolean} leads
 * @returns {number | null}
 */
export function stepOf(points, leads) {
  const told = points.find(({ data }) => /** @type {{ leads?: boolean } | undefined} */ (data.meta)?.leads);
  const step = told
    ? /** @type {unknown[]} */ (told.customdata)[0]
    : leads && points.length
    ? points[0].x
    : null;
  return typeof step === "number" ? Math.max(0, Math.round(step)) : null;
}
