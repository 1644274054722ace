/**
 * Runs a lesson on the page: what it sets is set, what it points at is ringed, what it asks for is kept from sight, what
 * it waits for is watched. How far the reader has come is decided in progress.js, how it looks in view.js.
 *
 * @import { Desk } from "../desk.d.ts"
 * @import { Spotlight } from "../spotlight.js"
 * @import { Answer, Ask, Event, Lesson, NumberRef, Place, Progress, Seen, Truth } from "./lesson.d.ts"
 * @import { Frame, Run, State, Trace } from "../../types.d.ts"
 */
import { create, html } from "../../draw/dom.js";
import { shownRun } from "../../needs.js";
import { browserClock } from "../../player.js";
import { say } from "../../toast.js";
import { formatAddress, known, parseAddress, unitOf, valueAt, writtenBy } from "../../trace.js";
import { placeOf } from "../../url.js";
import { glossaryOf, openGlossary } from "../glossary.js";
import { elementOf, numberOf, selectorOf } from "../point.js";
import { createSpotlight } from "../spotlight.js";
import { termById } from "../vocabulary.js";
import { momentOf } from "./judge.js";
import { keepOwn } from "./own.js";
import { advance, placeAt, stepOf, veiled } from "./progress.js";
import { drawLesson } from "./view.js";
import { inLanguage, pieces } from "./wording.js";

/** A unit beyond every layer: the page goes to the last there is. */
const BEYOND = 1e9;

/** What a reader does who looks for something by himself. */
const READER = ["pointerdown", "wheel", "keydown"];

/** @type {{ stop: () => void, name: string | null } | null} */
let running = null;

/** The built-in lesson under way, without its step; null for another, or none.  @returns {string | null} */
export function nameOfRunning() {
  return running?.name ?? null;
}

export function stopLesson() {
  running?.stop();
}

/**
 * @param {Desk} desk
 * @param {Lesson} lesson
 * @param {{ name?: string | null, at?: number, restored?: boolean }} [options]  `name` of a built-in lesson; `restored`
 *   if a link has brought the page to where it should be already
 */
