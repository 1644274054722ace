/**
 * The account of one number: its terms, where each came from, and how the result builds up. The same account as the
 * engine's `explain`, at once and without asking.
 *
 * @import { Call, Cells, Expr, Rule, Term } from "./types.d.ts"
 * @import { Letters } from "./rule.js"
 */
import { cellsRead, extentsOf, lettersOf, scopeOf, valueOf } from "./rule.js";

/** Of a longer sum the first so many terms are listed, and the rest as one. */
export const MOST_TERMS = 256;

/** @typedef {{ operation: Term["operation"], expr: Expr, at: Letters, id: string, role: string | null }} Part */

/**
 * What is added, multiplied and divided to make one number, in order, with the total so far.
 *
 * A sum gives its summands, an addition its addends (a sum among them gives its summands), a product its factors, a
 * quotient the terms of its top and then its bottom. A name around a part becomes its role.
 * @param {Rule} rule
 * @param {Call} call
 * @param {Cells} cells
 * @param {number[]} index
 * @param {number} [most]
 * @returns {Term[]}
 */
export function terms(rule, call, cells, index, most = MOST_TERMS) {
  const scope = scopeOf(rule, call, cells);
  const whole = { operation: equals, expr: rule.body, at: lettersOf(rule, index), id: "e", role: null };
  const all = [...partsOf(whole, scope.extents)];
  const divisors = all.filter(({ operation }) => operation === "÷");
  const summands = all.slice(0, all.length - divisors.length);
  let running = NaN;
  /** @param {Part} part  @param {number} place  @returns {Term} */
  const termOf = ({ operation, expr, at, id, role }, place) => {
    const value = valueOf(expr, at, scope);
    running = place === 0 ? begin(operation, value) : join(operation, running, value);
    const addresses = cellsRead(expr, at, scope.extents, call, Infinity);
    return { id, operation, role, addresses, value, running, count: 1 };
  };
  const list = summands.slice(0, most).map(termOf);
  const rest = summands.slice(most);
  if (rest.length) {
    const before = running;
    for (const { operation, expr, at } of rest) running = join(operation, running, valueOf(expr, at, scope));
    const value = running - before;
    list.push({ id: "rest", operation: "+", role: null, addresses: [], value, running, count: rest.length });
  }
  return [...list, ...divisors.map((part) => termOf(part, list.length))];
}

/**
 * How many terms a number has, without working them out.
 * @param {Rule} rule
 * @param {Call} call
 * @param {Pick<Cells, "shape">} cells
 * @param {number} [most]
 * @returns {number}
 */
export function countTerms(rule, call, cells, most = MOST_TERMS) {
  let summands = 0;
  let divisors = 0;
  const at = lettersOf(rule, rule.at.map(() => 0));
  const whole = { operation: equals, expr: rule.body, at, id: "e", role: null };
  for (const { operation } of partsOf(whole, extentsOf(rule, call, cells))) {
    if (operation === "÷") divisors += 1;
    else summands += 1;
  }
  return Math.min(summands, most) + (summands > most ? 1 : 0) + divisors;
}

/** @type {Term["operation"]} */
const equals = "=";

/**
 * @param {Part} part
 * @param {Letters} extents
 * @returns {Generator<Part>}
 */
function* partsOf(part, extents) {
  const { expr, at, id, role } = part;
  switch (expr.kind) {
    case "named":
      yield* partsOf({ ...part, expr: expr.of, id: `${id}.0`, role: expr.role }, extents);
      break;
    case "add":
      for (const [k, term] of expr.terms.entries()) {
        /** @type {Part} */
        const addend = { operation: "+", expr: term, at, id: `${id}.${k}`, role };
        if (term.kind === "negate") {
          yield inside({ ...addend, operation: "−", expr: term.of, id: `${addend.id}.0` });
        } else if (inside(addend).expr.kind === "sum") yield* partsOf(addend, extents);
        else yield inside(addend);
      }
      break;
    case "sum":
      for (let i = 0; i < extents[expr.over]; i++) {
        /** @type {Part} */
        const summand = {
          operation: "+",
          expr: expr.body,
          at: { ...at, [expr.over]: i },
          id: `${id}@${i}`,
          role,
        };
        if (expr.body.kind === "sum") yield* partsOf(summand, extents);
        else yield inside(summand);
      }
      break;
    case "multiply":
      for (const [k, factor] of expr.factors.entries()) {
        yield inside({ operation: "×", expr: factor, at, id: `${id}.${k}`, role });
      }
      break;
    case "divide":
      yield* partsOf({ ...part, expr: expr.top, id: `${id}.0` }, extents);
      yield inside({ operation: "÷", expr: expr.bottom, at, id: `${id}.1`, role });
      break;
    default:
      yield part;
  }
}

/**
 * @param {Part} part
 * @returns {Part}  without the name around it, which becomes its role
 */
function inside(part) {
  if (part.expr.kind !== "named") return part;
  return inside({ ...part, expr: part.expr.of, id: `${part.id}.0`, role: part.expr.role });
}

/** @param {Term["operation"]} operation  @param {number} value  @returns {number}  the total after the first term */
function begin(operation, value) {
  return operation === "−" ? -value : value;
}

/** @param {Term["operation"]} operation  @param {number} total  @param {number} value  @returns {number} */
function join(operation, total, value) {
  if (operation === "−") return total - value;
  if (operation === "×") return total * value;
  return operation === "÷" ? total / value : total + value;
}
