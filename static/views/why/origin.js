/**
 * Where a number comes from that no assignment of this step computes, and when one comes that is not there yet.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Run } from "../../types.d.ts"
 * @import { Scene } from "./scene.js"
 */
import { html } from "../../draw/dom.js";
import { full } from "../../draw/format.js";
import { unitOf, writtenBy } from "../../trace.js";
import { inline } from "./nodes.js";
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
  const words = info.source === "batch"
    ? dataWords(scene)
    : info.source === "setting"
    ? [t("why.setting")]
    : parameterWords(scene);
  const { frame, cell } = scene;
  const before = info.source === "parameter" && frame.moment.step > 0 &&
    `${cell.name}_new` in frame.run.values;
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
        "data-go": `${cell.name}_new[${cell.index.join(",")}]`,
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
  const spec = /** @type {any} */ (run.spec);
  if (!(`${cell.name}_new` in run.values)) {
    return [beginning(run, cell.name, info.layer, info.quantity, t), t("why.frozen")];
  }
  if (step > 0) {
    return [
      t("why.made_by_update", { step: step - 1 }),
      beginning(run, cell.name, info.layer, info.quantity, t),
    ];
  }
  return [
    beginning(run, cell.name, info.layer, info.quantity, t),
    ...(spec.edits?.length ? [t("why.edits")] : []),
  ];
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
