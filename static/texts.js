/** Texts of the parts of the page that are loaded when they are first used. */

/**
 * @param {{ messages: Record<string, string>, language: string, getJson: (path: string) => Promise<any> }} options
 *   `messages` is what the page's texts are read from: those of a part join it
 * @returns {(part: string) => Promise<void>}
 */
export function createTexts({ messages, language, getJson }) {
  return each(async (part) => {
    Object.assign(messages, await getJson(`${document.body.dataset.texts}${part}.${language}.json`));
  });
}

/**
 * A piece of work done once for each name; again if it failed.
 * @param {(name: string) => Promise<void>} work
 * @returns {(name: string) => Promise<void>}
 */
function each(work) {
  /** @type {Map<string, Promise<void>>} */
  const done = new Map();
  return (name) => {
    const known = done.get(name);
    if (known) return known;
    const now = work(name).catch((error) => {
      done.delete(name);
      throw error;
    });
    done.set(name, now);
    return now;
  };
}
