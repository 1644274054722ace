/**
 * The assignment as a line of NumPy, where it is one line of matrix arithmetic. Pure.
 *
 * @import { Call, Expr, Run } from "../../types.d.ts"
 * @import { Arrangement, Matrix } from "./arrange.js"
 */

/**
 * @param {Run} run
 * @param {Call} call
 * @param {Arrangement} arrangement
 * @returns {string | null}  null for what takes more than products and sums
 */
export function codeOf(run, call, { matrices, result }) {
  const { rule } = run.program.ops[call.op];
  const { body } = rule;
  const [sum, more] = body.kind === "add" && body.terms.length === 2 ? body.terms : [body, null];
  const added = more === null ? "" : more.kind === "element" ? ` + ${call.bind[more.of]}` : null;
  if (sum.kind !== "sum" || added === null) return null;
  const product = productOf(sum.body);
  if (!product) return null;
  const of = (/** @type {Matrix["part"]} */ part) => matrices.find((matrix) => matrix.part === part);
  const [left, top] = [of("left"), of("top")];
  if (product.length === 2 && left && top) return `${result.name} = ${text(left)} @ ${text(top)}${added}`;
  if (product.length !== 1 || !top || left) return null;
  const axis = top.at.indexOf(sum.over);
  return `${result.name} = ${top.name}.sum(axis=${axis})${added}`;
}

/** @param {Matrix} matrix */
function text({ name, turned }) {
  return turned ? `${name}.T` : name;
}

/** The elements of a plain product.  @param {Expr} expr  @returns {Expr[] | null} */
function productOf(expr) {
  const factors = expr.kind === "multiply" ? expr.factors : [expr];
  return factors.every(({ kind }) => kind === "element") ? factors : null;
}
