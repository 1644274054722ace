/**
 * What a training stops at: the fields of the menu beside the loss curve, and where in this run that is.
 *
 * @import { State, StopWhen, Translate } from "../types.d.ts"
 * @import { Store } from "../store.js"
 * @import { Drawn } from "../draw/dom.js"
 */
import { html, icon, patch } from "../draw/dom.js";

const MONITORS = ["train_loss", "test_loss", "train_accuracy", "test_accuracy"];

/** What the menu begins with. @type {StopWhen} */
const NOTHING = Object.freeze({ monitor: "train_loss", goal: null, patience: null, least: 0 });

/**
 * @param {object} options
 * @param {HTMLElement} options.host
 * @param {Store} options.store
 * @param {Translate} options.t
 */
export function createStops({ host, store, t }) {
  const { getState, dispatch, subscribe } = store;
  let kept = getState().stop ?? NOTHING;
  /** @param {Partial<StopWhen>} parts */
  const set = (parts) => {
    kept = { ...kept, ...parts };
    const says = kept.goal !== null || kept.patience !== null;
    dispatch({ type: "stop", stop: says ? Object.freeze(kept) : null });
    draw();
  };
  const draw = () => patch(host, contents(getState(), kept, set, t));
  subscribe((state, before) => {
    if (state.stop !== before.stop) kept = state.stop ?? { ...NOTHING, monitor: kept.monitor };
    if (state.stop !== before.stop || state.halts !== before.halts || state.run !== before.run) draw();
  });
  draw();
}

/**
 * @param {State} state
 * @param {StopWhen} kept
 * @param {(parts: Partial<StopWhen>) => void} set
 * @param {Translate} t
 * @returns {Drawn[]}
 */
function contents(state, kept, set, t) {
  /** @param {"goal" | "patience" | "least"} name  @param {string} label  @param {Record<string, string | number>} [range] */
  const field = (name, label, range = {}) =>
    html(
      "label",
      { class: "field" },
      html("span", { class: "field-name" }, label),
      html("input", {
        type: "number",
        name: `stop-${name}`,
        step: "any",
        inputmode: "decimal",
        placeholder: name === "least" ? "0" : t("course.none"),
        value: kept[name] === null || (name === "least" && !kept.least) ? "" : String(kept[name]),
        ...range,
        on: {
          change: ({ target }) => {
            const { value } = /** @type {HTMLInputElement} */ (target);
            const number = value === "" ? null : Number(value);
            set({
              [name]: name === "least"
                ? Math.max(0, number ?? 0)
                : name === "patience" && number !== null
                ? Math.max(1, Math.round(number))
                : number,
            });
          },
        },
      }),
    );
  const up = kept.monitor.endsWith("accuracy");
  return [
    html(
      "label",
      { class: "field field-menu" },
      html("span", { class: "field-name" }, t("course.monitor")),
      html(
        "span",
        { class: "menu" },
        html(
          "select",
          {
            name: "stop-monitor",
            on: { change: ({ target }) => set({ monitor: /** @type {HTMLSelectElement} */ (target).value }) },
          },
          ...MONITORS.map((monitor) =>
            html("option", { value: monitor, selected: monitor === kept.monitor }, t(`course.${monitor}`))
          ),
        ),
        icon("down"),
      ),
    ),
    field("goal", t(up ? "course.goal_up" : "course.goal_down")),
    field("patience", t("course.patience"), { min: 1 }),
    kept.patience === null ? null : field("least", t("course.least"), { min: 0 }),
    html("div", { role: "status", class: "stop-found" }, ...found(state, t)),
    html("p", { class: "faint" }, t("course.always")),
    state.stop && html(
      "button",
      {
        type: "button",
        class: "button small",
        on: { click: () => set({ goal: null, patience: null, least: 0 }) },
      },
      t("course.clear"),
    ),
  ].filter((part) => part !== null);
}

/** Where in this run that is. @param {State} state  @param {Translate} t  @returns {Drawn[]} */
function found({ stop, halts, run }, t) {
  if (!stop || run.status !== "ready") return [];
  if (!halts || halts.run !== run.value.id || halts.stop !== stop) {
    return [html("p", { class: "faint" }, t("course.asking"))];
  }
  if (halts.problem) return [html("p", { class: "problem" }, halts.problem)];
  if (halts.list.length === 0) return [html("p", {}, t("course.never"))];
  return halts.list.map(({ text }) => html("p", {}, text));
}
