/**
 * What a page that was saved to a file is answered, in place of a server: from the documents in the file. What is not
 * among them is refused with a problem that says so. Pure.
 *
 * @import { Problem } from "./types.d.ts"
 */

/**
 * @typedef {object} Saved
 * @property {string} place  the fragment of the moment that the page opens at
 * @property {Record<string, unknown>} documents  what a server would answer, by address without query
 * @property {unknown} run  what a server would answer to the experiment
 * @property {Problem} missing  the refusal of everything else
 */

/**
 * @param {Saved} saved
 * @returns {typeof globalThis.fetch}
 */
export function answersFrom({ documents, run, missing }) {
  /** The experiment that the page posts first is the saved one; another one would have to be computed. @type {string | null} */
  let posted = null;
  return (input, init) => {
    const address = String(input instanceof Request ? input.url : input);
    const path = address.replace(/[?#].*$/, "");
    /** @type {unknown} */
    let found = documents[path];
    if (init?.method === "POST") {
      posted ??= String(init.body);
      found = init.body === posted ? run : undefined;
    }
    const [status, body] = found === undefined ? [missing.status, missing] : [200, found];
    return Promise.resolve(
      new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } }),
    );
  };
}
