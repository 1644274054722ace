/**
 * Formulas as MathML, made from the same rule that computes the number.
 *
 * What comes out is a description, `{tag, attrs, children | text}`, for draw/dom.js to make elements of. Every node of
 * the rule carries its id as `data-node`, every element whose indices are numbers its cell as `data-address`.
 *
 * @import { Call, Cells, Expr, MathNode, Run, Translate } from "../types.d.ts"
 */
import { branch, childrenOf, extentsOf, lettersOf, scopeOf } from "../rule.js";
import { formatAddress } from "../trace.js";
import { signOf } from "./colour.js";
import { full, MINUS, panel } from "./format.js";
import { element, joined, letterMark, operator, parenthesised, row, symbol } from "./symbols.js";

export { symbol } from "./symbols.js";

/** Longer sums are written with their first terms, dots and the last one. */
export const LONGEST_SUM = 5;

/** Constants of a rule are written out up to so many characters. */
const LONGEST_CONSTANT = 9;

/**
 * @typedef {object} Formula
 * @property {Run} run
 * @property {Call} call
 * @property {Translate} t  for the keys `math.new`, `math.if`, `math.otherwise`
 * @property {number[] | null} [index]  the element meant; without it the indices stay letters
 * @property {Cells | null} [cells]  with it (and an index) numbers stand in place of symbols, and sums are written out
 * @property {boolean} [unrolled]  write sums out; otherwise they are a Σ
 * @property {number} [longest]  terms of a sum written out before dots are used
 */

/**
 * How tightly an expression holds together; what is looser than its surroundings asks for takes parentheses. A sum
 * written out may stand among other addends as it is, an addition that was grouped may not.
 */
const LEVEL = Object.freeze({ add: 1, series: 2, big: 3, product: 4, fraction: 5, power: 6, atom: 7 });

/** @typedef {{ node: MathNode, level: number, minus: boolean }} Piece  `minus`: it begins with a minus sign */
/** @typedef {Record<string, number | string>} Marks  what each letter is shown as: a number, or itself */

/**
 * The whole equation of one element: `z = Σ W a + b`.
 * @param {Formula} formula
 * @returns {MathNode}  a `math` element
 */
export function equation(formula) {
  return math([leftSide(formula), operator("="), rightSide(formula)], { display: "block" });
}

/**
 * The symbol of what is computed.
 * @param {Formula} formula
 * @returns {MathNode}
 */
export function leftSide({ run, call, t, index = null }) {
  const at = run.program.ops[call.op].rule.at;
  if (!index) return symbol(run, call.writes, at, t);
  return symbol(run, call.writes, index, t, {
    class: "cell",
    "data-address": formatAddress({ name: call.writes, index }),
  });
}

/**
 * What it is computed from.
 * @param {Formula} formula
 * @returns {MathNode}
 */
export function rightSide(formula) {
  const writer = createWriter(formula);
  return writer.write(writer.rule.body, "e", writer.marks).node;
}

/**
 * One node of the rule alone, by its id: a term of the account, say `e.0@3`.
 * @param {Formula} formula
 * @param {string} id
 * @returns {MathNode}
 * @throws {RangeError}  if the rule has no such node
 */
export function partOf(formula, id) {
  const writer = createWriter(formula);
  let expr = writer.rule.body;
  let marks = writer.marks;
  for (const [step, kind, digits] of id.slice(1).matchAll(/([.@])(\d+)/g)) {
    /** @type {Expr | undefined} */
    let child;
    if (kind === ".") child = childrenOf(expr)[Number(digits)];
    else if (expr.kind === "sum" || expr.kind === "maximum") {
      marks = { ...marks, [expr.over]: Number(digits) };
      child = expr.body;
    }
    if (!child) throw new RangeError(`${writer.rule.result}: no node ${id} (at ${step})`);
    expr = child;
  }
  return writer.write(expr, id, marks).node;
}

/**
 * @param {MathNode[]} children
 * @param {Record<string, string>} [attrs]
 * @returns {MathNode}
 */
export function math(children, attrs = {}) {
  return element("math", attrs, [row(children)]);
}

/**
 * @param {Formula} formula
 */
