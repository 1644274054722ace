/**
 * Where a number goes: the cells of this step that are computed from it.
 *
 * @import { Address, Call, Expr, Run } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */
import { html } from "../../draw/dom.js";
import { symbol } from "../../draw/symbols.js";
import { childrenOf } from "../../rule.js";
import { formatAddress } from "../../trace.js";
import { inline } from "../../draw/nodes.js";

/**
 * @param {Scene} scene
 * @returns {Drawn | null}
 */
export function drawOnward({ frame, cell, context: { t } }) {
  const readers = frame.run.program.calls.filter(({ reads }) => reads.includes(cell.name));
  if (readers.length === 0) return null;
  return html(
    "section",
    { key: "onward", class: "why-part why-onward" },
    html("h3", {}, t("why.onward")),
    html(
      "div",
      { class: "why-chips" },
      ...readers.map((call) => {
        const { marks, goes } = reached(frame.run, call, cell, frame.example);
        return html(
          "button",
          {
            key: call.writes,
            type: "button",
            class: "why-chip",
            "data-go": formatAddress(goes),
            "data-phase": call.phase,
            "aria-label": t("why.go_to", { address: formatAddress(goes) }),
            title: formatAddress(goes),
          },
          inline(symbol(frame.run, call.writes, marks, t)),
        );
      }),
    ),
  );
}

/**
 * The cell of a call's result that a cell goes into. Letters that the cell's own indices do not settle stay letters:
 * it goes into every one of them, and the first stands for all.
 * @param {Run} run
 * @param {Call} call
 * @param {Address} cell
 * @param {number} example
 * @returns {{ marks: (string | number)[], goes: Address }}
 */
export function reached(run, call, cell, example) {
  const { rule } = run.program.ops[call.op];
  const slot = Object.keys(call.bind).find((slot) => call.bind[slot] === cell.name);
  const element = slot === undefined ? null : find(rule.body, slot);
  const { axes } = run.values[call.writes];
  /** @type {Map<string, number>} */
  const settled = new Map(element?.at.map((letter, axis) => [letter, cell.index[axis]]));
  const marks = rule.at.map((letter, axis) =>
    settled.get(letter) ?? (axes[axis] === "example" ? example : letter)
  );
  return {
    marks,
    goes: { name: call.writes, index: marks.map((mark) => typeof mark === "number" ? mark : 0) },
  };
}

/** @param {Expr} expr  @param {string} slot  @returns {Extract<Expr, { kind: "element" }> | null} */
function find(expr, slot) {
  if (expr.kind === "element") return expr.of === slot ? expr : null;
  for (const child of childrenOf(expr)) {
    const found = find(child, slot);
    if (found) return found;
  }
  return null;
}
