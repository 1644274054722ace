/**
 * The beginning of a page that was saved to a file: what the page asks of a server is answered from the file. All the
 * rest is the page itself.
 *
 * @import { Saved } from "./answers.js"
 */
import { answersFrom } from "./answers.js";

const host = document.getElementById("saved");
if (host) {
  /** @type {Saved} */
  const saved = JSON.parse(host.textContent ?? "");
  globalThis.fetch = answersFrom(saved);
  if (!location.hash) location.hash = saved.place;
  await import("./main.js");
}
