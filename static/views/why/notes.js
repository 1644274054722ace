/**
 * What befell this number: its unit is dropped, dead or off, its gradient was clipped, it is not finite.
 *
 * @import { Address } from "../../types.d.ts"
 * @import { Content, Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */
import { html } from "../../draw/dom.js";
import { figures } from "../../draw/nodes.js";
import { conditionAt } from "../../health.js";
import { formatAddress, parseAddress } from "../../trace.js";

/**
 * @typedef {object} Note
 * @property {string} kind  `dropped`, `clipped`, …
 * @property {string} text
 * @property {Address[]} links  to the numbers it speaks of
 */

/**
 * @param {Scene} scene
 * @returns {Drawn | null}
 */
export function drawNotes(scene) {
  if (!scene.known || scene.value === undefined) return null;
  const notes = [...unitNotes(scene), ...clipNotes(scene), ...causeNotes(scene)];
  if (notes.length === 0) return null;
  const { t } = scene.context;
  return html(
    "ul",
    { key: "notes", class: "why-notes", "aria-label": t("why.notes") },
    ...notes.map(({ kind, text, links }, at) =>
      html(
        "li",
        { key: `${kind}${at}`, class: "why-condition", "data-condition": kind },
        html("span", {}, text),
        ...links.flatMap((cell) => [" ", linkTo(scene, cell)]),
      )
    ),
  );
}

/** @param {Scene} scene  @param {Address} cell  @returns {Content} */
function linkTo({ context: { t } }, cell) {
  const address = formatAddress(cell);
  return html(
    "button",
    { type: "button", class: "why-link", "data-go": address, title: t("why.go_to", { address }) },
    address,
  );
}

/** @param {Scene} scene  @returns {Note[]} */
function unitNotes({ frame, cell, info, context: { t } }) {
  const { run } = frame;
  const unit = cell.index[info.axes.indexOf("unit")];
  if (info.layer === null || info.layer === 0 || unit === undefined) return [];
  const row = info.axes.indexOf("example");
  const example = row < 0 ? frame.example : cell.index[row];
  const found = conditionAt(frame, info.layer, unit, example);
  if (found === "dropped" && row >= 0 && ["mask", "h", "dh", "da", "delta"].includes(info.quantity)) {
    const mask = Object.keys(run.values).find((name) =>
      run.values[name].quantity === "mask" && run.values[name].layer === info.layer
    );
    const there = mask === undefined || mask === cell.name ? [] : [{ name: mask, index: [example, unit] }];
    return [{ kind: "dropped", text: t("why.is_dropped", { example }), links: there }];
  }
  if (found !== "dead") return [];
  return [{ kind: "dead", text: t("why.dead", { count: frame.trace.batch.length }), links: [] }];
}

/** @param {Scene} scene  @returns {Note[]} */
function clipNotes({ frame, call, cell, info, value, context: { t } }) {
  const read = (/** @type {string} */ name) => frame.value({ name, index: [] });
  const limit = read("clip_limit");
  if (!call || limit === undefined || value === undefined) return [];
  const cells = (/** @type {string[]} */ ...names) => names.map((name) => ({ name, index: [] }));
  const isClipped = info.quantity.startsWith("clipped");
  if (isClipped && call.bind.gradient && !call.bind.clip_scale) {
    const raw = { name: call.bind.gradient, index: cell.index };
    const before = frame.value(raw);
    if (before === undefined) return [];
    const kind = before === value ? "kept" : "clipped";
    const words = { before: figures(before), limit: figures(limit) };
    return [{ kind, text: t(`why.${kind}_value`, words), links: kind === "kept" ? [] : [raw] }];
  }
  if (!isClipped && info.quantity !== "clip_scale") return [];
  const [scale, norm] = [read("clip_scale"), read("gradient_norm")];
  if (scale === undefined || norm === undefined) return [];
  const kind = scale < 1 ? "clipped" : "kept";
  const words = { norm: figures(norm), limit: figures(limit), scale: figures(scale) };
  return [{ kind, text: t(`why.${kind}_norm`, words), links: cells("gradient_norm") }];
}

/** Why it is not finite, as the engine found out.  @param {Scene} scene  @returns {Note[]} */
function causeNotes({ address, value, context: { t, explanation } }) {
  if (value === undefined || Number.isFinite(value)) return [];
  if (explanation?.status !== "ready" || explanation.value.address !== address) return [];
  return (explanation.value.causes ?? []).map(({ text, address: from }) => {
    const cell = from === null ? null : parseAddress(from);
    return { kind: "not_finite", text: t("why.because", { text }), links: cell ? [cell] : [] };
  });
}
