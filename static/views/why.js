/**
 * The panel "Why this number": the number, its meaning, its formula, its terms, its curve and its proof.
 *
 * It is drawn from a frame and what the server answers about the number. All it keeps for a host is which cells led
 * here and which long sums are spread out.
 *
 * @import { Address, Frame, View } from "../types.d.ts"
 * @import { Content } from "../draw/dom.js"
 * @import { Scene, WhyContext } from "./why/scene.js"
 */
import { html, patch, svg } from "../draw/dom.js";
import { formatAddress, parseAddress, unitOf, writtenBy } from "../trace.js";
import { accountOf } from "./why/account.js";
import { curveOf, drawCurve } from "./why/curve.js";
import { echoNumbers } from "./why/echo.js";
import { drawFactors } from "./why/factors.js";
import { fitLines } from "./why/fit.js";
import { drawFormulas, drawHead } from "./why/head.js";
import { drawEditorLater, drawNotesLater, drawPathsLater, editorThere } from "./why/later.js";
import { drawOnward } from "./why/onward.js";
import { drawNotYet, drawOrigin } from "./why/origin.js";
import { drawProof } from "./why/proof.js";
import { sceneOf } from "./why/scene.js";
import { drawSum } from "./why/waterfall.js";

/**
 * @typedef {object} Panel
 * @property {Frame} frame
 * @property {WhyContext} context
 * @property {Address[]} trail  the cells that led to this one, oldest first
 * @property {string} moment  when the trail was begun
 * @property {Set<string>} whole  cells whose sum is shown whole
 * @property {string} drawn
 */

/** @type {WeakMap<HTMLElement, Panel>} */
const panels = new WeakMap();

/** @type {View} */
export const why = {
  id: "why",
  title: "why.title",
  render(host, frame, context) {
    const panel = panels.get(host) ?? open(host, frame, context);
    panel.frame = frame;
    panel.context = context;
    draw(host, panel);
  },
};

/**
 * What the panel wants from the server: the explanation of this cell, for the proof by finite differences, or for why it
 * is not finite.
 * @param {Frame} frame
 * @param {string} language
 * @returns {{ key: string, run: string, step: number, name: string, index: number[], address: string, language: string } | null}
 */
export function needs(frame, language) {
  const { run, moment: { step }, focus } = frame;
  const call = run.program.calls[writtenBy(run, focus.name)];
  const value = frame.value(focus);
  const isWild = call && value !== undefined && !Number.isFinite(value);
  if (!(call?.phase === "backward" || isWild) || !frame.known(focus)) return null;
  const address = formatAddress(focus);
  return {
    key: `${run.id}/${step}/${address}/${language}`,
    run: run.id,
    step,
    name: focus.name,
    index: [...focus.index],
    address,
    language,
  };
}

/** @param {HTMLElement} host  @param {Frame} frame  @param {WhyContext} context  @returns {Panel} */
function open(host, frame, context) {
  /** @type {Panel} */
  const panel = { frame, context, trail: [], moment: "", whole: new Set(), drawn: "" };
  panels.set(host, panel);
  host.addEventListener("click", (event) => clicked(host, panel, event));
  host.addEventListener("submit", (event) => submitted(panel, event));
  echoNumbers(host.ownerDocument);
  new ResizeObserver(() => fitLines(host)).observe(host);
  return panel;
}

/** @param {HTMLElement} host  @param {Panel} panel */
function draw(host, panel) {
  const { frame, context } = panel;
  const { explanation } = context;
  const { step, frame: at, unit, term } = frame.moment;
  const moment = [frame.run.id, step, at, unit, term, frame.example, frame.building?.complete].join(" ");
  // Moving on is a new question: the way to the last one is of no use.
  if (moment !== panel.moment) panel.trail = [];
  panel.moment = moment;
  const proof = explanation && explanation.status !== "idle"
    ? `${explanation.status} ${explanation.key}`
    : "";
  const key = [
    moment,
    frame.trace.filled,
    formatAddress(frame.focus),
    context.state.focus !== null,
    context.language,
    proof,
    [...panel.whole].join(),
    pendingEdit(context),
    context.state.veil.join(),
  ].join("|");
  if (panel.drawn === key && host.childElementCount) return;
  panel.drawn = key;
  const scene = sceneOf(frame, context);
  const hadFocus = host.contains(host.ownerDocument.activeElement);
  const [number, place, ...words] = drawHead(scene);
  const again = () => {
    panel.drawn = "";
    draw(host, panel);
  };
  patch(host, [
    drawTop(scene, panel),
    number,
    place,
    drawProof(scene),
    ...words,
    drawNotesLater(scene, again),
    drawNotYet(scene),
    drawEditorLater(scene, again),
    drawFormulas(scene),
    drawAccount(scene, panel),
    drawPathsLater(scene, (key) => panel.whole.has(key), again),
    drawOrigin(scene),
    drawShape(scene),
    drawOnward(scene),
  ]);
  // Whoever followed a term by keyboard stays in the panel: the way back is what comes next.
  if (hadFocus && !host.contains(host.ownerDocument.activeElement)) {
    const next = /** @type {HTMLElement | null} */ (host.querySelector("[data-back], h2"));
    next?.focus();
  }
  fitLines(host);
}

