/**
 * How the arrays of an assignment stand to one another when it is written as a matrix equation. Pure.
 *
 * It goes by the rule's letters alone. What shares the result's columns stands above it, what shares its rows to its
 * left, so that a row of one and a column of the other meet in the number they make; what has the result's own letters
 * stands beside it, cell for cell.
 *
 *              W⁽¹⁾ᵀ  i × j
 *              b⁽¹⁾       j
 *     a⁽⁰⁾     z⁽¹⁾   n × j
 *     n × i
 *
 * @import { Call, Expr, Rule, Run } from "../../types.d.ts"
 */
import { childrenOf } from "../../rule.js";

/**
 * @typedef {"left" | "side" | "top" | "line" | "beside" | "result"} Part
 *   `side`: a column that shares the result's rows; `line`: a row that shares its columns
 * @typedef {object} Matrix
 * @property {string} name
 * @property {Part} part
 * @property {string | null} rows  the letter that goes down
 * @property {string | null} cols  the letter that goes across
 * @property {string[]} at  the letter of each axis of the array
 * @property {boolean} turned  is it drawn transposed?
 * @property {string[][]} uses  letters of each axis, for every way the rule reads it
 * @typedef {{ matrices: Matrix[], result: Matrix, singles: string[], letters: string[], fixed: string | null }} Arrangement
 *   `singles`: values that are one number; `fixed`: the letter of the example, where only one example can be shown
 */

/**
 * @param {Run} run
 * @param {Call} call
 * @returns {Arrangement}
 */
export function arrange(run, call) {
  const { rule } = run.program.ops[call.op];
  const operands = operandsOf(rule, call);
  const axesOf = (/** @type {string} */ name) => run.values[name].axes;
  const fixed = [...operands, { name: call.writes, uses: [rule.at] }]
    .flatMap(({ name, uses }) => axesOf(name).length > 2 ? [uses[0][axesOf(name).indexOf("example")]] : [])
    .find((letter) => letter !== undefined) ?? null;
  const free = (/** @type {string} */ name, /** @type {string[]} */ at) =>
    axesOf(name).length > 2 ? at.filter((letter) => letter !== fixed) : at;
  const own = free(call.writes, rule.at);
  /** @type {Matrix} */
  const result = {
    name: call.writes,
    part: "result",
    rows: own.length > 1 ? own[0] : null,
    cols: own.at(-1) ?? null,
    at: rule.at,
    turned: false,
    uses: [rule.at],
  };
  /** @type {Matrix[]} */
  const matrices = [];
  /** @type {string[]} */
  const singles = [];
  for (const { name, uses } of operands) {
    // Of several ways to read an array the one in step with the result is drawn.
    const at = uses.find((letters) => letters.every((letter) => rule.at.includes(letter))) ?? uses[0];
    const letters = free(name, at);
    if (letters.length === 0) singles.push(name);
    else matrices.push({ name, at, uses, ...placed(letters, own) });
  }
  const letters = [...new Set([...own, ...matrices.flatMap(({ rows, cols }) => [rows, cols])])]
    .filter((letter) => letter !== null);
  return { matrices: [...matrices, result], result, singles, letters, fixed };
}

/**
 * @param {string[]} letters  of an operand, one or two
 * @param {string[]} own  the result's
 * @returns {Pick<Matrix, "part" | "rows" | "cols" | "turned">}
 */
function placed(letters, own) {
  const [first, second] = letters;
  const [down, across] = own.length > 1 ? own : [null, own[0] ?? null];
  if (second === undefined) {
    if (first === across) return { part: "line", rows: null, cols: first, turned: false };
    if (first === down) return { part: "side", rows: first, cols: null, turned: false };
    return { part: "beside", rows: null, cols: first, turned: false };
  }
  const shares = (/** @type {string | null} */ letter) => letter !== null && letters.includes(letter);
  const other = (/** @type {string | null} */ letter) => letter === first ? second : first;
  if (shares(down) && shares(across)) {
    return { part: "beside", rows: down, cols: across, turned: first !== down };
  }
  if (shares(down)) return { part: "left", rows: down, cols: other(down), turned: first !== down };
  if (shares(across)) return { part: "top", rows: other(across), cols: across, turned: first === across };
  return { part: "beside", rows: first, cols: second, turned: false };
}

/**
 * The arrays a rule reads, in reading order, each once, with the letters it reads them by.
 * @param {Rule} rule
 * @param {Call} call
 * @returns {{ name: string, uses: string[][] }[]}
 */
export function operandsOf(rule, call) {
  /** @type {Map<string, string[][]>} */
  const found = new Map();
  /** @param {Expr} expr */
  const visit = (expr) => {
    if (expr.kind === "element") {
      const name = call.bind[expr.of];
      const uses = found.get(name) ?? [];
      if (!uses.some((letters) => letters.join() === expr.at.join())) uses.push(expr.at);
      found.set(name, uses);
    }
    for (const child of childrenOf(expr)) visit(child);
  };
  visit(rule.body);
  return [...found].map(([name, uses]) => ({ name, uses }));
}

/**
 * The address of the cell in a row and a column of a matrix as it is drawn.
 * @param {Matrix} matrix
 * @param {number} row
 * @param {number} col
 * @param {number} example  of the letter that is fixed
 * @returns {{ name: string, index: number[] }}
 */
export function cellAt({ name, rows, cols, at }, row, col, example) {
  const index = at.map((letter) => letter === rows ? row : letter === cols ? col : example);
  return { name, index };
}

/**
 * The letters as they stand at one element of the result, and the range of those that are summed over.
 * @typedef {{ from: number, to: number }} Range  `to` is past the end
 */

/**
 * The rows and columns of a matrix that one element of the result reads.
 * @param {Matrix} matrix
 * @param {Record<string, number>} settled  the letters whose place is known
 * @param {Record<string, number>} extents
 * @returns {{ rows: Range, cols: Range }}
 */
export function readBy(matrix, settled, extents) {
  const { rows, cols, at, uses } = matrix;
  /** @param {string | null} drawn  @returns {Range} */
  const along = (drawn) => {
    if (drawn === null) return { from: 0, to: 1 };
    const axis = at.indexOf(drawn);
    const places = uses.map((letters) => settled[letters[axis]]);
    const known = places.filter((place) => place !== undefined);
    // Read by a letter that runs, all of it is read.
    if (known.length < places.length) return { from: 0, to: extents[drawn] };
    return { from: Math.min(...known), to: Math.max(...known) + 1 };
  };
  return { rows: along(rows), cols: along(cols) };
}
