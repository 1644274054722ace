/**
 * The texts of a lesson: in the reader's language, in paragraphs, with what stands in braces made live.
 *
 *     {delta1[0,2]}        that number, as the page shows it now     {loss@100}   a number of another step
 *     {symbol delta1}      its symbol                                {key →}      a key
 *     {term delta}         a term of the glossary                    {term W|weights}
 *     *important*          emphasis                                  {{           a brace
 *
 * Pure.
 *
 * @import { Piece, Text } from "./lesson.d.ts"
 */
import { parseAddress } from "../../trace.js";

/**
 * @param {Text | undefined} text
 * @param {"en" | "zh"} language
 * @returns {string}  in the other language where it is not there in this one
 */
export function inLanguage(text, language) {
  if (text === undefined) return "";
  if (typeof text === "string") return text;
  return text[language] ?? text.en ?? text.zh ?? "";
}

/**
 * @param {string} text
 * @returns {Piece[][]}  by paragraph
 */
export function paragraphs(text) {
  return text.split(/\n\s*\n/).map((part) => part.trim()).filter(Boolean).map(pieces);
}

/**
 * @param {string} text
 * @returns {Piece[]}
 */
export function pieces(text) {
  /** @type {Piece[]} */
  const found = [];
  let strong = false;
  let plain = "";
  const flush = () => {
    if (plain) found.push({ kind: "text", text: plain, strong });
    plain = "";
  };
  for (const [token, inside] of text.matchAll(/\{\{|\{([^{}]*)\}|\*|[^{*]+|[{]/g)) {
    if (token === "{{") plain += "{";
    else if (token === "*") {
      flush();
      strong = !strong;
    } else if (inside !== undefined) {
      flush();
      found.push(pieceOf(inside.trim()));
    } else plain += token;
  }
  flush();
  return found;
}

/** @param {string} inside  what stands between braces  @returns {Piece} */
function pieceOf(inside) {
  const [, word, rest] = /^(key|term|symbol)\s+(.+)$/s.exec(inside) ?? [];
  if (word === "key") return { kind: "key", key: rest };
  if (word === "term") {
    const [id, label = null] = rest.split("|").map((part) => part.trim());
    return { kind: "term", id, label };
  }
  if (word === "symbol") {
    return parseAddress(rest) ? { kind: "symbol", of: rest } : { kind: "wrong", text: inside };
  }
  const [address, step] = inside.split("@");
  const isStep = step === undefined || /^\d{1,9}$/.test(step);
  if (!parseAddress(address) || !isStep) return { kind: "wrong", text: inside };
  return { kind: "number", address, step: step === undefined ? null : Number(step) };
}