function createWriter({ run, call, t, index = null, cells = null, unrolled = false, longest = LONGEST_SUM }) {
  const rule = run.program.ops[call.op].rule;
  const scope = cells && index ? scopeOf(rule, call, cells) : null;
  const shape = (/** @type {string} */ name) => cells ? cells.shape(name) : run.values[name].shape;
  const extents = scope ? scope.extents : extentsOf(rule, call, { shape });
  const writesOut = unrolled || scope !== null;

  /** @param {Expr} expr  @param {string} id  @param {Marks} at  @returns {Piece} */
  function write(expr, id, at) {
    const piece = writeNode(expr, id, at);
    return { ...piece, node: { ...piece.node, attrs: { ...piece.node.attrs, "data-node": id } } };
  }

  /** @param {Expr} expr  @param {string} id  @param {Marks} at  @returns {Piece} */
  function writeNode(expr, id, at) {
    const child = (/** @type {number} */ k) => write(childrenOf(expr)[k], `${id}.${k}`, at);
    switch (expr.kind) {
      case "number":
        return expr.value === Math.PI ? atom(element("mi", {}, "π")) : number(constant(expr.value), {});
      case "index":
        return atom(
          typeof at[expr.name] === "number"
            ? element("mn", {}, `${at[expr.name]}`)
            : letterMark(`${at[expr.name]}`),
        );
      case "size":
        if (scope) return number(`${scope.size(expr.of, expr.axis)}`, { class: "size" });
        return atom(element("mi", { class: "size" }, expr.axis === 0 ? "N" : "K"));
      case "element":
        return writeElement(expr, at);
      case "sum":
        if (writesOut) return series(expr, id, at);
        return big(operator("∑", { largeop: "true", movablelimits: "false" }), expr, folded(expr, id, at));
      case "maximum":
        if (writesOut) return applied("max", unroll(expr, id, at).map(({ node }) => node));
        return big(element("mi", {}, "max"), expr, folded(expr, id, at));
      case "add":
        return addition(expr, id, at);
      case "multiply":
        return loose(
          LEVEL.product,
          row(joined(expr.factors.map((_, k) => within(child(k), LEVEL.product)), "·")),
        );
      case "negate":
        return { ...loose(LEVEL.add, row([operator(MINUS), within(child(0), LEVEL.series)])), minus: true };
      case "named": {
        const inner = child(0);
        return { ...inner, node: row([inner.node], { class: `role-${expr.role}` }) };
      }
      case "divide":
        return loose(LEVEL.fraction, element("mfrac", {}, [child(0).node, child(1).node]));
      case "power":
        return loose(LEVEL.power, element("msup", {}, [within(child(0), LEVEL.power), child(1).node]));
      case "call":
        return called(expr.function, expr.of.map((_, k) => child(k)));
      case "choose":
        return chosen(expr, id, at);
    }
  }

  /** @param {Extract<Expr, { kind: "element" }>} expr  @param {Marks} at  @returns {Piece} */
  function writeElement(expr, at) {
    const name = call.bind[expr.of];
    const index = expr.at.map((letter) => at[letter]);
    const numbers = index.filter((part) => typeof part === "number");
    if (numbers.length < index.length) return loose(LEVEL.power, symbol(run, name, index, t));
    const attrs = { class: "cell", "data-address": formatAddress({ name, index: numbers }) };
    if (!scope) return loose(LEVEL.power, symbol(run, name, index, t, attrs));
    const value = scope.element(expr.of, numbers);
    return number(panel(value), { ...attrs, "data-sign": signOf(value) });
  }

  /** @param {Extract<Expr, { kind: "sum" | "maximum" }>} expr  @param {string} id  @param {Marks} at  @returns {Piece} */
  function folded(expr, id, at) {
    return write(expr.body, `${id}.0`, { ...at, [expr.over]: expr.over });
  }

  /**
   * The terms of a sum or maximum that are shown, with dots for those that are not.
   * @param {Extract<Expr, { kind: "sum" | "maximum" }>} expr  @param {string} id  @param {Marks} at  @returns {Piece[]}
   */
  function unroll(expr, id, at) {
    const count = extents[expr.over];
    const term = (/** @type {number} */ i) => {
      const piece = write(expr.body, `${id}@${i}`, { ...at, [expr.over]: i });
      return { ...piece, node: row([piece.node]) };
    };
    if (count <= longest) return Array.from({ length: count }, (_, i) => term(i));
    const first = Array.from({ length: longest - 1 }, (_, i) => term(i));
    return [...first, atom(operator("⋯", { class: "more" })), term(count - 1)];
  }

  /** @param {Extract<Expr, { kind: "sum" }>} expr  @param {string} id  @param {Marks} at  @returns {Piece} */
  function series(expr, id, at) {
    const pieces = unroll(expr, id, at);
    if (pieces.length === 0) return number("0", {});
    if (pieces.length === 1) return pieces[0];
    const nodes = pieces.map((piece, k) => within(piece, LEVEL.add, k === 0));
    return { ...loose(LEVEL.series, row(joined(nodes, "+"), { class: "series" })), minus: pieces[0].minus };
  }

  /** @param {Extract<Expr, { kind: "add" }>} expr  @param {string} id  @param {Marks} at  @returns {Piece} */
  function addition(expr, id, at) {
    let minus = false;
    const nodes = expr.terms.flatMap((term, k) => {
      if (term.kind !== "negate") {
        const piece = write(term, `${id}.${k}`, at);
        if (k === 0) minus = piece.minus;
        return [...k ? [operator("+")] : [], within(piece, LEVEL.add, k === 0)];
      }
      if (k === 0) minus = true;
      const inner = within(write(term.of, `${id}.${k}.0`, at), LEVEL.series);
      return [operator(MINUS), row([inner], { "data-node": `${id}.${k}` })];
    });
    return { ...loose(LEVEL.add, row(nodes)), minus };
  }

  /** @param {Extract<Expr, { kind: "choose" }>} expr  @param {string} id  @param {Marks} at  @returns {Piece} */
  function chosen(expr, id, at) {
    const part = (/** @type {number} */ k) => write(childrenOf(expr)[k], `${id}.${k}`, at);
    const taken = branch(expr, at);
    if (taken === null) return choice(expr.relation, [0, 1, 2, 3].map((k) => part(k).node));
    const piece = part(taken);
    return { ...piece, node: row([piece.node]) };
  }

  /** @param {string} relation  @param {MathNode[]} parts  @returns {Piece} */
  function choice(relation, [left, right, then, otherwise]) {
    const cell = (/** @type {MathNode[]} */ ...inside) => element("mtd", {}, inside);
    const condition = [element("mtext", {}, t("math.if")), space(), left, operator(sign(relation)), right];
    const table = element("mtable", { class: "cases" }, [
      element("mtr", {}, [cell(then), cell(...condition)]),
      element("mtr", {}, [cell(otherwise), cell(element("mtext", {}, t("math.otherwise")))]),
    ]);
    return loose(LEVEL.big, row([element("mo", { stretchy: "true", form: "prefix" }, "{"), table]));
  }

  const marks =
    /** @type {Marks} */ (index
      ? lettersOf(rule, index)
      : Object.fromEntries(rule.at.map((letter) => [letter, letter])));
  return { rule, marks, write };
}

