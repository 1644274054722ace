/**
 * Formulas that do not fit on their line are set smaller, down to a limit; below it the line scrolls.
 */

const SMALLEST = 0.72;

/**
 * @param {HTMLElement} host
 */
export function fitLines(host) {
  const lines = /** @type {NodeListOf<HTMLElement>} */ (host.querySelectorAll(".why-line"));
  for (const line of lines) line.style.removeProperty("--fit");
  const wanted = [...lines].map((line) => line.clientWidth / Math.max(1, line.scrollWidth));
  lines.forEach((line, at) => {
    if (wanted[at] < 1) {
      line.style.setProperty("--fit", String(Math.max(SMALLEST, Math.floor(wanted[at] * 98) / 100)));
    }
  });
}
