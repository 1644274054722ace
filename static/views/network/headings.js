/**
 * The line over the stage: what each column is, and what the wires between two columns show just now.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./cards.js"
 */
import { html } from "../../draw/dom.js";
import { layerName, px } from "./cards.js";
import { arraySymbol, inputSymbol } from "../../draw/unitlabel.js";

/**
 * @param {Scene} scene
 * @param {(string | null)[]} names  value shown on each layer's wires
 * @returns {Drawn[]}
 */
export function drawHeadings(scene, names) {
  const { frame, context: { t }, layout } = scene;
  const { columns, font } = layout;
  return columns.flatMap(({ layer, box }) => {
    const before = columns[layer - 1]?.box;
    const name = names[layer];
    const gap = before ? box.x - before.x - before.width : 0;
    const { activation_label: activation } = frame.run.layers[layer];
    const room = box.width +
      Math.min(gap || Infinity, columns[1] ? columns[1].box.x - columns[0].box.x - columns[0].box.width : 0) *
        0.45;
    const drawn = [
      html(
        "p",
        {
          key: `heading${layer}`,
          class: "heading",
          style: { left: px(box.x + box.width / 2), "max-width": px(room) },
        },
        html(
          "span",
          { class: "heading-name" },
          columns.length > 5 && layer > 0 && layer < columns.length - 1
            ? String(layer)
            : layerName(scene, layer),
        ),
        layer === 0 && room > 8 * font * 0.85 && html("span", { class: "heading-more" }, inputSymbol()),
        activation && room > 9.5 * font * 0.85 && html("span", { class: "heading-more" }, activation),
      ),
    ];
    if (name && before && gap > 4.5 * font) {
      drawn.push(
        html(
          "p",
          {
            key: `wires${layer}`,
            class: "heading wires",
            "data-phase": frame.run.values[name].phase,
            style: { left: px((before.x + before.width + box.x) / 2) },
          },
          html("span", { class: "unseen" }, t("stage.wires", { what: frame.run.values[name].label })),
          arraySymbol(frame.run, name, t("stage.new")),
        ),
      );
    }
    return drawn;
  });
}
