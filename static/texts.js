/**
 * Texts of the parts of the page that are loaded when they are first used.
 *
 * @import { Api } from "./api.js"
 */

/**
 * @param {Record<string, string>} messages  what the page has already: the texts of a part join them
 * @param {string} language
 * @param {Pick<Api, "getJson">} api
 * @returns {(part: string) => Promise<void>}  once for every part, and again if that failed
 */
export function createTexts(messages, language, api) {
  /** @type {Map<string, Promise<void>>} */
  const known = new Map();
  return (part) => {
    let coming = known.get(part);
    if (!coming) {
      coming = api.getJson(`${document.body.dataset.texts}${part}.${language}.json`).then(
        (texts) => void Object.assign(messages, texts),
      );
      known.set(part, coming);
      coming.catch(() => known.delete(part));
    }
    return coming;
  };
}
