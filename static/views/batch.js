/**
 * The stage as the batch: a row for every example, the values of the present assignment, and how what the examples have
 * to say adds up to one gradient, or to the loss. A click on a row chooses its example.
 *
 * Only the rows in sight are drawn. All that this module keeps for a host is what it drew last and how rows are sorted.
 *
 * @import { Context, Frame, View } from "../types.d.ts"
 * @import { Sheet } from "./batch/rows.js"
 */
import { html, patch } from "../draw/dom.js";
import { formatAddress, parseAddress } from "../trace.js";
import { ARRIVAL, played } from "../transition.js";
import { columnsAt, fitting, sumAt } from "./batch/columns.js";
import { drawHead, drawRows, drawSum, drawTop, ROW } from "./batch/rows.js";
import { paintStrips } from "./batch/strips.js";

/** Rows drawn beyond those in sight, so that a short scroll finds them. */
const BEYOND = 4;

/** In em: a cell, the number of the row, a strip or a picture, and the share with its bar. */
const CELL = 4.4, INDEX = 3.4, STRIP = 5.5, SHARE = 15, GAP = 0.9, NARROW = 34;

/** The shares and their bars take this part of the width at least. */
const BARS = 0.4;

/**
 * @typedef {object} Board
 * @property {{ frame: Frame, context: Context }} shown
 * @property {string} drawn
 * @property {boolean} sorted
 * @property {string} chosen  the example that was last brought into sight
 */

/** @type {WeakMap<HTMLElement, Board>} */
const boards = new WeakMap();

/** @type {View} */
export const batch = {
  id: "batch",
  title: "stage.batch",
  render(host, frame, context) {
    const board = boards.get(host) ?? open(host, { frame, context });
    board.shown = { frame, context };
    draw(host, board);
  },
};

