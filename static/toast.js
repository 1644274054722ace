/**
 * A passing word at the foot of the page, also for screen readers.
 */
import { html, patch } from "./draw/dom.js";
import { settled } from "./player.js";

/** How long it stays. Milliseconds. */
const WHILE = 4000;

const hushLater = settled(() => {
  for (const host of hosts()) patch(host, []);
}, WHILE);

/** @param {string} word */
export function say(word) {
  // What stands outside of an open dialog is neither seen nor heard.
  const host = hosts().at(-1);
  if (host) patch(host, [html("span", {}, word)]);
  hushLater();
}

/** @returns {Element[]} */
function hosts() {
  return [...document.querySelectorAll("#toast, dialog[open] > [role=status]")];
}
