/**
 * Starts the page and wires its parts: address and form to state, state to server, frames to views. Nothing is global;
 * what the page shows can be read off the document (on <body> `data-run` of what is drawn, `data-step`, `data-frame`,
 * `data-unit` and `data-term` of where the playhead is, and `data-ready` once that is what is drawn; `data-address` and
 * `data-value` on every number).
 *
 * @import { Context, Frame, Place, Run, Spec, StageContext, State } from "./types.d.ts"
 * @import { WhyContext } from "./views/why/scene.js"
 */
import { createApi, problemOf } from "./api.js";
import { createControls } from "./controls.js";
import { showDigits } from "./draw/format.js";
import { createExplanations } from "./explanations.js";
import { createFeed } from "./feed.js";
import { createGuide } from "./guide.js";
import { createHeader } from "./header.js";
import { createTranslate } from "./i18n.js";
import { isTaken, meaning } from "./keys.js";
import { runKey, shownRun } from "./needs.js";
import { browserClock, createPlayer, settled } from "./player.js";
import { alike, minimal } from "./spec.js";
import { sheet } from "./sheets.js";
import { createStage, viewOf } from "./stage.js";
import { initialState, reduce } from "./state.js";
import { createStore } from "./store.js";
import { formatAddress, frameAt, parseAddress } from "./trace.js";
import { createTexts } from "./texts.js";
import { createTransport } from "./transport.js";
import { format, onChange, placeOf, read, toAction, write } from "./url.js";
import { renderData } from "./views/data.js";
import { createViews } from "./views/index.js";
import {
  renderBadge,
  renderMoment,
  renderRowPicker,
  renderStageTools,
  renderTabs,
  sentence,
} from "./views/moment.js";
import { renderStatus } from "./views/status.js";
import { timeline } from "./views/timeline.js";
import { renderTraining } from "./views/training.js";
import { needs as explanationFor, why } from "./views/why.js";

/** The address bar follows once the page has come to rest for so long, and so does the spoken sentence. Milliseconds. */
const ADDRESS_REST = 200, SPEECH_REST = 350;

/** Runs that can be looked back at. */
const EARLIER = 5;

const language = document.documentElement.lang.startsWith("zh") ? "zh" : "en";
/** @type {Record<string, string>} */
const messages = JSON.parse(byId("messages").textContent ?? "{}");
const t = createTranslate(messages, language);
const form = /** @type {HTMLFormElement} */ (byId("experiment-form"));
/** @type {Spec} */
const seed = JSON.parse(form.dataset.seed ?? "{}");
const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const clock = browserClock();

const api = createApi({ language });
const store = createStore(reduce, initialState);
const { dispatch, getState } = store;
const player = createPlayer({
  getState,
  dispatch,
  draw: drawMoment,
  isReady: (state) => frameAt(state) !== null,
  reducedMotion: () => stillness.matches,
  clock,
});
const explanations = createExplanations(api, requestDraw);
const feed = createFeed(store, api, { seed, refused: (problem) => controls.refuse(problem) });
/** Arrays that were left out of an answer are rare: what fetches them comes with the first of them. */
let fillIn = () => {
  const { trace } = getState();
  if (trace.status !== "ready" || !trace.value.truncated) return;
  fillIn = () => {};
  import("./large.js").then(({ createLarge }) => {
    fillIn = createLarge(store, api);
    fillIn();
  });
};
const header = createHeader({
  t,
  fragment: () => format(placeOf(getState())),
  open: (spec) => {
    dispatch({ type: "start" });
    lastOpened = spec;
    openSpec(spec);
  },
});
const texts = createTexts(messages, language, api);
const controls = createControls({
  form,
  t,
  propose: feed.propose,
  reset: () => {
    dispatch({ type: "start" });
    openSpec({ ...getState().spec, edits: [] });
  },
  begin: () => dispatch({ type: "start" }),
  restore: () => openSpec(lastOpened),
  rows: batchRows,
  texts,
});
const views = createViews(requestDraw, texts, "saved" in document.body.dataset);
const showStage = createStage(byId("stage"), views);
const showTransport = createTransport(dispatch, getState, t, language);
const guide = createGuide({
  texts,
  t,
  language,
  api,
  seed,
  getState,
  dispatch,
  subscribe: store.subscribe,
  frame: () => frameAt(getState()) ?? shown,
  open: (place) => {
    lastOpened = place.spec ?? {};
    controls.discard();
    goTo(place);
  },
  propose: openSpec,
  showExperiment: header.showExperiment,
  exampleOf: (run) => header.examples.find((example) => alike(example.spec, run.spec))?.name ?? null,
});
/** What trains, and what says when that stops, come with the first wish for either. */
let course = async () => {
  course = async () => {};
  const [{ createTrainer }, { createStops }] = await Promise.all([
    import("./course/trainer.js"),
    import("./course/stops.js"),
    texts("course"),
    sheet("course"),
  ]);
  createTrainer({ store, api, clock, t });
  createStops({ host: byId("stop-menu"), store, t });
};
byId("stop-when").addEventListener("click", () => course());
// Only a page inside another one has a clock to keep to, and the list of moments comes when it is first opened.
if (window.parent !== window) import("./clock.js").then(({ keepTime }) => keepTime(store));
byId("jump").addEventListener("toggle", async () => {
  const { createMilestones } = await import("./milestones.js");
  createMilestones({ api, dispatch, run: () => shownRun(getState()), t });
}, { once: true });

