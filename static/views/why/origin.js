/**
 * Where a number comes from that no assignment of this step computes, and when one comes that is not there yet.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Run } from "../../types.d.ts"
 * @import { Scene } from "./scene.js"
 */
import { html } from "../../draw/dom.js";
import { full } from "../../draw/format.js";
import { formatAddress, unitOf, writtenBy } from "../../trace.js";
import { inline } from "../../draw/nodes.js";
import { symbolOf } from "./scene.js";

/** Drawn at random rather than typed in or read from a table. */
const RANDOM_DATA = new Set(["uniform"]);

/**
 * @param {Scene} scene
 * @returns {Drawn | null}
 */
export function drawOrigin(scene) {
  const { info, context: { t } } = scene;
  if (info.source === "computed") return null;
  const words = WORDS[info.source](scene);
  const { frame, cell } = scene;
  const made = { name: `${cell.name}_new`, index: cell.index };
  const before = frame.moment.step > 0 && made.name in frame.run.values;
  return html(
    "section",
    { key: "origin", class: "why-part" },
    html("h3", {}, t("why.origin")),
    ...words.map((text) => html("p", {}, text)),
    before && html(
      "button",
      {
        type: "button",
        class: "why-link",
        "data-go": formatAddress(made),
        "data-step": frame.moment.step - 1,
      },
      t("why.go_to_update", { step: frame.moment.step - 1 }),
    ),
  );
}

/**
 * @param {Scene} scene
 * @returns {Drawn | null}
 */
export function drawNotYet(scene) {
  const { known, call, frame, cell, info, building, context: { t } } = scene;
  if (known || building || !call) return null;
  const unit = unitOf(info, cell.index);
  if (frame.veiled(cell)) {
    return html("section", { key: "notyet", class: "why-part why-notyet" }, html("p", {}, t("stage.veiled")));
  }
  return html(
    "section",
    { key: "notyet", class: "why-part why-notyet", "data-phase": call.phase },
    html(
      "p",
      {},
      t("why.later", { phase: t(`why.phase_${call.phase}`) }),
    ),
    html(
      "button",
      {
        type: "button",
        class: "why-link",
        "data-frame": writtenBy(frame.run, cell.name),
        "data-unit-to": unit,
        "data-example-to": info.axes.includes("example") ? cell.index[info.axes.indexOf("example")] : null,
      },
      t("why.go_there"),
      " ",
      inline(symbolOf(scene)),
    ),
  );
}

/** What is said of each source. @type {Record<string, (scene: Scene) => string[]>} */
const WORDS = {
  batch: dataWords,
  parameter: parameterWords,
  setting: settingWords,
  slot: memoryWords,
  random: randomWords,
};

/** @param {Scene} scene  @returns {string[]} */
function settingWords({ frame: { run }, context: { t } }) {
  return [t("why.setting"), ...editWords(run, t)];
}

/** @param {Scene} scene  @returns {string[]} */
function memoryWords({ frame: { run, moment: { step } }, context: { t } }) {
  const made = step > 0 ? t("why.made_by_update", { step: step - 1 }) : t("why.memory_start");
  return [t("why.memory"), made, ...editWords(run, t)];
}

/** @param {Scene} scene  @returns {string[]} */
function randomWords({ frame: { run }, info, context: { t } }) {
  const spec = /** @type {any} */ (run.spec);
  const share = spec.layers?.[(info.layer ?? 1) - 1]?.dropout ?? 0;
  return [t("why.dropped", { share: full(share), seed: spec.seed ?? 0 })];
}

/** @param {Run} run  @param {Scene["context"]["t"]} t  @returns {string[]} */
function editWords(run, t) {
  const { edits } = /** @type {any} */ (run.spec);
  return edits?.length ? [t("why.edits")] : [];
}

/** @param {Scene} scene  @returns {string[]} */
function dataWords({ frame, cell, info, context: { t } }) {
  const spec = /** @type {any} */ (frame.run.spec);
  const kind = String(spec.data?.kind ?? "");
  const row = frame.trace.batch[cell.index[info.axes.indexOf("example")]];
  const words = [t("why.data_row", { row, examples: frame.run.examples })];
  if (RANDOM_DATA.has(kind)) words.push(t("why.data_random", { seed: spec.seed ?? 0 }));
  else if (kind === "inline") words.push(t("why.data_inline"));
  return words;
}

/** @param {Scene} scene  @returns {string[]} */
function parameterWords({ frame, cell, info, context: { t } }) {
  const { run, moment: { step } } = frame;
  const begun = beginning(run, cell.name, info.layer, info.quantity, t);
  const edits = editWords(run, t);
  if (!(`${cell.name}_new` in run.values)) return [begun, t("why.frozen"), ...edits];
  return step > 0 ? [t("why.made_by_update", { step: step - 1 }), begun, ...edits] : [begun, ...edits];
}

/**
 * What a parameter was at step 0.
 * @param {Run} run
 * @param {string} name
 * @param {number | null} layer
 * @param {string} quantity
 * @param {Scene["context"]["t"]} t
 * @returns {string}
 */
function beginning(run, name, layer, quantity, t) {
  const spec = /** @type {any} */ (run.spec);
  if (spec.parameters && name in spec.parameters) return t("why.given");
  if (quantity === "b") return t("why.bias_zero");
  if (quantity !== "W") return t("why.usual_start");
  const initializer = (layer ? spec.layers?.[layer - 1]?.initializer : null) ?? spec.initializer ?? {};
  if (initializer.kind === "zeros") return t("why.zeros");
  if (initializer.kind === "uniform") {
    return t("why.uniform", {
      low: full(initializer.low),
      high: full(initializer.high),
      seed: spec.seed ?? 0,
    });
  }
  return t("why.drawn", { kind: String(initializer.kind), seed: spec.seed ?? 0 });
}
