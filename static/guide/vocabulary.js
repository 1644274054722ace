/**
 * Which term of the glossary something on the page is about, and which terms a search means. Pure.
 *
 * @import { Glossary, Term } from "./terms.d.ts"
 */
import { segments } from "../spec.js";

/**
 * @param {Glossary} glossary
 * @param {string} quantity  key of a value's quantity: `delta`, `m_W_new`
 * @returns {Term | null}
 */
export function termOfQuantity({ entries }, quantity) {
  const plain = quantity.replace(/_new$/, "");
  const exact = (/** @type {string} */ key) => entries.find(({ quantities }) => quantities.includes(key));
  const like = entries.find(({ quantities }) =>
    quantities.some((key) => key.endsWith("*") && plain.startsWith(key.slice(0, -1)))
  );
  return exact(quantity) ?? exact(plain) ?? like ?? null;
}

/**
 * @param {Glossary} glossary
 * @param {string} path  of a field in the spec: `optimizer.learning_rate`, `layers[0].activation`
 * @returns {Term | null}
 */
export function termOfField({ entries }, path) {
  const parts = segments(path);
  const last = parts.at(-1);
  const key = last === "kind" ? `kind:${parts[0]}` : String(last);
  return entries.find(({ fields }) => fields.includes(key)) ?? null;
}

/** @param {Glossary} glossary  @param {string} phase  @returns {Term | null} */
export function termOfPhase({ entries }, phase) {
  return entries.find(({ phases }) => phases.includes(phase)) ?? null;
}

/** Letters of formulas by the term they stand for; a word is a function. */
const TERM_OF_LETTER = /** @type {Readonly<Record<string, string>>} */ (Object.freeze({
  ...Object.fromEntries([..."xWbzafytmvJ"].map((letter) => [letter, letter])),
  ...{
    L: "loss",
    δ: "delta",
    η: "learning-rate",
    μ: "momentum",
    β: "beta",
    ρ: "beta",
    ε: "epsilon",
    λ: "lambda",
  },
  ...{ α: "alpha", r: "mask", h: "mask", g: "gradient", N: "mean", K: "mean", σ: "sigmoid" },
  ...{
    s: "v",
    G: "v",
    u: "v",
    e: "functions",
    f: "f",
    i: "indices",
    j: "indices",
    k: "indices",
    n: "indices",
  },
}));

/** Derivatives of the loss, by what they are taken with respect to. */
const TERM_OF_DERIVATIVE = /** @type {Readonly<Record<string, string>>} */ (Object.freeze({
  ...{ a: "da", h: "da", z: "delta", W: "dW", b: "db", α: "alpha" },
}));

/**
 * @param {Glossary} glossary
 * @param {{ letter: string, index: boolean, of: string | null }} said  `index` of another letter; `of` what a derivative
 *   of the loss is taken with respect to
 * @returns {Term | null}
 */
export function termOfLetter(glossary, { letter, index, of }) {
  if (of !== null) return termById(glossary, TERM_OF_DERIVATIVE[of] ?? "gradient");
  if (index && /^[ijkmn]$/.test(letter)) return termById(glossary, "indices");
  if (letter.length > 1 && letter !== "′") return termById(glossary, "functions");
  return termById(glossary, TERM_OF_LETTER[letter] ?? "");
}

/** @param {Glossary} glossary  @param {string} id  @returns {Term | null} */
export function termById({ entries }, id) {
  return entries.find((entry) => entry.id === id) ?? null;
}

/**
 * Terms that hold every word that was typed, in either language; those that are called so come first.
 * @param {Glossary} glossary
 * @param {string} typed
 * @returns {Term[]}
 */
export function search({ entries }, typed) {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  if (words.length === 0) return entries;
  const rank = (/** @type {Term} */ { id, symbol, names, text }) => {
    const called = [id, symbol?.latex ?? "", ...Object.values(names)].map(fold);
    const all = fold([...called, text].join(" "));
    if (!words.every((word) => all.includes(word))) return 0;
    if (called.some((name) => name === words.join(" "))) return 3;
    return words.every((word) => called.some((name) => name.includes(word))) ? 2 : 1;
  };
  return entries.map((entry) => ({ entry, rank: rank(entry) })).filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank).map(({ entry }) => entry);
}

/** Greek letters as people type them. */
const LETTERS = /** @type {Record<string, string>} */ ({
  δ: "delta",
  η: "eta",
  μ: "mu",
  β: "beta",
  ε: "epsilon",
  λ: "lambda",
  α: "alpha",
  σ: "sigma",
  "∂": "partial",
  "′": "'",
});

/** @param {string} text  @returns {string}  without what a search does not tell apart */
function fold(text) {
  const plain = text.toLowerCase().normalize("NFKC").replace(/[\\{}_^,]/g, " ").replace(/[-–]/g, " ");
  return plain.replace(/[δημβελασ∂′]/g, (letter) => LETTERS[letter]).replace(/\s+/g, " ").trim();
}
