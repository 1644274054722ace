/**
 * The stage as matrices: the present assignment as an equation of arrays, the row and the column that meet lit, large
 * arrays folded around what is computed. A cell explains itself when it is clicked; over the folded parts a lens reads
 * out what is under it.
 *
 * All that this module keeps for a host is what it drew last, where someone has leafed to, and where the lens is.
 *
 * @import { Context, Frame, View } from "../types.d.ts"
 * @import { Arrangement } from "./matrices/arrange.js"
 * @import { Scene } from "./matrices/scene.js"
 */
import { html, mathOf, patch } from "../draw/dom.js";
import { equation } from "../draw/mathml.js";
import { formatAddress, parseAddress } from "../trace.js";
import { ARRIVAL, arrivedAt, hasArrived, played } from "../transition.js";
import { arrange } from "./matrices/arrange.js";
import { codeOf } from "./matrices/code.js";
import { drawFrames, drawMatrices, drawSingles } from "./matrices/draw.js";
import { paintMatrices } from "./matrices/paint.js";
import { layoutMatrices } from "./matrices/layout.js";
import { drawLens, pointed } from "./matrices/lens.js";
import { around, extentsAt, meeting, placesInSight } from "./matrices/scene.js";

/**
 * @typedef {object} Board
 * @property {{ frame: Frame, context: Context }} shown
 * @property {Map<string, unknown>} drawn  what each part was last drawn from
 * @property {Map<string, { first: number, from: number | undefined }>} leafed
 *   by letter: the place someone leafed to, and the place that had been in sight
 * @property {Scene | null} scene
 * @property {ReturnType<typeof pointed>} lens
 */

/** @type {WeakMap<HTMLElement, Board>} */
const boards = new WeakMap();

/** @type {View} */
export const matrices = {
  id: "matrices",
  title: "stage.matrices",
  render(host, frame, context) {
    const board = boards.get(host) ?? open(host, { frame, context });
    board.shown = { frame, context };
    draw(host, board);
  },
};

/** @param {HTMLElement} host  @param {Board["shown"]} shown  @returns {Board} */
function open(host, shown) {
  /** @type {Board} */
  const board = { shown, drawn: new Map(), leafed: new Map(), scene: null, lens: null };
  boards.set(host, board);
  host.classList.add("matrices");
  new ResizeObserver(() => draw(host, board)).observe(host);
  const theme = () => {
    board.drawn.delete("paint");
    draw(host, board);
  };
  new MutationObserver(theme).observe(host.ownerDocument.documentElement, {
    attributeFilter: ["data-theme"],
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
  host.addEventListener("click", (event) => clicked(host, board, event));
  host.addEventListener("input", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.dataset.leaf) leaf(host, board, field.dataset.leaf, Number(field.value));
  });
  host.addEventListener("keydown", (event) => keydown(host, board, event));
  host.addEventListener("pointermove", (event) => {
    lens(host, board, event.pointerType === "touch" ? null : pointed(host, board.scene, event));
  });
  host.addEventListener("pointerleave", () => lens(host, board, null));
  return board;
}

/** @param {HTMLElement} host  @param {Board} board  @param {Board["lens"]} to */
function lens(host, board, to) {
  const before = board.lens;
  if (
    before === to ||
    (before && to && before.placed === to.placed && before.row === to.row && before.col === to.col)
  ) {
    return;
  }
  board.lens = to;
  draw(host, board);
}

