/**
 * The page's evaluator of scalar rules: the value of one element and the cells it reads. Its account term by term is in
 * terms.js.
 *
 * A rule names operands by slot (`W`) and letters (`j`); a call binds slots to names of the program (`W1`), an index
 * gives the letters of the result numbers. Sums and products go left to right and sums begin at 0, as in the engine, so
 * that the same bits come out; overflow, 0/0 and the like give infinities and NaN, as in the arrays.
 *
 * @import { Address, Call, Cells, Expr, Rule } from "./types.d.ts"
 */
import { erf } from "./special.js";

/** @typedef {Readonly<Record<string, number>>} Letters  what each index letter stands for */
/** @typedef {(slot: string, index: number[]) => number} Element */
/**
 * All that evaluating an expression needs. `known` keeps every sum and maximum for the letters it depends on: a softmax
 * asks for the same row maximum again and again.
 * @typedef {{
 *   extents: Letters,
 *   element: Element,
 *   size: (slot: string, axis: number) => number,
 *   known?: Map<Expr, Map<string, number>>,
 * }} Scope
 */

/** @type {Readonly<Record<string, (...of: number[]) => number>>} */
const FUNCTIONS = Object.freeze({
  exp: Math.exp,
  expm1: Math.expm1,
  log: Math.log,
  log1p: Math.log1p,
  tanh: Math.tanh,
  erf,
  sqrt: Math.sqrt,
  sin: Math.sin,
  cos: Math.cos,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  max: Math.max,
  min: Math.min,
});

/** @type {Readonly<Record<string, (left: number, right: number) => boolean>>} */
const RELATIONS = Object.freeze({
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
  "<": (left, right) => left < right,
  "=": (left, right) => left === right,
});

/**
 * The element of the result at an index, from the rule alone.
 * @param {Rule} rule
 * @param {Call} call
 * @param {Cells} cells
 * @param {number[]} index
 * @returns {number}
 */
export function evaluate(rule, call, cells, index) {
  return valueOf(rule.body, lettersOf(rule, index), scopeOf(rule, call, cells));
}

/**
 * The cells the element at an index reads, in reading order, each once. Both branches of a choice count, since numbers
 * decide which one is taken and what an element may read does not depend on them; where indices decide, only that one.
 * @param {Rule} rule
 * @param {Call} call
 * @param {Pick<Cells, "shape">} cells
 * @param {number[]} index
 * @param {number} [most]  stop after this many
 * @returns {Address[]}
 */
export function references(rule, call, cells, index, most = Infinity) {
  const scope = { extents: extentsOf(rule, call, cells) };
  return cellsRead(rule.body, lettersOf(rule, index), scope.extents, call, most);
}

/**
 * How many values each letter takes: the extent of the first axis where it stands.
 * @param {Rule} rule
 * @param {Call} call
 * @param {Pick<Cells, "shape">} cells
 * @returns {Letters}
 */
export function extentsOf(rule, call, cells) {
  /** @type {Record<string, number>} */
  const extents = {};
  for (const node of nodes(rule.body)) {
    if (node.kind !== "element") continue;
    const shape = cells.shape(call.bind[node.of]);
    node.at.forEach((letter, axis) => extents[letter] ??= shape[axis]);
  }
  return extents;
}

/**
 * An elementwise rule as a function of one number, for drawing its curve.
 * @param {Rule} rule
 * @param {Record<string, number>} [fixed]  numbers for slots that stay as they are
 * @returns {((x: number) => number) | null}  null if it reads more than one element besides
 */
export function asFunction(rule, fixed = {}) {
  const all = [...nodes(rule.body)];
  const elements = all.filter((node) => node.kind === "element");
  const slots = new Set(elements.map((node) => node.of).filter((slot) => !Object.hasOwn(fixed, slot)));
  if (slots.size !== 1 || all.some((node) => ["sum", "maximum", "size", "index"].includes(node.kind))) {
    return null;
  }
  return (x) => valueOf(rule.body, {}, { extents: {}, element: (slot) => fixed[slot] ?? x, size: () => NaN });
}