/** A constant of a rule: itself, or five figures of one with many.  @param {number} value */
function constant(value) {
  const exact = full(value);
  return exact.length <= LONGEST_CONSTANT ? exact : panel(value);
}

/** @param {number} level  @param {MathNode} node  @returns {Piece} */
function loose(level, node) {
  return { node, level, minus: false };
}

/** @param {MathNode} node  @returns {Piece} */
function atom(node) {
  return loose(LEVEL.atom, node);
}

/**
 * A number as it is written; one with a power of ten in it is not raised to another without parentheses.
 * @param {string} text
 * @param {Record<string, string>} attrs
 * @returns {Piece}
 */
function number(text, attrs) {
  const level = text.includes("e") ? LEVEL.power : LEVEL.atom;
  return { node: element("mn", attrs, text), level, minus: text.startsWith(MINUS) };
}

/**
 * A piece where only tighter ones than `level` may stand bare, nor one beginning with a minus sign unless it leads.
 * @param {Piece} piece
 * @param {number} level
 * @param {boolean} [leads]
 * @returns {MathNode}
 */
function within(piece, level, leads = false) {
  return piece.level <= level || (piece.minus && !leads) ? parenthesised(piece.node) : piece.node;
}

/**
 * Σ or max over a letter, folded.
 * @param {MathNode} sign
 * @param {Extract<Expr, { kind: "sum" | "maximum" }>} expr
 * @param {Piece} body
 * @returns {Piece}
 */
function big(sign, expr, body) {
  const under = element("munder", {}, [sign, letterMark(expr.over)]);
  return loose(LEVEL.big, row([under, space(), within(body, LEVEL.series)]));
}

/** @param {string} name  @param {MathNode[]} of  @returns {Piece} */
function applied(name, of) {
  return loose(LEVEL.power, row([element("mi", {}, name), parenthesised(row(joined(of, ",")))]));
}

/** @param {string} name  @param {Piece[]} of  @returns {Piece} */
function called(name, of) {
  const nodes = of.map(({ node }) => node);
  if (name === "exp") return loose(LEVEL.power, element("msup", {}, [element("mi", {}, "e"), nodes[0]]));
  if (name === "expm1") {
    const power = element("msup", {}, [element("mi", {}, "e"), nodes[0]]);
    return atom(parenthesised(row([power, operator(MINUS), element("mn", {}, "1")])));
  }
  if (name === "abs") return atom(row([operator("|"), nodes[0], operator("|")]));
  if (name === "sqrt") return loose(LEVEL.power, element("msqrt", {}, nodes));
  if (name === "floor") return atom(row([operator("⌊"), nodes[0], operator("⌋")]));
  if (name === "log") return applied("ln", nodes);
  if (name === "sign") return applied("sgn", nodes);
  if (name !== "log1p") return applied(name, nodes);
  return applied("ln", [row([element("mn", {}, "1"), operator("+"), within(of[0], LEVEL.add)])]);
}

/** @returns {MathNode} */
function space() {
  return element("mspace", { width: "0.17em" }, []);
}

/** @param {string} relation  @returns {string} */
function sign(relation) {
  return relation === ">=" ? "≥" : relation;
}
