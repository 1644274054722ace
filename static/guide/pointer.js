/**
 * A ring around the mouse that the last row sees, and that closes while a button is down. It is drawn where the pointer
 * is told to be, and catches nothing.
 */
import { create, html } from "../draw/dom.js";

/** @type {HTMLElement | null} */
let ring = null;

/** @returns {boolean}  is it shown now? */
export function isOn() {
  return ring !== null;
}

/** Shows or hides it. */
export function toggle() {
  if (ring) {
    ring.remove();
    ring = null;
    document.removeEventListener("pointermove", follow);
    document.removeEventListener("pointerdown", press);
    document.removeEventListener("pointerup", release);
  } else {
    ring = /** @type {HTMLElement} */ (create(html("div", { class: "pointer-ring", "aria-hidden": "true" })));
    // The top layer, so that dialogs do not cover it.
    ring.popover = "manual";
    document.body.append(ring);
    ring.showPopover();
    document.addEventListener("pointermove", follow);
    document.addEventListener("pointerdown", press);
    document.addEventListener("pointerup", release);
  }
  document.dispatchEvent(new Event("pointerring"));
}

/** @param {PointerEvent} event */
function follow({ clientX, clientY }) {
  ring?.style.setProperty("translate", `${clientX}px ${clientY}px`);
  ring?.setAttribute("data-seen", "true");
}

function press() {
  ring?.setAttribute("data-pressed", "true");
}

function release() {
  ring?.removeAttribute("data-pressed");
}