/**
 * The parts of an expression, in reading order. Their numbers are the last figure of a node's id.
 * @param {Expr} expr
 * @returns {Expr[]}
 */
export function childrenOf(expr) {
  switch (expr.kind) {
    case "number":
    case "element":
    case "size":
    case "index":
      return [];
    case "sum":
    case "maximum":
      return [expr.body];
    case "add":
      return expr.terms;
    case "multiply":
      return expr.factors;
    case "negate":
    case "named":
      return [expr.of];
    case "divide":
      return [expr.top, expr.bottom];
    case "power":
      return [expr.base, expr.exponent];
    case "call":
      return expr.of;
    case "choose":
      return [expr.left, expr.right, expr.then, expr.otherwise];
  }
}

/**
 * Which part of a choice is taken, if the indices alone decide as in a Kronecker delta: 2 for then, 3 for otherwise.
 * @param {Expr} expr
 * @param {Readonly<Record<string, number | string>>} at  a letter may still stand for itself
 * @returns {2 | 3 | null}  null if it is no choice, or numbers decide, or a letter has no index yet
 */
export function branch(expr, at) {
  if (expr.kind !== "choose") return null;
  const sides = [...nodes(expr.left), ...nodes(expr.right)];
  if (sides.some(({ kind }) => kind === "element" || kind === "size")) return null;
  const letters = [...freeLetters(expr.left), ...freeLetters(expr.right)];
  if (letters.some((letter) => typeof at[letter] !== "number")) return null;
  const nowhere = { extents: {}, element: () => NaN, size: () => NaN };
  return holds(expr, /** @type {Letters} */ (at), nowhere) ? 2 : 3;
}

/**
 * Does the condition of a choice hold here?
 * @param {Extract<Expr, { kind: "choose" }>} expr
 * @param {Letters} at
 * @param {Scope} scope
 * @returns {boolean}
 */
export function holds(expr, at, scope) {
  return RELATIONS[expr.relation](valueOf(expr.left, at, scope), valueOf(expr.right, at, scope));
}

/**
 * @param {Rule} rule
 * @param {Call} call
 * @param {Cells} cells
 * @returns {Scope}
 */
export function scopeOf(rule, call, cells) {
  return {
    extents: extentsOf(rule, call, cells),
    element: (slot, index) => cells.value(call.bind[slot], index),
    size: (slot, axis) => cells.shape(call.bind[slot])[axis],
    known: new Map(),
  };
}

/**
 * @param {Rule} rule
 * @param {number[]} index
 * @returns {Letters}
 */
export function lettersOf(rule, index) {
  return Object.fromEntries(rule.at.map((letter, axis) => [letter, index[axis]]));
}

/**
 * @param {Expr} expr
 * @param {Letters} at
 * @param {Scope} scope
 * @returns {number}
 */
export function valueOf(expr, at, scope) {
  switch (expr.kind) {
    case "number":
      return expr.value;
    case "element":
      return scope.element(expr.of, expr.at.map((letter) => at[letter]));
    case "size":
      return scope.size(expr.of, expr.axis);
    case "index":
      return at[expr.name];
    case "sum":
    case "maximum":
      return gathered(expr, at, scope);
    case "add":
      return expr.terms.map((term) => valueOf(term, at, scope)).reduce((total, value) => total + value);
    case "multiply":
      return expr.factors.map((factor) => valueOf(factor, at, scope)).reduce((product, value) =>
        product * value
      );
    case "negate":
      return -valueOf(expr.of, at, scope);
    case "named":
      return valueOf(expr.of, at, scope);
    case "divide":
      return valueOf(expr.top, at, scope) / valueOf(expr.bottom, at, scope);
    case "power":
      return power(valueOf(expr.base, at, scope), valueOf(expr.exponent, at, scope));
    case "call":
      return FUNCTIONS[expr.function](...expr.of.map((part) => valueOf(part, at, scope)));
    case "choose":
      return valueOf(holds(expr, at, scope) ? expr.then : expr.otherwise, at, scope);
  }
}