export function startLesson(desk, lesson, { name = null, at = 0, restored = false } = {}) {
  stopLesson();
  const { dispatch, getState, subscribe, api, language, t } = desk;
  const clock = browserClock();
  const host = /** @type {HTMLElement} */ (create(
    html("section", { id: "lesson", class: "lesson", tabindex: -1, "aria-label": t("guide.lesson.label") }),
  ));
  document.querySelector("main")?.prepend(host);
  document.body.dataset.lesson = "open";

  /** @type {Progress | null} */
  let progress = null;
  /** @type {Spotlight[]} */
  let lights = [];
  /** Traces of other steps that texts and questions are about. @type {Map<string, Trace | "asked">} */
  const traces = new Map();
  let requested = false;
  /** What is pointed at is kept in sight while the page settles, until the reader does something. */
  let arriving = true;
  /** Has the step opened the experiment? Null before the first. @type {boolean | null} */
  let experiment = null;

  /** @param {Event} event */
  const send = (event) => {
    const before = progress;
    progress = advance(progress, event);
    if (progress === before || progress === null) return;
    if (before?.at !== progress.at || event.type === "start") enter(event);
    if (event.type === "answer") {
      arriving = true;
      reveal(stepOf(progress).ask);
      document.getElementById("why-panel")?.scrollTo({ top: 0 });
    }
    dispatch({ type: "veil", veil: addressesVeiled(progress) });
    veilParts(progress);
    requestDraw();
  };

  /** @param {Event} event  how one came here */
  const enter = (event) => {
    if (progress === null) return;
    dispatch({ type: "pause" });
    const { lesson, at } = progress;
    if (event.type === "next") {
      if (lesson.steps[at].set) goTo(/** @type {Place} */ (lesson.steps[at].set));
    } else if (!(event.type === "start" && restored)) goTo(placeAt(lesson, at));
    if (name) dispatch({ type: "lesson", lesson: at ? `${name}.${at + 1}` : name });
    else keepOwn({ lesson, at });
    pointAt([stepOf(progress).point ?? []].flat());
  };

  /** @param {string[]} pointers */
  const pointAt = (pointers) => {
    dispatch({ type: "point", pointed: pointers.filter((pointer) => parseAddress(pointer) !== null) });
    for (const light of lights) light.remove();
    arriving = true;
    document.getElementById("why-panel")?.scrollTo({ top: 0 });
    if (pointers.length === 0) scrollTo({ top: 0 });
    // Where the last step pointed is nobody's business; what comes first is what is looked at first.
    lights = pointers.map((pointer, k) => {
      const find = () => elementOf(pointer, desk.frame());
      const light = createSpotlight({
        moved: (box) =>
          box && arriving && k === 0 && find()?.scrollIntoView({ block: "nearest", inline: "nearest" }),
      });
      light.on(find);
      return light;
    });
    roomFor(pointers);
  };

  /** The lesson stands in for the experiment, but where a step is about a field of it.  @param {string[]} pointers */
  const roomFor = (pointers) => {
    const wait = progress && stepOf(progress).wait;
    const named = [...pointers, ...wait?.for === "change" ? [`field:${wait.field}`] : []];
    const wanted = named.some((pointer) => /^(field:|panel:(experiment|data)$)/.test(pointer));
    if (wanted === experiment) return;
    experiment = wanted;
    desk.showExperiment(wanted ? "open" : "closed");
  };

  /** @param {Place} place  what it does not mention stays as it is, unless an experiment begins */
  const goTo = (place) => {
    const state = getState();
    const { present, digits, hide, lesson } = state;
    const kept = {
      present,
      hide,
      ...digits === null ? {} : { digits },
      ...lesson === null ? {} : { lesson },
    };
    const here = place.spec ? kept : { ...placeOf(state), ...kept };
    const goes = place.step !== undefined || place.frame !== undefined;
    const { unit, focus, ...rest } = place;
    const address = focus === undefined ? null : parseAddress(focus);
    const next = {
      ...here,
      ...goes ? { unit: 0, term: undefined, focus: undefined } : {},
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined)),
      ...unit === undefined ? {} : { unit: unit === "last" ? BEYOND : unit },
      ...address ? { focus: address } : {},
    };
    // A place has a field or it has not; one that holds nothing is none.
    desk.open(
      /** @type {import("../../types.d.ts").Place} */ (
        Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined))
      ),
    );
  };

  /** @param {Ask | undefined} ask */
  const reveal = (ask) => {
    const to = ask?.reveal;
    const run = shownRun(getState());
    if (!to || !run) return;
    if (to.by) {
      dispatch({ type: "move", by: to.by, direction: 1 });
      // Who has wandered off comes to the number all the same.
      const cell = ask.kind !== "choice" && typeof ask.of === "string" ? parseAddress(ask.of) : null;
      if (cell && !known(run, getState().cursor, cell)) {
        const unit = unitOf(run.values[cell.name], cell.index);
        dispatch({ type: "goto", moment: { frame: writtenBy(run, cell.name), unit } });
      }
    } else {
      const moment = momentOf(to, run, getState().cursor);
      dispatch({ type: "goto", moment: to.frame === undefined ? { step: moment.step } : moment });
    }
  };

  /** @param {Progress} progress  what belongs to the page itself is hidden by name */
  const veilParts = (progress) => {
    const selectors = veiled(progress).map(selectorOf).filter((selector) => selector !== null);
    for (const element of document.querySelectorAll("[data-veiled]")) element.removeAttribute("data-veiled");
    for (const selector of selectors) {
      for (const element of document.querySelectorAll(selector)) element.setAttribute("data-veiled", "");
    }
  };

  /**
   * A number of this run, at any step; undefined while it is on its way.
   * @param {string} address
   * @param {number | null} step  null for the one on the page
   * @returns {{ value: number | undefined, known: boolean }}
   */
  const number = (address, step) => {
    const cell = parseAddress(address);
    const frame = desk.frame();
    const run = shownRun(getState());
    if (!cell || !frame || !run || frame.run.id !== run.id) return { value: undefined, known: false };
    if (step === null) return { value: frame.value(cell), known: frame.known(cell) };
    const trace = traceOf(run, step);
    const tensor = trace?.values[cell.name];
    return { value: tensor && valueAt(tensor, cell.index), known: trace !== null };
  };

  /** @param {Run} run  @param {number} step  @returns {Trace | null} */
  const traceOf = (run, step) => {
    const key = `${run.id}/${step}`;
    const there = traces.get(key) ?? api.cachedTrace(run, step);
    if (there && there !== "asked") return there;
    if (!there && step < run.steps) {
      traces.set(key, "asked");
      api.getTrace(run, step).then((trace) => {
        traces.set(key, trace);
        requestDraw();
      }, () => traces.delete(key));
    }
    return null;
  };

  /** @param {NumberRef | number | undefined} of  @returns {number | undefined} */
  const exact = (of) => {
    if (of === undefined || typeof of === "number") return of;
    return typeof of === "string" ? number(of, null).value : number(of.number, of.step).value;
  };

  /** @param {Ask} ask  @returns {Truth | null | undefined}  null where no number is asked for, undefined while it is not there */
  const truthOf = (ask) => {
    if (ask.kind === "choice") return null;
    const of = exact(ask.of);
    if (of === undefined) return undefined;
    if (ask.kind !== "compare") return { of };
    const other = exact(ask.with);
    return other === undefined ? undefined : { of, with: other };
  };

  /** @param {Answer} answer */
  const answer = (answer) => {
    const ask = progress && stepOf(progress).ask;
    const truth = ask && truthOf(ask);
    if (truth === undefined) return say(t("status.loading"));
    send({ type: "answer", answer, truth });
  };

  /** @param {string[]} clicked  @returns {Seen | null} */
  const seen = (clicked) => {
    const { run, cursor, example } = getState();
    const wait = progress && stepOf(progress).wait;
    if (run.status !== "ready" || !wait) return null;
    const value = wait.for === "value" ? number(wait.of, null).value ?? null : null;
    if (wait.for === "value" && value === null) return null;
    return { run: run.value, spec: run.value.spec, moment: cursor, example, value, clicked };
  };
  /** @param {string[]} [clicked] */
  const look = (clicked = []) => {
    const now = seen(clicked);
    if (now) send({ type: "see", seen: now });
  };

  const requestDraw = () => {
    if (requested) return;
    requested = true;
    clock.requestFrame(() => {
      requested = false;
      if (running?.stop !== stop || progress === null) return;
      // What the texts will say once the answer is given had better be there by then.
      for (const step of stepsIn(progress)) {
        if (shownRun(getState())) traceOf(/** @type {Run} */ (shownRun(getState())), step);
      }
      drawLesson(host, { progress, desk, number, truthOf, answer, send, stop, again, termName, openTerm });
      if (progress.answer !== null && arriving) {
        host.querySelector(".lesson-verdict")?.scrollIntoView({ block: "nearest" });
      }
    });
  };
  /** @type {import("../terms.d.ts").Glossary | null} */
  let glossary = null;
  glossaryOf(desk).then((found) => {
    glossary = found;
    requestDraw();
  }, () => {});
  const termName = (/** @type {string} */ id) => (glossary && termById(glossary, id)?.name) ?? id;
  const openTerm = (/** @type {string} */ id) => void openGlossary(desk, id);
  const again = () => {
    if (progress) goTo(placeAt(progress.lesson, progress.at));
  };

  /** @param {globalThis.Event} event */
  const clicked = (event) => {
    const wait = progress && stepOf(progress).wait;
    const target = /** @type {Element} */ (event.target);
    if (!wait || wait.for !== "click" || host.contains(target)) return;
    const frame = desk.frame();
    const hit = [wait.on].flat().filter((pointer) => frame && isAt(pointer, target, frame));
    if (hit.length) look(hit);
  };
  document.addEventListener("click", clicked, { capture: true });
  const touched = () => arriving = false;
  for (const name of READER) document.addEventListener(name, touched, { capture: true, passive: true });

  const unsubscribe = subscribe((/** @type {State} */ state) => {
    if (name && state.lesson === null) return stop();
    look();
    requestDraw();
  });

  const stop = () => {
    if (running?.stop !== stop) return;
    running = null;
    if (!name) keepOwn(null);
    unsubscribe();
    document.removeEventListener("click", clicked, { capture: true });
    for (const name of READER) document.removeEventListener(name, touched, { capture: true });
    for (const light of lights) light.remove();
    for (const element of document.querySelectorAll("[data-veiled]")) element.removeAttribute("data-veiled");
    const hadFocus = host.contains(document.activeElement);
    host.remove();
    delete document.body.dataset.lesson;
    for (const panel of lesson.steps.flatMap(({ set }) => set?.hide ?? [])) {
      dispatch({ type: "hide", panel, hidden: false });
    }
    dispatch({ type: "veil", veil: [] });
    dispatch({ type: "point", pointed: [] });
    desk.showExperiment(getState().present ? "closed" : "auto");
    dispatch({ type: "lesson", lesson: null });
    if (hadFocus) document.getElementById("learn")?.focus();
  };
  running = { stop, name };
  send({ type: "start", lesson, at });
  host.focus({ preventScroll: true });

  /** @param {Progress} progress  @returns {Set<number>}  other steps that its texts and its question name */
  function stepsIn(progress) {
    const { say, ask } = stepOf(progress);
    const texts = [say, ask?.question, ask?.right, ask?.wrong].map((text) => inLanguage(text, language));
    const named = texts.flatMap(pieces).flatMap((piece) =>
      piece.kind === "number" && piece.step !== null ? [piece.step] : []
    );
    const asked = ask && ask.kind !== "choice" ? [ask.of, ask.kind === "compare" ? ask.with : 0] : [];
    return new Set([...named, ...asked.flatMap((of) => typeof of === "object" ? [of.step] : [])]);
  }
}

/**
 * The addresses among what is veiled, as the page knows them.
 * @param {Progress} progress
 * @returns {string[]}
 */
function addressesVeiled(progress) {
  return veiled(progress).filter((pointer) => parseAddress(pointer) !== null);
}

/** Was what a pointer names clicked?  @param {string} pointer  @param {Element} target  @param {Frame} frame */
function isAt(pointer, target, frame) {
  const cell = numberOf(pointer, frame);
  if (cell) return target.closest("[data-address]")?.getAttribute("data-address") === formatAddress(cell);
  return elementOf(pointer, frame)?.contains(target) ?? false;
}
