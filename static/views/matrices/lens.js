/**
 * The lens over what is folded: the cell under the pointer with its neighbours, as numbers.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Placed } from "./layout.js"
 * @import { Scene } from "./scene.js"
 */
import { html } from "../../draw/dom.js";
import { figures } from "../../draw/figures.js";
import { formatAddress } from "../../trace.js";
import { cellAt } from "./arrange.js";
import { isOpen, placeAt } from "./layout.js";

/** Neighbours shown on each side of the cell under the pointer. */
const BESIDE = 1, BELOW = 1;

/**
 * The folded cell under a pointer.
 * @param {HTMLElement} host
 * @param {Scene | null} scene
 * @param {MouseEvent} event
 * @returns {{ placed: Placed, row: number, col: number, address: string } | null}
 */
export function pointed(host, scene, event) {
  const sheet = host.querySelector(".mx-sheet");
  const over = /** @type {Element} */ (event.target).closest("[data-matrix]");
  if (!scene || !sheet || !over || /** @type {Element} */ (event.target).closest(".mx-cell")) return null;
  const placed = scene.layout.placed.find(({ matrix }) => matrix.name === over.getAttribute("data-matrix"));
  if (!placed) return null;
  const { left, top } = sheet.getBoundingClientRect();
  const row = placeAt(placed.down, event.clientY - top - placed.box.y);
  const col = placeAt(placed.across, event.clientX - left - placed.box.x);
  if (isOpen(placed.down, row) && isOpen(placed.across, col)) return null;
  return { placed, row, col, address: formatAddress(cellAt(placed.matrix, row, col, scene.frame.example)) };
}

/**
 * @param {Scene} scene
 * @param {{ placed: Placed, row: number, col: number } | null} at
 * @returns {Drawn | null}
 */
export function drawLens(scene, at) {
  const placed = at && scene.layout.placed.find(({ matrix }) => matrix.name === at.placed.matrix.name);
  if (!at || !placed) return null;
  const { frame, context: { t }, layout } = scene;
  const { matrix, across, down, box } = placed;
  const rows = around(at.row, BELOW, down.extent), cols = around(at.col, BESIDE, across.extent);
  const x = box.x + middle(across, at.col), y = box.y + middle(down, at.row);
  const left = x > layout.width / 2, up = y > layout.height / 2;
  return html(
    "div",
    {
      class: `mx-lens ${left ? "to-left" : "to-right"} ${up ? "up" : "down"}`,
      style: { left: `${x}px`, top: `${y}px`, "--cols": cols.length },
    },
    html("b", {}, formatAddress(cellAt(matrix, at.row, at.col, frame.example))),
    html(
      "div",
      { class: "mx-lens-cells" },
      ...rows.flatMap((row) =>
        cols.map((col) => {
          const cell = cellAt(matrix, row, col, frame.example);
          const value = frame.value(cell);
          const text = !frame.known(cell) ? t("stage.not_yet") : value === undefined ? "–" : figures(value);
          return html("span", { class: row === at.row && col === at.col ? "is-at" : "" }, text);
        })
      ),
    ),
  );
}

/** @param {number} place  @param {number} beside  @param {number} extent  @returns {number[]} */
function around(place, beside, extent) {
  const first = Math.max(0, Math.min(place - beside, extent - 2 * beside - 1));
  return Array.from({ length: Math.min(extent, 2 * beside + 1) }, (_, k) => first + k);
}

/** @param {import("./layout.js").Scale} scale  @param {number} place */
function middle({ extent, first, count, cell, before, after }, place) {
  if (place < first) return (before * (place + 0.5)) / first;
  if (place < first + count) return before + (place - first + 0.5) * cell;
  return before + count * cell + (after * (place - first - count + 0.5)) / (extent - first - count);
}