/** The example that Reset leads back to. @type {Spec} */
let lastOpened = {};
/** What the stage shows; stays there while the next is on its way. @type {Frame | null} */
let shown = null;
/** @type {{ run: Run | null, step: number | null }} */
const last = { run: null, step: null };
/** @type {ReturnType<typeof import("./inquiries.js").createInquiries> | null} */
let inquiries = null;
/** The runs that were on the stage before this one, the last first. @type {readonly Run[]} */
let earlier = [];
let requested = false;

const writeAddress = settled(() => write(getState()), ADDRESS_REST);
const speak = settled(() => {
  const frame = frameAt(getState());
  if (!frame || getState().playing) return;
  byId("spoken").textContent = sentence(frame, t, last.step);
  last.step = frame.moment.step;
}, SPEECH_REST);

store.subscribe((state, before) => {
  feed.stateChanged(state);
  fillIn();
  if (state.training || state.stop) course();
  player.stateChanged();
  if (state.cursor !== before.cursor && before.run.status === "ready") byId("hint").hidden = true;
  if (state.present !== before.present) header.showExperiment(state.present ? "closed" : "auto");
  if (state.digits !== before.digits) writeAnew(state.digits);
  writeAddress();
  speak();
  requestDraw();
});

/** Once in the next animation frame, however much changes until then. */
function requestDraw() {
  if (requested) return;
  requested = true;
  clock.requestFrame(() => {
    requested = false;
    draw();
  });
}

function draw() {
  const state = getState();
  const frame = frameAt(state) ?? arrived(state);
  const run = shownRun(state) ?? shown?.run ?? null;
  if (run && run !== last.run) showRun(run);
  if (frame) shown = frame;
  const context = contextOf(state);
  if (shown) {
    renderBadge(byId("badge"), shown, context);
    renderRowPicker(byId("row-picker"), shown, context);
    renderMoment(byId("moment"), shown, context);
    renderStageTools(byId("stage-tools"), shown, viewOf(views, state), context);
    renderData(byId("data-picture"), shown, context);
    timeline.render(byId("timeline"), shown, context);
  }
  // Until a step of the new run is there, the curve too stays that of the run on the stage.
  if (run && (!shown || shown.run.id === run.id)) renderTraining(byId("training"), run, context);
  renderTabs(byId("views"), views, context);
  renderStatus(byId("face"), shown, context);
  showTransport(state);
  drawMoment();
  mark(state);
}

/** What moves: the stage and the explanation, at the progress the transition has come to. */
function drawMoment() {
  const state = getState();
  const frame = frameAt(state);
  if (frame) shown = frame;
  if (!shown) return;
  // A frame that only fills the time until the next one arrives does not move.
  const context = { ...contextOf(state), progress: frame ? player.progress() : 1 };
  inquiries?.round();
  showStage(shown, { ...context, ask, askAgain: () => inquiries?.retry(), earlier });
  explanations.want(shown.run, frame && !state.playing ? explanationFor(frame, language) : null);
  /** @type {WhyContext} */
  const asked = { ...context, explanation: explanations.current() };
  why.render(byId("why"), shown, asked);
}

