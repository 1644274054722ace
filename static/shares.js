/**
 * What each place of a letter adds to a number: each example's share of a gradient or of the loss, each wire's share of
 * an error. Pure, and by the rule alone: a number that is linear in a sum is taken apart along it.
 *
 * @import { Call, Cells, Expr, Rule, Run } from "./types.d.ts"
 * @import { Letters, Scope } from "./rule.js"
 */
import { childrenOf, lettersOf, scopeOf, valueOf } from "./rule.js";

/**
 * @typedef {{ shares: number[], rest: number }} Split  `rest` belongs to no place: a penalty, say
 */

/**
 * The letter over which a rule adds up examples.
 * @param {Run} run
 * @param {Call} call
 * @returns {string | null}  null where it adds up none
 */
export function exampleLetter(run, call) {
  const { rule } = run.program.ops[call.op];
  /** @param {Expr} expr  @returns {string | null} */
  const find = (expr) => {
    if (expr.kind === "element") {
      const axis = run.values[call.bind[expr.of]].axes.indexOf("example");
      const letter = axis < 0 ? null : expr.at[axis];
      return letter !== null && !rule.at.includes(letter) ? letter : null;
    }
    for (const child of childrenOf(expr)) {
      const found = find(child);
      if (found) return found;
    }
    return null;
  };
  return find(rule.body);
}

/**
 * @param {Rule} rule
 * @param {Call} call
 * @param {Cells} cells
 * @param {number[]} index
 * @param {string} letter
 * @returns {Split | null}  null where the number is no sum along this letter
 */
export function sharesOf(rule, call, cells, index, letter) {
  const scope = scopeOf(rule, call, cells);
  const split = splitOf(rule.body, lettersOf(rule, index), scope, letter);
  if (!split) return null;
  return {
    shares: Array.from({ length: scope.extents[letter] }, (_, place) => split.share(place)),
    rest: split.rest,
  };
}

/** @typedef {{ share: (place: number) => number, rest: number }} Linear */

/**
 * @param {Expr} expr
 * @param {Letters} at
 * @param {Scope} scope
 * @param {string} letter
 * @returns {Linear | null}
 */
function splitOf(expr, at, scope, letter) {
  switch (expr.kind) {
    case "sum": {
      if (expr.over === letter) {
        return { share: (place) => valueOf(expr.body, { ...at, [letter]: place }, scope), rest: 0 };
      }
      if (!sums(expr.body, letter)) return null;
      const parts = Array.from(
        { length: scope.extents[expr.over] },
        (_, i) => splitOf(expr.body, { ...at, [expr.over]: i }, scope, letter),
      );
      return together(parts);
    }
    case "add":
      return together(
        expr.terms.map((term) =>
          sums(term, letter)
            ? splitOf(term, at, scope, letter)
            : { share: () => 0, rest: valueOf(term, at, scope) }
        ),
      );
    case "negate":
      return scaled(splitOf(expr.of, at, scope, letter), (value) => -value);
    case "named":
      return splitOf(expr.of, at, scope, letter);
    case "divide": {
      if (sums(expr.bottom, letter)) return null;
      const bottom = valueOf(expr.bottom, at, scope);
      return scaled(splitOf(expr.top, at, scope, letter), (value) => value / bottom);
    }
    case "multiply": {
      const inside = expr.factors.filter((factor) => sums(factor, letter));
      if (inside.length !== 1) return null;
      const others = expr.factors.filter((factor) => factor !== inside[0]);
      const factor = others.reduce((product, other) => product * valueOf(other, at, scope), 1);
      return scaled(splitOf(inside[0], at, scope, letter), (value) => factor * value);
    }
    default:
      return null;
  }
}

/** Is there a sum along this letter inside?  @param {Expr} expr  @param {string} letter  @returns {boolean} */
function sums(expr, letter) {
  if (expr.kind === "sum" && expr.over === letter) return true;
  return childrenOf(expr).some((child) => sums(child, letter));
}

/** @param {(Linear | null)[]} parts  @returns {Linear | null} */
function together(parts) {
  const all = parts.filter((part) => part !== null);
  if (all.length < parts.length) return null;
  return {
    share: (place) => all.reduce((sum, part) => sum + part.share(place), 0),
    rest: all.reduce((sum, part) => sum + part.rest, 0),
  };
}

/** @param {Linear | null} part  @param {(value: number) => number} by  @returns {Linear | null} */
function scaled(part, by) {
  return part && { share: (place) => by(part.share(place)), rest: by(part.rest) };
}