/** @param {HTMLElement} host  @param {Board} board */
function draw(host, board) {
  const { width, height } = host.getBoundingClientRect();
  if (width < 40 || height < 40 || !host.isConnected) return;
  const { frame, context, before, progress } = played(board.shown);
  const arrived = hasArrived(progress);
  const arrangement = arrange(frame.run, frame.call);
  const extents = extentsAt(frame, arrangement);
  if (host.childElementCount === 0) {
    build(host);
    board.drawn.clear();
  }
  const [head, aids, area] = /** @type {HTMLElement[]} */ ([...host.children]);
  const [sheet, frames, glass] = /** @type {HTMLElement[]} */ ([...area.children]);

  const headKey = [frame.run.id, frame.moment.frame, context.language].join("|");
  if (changed(board, "head", headKey)) patch(head, drawHead(frame, context, arrangement));
  const room = {
    width: host.clientWidth - 2 * MARGIN,
    height: height - head.offsetHeight - aids.offsetHeight - MARGIN,
  };
  const inSight = placesInSight(frame, arrangement, context.state.focus !== null);
  const layout = layoutMatrices(arrangement, extents, inSight, room, leafedTo(board, inSight));
  const windows = JSON.stringify([layout.windows, layout.font, room]);
  const sceneKey = [
    ...[
      headKey,
      frame.trace.run,
      frame.trace.filled,
      windows,
      frame.example,
      formatAddress(frame.focus),
      context.state.focus !== null,
    ],
    ...[JSON.stringify([frame.moment, before]), frame.building && `${frame.building.complete} ${arrived}`],
    [...context.state.edit?.stale ?? [], "", ...context.state.veil].join(),
  ].join("|");
  /** @type {Scene} */
  const scene = {
    frame,
    context,
    arrangement,
    layout,
    extents,
    focus: formatAddress(frame.focus),
    before,
    arrived,
  };
  board.scene = scene;
  if (changed(board, "scene", sceneKey)) {
    host.dataset.phase = frame.call.phase;
    sheet.style.setProperty("--stage-type", `${layout.font}px`);
    sheet.style.width = `${layout.width}px`;
    sheet.style.height = `${layout.height}px`;
    keepingFocus(host, () => patch(sheet, drawMatrices(scene)));
    patch(aids, [drawHint(scene), ...drawSingles(scene), ...drawLeaves(scene)]);
  }
  if (changed(board, "paint", [sceneKey, getComputedStyle(host).color].join("|"))) {
    paintMatrices(sheet, scene);
  }
  const now = frame.building
    ? around(arrangement, frame.building.terms[frame.building.at].addresses)
    : progress < 1
    ? meeting(scene, progress / ARRIVAL)
    : [];
  patch(frames, drawFrames(scene, now));
  patch(glass, drawLens(scene, board.lens));
  host.style.setProperty("--arrived", String(arrivedAt(progress)));
}

/** Around the matrices, in CSS pixels. */
const MARGIN = 12;

/** @param {HTMLElement} host */
function build(host) {
  patch(host, [
    html("div", { class: "mx-head" }),
    html("div", { class: "mx-aids" }),
    html(
      "div",
      { class: "mx-area" },
      html("div", { class: "mx-sheet" }),
      html("div", { class: "mx-frames", "aria-hidden": "true" }),
      html("div", { class: "mx-glass", "aria-hidden": "true" }),
    ),
  ]);
}

/** The equation of one element, and as a line of NumPy. @param {Frame} frame @param {Context} context @param {Arrangement} arrangement */
function drawHead(frame, { t }, arrangement) {
  const code = codeOf(frame.run, frame.call, arrangement);
  return [
    html("div", { class: "mx-formula" }, mathOf(equation({ run: frame.run, call: frame.call, t }))),
    code && html("code", { class: "mx-code" }, code),
  ];
}

/** How to read the arrangement.  @param {Scene} scene */
function drawHint({ arrangement: { matrices, result }, context: { t } }) {
  const has = (/** @type {string} */ part) => matrices.some((matrix) => matrix.part === part);
  const key = has("left") && has("top")
    ? "stage.meets"
    : has("top")
    ? "stage.adds_up"
    : result.cols === null
    ? "stage.gathers"
    : matrices.some(({ uses }) => uses.flat().some((letter) => !result.at.includes(letter)))
    ? "stage.from_row"
    : "stage.cell_by_cell";
  return html("span", { key: "hint", class: "mx-hint" }, t(key));
}

/**
 * Every letter with what it counts, and how to leaf through its places where they do not all fit.
 * @param {Scene} scene
 */
function drawLeaves({ frame, context: { t }, arrangement, layout, extents }) {
  return arrangement.letters.map((letter) => {
    const { first, count } = layout.windows[letter];
    const extent = extents[letter];
    const what = t(`stage.axis_${axisOf(frame, arrangement, letter)}`);
    return html(
      "span",
      { key: `leaf ${letter}`, class: "mx-leaf" },
      html("i", { class: "mx-letter" }, letter),
      html("span", {}, what),
      count < extent && html("input", {
        type: "range",
        "data-leaf": letter,
        min: 0,
        max: extent - count,
        step: 1,
        value: String(first),
        "aria-label": t("stage.leaf_through", { what }),
        "aria-valuetext": t("stage.leaf", { first, last: first + count - 1, extent }),
      }),
      html(
        "span",
        { class: "mx-range" },
        count < extent ? t("stage.leaf", { first, last: first + count - 1, extent }) : `0…${extent - 1}`,
      ),
    );
  });
}

