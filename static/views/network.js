/**
 * The stage: the network with its numbers in place, what is computed now lit, and how it gets there.
 *
 * A picture is a function of the frame, the size of the stage and the progress of the transition. All that this module
 * keeps for a host is what it drew last, so that only what changes is drawn again, and which wires someone points at.
 *
 * @import { Address, Context, Frame, Moment, StageContext, StageView, Surface } from "../types.d.ts"
 * @import { Scene } from "./network/cards.js"
 * @import { Layout } from "./network/layout.js"
 * @import { Routes } from "./network/routes.js"
 * @import { Place } from "./network/wires.js"
 */
import { html, patch, svg } from "../draw/dom.js";
import { unitCount } from "../moments.js";
import { formatAddress, frameAt, parseAddress } from "../trace.js";
import { arrivedAt, hasArrived, played } from "../transition.js";
import { drawCards } from "./network/cards.js";
import { drawHeadings } from "./network/headings.js";
import { drawLabels, placeLabels } from "./network/labels.js";
import { layoutNetwork } from "./network/layout.js";
import { hasPlane } from "../maps.js";
import { sheet } from "../sheets.js";
import { placeValues } from "./network/quantities.js";
import { drawLitWires, drawMotion } from "./network/motion.js";
import { routesOf } from "./network/routes.js";
import {
  bundleWires,
  crowding,
  drawBundles,
  placeWires,
  strongestWires,
  SVG_WIRES,
  wireAt,
  wireNames,
} from "./network/wires.js";

/**
 * @typedef {{ frame: Frame, context: StageContext }} Shown
 * @typedef {{ layer: number, unit: number, input: number | null }} Pointed  the wires into a unit, or one of them
 * @typedef {object} Stage
 * @property {boolean} drawing  is a redraw under way?
 * @property {Shown} shown
 * @property {Pointed | null} pointed
 * @property {string} traced  the wires that the panel speaks of
 * @property {{ layer: number, unit: number, name: string } | null} lens  what the pointer is over on a strip
 * @property {Map<string, unknown>} drawn  what each part was last drawn from
 * @property {{ asked: string, key: string, layout: Layout, wires: Place[] } | null} plan
 * @property {ReturnType<typeof prepare> | null} picture
 */

/** @type {WeakMap<HTMLElement, Stage>} */
const stages = new WeakMap();

/** What paints the little maps: fetched when they are first shown. @type {typeof import("./network/maps.js") | null} */
let painter = null;

/** @type {StageView} */
export const network = {
  id: "network",
  title: "stage.network",
  maps: true,
  wires: true,
  render(host, frame, context) {
    const stage = stages.get(host) ?? open(host, { frame, context });
    stage.shown = { frame, context };
    draw(host, stage);
  },
};

/** @param {HTMLElement} host  @param {Shown} shown  @returns {Stage} */
function open(host, shown) {
  /** @type {Stage} */
  const stage = {
    shown,
    pointed: null,
    traced: "",
    lens: null,
    drawn: new Map(),
    plan: null,
    picture: null,
    drawing: false,
  };
  stages.set(host, stage);
  new ResizeObserver(() => draw(host, stage)).observe(host);
  onTheme(host.ownerDocument, () => {
    stage.drawn.clear();
    draw(host, stage);
  });
  host.addEventListener("click", (event) => {
    const strip = stripUnder(host, stage, event);
    const cell = strip
      ? wide?.stripCell(stage.shown.frame, strip)
      : cellUnder(event) ?? weightUnder(host, stage, event);
    if (cell) stage.shown.context.dispatch({ type: "focus", address: cell });
  });
  host.addEventListener("keydown", (event) => {
    const address = stage.picture && wide?.slideTo(stage.picture.scene, event);
    if (!address) return;
    event.preventDefault();
    event.stopPropagation();
    stage.shown.context.dispatch({ type: "focus", address });
  });
  const point = (/** @type {Pointed | null} */ pointed) => {
    if (JSON.stringify(pointed) === JSON.stringify(stage.pointed)) return;
    stage.pointed = pointed;
    // Taking away what has the focus comes back here in the middle of drawing: then draw once more, afterwards.
    if (stage.drawing) queueMicrotask(() => draw(host, stage));
    else draw(host, stage);
  };
  host.addEventListener("pointermove", (event) => {
    if (event.pointerType === "touch") return;
    point(pointedAt(host, stage, event));
    look(host, stage, stripUnder(host, stage, event));
  });
  host.addEventListener("pointerleave", () => {
    point(null);
    look(host, stage, null);
  });
  host.addEventListener("focusin", (event) => point(pointedAt(host, stage, event)));
  host.addEventListener("focusout", (event) => {
    if (!host.contains(/** @type {Node | null} */ (event.relatedTarget))) point(null);
  });
  return stage;
}

