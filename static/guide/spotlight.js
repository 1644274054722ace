/**
 * A ring around something on the page, wherever it moves; with a veil over everything else if asked. It catches nothing
 * and says nothing: the words beside it do.
 */
import { create, html } from "../draw/dom.js";
import { browserClock } from "../player.js";

/** Room between a thing and the ring around it; a small thing has neighbours that the ring must not cover. CSS pixels. */
const MARGIN = 6, TIGHT = 1, SMALL = 48;

/**
 * @typedef {object} Spotlight
 * @property {(target: () => Element | null) => void} on  what it is on, asked again whenever the page moves
 * @property {() => DOMRect | null} box  where that is now
 * @property {() => void} remove
 */

/**
 * @param {object} options
 * @param {boolean} [options.veil]
 * @param {HTMLElement} [options.host]  where the ring is put; in the top layer if its host is
 * @param {(box: DOMRect | null) => void} [options.moved]
 * @returns {Spotlight}
 */
export function createSpotlight({ veil = false, host = document.body, moved = () => {} } = {}) {
  const ring = /** @type {HTMLElement} */ (create(
    html("div", { class: veil ? "spotlight veiled" : "spotlight", "aria-hidden": "true" }),
  ));
  const clock = browserClock();
  /** @type {() => Element | null} */
  let target = () => null;
  let last = "";
  let going = true;

  const box = () => target()?.getBoundingClientRect() ?? null;
  const place = () => {
    const here = box();
    const key = here ? [here.left, here.top, here.width, here.height].map(Math.round).join() : "";
    if (key === last) return;
    last = key;
    ring.hidden = !here && !veil;
    const tight = here !== null && !veil && here.height < SMALL;
    const margin = tight ? TIGHT : MARGIN;
    ring.classList.toggle("tight", tight);
    const [x, y, width, height] = here
      ? [here.left - margin, here.top - margin, here.width + 2 * margin, here.height + 2 * margin]
      : [innerWidth / 2, innerHeight / 2, 0, 0];
    const left = Math.max(2, x), top = Math.max(2, y);
    ring.style.setProperty("left", `${left}px`);
    ring.style.setProperty("top", `${top}px`);
    ring.style.setProperty("width", `${Math.min(x + width, innerWidth - 2) - left}px`);
    ring.style.setProperty("height", `${Math.min(y + height, innerHeight - 2) - top}px`);
    moved(here);
  };
  const follow = () => {
    if (!going) return;
    place();
    clock.requestFrame(follow);
  };
  host.append(ring);
  follow();
  return {
    on(next) {
      target = next;
      last = "?";
      place();
    },
    box,
    remove() {
      going = false;
      ring.remove();
    },
  };
}
