/**
 * The player's buttons, the size of a move, and the speed: from the page to actions, and back from the state.
 *
 * @import { Action, Granularity, State, Translate } from "./types.d.ts"
 */
import { compare, end, start } from "./moments.js";
import { shownRun } from "./needs.js";

/**
 * @param {(action: Action) => void} dispatch
 * @param {() => State} getState
 * @param {Translate} t
 * @param {string} language
 * @returns {(state: State) => void}  shows a state
 */
export function createTransport(dispatch, getState, t, language) {
  const play = byId("play");
  const speed = /** @type {HTMLInputElement} */ (byId("speed"));
  const radios = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("#by input"));

  byId("to-start").addEventListener("click", () => dispatch({ type: "start" }));
  byId("to-end").addEventListener("click", () => dispatch({ type: "end" }));
  byId("move-back").addEventListener(
    "click",
    () => dispatch({ type: "move", by: getState().by, direction: -1 }),
  );
  byId("move-forward").addEventListener(
    "click",
    () => dispatch({ type: "move", by: getState().by, direction: 1 }),
  );
  play.addEventListener("click", () => dispatch({ type: getState().playing ? "pause" : "play" }));
  const train = byId("train");
  train.addEventListener("click", () => dispatch({ type: "train", on: !getState().training }));
  byId("look-inside").addEventListener("click", () => {
    dispatch({ type: "goto", moment: { frame: 0, unit: 0 } });
    if (/step|epoch/.test(getState().by)) dispatch({ type: "by", by: "unit" });
  });
  const goTo = /** @type {HTMLInputElement} */ (byId("go-to"));
  goTo.addEventListener("change", () => {
    const step = Math.round(Number(goTo.value));
    if (goTo.value !== "" && step >= 0) dispatch({ type: "goto", moment: { step } });
    goTo.value = String(getState().cursor.step);
  });
  for (const radio of radios) {
    radio.addEventListener(
      "change",
      () => dispatch({ type: "by", by: /** @type {Granularity} */ (radio.value) }),
    );
  }
  speed.addEventListener("input", () => dispatch({ type: "speed", speed: 2 ** Number(speed.value) }));
  for (const field of [speed, ...radios]) giveBackArrows(field);
  const undo = /** @type {HTMLButtonElement} */ (byId("undo")),
    redo = /** @type {HTMLButtonElement} */ (byId("redo"));
  undo.addEventListener("click", () => dispatch({ type: "undo" }));
  redo.addEventListener("click", () => dispatch({ type: "redo" }));
  offerComparison(getState, language);

  return (state) => {
    const run = shownRun(state);
    const begun = run === null || compare(state.cursor, start(run, state.by)) <= 0;
    disable("to-start", begun);
    disable("move-back", begun);
    const over = run === null || compare(state.cursor, end(run)) === 0;
    disable("to-end", over);
    disable("move-forward", over);
    play.setAttribute("aria-pressed", String(state.playing));
    byId("play-word").textContent = t(state.playing ? "player.pause" : "player.play");
    play.querySelector("use")?.setAttribute("href", state.playing ? "#icon-pause" : "#icon-play");
    train.setAttribute("aria-pressed", String(state.training));
    byId("train-word").textContent = t(state.training ? "player.pause" : "training.train");
    train.querySelector("use")?.setAttribute("href", state.training ? "#icon-pause" : "#icon-train");
    if (run) goTo.max = String(run.steps - 1);
    if (document.activeElement !== goTo) goTo.value = String(state.cursor.step);
    undo.disabled = state.past.length === 0;
    redo.disabled = state.future.length === 0;
    for (const radio of radios) radio.checked = radio.value === state.by;
    const exponent = String(Math.round(Math.log2(state.speed)));
    if (speed.value !== exponent) speed.value = exponent;
    speed.setAttribute("aria-valuetext", t("player.speed_value", { speed: state.speed }));
    speed.title = t("player.speed_value", { speed: state.speed });
  };
}

/**
 * The link to a comparison is made when it is about to be followed: it holds both experiments whole.
 * @param {() => State} getState
 * @param {string} language
 */
function offerComparison(getState, language) {
  const link = /** @type {HTMLAnchorElement} */ (byId("compare"));
  /** @type {State | null} */
  let linked = null;
  const update = async () => {
    const { comparison } = await import("./versions.js");
    linked = getState();
    link.href = comparison(linked, language);
  };
  for (const event of ["pointerdown", "focus"]) link.addEventListener(event, update);
  link.addEventListener("click", async (event) => {
    if (linked === getState()) return;
    event.preventDefault();
    await update();
    link.click();
  });
}

/**
 * A field set with the mouse does not keep the arrow keys: they move the playhead again. Reached by Tab it does.
 * @param {HTMLInputElement} field
 */
function giveBackArrows(field) {
  let byPointer = false;
  const label = field.closest("label") ?? field;
  label.addEventListener("pointerdown", () => byPointer = true);
  field.addEventListener("keydown", () => byPointer = false);
  label.addEventListener("click", () => {
    if (byPointer && document.activeElement === field) field.blur();
  });
}

/**
 * Out of use but still there for the keyboard: a disabled button would drop the focus.
 * @param {string} id
 * @param {boolean} disabled
 */
function disable(id, disabled) {
  byId(id).setAttribute("aria-disabled", String(disabled));
}

/** @param {string} id @returns {HTMLElement} */
function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
