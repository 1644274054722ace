/**
 * Texts of the page in its language, from the catalogue the page came with.
 *
 * A key whose text depends on a number has one text per plural form, `key.one` and `key.other`, chosen by `count`.
 *
 * @import { Translate } from "./types.d.ts"
 */

/** @typedef {Record<string, string>} Messages */

/** Tag for the browser's own formatting, by the page's language. */
const TAGS = Object.freeze({ en: "en", zh: "zh-Hans" });

/**
 * The text of a key with its `{name}` parts filled in; the key itself if the catalogue lacks it.
 * @param {Messages} messages
 * @param {string} key
 * @param {Record<string, string | number>} [values]  whole numbers are written as the language writes them
 * @param {"en" | "zh"} [language]
 * @returns {string}
 */
export function translate(messages, key, values = {}, language = "en") {
  const text = lookUp(messages, key, values.count, language);
  return text.replace(/\{(\w+)\}/g, (part, name) => {
    if (!Object.hasOwn(values, name)) return part;
    const value = values[name];
    return typeof value === "number" ? formatCount(value, language) : value;
  });
}

/**
 * @param {Messages} messages
 * @param {"en" | "zh"} language
 * @returns {Translate}
 */
export function createTranslate(messages, language) {
  return (key, values) => translate(messages, key, values, language);
}

/**
 * A count: grouped in thousands from 10,000 on, so that years and steps stay as they are written by hand.
 * @param {number} value
 * @param {"en" | "zh"} language
 * @returns {string}
 */
export function formatCount(value, language) {
  return toolsOf(language).counts.format(value);
}

/**
 * To make these takes far longer than to use them.
 * @type {Map<string, { counts: Intl.NumberFormat, plurals: Intl.PluralRules }>}
 */
const tools = new Map();

/** @param {"en" | "zh"} language */
function toolsOf(language) {
  const tag = TAGS[language];
  const made = tools.get(tag) ?? {
    counts: new Intl.NumberFormat(tag, { useGrouping: "min2", maximumFractionDigits: 20 }),
    plurals: new Intl.PluralRules(tag),
  };
  tools.set(tag, made);
  return made;
}

/**
 * @param {Messages} messages
 * @param {string} key
 * @param {string | number | undefined} count
 * @param {"en" | "zh"} language
 * @returns {string}
 */
function lookUp(messages, key, count, language) {
  const candidates = [key];
  if (typeof count === "number") {
    candidates.unshift(`${key}.${toolsOf(language).plurals.select(count)}`, `${key}.other`);
  }
  const found = candidates.find((candidate) => Object.hasOwn(messages, candidate));
  return found === undefined ? key : messages[found];
}
