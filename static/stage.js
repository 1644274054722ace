/**
 * The stage: a place for every view, of which one is shown. A view that is left takes its numbers with it, so that no
 * number stands on the page twice.
 *
 * @import { Frame, StageContext, State, StageView } from "./types.d.ts"
 */

/**
 * @param {HTMLElement} host
 * @param {readonly StageView[]} views  the first is shown where the state names none of them
 * @returns {(frame: Frame, context: StageContext) => void}
 */
export function createStage(host, views) {
  /** @type {Map<string, HTMLElement>} */
  const places = new Map();
  let shown = "";
  return (frame, context) => {
    const view = viewOf(views, context.state);
    let place = places.get(view.id);
    if (!place) {
      place = host.ownerDocument.createElement("div");
      place.dataset.view = view.id;
      places.set(view.id, place);
    }
    if (shown !== view.id || place.parentNode !== host) {
      for (const other of places.values()) other.replaceChildren();
      host.replaceChildren(place);
      host.setAttribute("aria-labelledby", `tab-${view.id}`);
      shown = view.id;
    }
    view.render(place, frame, context);
  };
}

/** @param {readonly StageView[]} views  @param {State} state  @returns {StageView} */
export function viewOf(views, { view }) {
  return views.find(({ id }) => id === view) ?? views[0];
}
