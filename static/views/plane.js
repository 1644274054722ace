/**
 * The input plane: what a unit makes of every point of it, large, with the examples; beside it the same in small for
 * every unit. It is the picture of the step that is shown, so it moves as one steps, plays or drags through training.
 *
 * @import { Frame, Problem, Remote, Run, RunData, StageContext, Surface, StageView } from "../types.d.ts"
 * @import { Mapped } from "../draw/map.js"
 * @import { Dot } from "./plane/points.js"
 */
import { decodeData, decodeSurface } from "../decode.js";
import { patch } from "../draw/dom.js";
import { failedFace, waitingFace } from "../draw/faces.js";
import { lastOf } from "../remote.js";
import { mapPalette, whenThemeChanges } from "../ink.js";
import { figure } from "./plane/figure.js";
import { mappedNames } from "../maps.js";
import { paintMap, ratio, REGIONS, scaleOf, sized, unitValues } from "../draw/map.js";
import { BLEED, dotsOf, paintDots } from "./plane/points.js";
import { side } from "./plane/side.js";

/** Points along each input, of the small maps and of the large one. */
const SMALL = 24, LARGE = 80;

/** Numbers that are asked for at most to draw regions of classes with. */
const MOST_SCORES = 25_000;

/** @typedef {{ surface: Surface, of: Mapped }} Large */
/** @typedef {{ loss: number | string, accuracy: number | string | null }} Score */
/** @typedef {{ train: Score, test: Score | null }} Scores */

/**
 * What the view keeps for a host: what someone chose, and what it drew.
 * @typedef {object} Desk
 * @property {{ frame: Frame, context: StageContext }} shown
 * @property {Mapped | null} chosen
 * @property {[number, number] | null} inputs
 * @property {boolean} test
 * @property {Dot[]} dots
 * @property {() => void} again  draws it once more, after something was chosen
 */

/** @type {WeakMap<HTMLElement, Desk>} */
const desks = new WeakMap();

/** @type {StageView} */
export const plane = {
  id: "plane",
  title: "stage.plane",
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
    chosen: null,
    inputs: null,
    test: true,
    dots: [],
    again: () => {
      if (host.isConnected) draw(host, desk);
    },
  };
  desks.set(host, desk);
  new ResizeObserver(desk.again).observe(host);
  whenThemeChanges(desk.again);
  return desk;
}

/** @param {HTMLElement} host  @param {Desk} desk */
function draw(host, desk) {
  const { frame, context } = desk.shown;
  const { run, trace } = frame;
  const names = mappedNames(run);
  /** @type {Record<string, string>} */
  const inputs = desk.inputs ? { inputs: desk.inputs.join(",") } : {};
  const path = `/steps/${trace.step}/surface`;
  /** @type {Remote<RunData>} */
  const data = context.ask({
    slot: "data",
    run,
    path: "/data",
    query: { step: dataStep(run, trace.step), lang: context.language },
    decode: decodeData,
  });
  /** @type {Remote<Surface>} */
  const small = context.ask({
    slot: "plane-small",
    run,
    path,
    query: { names: names.join(","), resolution: SMALL, digits: 3, ...inputs },
    decode: decodeSurface,
  });
  const overview = lastOf(small);
  const chosen = overview ? choice(desk, run, overview, names) : null;
  /** @type {Remote<Large>} */
  const large = overview && chosen
    ? context.ask({
      slot: "plane-large",
      run,
      path,
      query: { ...largeQuery(chosen, overview), ...inputs },
      decode: (answer) => ({ surface: decodeSurface(answer), of: chosen }),
    })
    : { status: "idle" };
  /** @type {Remote<Scores>} */
  const scores = context.ask({ slot: "plane-metrics", run, path: `/steps/${trace.step}/metrics` });
  host.classList.add("plane");
  const failed = problemIn(data, small, large);
  if (failed) {
    return patch(host, [
      failedFace(context.t("plane.failed"), failed, { again: context.askAgain, t: context.t }),
    ]);
  }
  const shown = lastOf(large), examples = lastOf(data);
  if (!overview || !chosen || !shown || !examples) {
    return patch(host, [waitingFace(context.t("plane.waiting"))]);
  }
  // What was chosen a moment ago is shown coarsely until it is there.
  const picture = alike(shown.of, chosen) ? shown : { surface: overview, of: chosen };
  patch(host, [
    figure(desk, picture.surface, examples, chosen, lastOf(scores)),
    side(desk, overview, examples, chosen, names),
  ]);
  paint(host, desk, { picture, overview, examples, last: names[names.length - 1] });
}

