/**
 * Every way from a number to the loss, as the chain rule counts them: a path is a product of local slopes and weights, and
 * all of them together are the derivative. Pure, and by the rules of the backward pass alone: each error term is a sum
 * of coefficients times error terms nearer to the loss.
 *
 * @import { Address, Call, Cells, Expr, Run, Trace } from "./types.d.ts"
 * @import { Letters, Scope } from "./rule.js"
 */
import { childrenOf, holds, lettersOf, scopeOf, valueOf } from "./rule.js";
import { cellsOf, formatAddress, leftOut, writtenBy } from "./trace.js";

/** Paths told one by one; the others are taken together. */
export const MOST_PATHS = 50;

/** More coefficients than this are not looked through. */
export const MOST_EDGES = 60_000;

/**
 * @typedef {{ to: Address, coefficient: number, reads: Address[] }} Edge  `reads`: the cells the coefficient is made of
 * @typedef {{ cells: Address[], edges: Edge[], product: number }} Path
 *   the error terms it passes, from the one asked for to one that comes straight from the loss
 * @typedef {{ paths: Path[], count: number, total: number, rest: number }} Paths
 *   the largest paths first; `count` of all there are, `total` of all together, `rest` of those not told
 */

/**
 * The paths from an error term to the loss.
 * @param {Run} run
 * @param {Trace} trace
 * @param {Address} cell  `delta1[0,2]`
 * @param {number} [most]
 * @returns {Paths | null}  null where there are too many coefficients, or numbers that are missing or not finite
 */
export function pathsToLoss(run, trace, cell, most = MOST_PATHS) {
  const graph = createGraph(run, trace);
  const start = graph.node(cell);
  if (!start || graph.failed()) return null;
  const paths = [];
  /** @typedef {{ node: Node, edges: Edge[], cells: Address[], product: number, bound: number }} Partial */
  /** @type {Partial[]} */
  const open = [{ node: start, edges: [], cells: [cell], product: 1, bound: start.best }];
  // Best first: the bound of what is left is what its best way on comes to, so paths come out in order of their size.
  while (open.length && paths.length < most) {
    const { node, edges, cells, product } = /** @type {Partial} */ (pop(open));
    if (node.edges.length === 0) {
      paths.push({ cells, edges, product: product * node.value });
      continue;
    }
    for (const edge of node.edges) {
      const next = /** @type {Node} */ (graph.node(edge.to));
      const further = product * edge.coefficient;
      push(open, {
        node: next,
        edges: [...edges, edge],
        cells: [...cells, edge.to],
        product: further,
        bound: Math.abs(further) * next.best,
      });
    }
  }
  const total = start.value;
  return {
    paths,
    count: start.count,
    total,
    rest: total - paths.reduce((sum, { product }) => sum + product, 0),
  };
}

/**
 * Is this an error term: a derivative of the loss for every example and unit?
 * @param {Run} run
 * @param {string} name
 * @returns {boolean}
 */
export function isErrorTerm(run, name) {
  const { phase, axes, source } = run.values[name];
  return source === "computed" && phase === "backward" && axes.join() === "example,unit";
}

/** @typedef {{ value: number, edges: Edge[], best: number, count: number }} Node  `best`: size of its largest path */

/** @param {Run} run  @param {Trace} trace */
function createGraph(run, trace) {
  const cells = cellsOf(trace);
  /** @type {Map<string, Node | null>} */
  const nodes = new Map();
  let edges = 0;
  let failed = false;
  /** @param {Address} cell  @returns {Node | null} */
  const node = (cell) => {
    const key = formatAddress(cell);
    const there = nodes.get(key);
    if (there !== undefined) return there;
    const made = failed ? null : make(cell);
    if (!made) failed = true;
    nodes.set(key, made);
    return made;
  };
  /** @param {Address} cell  @returns {Node | null} */
  const make = (cell) => {
    const call = run.program.calls[writtenBy(run, cell.name)];
    if (!call || call.reads.some((name) => leftOut(trace.values[name], cell.index[0]))) return null;
    const value = cells.value(cell.name, cell.index);
    const out = edgesOf(run, call, cells, cell.index);
    if (!out || !Number.isFinite(value)) return null;
    edges += out.length;
    if (edges > MOST_EDGES) return null;
    if (out.length === 0) return { value, edges: out, best: Math.abs(value), count: 1 };
    let best = 0, count = 0;
    for (const edge of out) {
      const next = node(edge.to);
      if (!next || !Number.isFinite(edge.coefficient)) return null;
      best = Math.max(best, Math.abs(edge.coefficient) * next.best);
      count += next.count;
    }
    return { value, edges: out, best, count };
  };
  return { node, failed: () => failed };
}