/**
 * @param {Extract<Expr, { kind: "sum" | "maximum" }>} expr
 * @param {Letters} at
 * @param {Scope} scope
 * @returns {number}
 */
function gathered(expr, at, scope) {
  const known = kept(scope.known, expr);
  const key = place(expr, at);
  const value = known?.get(key) ??
    (expr.kind === "sum"
      ? fold(expr, at, scope, 0, (total, value) => total + value)
      : fold(expr, at, scope, -Infinity, Math.max));
  known?.set(key, value);
  return value;
}

/** @param {Map<Expr, Map<string, number>> | undefined} all  @param {Expr} expr */
function kept(all, expr) {
  if (all && !all.has(expr)) all.set(expr, new Map());
  return all?.get(expr);
}

/** Where an expression stands, as far as it matters to it.  @param {Expr} expr  @param {Letters} at */
function place(expr, at) {
  return freeLetters(expr).map((letter) => at[letter]).join();
}

/** @type {WeakMap<Expr, string[]>} */
const free = new WeakMap();

/** @param {Expr} expr  @returns {string[]}  the letters it uses and does not bind itself */
function freeLetters(expr) {
  const known = free.get(expr);
  if (known) return known;
  const own = expr.kind === "element" ? expr.at : expr.kind === "index" ? [expr.name] : [];
  const letters = new Set([...own, ...childrenOf(expr).flatMap(freeLetters)]);
  if (expr.kind === "sum" || expr.kind === "maximum") letters.delete(expr.over);
  const list = [...letters].sort();
  free.set(expr, list);
  return list;
}

/**
 * @param {Extract<Expr, { kind: "sum" | "maximum" }>} expr
 * @param {Letters} at
 * @param {Scope} scope
 * @param {number} start
 * @param {(sofar: number, value: number) => number} join
 * @returns {number}
 */
function fold(expr, at, scope, start, join) {
  let sofar = start;
  for (let i = 0; i < scope.extents[expr.over]; i++) {
    sofar = join(sofar, valueOf(expr.body, { ...at, [expr.over]: i }, scope));
  }
  return sofar;
}

/**
 * IEEE 754 power. A square is a product, as in the engine's kernels; JavaScript alone holds 1 to the NaN for NaN.
 * @param {number} base
 * @param {number} exponent
 * @returns {number}
 */
function power(base, exponent) {
  if (exponent === 2) return base * base;
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

/**
 * @param {Expr} expr
 * @returns {Generator<Expr>}  every node, parents first, in reading order
 */
function* nodes(expr) {
  yield expr;
  for (const child of childrenOf(expr)) yield* nodes(child);
}

/**
 * @param {Expr} expr
 * @param {Letters} at
 * @param {Letters} extents
 * @param {Call} call
 * @param {number} most
 * @returns {Address[]}
 */
export function cellsRead(expr, at, extents, call, most) {
  /** @type {Map<string, Address>} */
  const found = new Map();
  /** @type {Map<Expr, Set<string>>} */
  const seen = new Map();
  /** @param {Expr} node  @param {Letters} at */
  const visit = (node, at) => {
    if (found.size >= most) return;
    if (node.kind === "element") {
      const name = call.bind[node.of];
      const index = node.at.map((letter) => at[letter]);
      const key = `${name}[${index}]`;
      if (!found.has(key)) found.set(key, { name, index });
    } else if (node.kind === "sum" || node.kind === "maximum") {
      // Read there already, and so adding nothing.
      const places = seen.get(node) ?? new Set();
      seen.set(node, places);
      const here = place(node, at);
      if (places.has(here)) return;
      places.add(here);
      for (let i = 0; i < extents[node.over] && found.size < most; i++) {
        visit(node.body, { ...at, [node.over]: i });
      }
    } else {
      const taken = branch(node, at);
      const parts = childrenOf(node);
      for (const child of taken === null ? parts : [parts[taken]]) visit(child, at);
    }
  };
  visit(expr, at);
  return [...found.values()];
}