/** @param {HTMLElement} host  @param {Stage} stage */
function draw(host, stage) {
  stage.drawing = true;
  try {
    drawNow(host, stage);
  } finally {
    stage.drawing = false;
  }
}

/** @param {HTMLElement} host  @param {Stage} stage */
function drawNow(host, stage) {
  const { width, height } = host.getBoundingClientRect();
  if (width < 40 || height < 40 || !stages.has(host)) return;
  const { frame, context, before, progress } = played(stage.shown);
  const focus = formatAddress(frame.focus);
  const { present, digits } = context.state;
  const maps = context.state.maps && hasPlane(frame.run);
  const plan = planFor(stage, frame, { width, height, present, digits, maps });
  const arrived = hasArrived(progress);
  const sceneKey = [
    plan.key,
    frame.trace.run,
    frame.trace.filled,
    JSON.stringify([frame.moment, before]),
    frame.example,
    focus,
    context.language,
    JSON.stringify(stage.pointed),
    [...context.state.pointed, "", ...context.state.veil].join(),
    context.state.wires,
    [...context.state.edit?.stale ?? []].join(),
    frame.building && `${frame.building.complete} ${arrived}`,
  ].join("|");
  bringParts(host, stage, frame, plan);
  const fresh = !isHost(host);
  if (fresh) build(host);
  const [canvas, calm, lit, traced, cards, motion, glass] =
    /** @type {[HTMLCanvasElement, SVGElement, SVGElement, SVGElement, HTMLElement, SVGElement, HTMLElement]} */ (
      [...host.children]
    );
  if (fresh) stage.drawn.clear();
  if (changed(stage, "scene", sceneKey)) {
    stage.picture = prepare(stage, plan, { frame, context, before, arrived });
    const { scene, routes, labels, names } = stage.picture;
    host.dataset.phase = frame.call.phase;
    host.style.setProperty("--stage-type", `${plan.layout.font}px`);
    const ofCard = Map.groupBy(labels, ({ layer, unit }) => `${layer}.${unit}`);
    // A label follows the card its wire leads to, so that the Tab key gets there before it leaves the card.
    patch(cards, [
      ...drawHeadings(scene, names),
      ...drawCards(scene).flatMap((card) => [card, ...drawLabels(scene, ofCard.get(String(card.key)) ?? [])]),
      ...term?.drawTerm(scene, routes, labels) ?? [],
    ]);
    wide?.paintStrips(cards, scene);
    patch(lit, [
      ...drawLitWires(routes, (wire) => frame.value(wireCell(names, wire)), plan.layout.font),
      ...back?.drawForces(scene) ?? [],
    ]);
  }
  const picture = /** @type {ReturnType<typeof prepare>} */ (stage.picture);
  const theme = getComputedStyle(host).color;
  if (
    changed(
      stage,
      "calm",
      [plan.key, frame.trace.run, frame.trace.step, frame.trace.filled, picture.names.join(), theme].join(
        "|",
      ),
    )
  ) {
    const wires = [...plan.wires, ...strongestWires(picture.scene, picture.names)];
    const bundles = bundleWires(picture.scene, wires, picture.names);
    const many = wires.length > SVG_WIRES;
    const crowd = crowding(wires);
    const { font } = plan.layout;
    canvas.hidden = !many;
    patch(calm, [
      ...wide?.drawWedges(plan.layout) ?? [],
      ...many ? [] : drawBundles(bundles, font, crowd),
      ...back?.drawWays(picture.scene, plan.wires, picture.names) ?? [],
    ]);
    if (many) wide?.paintBundles(canvas, bundles, { width, height, font, crowd });
  }
  if (changed(stage, "traced", `${sceneKey}|${stage.traced}`)) {
    patch(traced, back?.drawTraced(picture.scene, stage.traced));
  }
  const surface = maps ? surfaceFor(host, stage) : null;
  if (!surface) stage.drawn.delete("maps");
  else if (changed(stage, "maps", `${plan.key}|${surface.step}`)) {
    painter?.paintMaps(cards, frame, surface);
    host.dataset.maps = String(surface.step);
  }
  if (changed(stage, "motion", `${sceneKey}|${progress}`)) {
    patch(motion, drawMotion(picture.routes, picture.wave, picture.labels, progress, plan.layout.font));
    host.style.setProperty("--arrived", String(arrivedAt(progress)));
  }
  if (changed(stage, "lens", `${sceneKey}|${JSON.stringify(stage.lens)}`)) {
    patch(glass, wide?.drawLens(picture.scene, stage.lens));
  }
}