/**
 * While the playhead is ahead of what has come: the frame of the step that has.
 * @param {State} state
 * @returns {Frame | null}
 */
function arrived(state) {
  if (state.run.status !== "ready" || state.trace.status !== "ready") return null;
  return frameAt({ ...state, cursor: { ...state.cursor, step: state.trace.value.step } });
}

/** @param {State} state @returns {Context} */
function contextOf(state) {
  return {
    state,
    dispatch,
    t,
    texts,
    language,
    progress: player.progress(),
    reducedMotion: stillness.matches,
  };
}

/** @param {Run} run */
function showRun(run) {
  if (last.run) earlier = [last.run, ...earlier].filter(({ id }) => id !== run.id).slice(0, EARLIER);
  last.run = run;
  controls.show(run);
  header.showExample(header.examples.find((example) => alike(example.spec, run.spec))?.name ?? null);
  showRestore(run);
}

/** The way back to what was opened, once something has been changed. @param {Run} run */
function showRestore(run) {
  const opened = header.examples.find(({ spec }) => alike(spec, { ...seed, ...lastOpened }));
  const button = byId("restore");
  button.hidden = alike(run.spec, { ...seed, ...lastOpened });
  button.textContent = opened ? t("controls.restore", { name: opened.label }) : t("controls.restore_opened");
}

/** Asks the server for a view. What keeps the answers comes with the first question.  @type {StageContext["ask"]} */
function ask(asked) {
  if (inquiries) return inquiries.ask(asked);
  import("./inquiries.js").then(({ createInquiries }) => {
    inquiries ??= createInquiries(api, requestDraw);
    requestDraw();
  }, () => {});
  return { status: "loading", key: "", previous: null };
}

/** The moment, for tests and for style sheets. @param {State} state */
function mark(state) {
  const frame = frameAt(state);
  const run = shownRun(state);
  const { dataset } = document.body;
  dataset.run = shown?.run.id ?? "";
  dataset.step = String(state.cursor.step);
  dataset.unit = String(state.cursor.unit);
  dataset.term = state.cursor.term === undefined ? "" : String(state.cursor.term);
  dataset.frame = run?.program.calls[state.cursor.frame]?.writes ?? "";
  dataset.phase = frame?.call.phase ?? "";
  dataset.present = String(state.present);
  dataset.view = state.view;
  dataset.hide = state.hide.join(" ");
  dataset.veil = state.veil.join(" ");
  dataset.ready = String(frame !== null && (viewOf(views, state).isReady?.() ?? true));
}

/** Every number again, with so many digits. @param {number | null} digits */
function writeAnew(digits) {
  showDigits(digits);
  // An empty place is drawn from scratch, whatever its view remembers.
  for (const id of ["stage", "why"]) byId(id).replaceChildren();
}

/** @param {Spec} spec */
function openSpec(spec) {
  controls.discard();
  feed.propose(spec);
}

/** @param {Element | null} place  @returns {import("./types.d.ts").Address | null}  of the number there */
function addressAt(place) {
  const text = /** @type {HTMLElement | null} */ (place?.closest("[data-address]"))?.dataset.address;
  return text === undefined ? null : parseAddress(text);
}

/**
 * A field for the number at a place: over its cell on the stage, or in the panel that explains it.
 * @param {Element | null} place
 * @param {boolean} [quiet]  say nothing where the number cannot be changed
 */
async function editNumber(place, quiet = false) {
  // A page saved to a file has nothing that would compute another run.
  if (document.body.dataset.saved) return;
  const cell = addressAt(place), stage = byId("stage");
  if (cell) dispatch({ type: "focus", address: cell });
  const address = cell ?? shown?.focus;
  const onStage = address && stage.querySelector(`[data-address="${formatAddress(address)}"]`);
  if (onStage && !byId("why").contains(place)) {
    const [{ editInPlace }] = await Promise.all([import("./inplace.js"), texts("inplace"), sheet("inplace")]);
    if (shown) editInPlace({ stage, address, frame: shown, store, t, quiet });
    return;
  }
  clock.requestFrame(() =>
    clock.requestFrame(() => {
      const field = /** @type {HTMLInputElement | null} */ (byId("why").querySelector(".why-editor input"));
      field?.focus();
      field?.select();
    })
  );
}

