/**
 * The account of a number: its terms as rows, long sums folded in the middle. Pure.
 *
 * @import { Address, Call, Cells, Frame, Rule, Term } from "../../types.d.ts"
 */
import { terms } from "../../terms.js";
import { writtenBy } from "../../trace.js";

/**
 * A sum, divided at the end if it is a mean; or a chain of factors and divisors.
 * @typedef {{ join: "sum" | "product", parts: Term[], divisors: Term[] }} Account
 * @typedef {"done" | "now" | "later"} Time  where a term stands in a sum that is being made
 * @typedef {{ kind: "term", term: Term, value: number, before: number, after: number, time: Time }} TermRow
 * @typedef {{ kind: "fold", count: number, value: number, before: number, after: number, time: Time }} FoldRow
 * @typedef {TermRow | FoldRow} Row
 */

/** Longer sums than this are folded. */
export const LONGEST = 8;

/** So many terms are shown beside the one just added. */
const NEAR = 4;

/** Of a folded sum: how many terms are shown from its beginning, how many of the largest, and from its end. */
const FIRST = 3, LARGEST = 2, LAST = 1;

/**
 * @param {{ rule: Rule | null, call: Call | null, cells: Cells, cell: Address }} scene
 * @returns {Account | null}  null for what no assignment computes, and for a formula that is all one piece
 */
export function accountOf({ rule, call, cells, cell }) {
  if (!rule || !call) return null;
  const all = terms(rule, call, cells, cell.index);
  const divisors = all.filter(({ operation }) => operation === "÷");
  const parts = all.filter(({ operation }) => operation !== "÷");
  const isSum = parts.every(({ operation }) => operation === "+" || operation === "−");
  if (isSum) return { join: "sum", parts, divisors };
  return all.length < 2 ? null : { join: "product", parts: all, divisors: [] };
}

/** What a term adds to the total.  @param {Term} term  @returns {number} */
export function added({ operation, value }) {
  return operation === "−" ? -value : value;
}

/**
 * @param {number} at  place of a term
 * @param {number} now  place of the term just added
 * @returns {Time}
 */
export function timeOf(at, now) {
  return at < now ? "done" : at === now ? "now" : "later";
}

/**
 * @param {Term[]} terms
 * @param {boolean} whole  show them all
 * @param {number} [now]  place of the term just added, where the sum is being made
 * @returns {Row[]}
 */
export function rowsOf(terms, whole, now = Infinity) {
  const shown = whole || terms.length <= LONGEST
    ? new Set(terms.keys())
    : now < terms.length
    ? around(terms, now)
    : telling(terms);
  /** @type {Row[]} */
  const rows = [];
  terms.forEach((term, at) => {
    const before = at ? terms[at - 1].running : 0;
    const previous = rows.at(-1);
    const time = timeOf(at, now);
    // A fold of one would take as much room as its term.
    if (
      term.count === 1 && (shown.has(at) || time === "now" || (shown.has(at - 1) && shown.has(at + 1)))
    ) {
      rows.push({ kind: "term", term, value: added(term), before, after: term.running, time });
    } else if (previous?.kind === "fold" && previous.time === time) {
      previous.count += term.count;
      previous.after = term.running;
      previous.value = term.running - previous.before;
    } else {
      rows.push({
        kind: "fold",
        count: term.count,
        value: term.running - before,
        before,
        after: term.running,
        time,
      });
    }
  });
  return rows;
}

/** The terms next to the one just added.  @param {Term[]} terms  @param {number} now  @returns {Set<number>} */
function around(terms, now) {
  const first = Math.max(0, Math.min(now - NEAR + 2, terms.length - NEAR - 1));
  return new Set([...terms.keys()].slice(first, first + NEAR + 1));
}

/** @param {Term[]} terms  @returns {Set<number>} */
function telling(terms) {
  const end = terms.length - LAST;
  const middle = [...terms.keys()].slice(FIRST, end);
  const size = (/** @type {number} */ at) => Math.abs(terms[at].value) || 0;
  const largest = middle.sort((a, b) => size(b) - size(a)).slice(0, LARGEST);
  return new Set([...Array(FIRST).keys(), ...largest, ...[...terms.keys()].slice(end)]);
}

/**
 * The least range that holds zero and every running total: one scale for all bars of a sum.
 * @param {Row[]} rows
 * @returns {{ from: number, to: number }}
 */
export function rangeOf(rows) {
  const totals = [0, ...rows.flatMap(({ before, after }) => [before, after])].filter(Number.isFinite);
  const [from, to] = [Math.min(...totals), Math.max(...totals)];
  return from === to ? { from: -1, to: 1 } : { from, to };
}

/**
 * The cell a term leads to: of those it reads, the one computed last.
 * @param {Frame} frame
 * @param {Address[]} addresses
 * @returns {Address | null}
 */
export function sourceOf({ run }, addresses) {
  const age = (/** @type {Address} */ { name }) => {
    const at = writtenBy(run, name);
    return at === Infinity ? -1 : at;
  };
  return addresses.reduce(
    (/** @type {Address | null} */ best, cell) => !best || age(cell) >= age(best) ? cell : best,
    null,
  );
}
