/**
 * A number pointed at anywhere lights wherever it stands: on the stage, in a formula, in a term. A class, no state.
 */

const ECHO = "is-echo";

/** @type {WeakSet<Document>} */
const listening = new WeakSet();

/**
 * @param {Document} document
 */
export function echoNumbers(document) {
  if (listening.has(document)) return;
  listening.add(document);
  document.addEventListener("pointerover", (event) => echo(document, event.target));
  document.addEventListener("focusin", (event) => echo(document, event.target));
  document.addEventListener("focusout", () => echo(document, null));
}

/** @param {Document} document  @param {EventTarget | null} target */
function echo(document, target) {
  const holder = target instanceof Element ? target.closest("[data-address], [data-addresses]") : null;
  const named = holder?.getAttribute("data-addresses") ?? holder?.getAttribute("data-address") ?? "";
  const wanted = new Set();
  for (const address of named.split(" ").filter(Boolean)) {
    const quoted = CSS.escape(address);
    for (
      const element of document.querySelectorAll(`[data-address="${quoted}"], [data-addresses~="${quoted}"]`)
    ) {
      wanted.add(element);
    }
  }
  for (const element of document.querySelectorAll(`.${ECHO}`)) {
    if (!wanted.has(element)) element.classList.remove(ECHO);
  }
  for (const element of wanted) element.classList.add(ECHO);
}