/** The data as far as the page has them: the batch, if it is all of them. */
function batchRows() {
  const a0 = shown?.trace.values.a0, y = shown?.trace.values.y;
  if (!shown || !a0?.data || !y?.data || shown.trace.batch.length !== shown.run.examples) return null;
  return { x: rowsOf(a0.data, a0.shape), y: rowsOf(y.data, y.shape) };
}

/** @param {Float64Array} data @param {number[]} shape @returns {number[][]} */
function rowsOf(data, [count, width]) {
  return Array.from({ length: count }, (_, n) => [...data.subarray(n * width, (n + 1) * width)]);
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (event.defaultPrevented || isTaken(event.key, target)) return;
  const said = meaning(event, getState());
  if (!said) return;
  // An open dialog has the keys to itself, but for the one that shuts it.
  const shuts = "command" in said && said.command === "help";
  if (document.querySelector("dialog[open]") && !shuts) return;
  event.preventDefault();
  if ("action" in said) dispatch(said.action);
  else if (said.command === "help") header.toggleHelp();
  else if (said.command === "theme") header.changeTheme();
  else if (said.command === "edit") editNumber(target);
  else if (said.command === "pointer") guide.togglePointer();
  else if (said.command === "glossary") guide.openGlossary(target);
  else header.toggleExperiment();
});
const stage = byId("stage");
/** @param {Event} event  @returns {Element | null} */
const under = ({ target }) => target instanceof Element ? target : null;
stage.addEventListener("dblclick", (event) => editNumber(under(event)));
/** A finger that touches the number it has chosen before wants to change it. */
let again = false;
stage.addEventListener("pointerdown", (event) => {
  const address = addressAt(under(event)), { focus } = getState();
  again = event.pointerType === "touch" && address !== null && focus !== null &&
    formatAddress(address) === formatAddress(focus);
});
stage.addEventListener("click", (event) => again && editNumber(under(event), true));
document.addEventListener("visibilitychange", () => player.visibilityChanged(document.hidden));
stillness.addEventListener("change", () => player.finish());
onChange((place) => {
  controls.discard();
  goTo(place);
});

byId("skip").addEventListener("click", (event) => {
  // Following the link would overwrite the moment in the address.
  event.preventDefault();
  byId("stage-panel").focus();
});

// On a small screen the player floats: the page leaves as much room below as it takes.
new ResizeObserver(([entry]) => {
  const height = `${Math.ceil(entry.borderBoxSize[0].blockSize)}px`;
  document.documentElement.style.setProperty("--player-height", height);
}).observe(byId("player"));

const mathFont = /** @type {HTMLLinkElement | null} */ (document.getElementById("math-font"));
if (mathFont) {
  const font = new FontFace("STIX Two Math", `url("${mathFont.href}")`, { display: "swap" });
  document.fonts.add(font);
  font.load().then(requestDraw, () => {});
}

const place = read();
lastOpened = place.spec ?? {};
byId("hint").hidden = Object.keys(place).length > 0;
goTo(place);
requestDraw();

/** A place may name a run that the server was given; from there on the address says its experiment. @param {Place} place */
function goTo(place) {
  if (place.run === undefined || place.spec !== undefined) {
    dispatch(toAction(place));
    feed.stateChanged(getState());
    return;
  }
  api.getRun(place.run).then(
    ({ spec }) => goTo({ ...place, spec: minimal(/** @type {Spec} */ (spec), seed) }),
    (error) => {
      const problem = problemOf(error);
      const key = runKey({});
      dispatch(toAction({ ...place, spec: {} }));
      dispatch({ type: "run/loading", key, spec: {} });
      if (problem) dispatch({ type: "run/failed", key, problem });
    },
  );
}