/** @type {typeof import("./network/wide.js") | null} */
let wide = null;
/** @type {typeof import("./network/term.js") | null} */
let term = null;
/** @type {typeof import("./network/notes.js") | null} */
let notes = null;
/** @type {typeof import("./network/back.js") | null} */
let back = null;
/** Parts on their way. @type {Set<string>} */
const coming = new Set();

/**
 * Parts that not every moment needs come with the first that does.
 * @template T
 * @param {string} part
 * @param {T | null} there
 * @param {() => Promise<T>} load
 * @param {(part: T) => void} arrived
 */
function bring(part, there, load, arrived) {
  if (there || coming.has(part)) return;
  coming.add(part);
  Promise.all([load(), sheet("later")]).then(([there]) => arrived(there)).catch(() => coming.delete(part));
}

/** @param {HTMLElement} host  @param {Stage} stage  @param {Frame} frame  @param {NonNullable<Stage["plan"]>} plan */
function bringParts(host, stage, { run, moment, building }, { layout, wires }) {
  const again = () => {
    stage.drawn.clear();
    draw(host, stage);
  };
  if (wires.length > SVG_WIRES || layout.columns.some(({ more }) => more)) {
    bring("wide", wide, () => import("./network/wide.js"), (there) => {
      wide = there;
      again();
    });
  }
  if (building) {
    bring("term", term, () => import("./network/term.js"), (there) => {
      term = there;
      again();
    });
  }
  // At the first assignment there is nothing to say of any unit.
  if (moment.frame > 0) {
    const load = async () => {
      const [there] = await Promise.all([import("./network/notes.js"), stage.shown.context.texts?.("why")]);
      return there;
    };
    bring("notes", notes, load, (there) => {
      notes = there;
      again();
    });
  }
  if (run.program.calls[moment.frame].phase !== "forward") {
    bring("back", back, () => import("./network/back.js"), (there) => {
      back = there;
      back.hearWires(host.ownerDocument, (wires) => {
        if (wires === stage.traced) return;
        stage.traced = wires;
        draw(host, stage);
      });
      again();
    });
  }
}

/** @param {HTMLElement} host  @param {Stage} stage  @param {Stage["lens"]} at */
function look(host, stage, at) {
  if (JSON.stringify(at) === JSON.stringify(stage.lens)) return;
  stage.lens = at;
  draw(host, stage);
}

/** The unit under the pointer on a strip.  @param {HTMLElement} host  @param {Stage} stage  @param {MouseEvent} event */
function stripUnder(host, { picture }, event) {
  return picture && wide ? wide.stripUnder(host, picture.scene, event) : null;
}

/**
 * What the maps show, as far as it is there.
 * @param {HTMLElement} host
 * @param {Stage} stage
 * @returns {Surface | null}
 */
function surfaceFor(host, stage) {
  const { frame, context } = stage.shown;
  if (painter) return painter.surfaceOf(frame, context);
  import("./network/maps.js").then((module) => {
    painter = module;
    draw(host, stage);
  }, () => {});
  return null;
}

