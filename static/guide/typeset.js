/**
 * Formulas that come as MathML text, as descriptions of elements: nothing of a text ever becomes markup by itself. What
 * is not MathML, and any attribute that is not about setting type, is left out. Pure.
 *
 * @import { MathNode } from "../types.d.ts"
 */

const TAGS = new Set([
  ...[
    "math",
    "mrow",
    "mi",
    "mn",
    "mo",
    "mtext",
    "mspace",
    "mfrac",
    "msqrt",
    "mroot",
    "msub",
    "msup",
    "msubsup",
  ],
  ...["munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom", "mstyle"],
]);

const ATTRIBUTES = new Set([
  ...[
    "stretchy",
    "fence",
    "separator",
    "form",
    "lspace",
    "rspace",
    "accent",
    "accentunder",
    "width",
    "mathvariant",
  ],
  ...[
    "largeop",
    "movablelimits",
    "symmetric",
    "linethickness",
    "displaystyle",
    "columnalign",
    "minsize",
    "maxsize",
  ],
]);

const TOKEN = /<(\/?)([a-zA-Z]+)((?:\s+[\w:-]+="[^"]*")*)\s*(\/?)>|([^<]+)/g;
const ATTRIBUTE = /([\w:-]+)="([^"]*)"/g;

/**
 * @param {string} text  `<math>…</math>`
 * @returns {MathNode[]}  what is inside
 */
export function typeset(text) {
  /** @type {MathNode} */
  const root = { tag: "mrow", attrs: {}, children: [] };
  const open = [root];
  for (const [, closes, tag, attributes, alone, words] of text.matchAll(TOKEN)) {
    const parent = open[open.length - 1];
    if (words !== undefined) {
      if (words.trim()) parent.text = (parent.text ?? "") + plain(words.trim());
    } else if (closes) {
      if (open.length > 1) open.pop();
    } else {
      /** @type {MathNode} */
      const node = { tag: TAGS.has(tag) ? tag : "mrow", attrs: attributesIn(attributes), children: [] };
      parent.children?.push(node);
      if (!alone) open.push(node);
    }
  }
  const [first] = root.children ?? [];
  const inside = first?.tag === "math" ? first.children ?? [] : root.children ?? [];
  return inside.map(tidied);
}

/** Leaves have a text, and no children.  @param {MathNode} node  @returns {MathNode} */
function tidied({ tag, attrs, children = [], text }) {
  return text === undefined ? { tag, attrs, children: children.map(tidied) } : { tag, attrs, text };
}

/** @param {string} text  @returns {Record<string, string>} */
function attributesIn(text) {
  /** @type {Record<string, string>} */
  const found = {};
  for (const [, name, value] of text.matchAll(ATTRIBUTE)) {
    if (ATTRIBUTES.has(name)) found[name] = plain(value);
  }
  return found;
}

const NAMED = /** @type {Record<string, string>} */ ({ lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" });

/** @param {string} text  @returns {string}  with its entities as characters */
function plain(text) {
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g, (entity, hex, decimal, name) => {
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    if (name) return NAMED[name] ?? entity;
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity;
  });
}