/** What a letter counts.  @param {Frame} frame  @param {Arrangement} arrangement  @param {string} letter */
function axisOf({ run }, { matrices }, letter) {
  const of = matrices.filter(({ at }) => at.includes(letter)).map(({ name, at }) =>
    run.values[name].axes[at.indexOf(letter)]
  );
  return of.find((axis) => axis !== "unit") ?? of[0];
}

/**
 * Where someone has leafed to stays in sight until what is computed moves along that letter.
 * @param {Board} board
 * @param {Record<string, number>} inSight
 * @returns {Record<string, number>}
 */
function leafedTo(board, inSight) {
  for (const [letter, { from }] of board.leafed) if (inSight[letter] !== from) board.leafed.delete(letter);
  return Object.fromEntries([...board.leafed].map(([letter, { first }]) => [letter, first]));
}

/** @param {HTMLElement} host  @param {Board} board  @param {string | null} letter  @param {number} first */
function leaf(host, board, letter, first) {
  if (letter === null || !board.scene) return;
  const { frame, context, arrangement } = board.scene;
  const inSight = placesInSight(frame, arrangement, context.state.focus !== null);
  board.leafed.set(letter, { first, from: inSight[letter] });
  draw(host, board);
}

/** @param {HTMLElement} host  @param {Board} board  @param {MouseEvent} event */
function clicked(host, board, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const cell = /** @type {HTMLElement | null} */ (target.closest("[data-address]"));
  // What the lens reads out is what is meant: a click is told in whole pixels only.
  const address = cell?.dataset.address ?? (board.lens ?? pointed(host, board.scene, event))?.address;
  const parsed = address === undefined ? null : parseAddress(address);
  if (parsed) board.shown.context.dispatch({ type: "focus", address: parsed });
}

/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

/**
 * Arrow keys go from cell to cell for whoever came here by keyboard; after a click they move the playhead as everywhere.
 * @param {HTMLElement} host
 * @param {Board} board
 * @param {KeyboardEvent} event
 */
function keydown(host, board, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const step = STEPS[event.key];
  if (!step || !target.matches(".mx-cell:focus-visible") || !board.scene) return;
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  const name = /** @type {HTMLElement} */ (target.closest("[data-matrix]")).dataset.matrix ?? "";
  const placed = board.scene.layout.placed.find(({ matrix }) => matrix.name === name);
  if (!placed) return;
  const row = Number(target.dataset.row) + step[0], col = Number(target.dataset.col) + step[1];
  if (row < 0 || col < 0 || row >= placed.down.extent || col >= placed.across.extent) return;
  const find = () => /** @type {HTMLElement | null} */ (host.querySelector(
    `[data-matrix="${CSS.escape(name)}"] [data-row="${row}"][data-col="${col}"]`,
  ));
  if (!find()) {
    // To the page the cell is on.
    leaf(host, board, placed.down.letter, row - row % placed.down.count);
    leaf(host, board, placed.across.letter, col - col % placed.across.count);
  }
  find()?.focus();
}

/** A cell that has left the window hands the focus to its matrix. @param {HTMLElement} host @param {() => void} change */
function keepingFocus(host, change) {
  const focused = /** @type {HTMLElement | null} */ (host.ownerDocument.activeElement);
  const address = host.contains(focused) ? focused?.dataset.address : undefined;
  const name = focused?.closest("[data-matrix]")?.getAttribute("data-matrix");
  change();
  if (address === undefined || host.contains(host.ownerDocument.activeElement)) return;
  const same =
    /** @type {HTMLElement | null} */ (host.querySelector(`[data-address="${CSS.escape(address)}"]`));
  const stop = /** @type {HTMLElement | null} */ (host.querySelector(
    name ? `[data-matrix="${CSS.escape(name)}"] .mx-cell[tabindex="0"]` : '.mx-cell[tabindex="0"]',
  ));
  (same ?? stop)?.focus();
}

/** Is this part to be drawn again?  @param {Board} board  @param {string} part  @param {unknown} key */
function changed(board, part, key) {
  if (board.drawn.get(part) === key) return false;
  board.drawn.set(part, key);
  return true;
}