/** @param {Stage} stage  @param {Frame} frame  @param {import("./network/layout.js").Area} box */
function planFor(stage, frame, box) {
  const { run } = frame;
  const needed = run.layers.map(() => 0);
  // Where the unit pinned and the unit computed are too far apart to both have cards, it is the pinned one that was asked for.
  for (const { name, index } of [frame.active, frame.focus]) {
    const { layer, axes } = run.values[name];
    const unit = index[axes.indexOf("unit")];
    const input = index[axes.indexOf("input")];
    if (layer !== null && unit !== undefined) needed[layer] = unit;
    if (layer !== null && input !== undefined && layer > 0 && name !== frame.active.name) {
      needed[layer - 1] = input;
    }
  }
  const base = [run.id, box.width, box.height, box.present, box.digits, box.maps].join("|");
  const asked = `${base}|${needed}`;
  if (stage.plan?.asked === asked) return stage.plan;
  const layout = layoutNetwork(run, box, needed);
  // Most units have their card where the last one had: then all stays as it is drawn.
  const key = `${base}|${layout.columns.map(({ more }) => more?.first ?? 0)}`;
  stage.plan = stage.plan?.key === key
    ? { ...stage.plan, asked }
    : { asked, key, layout, wires: placeWires(layout.columns) };
  return stage.plan;
}

/**
 * Everything about a moment that does not depend on progress.
 * @param {Stage} stage
 * @param {{ layout: Layout, wires: Place[] }} plan
 * @param {{ frame: Frame, context: Context, before: Moment | null, arrived: boolean }} shown
 */
function prepare(stage, { layout, wires }, { frame, context, before, arrived }) {
  const litNames = new Set([...frame.reads, ...frame.written].map(({ name }) => name));
  /** @type {Scene} */
  const scene = {
    ...{ frame, context, layout, litNames, before, arrived },
    focus: formatAddress(frame.focus),
    note: notes?.drawNote,
    more: wide?.drawMore,
  };
  const routes = routesOf(scene);
  const wave = before && before.frame < frame.moment.frame ? alongside(scene) : [];
  const pointed = [...wiresNamed(frame, context), ...stage.pointed ? [stage.pointed] : []];
  const names = wireNames(scene);
  const shown = wires.filter(({ layer, unit, input }) =>
    pointed.some((at) => layer === at.layer && unit === at.unit && (at.input === null || input === at.input))
  );
  const all = context.state.wires ? telling(frame, layout, wires, names) : [];
  return {
    scene,
    routes,
    wave,
    labels: placeLabels(scene, routes.wires, shown, { wires: all, names }),
    names,
  };
}

/**
 * Between two layers, the wires whose numbers there is room for: those that carry most.
 * @param {Frame} frame
 * @param {Layout} layout
 * @param {Place[]} wires
 * @param {(string | null)[]} names
 * @returns {Place[]}
 */
function telling(frame, { columns, height, font }, wires, names) {
  const cards = columns.map((column) => new Set(column.cards.map(({ unit }) => unit)));
  const room = Math.floor(height / (2.2 * font));
  const size = (/** @type {Place} */ wire) => Math.abs(frame.value(wireCell(names, wire)) ?? 0);
  return [...Map.groupBy(wires, ({ layer }) => layer).entries()].flatMap(([layer, group]) => {
    const own = group.filter(({ unit, input }) => cards[layer].has(unit) && cards[layer - 1].has(input));
    return own.length <= room ? own : own.sort((a, b) => size(b) - size(a)).slice(0, room);
  });
}

/**
 * Wires whose number is explained, or pointed at by a lesson: it has to be seen where it is.
 * @param {Frame} frame
 * @param {Context} context
 * @returns {Pointed[]}
 */
function wiresNamed({ run, focus }, { state }) {
  const named = state.pointed.map(parseAddress).filter((cell) => cell !== null && cell.name in run.values);
  return [focus, .../** @type {Address[]} */ (named)].flatMap(({ name, index }) => {
    const { layer, axes } = run.values[name];
    if (layer === null || axes.join() !== "unit,input") return [];
    return [{ layer, unit: index[0], input: index[1] }];
  });
}

