/** Style sheets of what is loaded when it is first used. */
import { create, html } from "./draw/dom.js";

/** @type {Map<string, Promise<void>>} */
const sheets = new Map();

/**
 * A style sheet, once. It is there before anything is drawn with it.
 * @param {string} name  below css/, without its ending
 * @returns {Promise<void>}
 */
export function sheet(name) {
  // A page saved to a file has its styles in it.
  if (!import.meta.url.startsWith("http")) return Promise.resolve();
  const known = sheets.get(name);
  if (known) return known;
  /** @type {Promise<void>} */
  const loaded = new Promise((resolve, reject) => {
    const link = create(
      html("link", {
        rel: "stylesheet",
        href: new URL(`css/${name}.css`, import.meta.url).href,
        on: {
          load: () => resolve(),
          error: () => {
            sheets.delete(name);
            link.remove();
            reject(new Error(`css/${name}.css cannot be loaded`));
          },
        },
      }),
    );
    document.head.append(link);
  });
  sheets.set(name, loaded);
  return loaded;
}
