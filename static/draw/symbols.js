/**
 * The symbols of the network's values in MathML, and the small pieces formulas are put together from.
 *
 * Letters are italic, words and digits upright; the layer stands above in parentheses, indices below: δ with (2) above
 * and 0,2 below. A gradient is a quotient, ∂L over ∂W.
 *
 * @import { MathNode, Run, Translate } from "../types.d.ts"
 */
import { spell } from "./letter.js";

/**
 * The symbol of a program's name.
 * @param {Run} run
 * @param {string} name
 * @param {readonly (string | number)[]} index  letters or numbers, as many as the value has axes; none for the array
 * @param {Translate} t  for `math.new`
 * @param {Record<string, string>} [attrs]
 * @returns {MathNode}
 */
export function symbol(run, name, index, t, attrs = {}) {
  const { layer, symbol: { letter, of, derivative, new: isNew, layered } } = run.values[name];
  const spelled = spell(letter);
  const below = [
    ...spelled.below ? [Number(spelled.below)] : [],
    ...of === null ? [] : [of],
    ...index,
  ];
  const above = [
    ...spelled.above ? [operator(spelled.above)] : [],
    ...aboveMark(layered ? layer : null, isNew ? t("math.new") : null),
  ];
  const marked = scripts(
    spelled.base,
    below.length ? row(indices(below)) : null,
    above.length ? row(above) : null,
  );
  if (!derivative) return { ...marked, attrs: { ...marked.attrs, ...attrs } };
  const loss = row([operator("∂"), element("mi", {}, "L")]);
  return element("mfrac", { class: "derivative", ...attrs }, [loss, row([operator("∂"), marked])]);
}

/**
 * @param {string} tag
 * @param {Record<string, string>} attrs
 * @param {string | MathNode[]} content
 * @returns {MathNode}
 */
export function element(tag, attrs, content) {
  return typeof content === "string" ? { tag, attrs, text: content } : { tag, attrs, children: content };
}

/**
 * @param {MathNode[]} children
 * @param {Record<string, string>} [attrs]
 * @returns {MathNode}
 */
export function row(children, attrs = {}) {
  return element("mrow", attrs, children);
}

/**
 * An operator or bracket that keeps its size.
 * @param {string} text
 * @param {Record<string, string>} [attrs]
 * @returns {MathNode}
 */
export function operator(text, attrs = {}) {
  return element("mo", { stretchy: "false", ...attrs }, text);
}

/**
 * @param {MathNode} inside
 * @returns {MathNode}
 */
export function parenthesised(inside) {
  return row([operator("("), inside, operator(")")]);
}

/**
 * Nodes with an operator between each two.
 * @param {MathNode[]} nodes
 * @param {string} between
 * @returns {MathNode[]}
 */
export function joined(nodes, between) {
  return nodes.flatMap((node, k) => k ? [operator(between), node] : [node]);
}

/**
 * @param {MathNode} base
 * @param {MathNode | null} below
 * @param {MathNode | null} above
 * @returns {MathNode}
 */
function scripts(base, below, above) {
  if (below && above) return element("msubsup", {}, [base, below, above]);
  if (below) return element("msub", {}, [base, below]);
  return above ? element("msup", {}, [base, above]) : base;
}

/** @param {number | null} layer  @param {string | null} word  @returns {MathNode[]} */
function aboveMark(layer, word) {
  const mark = layer === null ? [] : [operator("("), element("mn", {}, `${layer}`), operator(")")];
  if (word === null) return mark;
  const gap = mark.length ? [element("mspace", { width: "0.2em" }, [])] : [];
  return [...mark, ...gap, element("mtext", {}, word)];
}

/** A letter on its own: j, or j₁ as j with a 1 below.  @param {string} letter  @returns {MathNode} */
export function letterMark(letter) {
  const { base, below, above } = spell(letter);
  return scripts(base, below ? element("mn", {}, below) : null, above ? operator(above) : null);
}

/** @param {readonly (string | number)[]} index  @returns {MathNode[]} */
function indices(index) {
  const comma = () => operator(",", { separator: "true", lspace: "0", rspace: "0.1em" });
  return index.flatMap((part, k) => {
    const mark = typeof part === "number" ? element("mn", {}, `${part}`) : letterMark(part);
    return k ? [comma(), mark] : [mark];
  });
}