/** @param {HTMLElement} host  @param {Board["shown"]} shown  @returns {Board} */
function open(host, shown) {
  /** @type {Board} */
  const board = { shown, drawn: "", sorted: false, chosen: "" };
  boards.set(host, board);
  host.classList.add("batch");
  new ResizeObserver(() => draw(host, board)).observe(host);
  const theme = () => {
    board.drawn = "";
    draw(host, board);
  };
  new MutationObserver(theme).observe(host.ownerDocument.documentElement, {
    attributeFilter: ["data-theme"],
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
  host.addEventListener("click", (event) => clicked(host, board, event));
  host.addEventListener("keydown", (event) => keydown(host, board, event));
  return board;
}

/** @param {HTMLElement} host  @param {Board} board */
function draw(host, board) {
  if (host.clientWidth < 40 || host.clientHeight < 40 || !host.isConnected) return;
  if (host.childElementCount === 0) {
    build(host, board);
    board.drawn = "";
  }
  const { frame, context, before, progress } = played(board.shown);
  const [top, scroller, foot] = /** @type {HTMLElement[]} */ ([...host.children]);
  const [head, body] = /** @type {HTMLElement[]} */ ([...scroller.children]);
  const font = Number.parseFloat(getComputedStyle(scroller).fontSize);
  const sum = sumAt(frame);
  // On a phone the numbers that matter come before what they were made from.
  const all = columnsAt(frame, sum).filter(({ own }) => own || scroller.clientWidth > NARROW * font);
  const width = scroller.clientWidth / font;
  const room = width - INDEX - (sum ? Math.max(SHARE, width * BARS) : 0) - 1;
  const counts = countsIn(all, room);
  const columns = all.map((column, at) => windowed(column, counts[at])).filter(({ shown, strip }) =>
    shown.length || strip
  );
  const made = sum && progress < 1 && before && !frame.building && sum.present
    ? Math.floor(Math.min(1, progress / ARRIVAL) * sum.shares.length)
    : null;
  /** @type {Sheet} */
  const sheet = { frame, context, columns, sum, order: [], sorted: board.sorted, made, before };
  sheet.order = orderOf(sheet);

  const row = ROW * font;
  body.style.height = `${row * sheet.order.length}px`;
  bringIntoSight(board, scroller, sheet, row, head.offsetHeight);
  const first = Math.max(0, Math.floor(scroller.scrollTop / row) - BEYOND);
  const count = Math.ceil(scroller.clientHeight / row) + 2 * BEYOND;
  const key = [
    ...[
      frame.run.id,
      frame.trace.filled,
      context.language,
      JSON.stringify([frame.moment, before]),
      frame.example,
      made,
    ],
    ...[
      formatAddress(frame.focus),
      frame.building?.complete,
      board.sorted,
      first,
      count,
      font,
      counts.join(),
    ],
    ...[[...context.state.edit?.stale ?? [], "", ...context.state.veil].join(), getComputedStyle(host).color],
  ].join("|");
  if (board.drawn === key) return;
  board.drawn = key;
  host.dataset.phase = frame.call.phase;
  patch(top, drawTop(sheet));
  patch(head, drawHead(sheet));
  patch(body, drawRows(sheet, first, count));
  patch(foot, drawSum(sheet));
  paintStrips(body, sheet);
}

/** @param {HTMLElement} host  @param {Board} board */
function build(host, board) {
  patch(host, [
    html("div", { class: "bx-top" }),
    html(
      "div",
      { class: "bx-scroll", role: "table", on: { scroll: () => draw(host, board) } },
      html("div", { class: "bx-head", role: "rowgroup" }),
      html("div", { class: "bx-body", role: "rowgroup" }),
    ),
    html("div", { class: "bx-foot" }),
  ]);
}

/**
 * Cells of each column in a width, in em: where not all of them fit, room is kept for a strip.
 * @param {import("./batch/columns.js").Column[]} columns
 * @param {number} room
 * @returns {number[]}
 */
function countsIn(columns, room) {
  const cells = (/** @type {number} */ width) => Math.max(0, Math.floor(width / CELL));
  const gaps = columns.length * GAP;
  const whole = fitting(columns, cells(room - gaps));
  const folded = columns.filter(({ units }, at) => whole[at] < units.length).length;
  if (!folded) return whole;
  // A strip for one number would take more room than the number.
  return fitting(columns, cells(room - gaps - folded * STRIP)).map((count, at) =>
    columns[at].units.length === 1 ? 1 : count
  );
}

/** @param {import("./batch/columns.js").Column} column  @param {number} count */
function windowed({ name, units, active }, count) {
  const at = Math.max(0, units.indexOf(active));
  const page = count ? Math.floor(at / count) * count : 0;
  const first = Math.max(0, Math.min(page, units.length - count));
  return { name, units, shown: units.slice(first, first + count), strip: count < units.length };
}

/** The examples in the order of their rows.  @param {Sheet} sheet  @returns {number[]} */
function orderOf({ frame, sum, sorted }) {
  const rows = Array.from({ length: frame.trace.batch.length }, (_, n) => n);
  if (!sorted || !sum) return rows;
  const size = (/** @type {number} */ n) => Math.abs(sum.shares[n]) || 0;
  return rows.sort((a, b) => size(b) - size(a) || a - b);
}

/** @param {Board} board  @param {HTMLElement} scroller  @param {Sheet} sheet  @param {number} row  @param {number} head */
function bringIntoSight(board, scroller, { frame, order, sorted }, row, head) {
  const chosen = `${frame.trace.run} ${frame.example} ${sorted}`;
  if (chosen === board.chosen) return;
  board.chosen = chosen;
  const top = order.indexOf(frame.example) * row;
  const height = scroller.clientHeight - head;
  if (top < scroller.scrollTop) scroller.scrollTop = Math.max(0, top - row);
  else if (top + row > scroller.scrollTop + height) scroller.scrollTop = top + 2 * row - height;
}

/** @param {HTMLElement} host  @param {Board} board  @param {MouseEvent} event */
function clicked(host, board, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const { dispatch } = board.shown.context;
  if (target.closest("[data-sort]")) {
    board.sorted = !board.sorted;
    return draw(host, board);
  }
  const cell = /** @type {HTMLElement | null} */ (target.closest("[data-address]"));
  const row = /** @type {HTMLElement | null} */ (target.closest("[data-example]"));
  if (row) dispatch({ type: "example", example: Number(row.dataset.example) });
  const address = cell ? parseAddress(cell.dataset.address ?? "") : null;
  if (address) dispatch({ type: "focus", address });
}

/**
 * Up and down go to the next row for whoever came to its number by keyboard.
 * @param {HTMLElement} host
 * @param {Board} board
 * @param {KeyboardEvent} event
 */
function keydown(host, board, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (!by || !target.matches(".bx-index:focus-visible") || event.altKey || event.ctrlKey || event.metaKey) {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
  const rows = /** @type {HTMLElement[]} */ ([...host.querySelectorAll(".bx-body [data-example]")]);
  const next = rows[rows.findIndex((row) => row.contains(target)) + by];
  if (!next) return;
  /** @type {HTMLElement} */ (next.querySelector(".bx-index")).focus();
  board.shown.context.dispatch({ type: "example", example: Number(next.dataset.example) });
}
