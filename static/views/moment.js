/**
 * The moment in words: badge, example picker and view tabs above the stage, the line beside the player, and the
 * sentence a screen reader speaks.
 *
 * @import { Context, Frame, Run, View } from "../types.d.ts"
 * @import { Content, Drawn } from "../draw/dom.js"
 */
import { html, icon, patch } from "../draw/dom.js";
import { panel } from "../draw/format.js";
import { symbol } from "../draw/label.js";
import { hasPlane } from "../maps.js";

/** Stands in a text for the symbol that is drawn there. */
const SLOT = "\uFFFC";

/** @param {HTMLElement} host @param {Frame} frame @param {Context} context */
export function renderBadge(host, { run, call }, { t }) {
  host.dataset.phase = call.phase;
  patch(host, [
    icon(`phase-${call.phase}`),
    html("span", {}, t(`phase.${call.phase}`)),
    symbol(run, call.writes),
  ]);
}

/**
 * @param {HTMLElement} host
 * @param {readonly View[]} views
 * @param {Context} context
 */
export function renderTabs(host, views, { state, t, dispatch }) {
  const shown = views.findIndex(({ id }) => id === state.view);
  const at = shown < 0 ? 0 : shown;
  /** @param {KeyboardEvent} event */
  const keydown = (event) => {
    const count = views.length;
    const next = {
      ArrowRight: (at + 1) % count,
      ArrowLeft: (at + count - 1) % count,
      Home: 0,
      End: count - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    dispatch({ type: "view", view: views[next].id });
    /** @type {HTMLElement} */ (host.children[next]).focus();
  };
  patch(
    host,
    views.map(({ id, title }, index) =>
      html("button", {
        key: id,
        type: "button",
        class: "tab",
        role: "tab",
        id: `tab-${id}`,
        "aria-selected": index === at,
        "aria-controls": "stage",
        tabindex: index === at ? 0 : -1,
        on: { click: () => dispatch({ type: "view", view: id }), keydown },
      }, t(title))
    ),
  );
  // Whoever scrolls the row by hand is left alone until another view is shown, or there is less room.
  const key = `${views[at].id} ${host.clientWidth}`;
  if (host.dataset.at === key) return;
  host.dataset.at = key;
  inSight(host, /** @type {HTMLElement} */ (host.children[at]));
}

/** Scrolls the row, and nothing else, so far that a tab and a bit of its neighbours are seen.
 * @param {HTMLElement} row  @param {HTMLElement} tab */
function inSight(row, tab) {
  const outer = row.getBoundingClientRect(), inner = tab.getBoundingClientRect();
  const beside = inner.width / 2;
  const before = inner.left - beside - outer.left, after = inner.right + beside - outer.right;
  if (before < 0) row.scrollLeft += before;
  else if (after > 0) row.scrollLeft += after;
}

/**
 * The switches for what the stage can show besides: little maps in units, numbers on wires.
 * @param {HTMLElement} host
 * @param {Frame} frame
 * @param {View} view
 * @param {Context} context
 */
export function renderStageTools(host, { run }, view, { state, t, dispatch }) {
  /** @param {"maps" | "wires"} what  @param {string} name  @param {import("../types.d.ts").Action} action */
  const toggle = (what, name, action) =>
    html(
      "button",
      {
        key: what,
        type: "button",
        class: `button small quiet toggle-${what}`,
        "aria-pressed": state[what],
        title: t(`stage.${name}_hint`),
        on: { click: () => dispatch(action) },
      },
      icon(what),
      t(`stage.${name}`),
    );
  patch(host, [
    view.maps && hasPlane(run) && !document.body.dataset.saved &&
    toggle("maps", "maps", { type: "maps", maps: !state.maps }),
    view.wires && toggle("wires", "numbers", { type: "wires", wires: !state.wires }),
  ]);
}

/** @param {HTMLElement} host @param {Frame} frame @param {Context} context */
export function renderRowPicker(host, { trace, example }, { t, dispatch }) {
  const count = trace.batch.length;
  const row = trace.batch[example];
  /** @param {number} by @param {string} key @param {string} name */
  const button = (by, key, name) =>
    html("button", {
      type: "button",
      class: "button small quiet",
      title: t(key),
      "aria-label": t(key),
      "aria-disabled": example + by < 0 || example + by >= count,
      on: {
        click: () => dispatch({ type: "example", example: Math.max(0, Math.min(count - 1, example + by)) }),
      },
    }, icon(name));
  /** @param {Event & { target: HTMLInputElement }} event */
  const typed = (event) => {
    const wanted = Math.round(Number(event.target.value));
    const next = Math.max(0, Math.min(count - 1, Number.isFinite(wanted) ? wanted : example));
    event.target.value = String(next);
    dispatch({ type: "example", example: next });
  };
  patch(host, [
    html("label", { for: "row" }, t("shell.example")),
    button(-1, "shell.row_previous", "back"),
    html("input", {
      type: "number",
      id: "row",
      min: 0,
      max: count - 1,
      step: 1,
      inputmode: "numeric",
      "aria-label": t("shell.example"),
      title: row === example ? null : t("shell.data_row", { row }),
      value: String(example),
      on: { change: typed },
    }),
    html("span", { class: "row-count" }, t("shell.of", { count })),
    button(1, "shell.row_next", "forward"),
    row === example ? null : html("span", { class: "row-source" }, t("shell.data_row", { row })),
  ]);
}

/** @param {HTMLElement} host @param {Frame} frame @param {Context} context */
export function renderMoment(host, { run, call, moment, building }, { t }) {
  const text = t(`moment.${unitKind(run, call.writes)}`, { unit: moment.unit, symbol: SLOT });
  const epochs = run.batches_per_epoch;
  const epoch = { epoch: Math.floor(moment.step / epochs), batch: moment.step % epochs };
  patch(host, [
    building && !building.complete
      ? html(
        "span",
        { class: "moment-unit" },
        t("moment.term", { term: building.at + 1, count: building.terms.length }),
      )
      : null,
    html("span", { class: "moment-unit" }, withSymbol(text, symbol(run, call.writes))),
    html("span", {}, t("moment.step", { step: moment.step, steps: run.steps })),
    epochs > 1 ? html("span", {}, t("moment.epoch", epoch)) : null,
  ]);
}

/**
 * What was computed at this moment, as one sentence.
 * @param {Frame} frame
 * @param {Context["t"]} t
 * @param {number | null} stepBefore  the step of the sentence before; null for none
 * @returns {string}
 */
export function sentence({ run, call, moment, active, written, value, veiled, building }, t, stepBefore) {
  const { label, layer } = run.values[call.writes];
  const kind = unitKind(run, call.writes);
  const parts = {
    phase: t(`phase.${call.phase}`),
    label,
    layer: layer ?? "",
    where: kind === "single" ? "" : t(`moment.where_${kind}`, { unit: moment.unit }),
    value: veiled(active) ? t("stage.veiled") : panel(value(active) ?? NaN),
    count: written.length,
  };
  const key = kind === "single"
    ? (call.phase === "loss" ? "moment.spoken_loss" : "moment.spoken_single")
    : written.length > 1
    ? "moment.spoken_row"
    : "moment.spoken";
  const term = building && !building.complete ? building.terms[building.at] : null;
  const rest = building && term
    ? t(kind === "single" ? "moment.spoken_term_single" : "moment.spoken_term", {
      ...parts,
      term: building.at + 1,
      count: building.terms.length,
      value: panel(term.operation === "−" ? -term.value : term.value),
      total: panel(term.running),
    })
    : t(key, parts);
  return moment.step === stepBefore
    ? rest
    : t("moment.spoken_step", { step: moment.step, steps: run.steps, rest });
}

/** How the units of a value are counted. @param {Run} run @param {string} name @returns {"unit" | "row" | "single"} */
function unitKind(run, name) {
  const { axes } = run.values[name];
  if (axes.length === 0) return "single";
  return axes.includes("input") ? "row" : "unit";
}

/** @param {string} text @param {Drawn} drawn @returns {Content} */
function withSymbol(text, drawn) {
  const [before, after = ""] = text.split(SLOT);
  return text.includes(SLOT) ? [before, drawn, after] : [text];
}