/**
 * The error terms a number is made of, with what each is multiplied by.
 * @param {Run} run
 * @param {Call} call
 * @param {Cells} cells
 * @param {number[]} index
 * @returns {Edge[] | null}  none where it comes straight from the loss; null where it is no sum of error terms
 */
export function edgesOf(run, call, cells, index) {
  const { rule } = run.program.ops[call.op];
  const scope = scopeOf(rule, call, cells);
  const isError = (/** @type {Expr} */ expr) =>
    expr.kind === "element" && isErrorTerm(run, call.bind[expr.of]);
  const has = (/** @type {Expr} */ expr) => isError(expr) || childrenOf(expr).some(has);
  if (!has(rule.body)) return [];
  const found = linear(rule.body, lettersOf(rule, index), { scope, call, isError, has });
  if (!found) return null;
  /** @type {Map<string, Edge>} */
  const merged = new Map();
  for (const edge of found) {
    const key = formatAddress(edge.to);
    const before = merged.get(key);
    merged.set(key, before ? { ...before, coefficient: before.coefficient + edge.coefficient } : edge);
  }
  return [...merged.values()];
}

/**
 * @typedef {{ scope: Scope, call: Call, isError: (expr: Expr) => boolean, has: (expr: Expr) => boolean }} Reading
 */

/**
 * @param {Expr} expr
 * @param {Letters} at
 * @param {Reading} reading
 * @returns {Edge[] | null}
 */
function linear(expr, at, reading) {
  const { scope, call, isError, has } = reading;
  if (!has(expr)) return valueOf(expr, at, scope) === 0 ? [] : null;
  switch (expr.kind) {
    case "element":
      return isError(expr)
        ? [{
          to: { name: call.bind[expr.of], index: expr.at.map((letter) => at[letter]) },
          coefficient: 1,
          reads: [],
        }]
        : null;
    case "named":
      return linear(expr.of, at, reading);
    case "negate":
      return scaled(linear(expr.of, at, reading), -1, []);
    case "sum":
      return together(
        Array.from(
          { length: scope.extents[expr.over] },
          (_, i) => linear(expr.body, { ...at, [expr.over]: i }, reading),
        ),
      );
    case "add":
      return together(expr.terms.map((term) => linear(term, at, reading)));
    case "choose":
      return has(expr.left) || has(expr.right)
        ? null
        : linear(holds(expr, at, scope) ? expr.then : expr.otherwise, at, reading);
    case "divide":
      return has(expr.bottom)
        ? null
        : scaled(linear(expr.top, at, reading), 1 / valueOf(expr.bottom, at, scope), []);
    case "multiply": {
      const inside = expr.factors.filter(has);
      if (inside.length !== 1) return null;
      const others = expr.factors.filter((factor) => factor !== inside[0]);
      const factor = others.reduce((product, other) => product * valueOf(other, at, scope), 1);
      return scaled(
        linear(inside[0], at, reading),
        factor,
        others.flatMap((other) => elements(other, at, call)),
      );
    }
    default:
      return null;
  }
}

/** @param {Expr} expr  @param {Letters} at  @param {Call} call  @returns {Address[]} */
function elements(expr, at, call) {
  if (expr.kind === "element") {
    return [{ name: call.bind[expr.of], index: expr.at.map((letter) => at[letter]) }];
  }
  // Of a sum inside a coefficient the cells are many and none of them stands for it.
  if (expr.kind === "sum" || expr.kind === "maximum") return [];
  return childrenOf(expr).flatMap((child) => elements(child, at, call));
}

/** @param {(Edge[] | null)[]} parts  @returns {Edge[] | null} */
function together(parts) {
  const all = parts.filter((part) => part !== null);
  return all.length < parts.length ? null : all.flat();
}

/** @param {Edge[] | null} edges  @param {number} factor  @param {Address[]} reads  @returns {Edge[] | null} */
function scaled(edges, factor, reads) {
  return edges &&
    edges.map((edge) => ({
      ...edge,
      coefficient: factor * edge.coefficient,
      reads: [...edge.reads, ...reads],
    }));
}

// A heap by bound, the largest on top.

/** @template {{ bound: number }} T  @param {T[]} heap  @param {T} entry */
function push(heap, entry) {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent].bound >= entry.bound) break;
    heap[at] = heap[parent];
    at = parent;
  }
  heap[at] = entry;
}

/** @template {{ bound: number }} T  @param {T[]} heap  @returns {T | undefined} */
function pop(heap) {
  const top = heap[0];
  const last = heap.pop();
  if (heap.length === 0 || last === undefined) return top;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && heap[child + 1].bound > heap[child].bound) child += 1;
    if (heap[child].bound <= last.bound) break;
    heap[at] = heap[child];
    at = child;
  }
  heap[at] = last;
  return top;
}
