/**
 * A dialog of the guide: a head with its title, a body, and the four ways out (Escape, ×, a click beside it, its own
 * buttons). The browser holds the focus inside and gives it back.
 *
 * @import { Content } from "../draw/dom.js"
 * @import { Translate } from "../types.d.ts"
 */
import { create, html, icon, patch } from "../draw/dom.js";

/**
 * @typedef {object} Opened
 * @property {() => void} redraw
 * @property {() => void} close
 * @property {HTMLDialogElement} element
 */

/**
 * @param {object} options
 * @param {string} options.id
 * @param {string} options.title
 * @param {Translate} options.t
 * @param {() => Content} options.draw  what is in the body; called again by `redraw`
 * @param {() => void} [options.closed]
 * @returns {Opened}
 */
export function openDialog({ id, title, t, draw, closed = () => {} }) {
  document.getElementById(id)?.remove();
  const element = /** @type {HTMLDialogElement} */ (create(
    html("dialog", { id, class: "help sheet", "aria-labelledby": `${id}-title` }),
  ));
  const close = () => element.close();
  const redraw = () =>
    patch(element, [
      html(
        "div",
        { class: "help-head" },
        html("h2", { id: `${id}-title` }, title),
        html("button", {
          type: "button",
          class: "button quiet",
          title: t("app.close"),
          "aria-label": t("app.close"),
          on: { click: close },
        }, icon("close")),
      ),
      html("div", { class: "help-body sheet-body" }, draw()),
      html("p", { class: "sheet-word", role: "status" }),
    ]);
  element.addEventListener("click", (event) => {
    if (event.target === element) close();
  });
  element.addEventListener("close", () => {
    element.remove();
    closed();
  });
  redraw();
  document.body.append(element);
  element.showModal();
  return { redraw, close, element };
}