/**
 * One unit finely; for the classes the values of all outputs, which decide.
 * @param {Mapped} chosen
 * @param {Surface} overview
 * @returns {Record<string, string | number>}
 */
function largeQuery({ name, unit, of }, overview) {
  if (name !== REGIONS || !of) return { name, unit, resolution: LARGE, digits: 4 };
  const fits = Math.floor(Math.sqrt(MOST_SCORES / overview.values[of].shape[0]));
  return { names: of, resolution: Math.max(2, Math.min(LARGE, fits)), digits: 4 };
}

/** @param {Mapped} a  @param {Mapped} b */
function alike(a, b) {
  return a.name === b.name && a.unit === b.unit;
}

/** @param {...Remote<unknown>} remotes  @returns {Problem | null} */
function problemIn(...remotes) {
  for (const remote of remotes) if (remote.status === "failed") return remote.problem;
  return null;
}

/**
 * What is shown large: what was chosen, if the run has it; else the classes where there are several outputs, or the
 * first output.
 * @param {Desk} desk
 * @param {Run} run
 * @param {Surface} surface
 * @param {string[]} names
 * @returns {Mapped}
 */
function choice({ chosen }, run, surface, names) {
  const several = run.layers[run.layers.length - 1].units > 1 && surface.regions;
  const last = names[names.length - 1];
  if (chosen && surface.values[chosen.name]?.shape[0] > chosen.unit) return chosen;
  return several ? { name: REGIONS, unit: 0, of: last } : { name: last, unit: 0 };
}

/** The step from which on the data are as they are now: edits may change them.  @param {Run} run  @param {number} step */
function dataStep(run, step) {
  const edits = /** @type {{ step: number, set?: Record<string, number> }[]} */ (run.spec.edits ?? []);
  return edits.filter((edit) =>
    edit.step <= step && Object.keys(edit.set ?? {}).some((cell) => /^[xy]\[/.test(cell))
  )
    .reduce((latest, edit) => Math.max(latest, edit.step), 0);
}

/**
 * @param {HTMLElement} host
 * @param {Desk} desk
 * @param {{ picture: Large, overview: Surface, examples: RunData, last: string }} shown  `last`: name of the outputs
 */
function paint(host, desk, { picture: { surface, of }, overview, examples, last }) {
  const { frame } = desk.shown;
  const palette = mapPalette();
  const map = /** @type {HTMLCanvasElement} */ (host.querySelector(".plane-map"));
  const dots = /** @type {HTMLCanvasElement} */ (host.querySelector(".plane-dots"));
  paintMap(map, surface, of, palette, { line: 1.5 });
  for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (host.querySelectorAll(".plane-small"))) {
    const { name = "", mapUnit } = canvas.dataset;
    paintMap(canvas, overview, { name, unit: Number(mapUnit) }, palette, { line: 0.8 });
  }
  const pen = sized(dots);
  if (!pen) return;
  const output = { name: last, unit: of.name === last ? of.unit : 0 };
  const values = unitValues(overview, output);
  desk.dots = dotsOf(
    examples,
    surface,
    { width: dots.width / ratio() - 2 * BLEED, height: dots.height / ratio() - 2 * BLEED },
    palette,
    {
      output: output.unit,
      test: desk.test,
      scale: values ? scaleOf(overview, output, values) : null,
    },
  );
  const style = getComputedStyle(host);
  paintDots(pen, desk.dots, {
    chosen: frame.trace.batch[frame.example] ?? null,
    ink: style.color,
    ground: style.backgroundColor,
  });
}