/** @param {WhyContext} context  @returns {string} */
function pendingEdit({ state: { edit } }) {
  return edit ? `${formatAddress(edit.address)}=${edit.value} ${edit.problem?.detail ?? ""}` : "";
}

/** A number typed into the panel.  @param {Panel} panel  @param {SubmitEvent} event */
function submitted({ frame, context: { dispatch, t } }, event) {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.dataset.edit === undefined) return;
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("value"));
  const action = editorThere()?.editAction(frame, frame.focus, field.value) ?? null;
  const problem = /** @type {HTMLElement} */ (form.querySelector(".problem"));
  problem.hidden = action !== null;
  problem.textContent = action ? "" : t("edit.no_number");
  field.toggleAttribute("aria-invalid", action === null);
  if (action) dispatch(action);
}

/** @param {Scene} scene  @param {Panel} panel */
function drawTop({ context: { t, state } }, { trail }) {
  const back = trail.at(-1);
  const address = back && formatAddress(back);
  return html(
    "div",
    { key: "top", class: "why-top" },
    html("h2", { tabindex: "-1" }, t("why.title")),
    back && html(
      "button",
      { key: "back", type: "button", class: "why-link", "data-back": true },
      arrow(),
      html("span", {}, t("why.back", { address: String(address) })),
    ),
    !back && state.focus &&
      html(
        "button",
        { key: "follow", type: "button", class: "why-link", "data-follow": true },
        t("why.follow"),
      ),
  );
}

/** @param {Scene} scene  @param {Panel} panel */
function drawAccount(scene, { whole }) {
  const { known, value, context: { t }, info, building } = scene;
  const account = (known || building) && value !== undefined ? accountOf(scene) : null;
  if (!account) return null;
  const isWhole = (/** @type {string} */ address) => whole.has(address);
  /** @type {Content} */
  const content = account.join === "sum"
    ? drawSum(scene, account, { whole: isWhole(scene.address) })
    : drawFactors(scene, account, isWhole);
  return html(
    "section",
    { key: "account", class: "why-part", "data-phase": info.phase },
    html("h3", {}, t(account.join === "sum" ? "why.terms" : "why.factors")),
    content,
  );
}

/** @param {Scene} scene */
function drawShape(scene) {
  const curve = curveOf(scene);
  return curve && html("section", { key: "shape", class: "why-part" }, drawCurve(scene, curve));
}

/** @param {HTMLElement} host  @param {Panel} panel  @param {Event} event */
function clicked(host, panel, event) {
  const target = /** @type {Element} */ (event.target);
  const { frame, context: { dispatch } } = panel;
  const link = /** @type {HTMLElement | null} */ (target.closest("button, [data-address]"));
  if (!link) return;
  const { go, step, whole, back, follow, frame: at, unitTo, exampleTo } = link.dataset;
  if (whole !== undefined) {
    if (!panel.whole.delete(whole)) panel.whole.add(whole);
    draw(host, panel);
  } else if (back !== undefined) {
    dispatch({ type: "focus", address: panel.trail.pop() ?? null });
  } else if (follow !== undefined) {
    dispatch({ type: "focus", address: null });
  } else if (at !== undefined) {
    if (exampleTo !== undefined) dispatch({ type: "example", example: Number(exampleTo) });
    dispatch({ type: "goto", moment: { step: frame.moment.step, frame: Number(at), unit: Number(unitTo) } });
  } else {
    const address = parseAddress(go ?? link.dataset.address ?? "");
    if (!address) return;
    if (step !== undefined) goToStep(panel, address, Number(step));
    else follows(panel, address);
  }
}

/** @param {Panel} panel  @param {Address} address */
function follows(panel, address) {
  const { frame, context: { dispatch } } = panel;
  if (formatAddress(address) === formatAddress(frame.focus)) return;
  panel.trail.push(frame.focus);
  dispatch({ type: "focus", address });
}

/** To a cell of another step, at the moment it is computed.  @param {Panel} panel  @param {Address} address  @param {number} step */
function goToStep({ frame, context: { dispatch } }, address, step) {
  const at = writtenBy(frame.run, address.name);
  const unit = unitOf(frame.run.values[address.name], address.index);
  dispatch({ type: "goto", moment: { step, frame: at, unit } });
  dispatch({ type: "focus", address });
}

function arrow() {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: "M10 3L5 8l5 5" }),
  );
}
