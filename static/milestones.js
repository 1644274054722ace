/**
 * Moments of a run worth going to: the largest drop of the loss, the first unit that is dead, the first number that is
 * not finite, and where early stopping would have ended it. Asked of the server when the list is opened.
 *
 * @import { Api } from "./api.js"
 * @import { Action, Diagnosis, Run, Translate } from "./types.d.ts"
 */
import { problemOf } from "./api.js";
import { html, patch } from "./draw/dom.js";
import { panel } from "./draw/format.js";
import { parseAddress } from "./trace.js";

/** @typedef {{ text: string, actions: Action[] }} Milestone */

/**
 * @param {Diagnosis} found
 * @param {Run} run
 * @param {Translate} t
 * @returns {Milestone[]}  in the order of their steps
 */
export function milestonesOf(found, run, t) {
  /** @type {(Milestone & { step: number })[]} */
  const list = [];
  /** @param {number} step  @param {string} text  @param {string} [name]  @param {number} [unit]  @param {string} [address] */
  const add = (step, text, name, unit, address) => {
    const frame = name === undefined ? -1 : run.program.calls.findIndex(({ writes }) => writes === name);
    const cell = address === undefined ? null : parseAddress(address);
    list.push({
      step,
      text,
      actions: [
        {
          type: "goto",
          moment: { step, ...(frame < 0 ? {} : { frame }), ...(unit === undefined ? {} : { unit }) },
        },
        ...(cell ? [/** @type {Action} */ ({ type: "focus", address: cell })] : []),
      ],
    });
  };
  if (found.loss_drop) {
    const { step, before, after } = found.loss_drop;
    add(step, t("jump.loss_drop", { step, before: number(before), after: number(after) }));
  }
  if (found.dead_unit) {
    const { step, layer, unit, name } = found.dead_unit;
    add(step, t("jump.dead_unit", { step, layer, unit }), name, unit);
  }
  if (found.non_finite) {
    const { step, name, address } = found.non_finite;
    add(step, t("jump.non_finite", { step, address }), name, undefined, address);
  }
  const best = found.early_stopping?.best;
  if (best && best.step < run.steps) {
    add(best.step, t("jump.best", { step: best.step, value: number(best.value) }));
  }
  const stopped = found.early_stopping?.stopped;
  if (stopped && stopped.step < run.steps) {
    add(stopped.step, t("jump.stopped", { step: stopped.step, patience: found.early_stopping.patience }));
  }
  return list.sort((one, other) => one.step - other.step);
}

/** @param {number | string} value */
function number(value) {
  return panel(Number(value));
}

/**
 * @param {object} options
 * @param {Api} options.api
 * @param {(action: Action) => void} options.dispatch
 * @param {() => Run | null} options.run  the run on the page
 * @param {Translate} options.t
 */
export function createMilestones({ api, dispatch, run, t }) {
  const menu = /** @type {HTMLDetailsElement} */ (document.getElementById("jump"));
  const list = /** @type {HTMLElement} */ (document.getElementById("jump-list"));
  let asked = new AbortController();
  const say = (/** @type {string} */ text) => patch(list, [html("p", { class: "faint" }, text)]);

  const fill = async () => {
    const about = run();
    if (!about) return;
    asked.abort();
    asked = new AbortController();
    const { signal } = asked;
    say(t("jump.looking"));
    try {
      const found = milestonesOf(await api.getDiagnosis(about, { signal }), about, t);
      if (signal.aborted) return;
      if (found.length === 0) return say(t("jump.none"));
      patch(
        list,
        found.map(({ text, actions }) =>
          html("button", {
            type: "button",
            class: "jump-item",
            on: {
              click: () => {
                actions.forEach(dispatch);
                menu.open = false;
                menu.querySelector("summary")?.focus();
              },
            },
          }, text)
        ),
      );
    } catch (error) {
      const problem = problemOf(error);
      if (problem && !signal.aborted) say(t(problem.status === 503 ? "jump.later" : "jump.failed"));
    }
  };
  menu.addEventListener("toggle", () => menu.open ? fill() : asked.abort());
  if (menu.open) fill();
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    event.preventDefault();
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (menu.open && event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
}