/**
 * Routes of the other units of an assignment that is made in one go.
 * @param {Scene} scene
 * @returns {Routes[]}
 */
function alongside(scene) {
  const { frame, context, layout } = scene;
  const { layer } = frame.run.values[frame.call.writes];
  const cards = layer === null ? [] : layout.columns[layer].cards;
  if (frame.moment.unit !== unitCount(frame.run, frame.moment.frame) - 1) return [];
  return cards.filter(({ unit }) => unit !== frame.moment.unit).flatMap(({ unit }) => {
    const other = frameAt({ ...context.state, cursor: { ...frame.moment, unit }, focus: null });
    return other ? [routesOf({ ...scene, frame: other })] : [];
  });
}

/** @param {(string | null)[]} names  @param {{ layer: number, unit: number, input: number }} wire */
function wireCell(names, { layer, unit, input }) {
  return { name: names[layer] ?? "", index: [unit, input] };
}

/** What is painted rather than styled has to be painted again.  @param {Document} document  @param {() => void} call */
function onTheme(document, call) {
  new MutationObserver(call).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", call);
}

/** @param {HTMLElement} host */
function isHost(host) {
  return host.firstElementChild?.classList.contains("stage-canvas") ?? false;
}

/** @param {HTMLElement} host */
function build(host) {
  host.classList.add("network");
  patch(host, [
    html("canvas", { class: "stage-canvas", "aria-hidden": "true" }),
    svg("svg", { class: "stage-layer calm", "aria-hidden": "true" }),
    svg("svg", { class: "stage-layer lit", "aria-hidden": "true" }),
    svg("svg", { class: "stage-layer traced", "aria-hidden": "true" }),
    html("div", { class: "stage-cards" }),
    svg("svg", { class: "stage-layer motion", "aria-hidden": "true" }),
    html("div", { class: "stage-layer glass", "aria-hidden": "true" }),
  ]);
}

/** Is this part to be drawn again?  @param {Stage} stage  @param {string} part  @param {unknown} key */
function changed(stage, part, key) {
  if (stage.drawn.get(part) === key) return false;
  stage.drawn.set(part, key);
  return true;
}

/**
 * The weight of the wire that was clicked.
 * @param {HTMLElement} host
 * @param {Stage} stage
 * @param {MouseEvent} event
 * @returns {Address | null}
 */
function weightUnder(host, stage, event) {
  const wire = wireUnder(host, stage, event);
  const name = wire && placeValues(stage.shown.frame.run).layers[wire.layer].wire[0];
  return name ? { name, index: [wire.unit, wire.input] } : null;
}

/** @param {HTMLElement} host  @param {Stage} stage  @param {MouseEvent} event  @returns {Place | null} */
function wireUnder(host, stage, event) {
  if (!stage.plan || /** @type {Element} */ (event.target).closest(".card, .wire-label, .more")) return null;
  const { left, top } = host.getBoundingClientRect();
  return wireAt(stage.plan.wires, { x: event.clientX - left, y: event.clientY - top }, 5);
}

/** @param {Event} event */
function cellUnder(event) {
  const cell = /** @type {Element} */ (event.target).closest("[data-address]");
  return cell ? parseAddress(cell.getAttribute("data-address") ?? "") : null;
}

/**
 * The unit or the wire under the pointer or the keyboard's focus.
 * @param {HTMLElement} host
 * @param {Stage} stage
 * @param {Event} event
 * @returns {Pointed | null}
 */
function pointedAt(host, stage, event) {
  const target = /** @type {Element} */ (event.target);
  const holder = /** @type {HTMLElement | null} */ (target.closest("[data-unit]"));
  if (holder) {
    const { layer, unit, input } = holder.dataset;
    // A label belongs to the wires already shown: going to it must not take them away.
    if (
      input !== undefined && stage.pointed?.layer === Number(layer) && stage.pointed.unit === Number(unit)
    ) return stage.pointed;
    return { layer: Number(layer), unit: Number(unit), input: input === undefined ? null : Number(input) };
  }
  const wire = event instanceof PointerEvent ? wireUnder(host, stage, event) : null;
  return wire && { layer: wire.layer, unit: wire.unit, input: wire.input };
}
