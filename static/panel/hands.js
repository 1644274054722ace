/**
 * What a hand does in the experiment beside choosing and typing: drags a layer to another place or to another size,
 * and steps a number by what makes sense for it. All of it goes by keyboard as well.
 *
 * @import { Spec, Translate } from "../types.d.ts"
 */
import { create, html } from "../draw/dom.js";
import { edit, layersOf, moveLayer } from "../spec.js";
import { say } from "../toast.js";
import { lengthOf, nudged, unitsOf } from "./steps.js";

/** A unit on the strip of a layer is so wide, in root sizes; controls.css has the same. */
const UNIT = 0.6;

/**
 * @typedef {object} Hands
 * @property {HTMLFormElement} form
 * @property {HTMLElement} list  the layers
 * @property {Translate} t
 * @property {() => Spec} draft
 * @property {(spec: Spec, merge?: boolean) => void} change  `merge`: it goes on from the change before
 */

/** @param {Hands} hands */
export function lendHands(hands) {
  reorder(hands);
  resize(hands);
  count(hands);
}

/** Layers dragged by their grip, or moved with the arrow keys on it. @param {Hands} hands */
function reorder({ list, t, draft, change }) {
  /** @param {EventTarget | null} target */
  const gripOf = (
    target,
  ) => /** @type {HTMLElement | null} */ (/** @type {Element} */ (target).closest("[data-grip]"));
  const rows = () => /** @type {HTMLElement[]} */ ([...list.children]);
  /** @param {number} from  @param {number} to */
  const move = (from, to) => {
    const moved = moveLayer(draft(), from, to);
    if (moved === draft()) return;
    change(moved);
    /** @type {HTMLElement | null} */ (list.children[to].querySelector("[data-grip]"))?.focus();
    say(t("panel.moved", { place: to + 1, count: rows().length - 1 }));
  };

  list.addEventListener("keydown", (event) => {
    const grip = gripOf(event.target);
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (!grip || !by) return;
    event.preventDefault();
    event.stopPropagation();
    const from = rows().indexOf(/** @type {HTMLElement} */ (grip.closest("li")));
    move(from, from + by);
  });

  list.addEventListener("pointerdown", (event) => {
    const grip = gripOf(event.target);
    const row = /** @type {HTMLElement | null} */ (grip?.closest("li"));
    if (!grip || !row || event.button !== 0) return;
    event.preventDefault();
    grip.focus();
    grip.setPointerCapture(event.pointerId);
    const all = rows().slice(0, -1);
    const from = all.indexOf(row);
    const boxes = all.map((each) => each.getBoundingClientRect());
    const gap = boxes.length > 1 ? boxes[1].top - boxes[0].bottom : 0;
    const shift = boxes[from].height + gap;
    let to = from;
    row.classList.add("is-dragged");
    /** @param {PointerEvent} moving */
    const follow = (moving) => {
      const by = Math.max(
        boxes[0].top - boxes[from].top,
        Math.min(boxes[boxes.length - 1].bottom - boxes[from].bottom, moving.clientY - event.clientY),
      );
      // A neighbour gives way once it is half covered.
      to = boxes.filter(({ top, bottom }, at) => {
        const centre = (top + bottom) / 2;
        return at < from ? centre <= boxes[from].top + by : at > from && centre < boxes[from].bottom + by;
      }).length;
      all.forEach((each, at) => {
        const aside = at === from ? by : at > from && at <= to ? -shift : at < from && at >= to ? shift : 0;
        each.style.translate = aside ? `0 ${aside}px` : "";
      });
    };
    /** @param {PointerEvent} ended */
    const drop = (ended) => {
      grip.removeEventListener("pointermove", follow);
      for (const kind of ENDS) grip.removeEventListener(kind, drop);
      row.classList.remove("is-dragged");
      for (const each of all) each.style.translate = "";
      if (ended.type === "pointerup") move(from, to);
    };
    grip.addEventListener("pointermove", follow);
    for (const kind of ENDS) grip.addEventListener(kind, drop);
  });
}

/** What ends a drag. @type {("pointerup" | "pointercancel")[]} */
const ENDS = ["pointerup", "pointercancel"];

/** Layers made wider and narrower by dragging their strip of units. @param {Hands} hands */
function resize({ list, draft, change }) {
  list.addEventListener("pointerdown", (event) => {
    const strip =
      /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-size]"));
    const at = [...list.children].indexOf(/** @type {Element} */ (strip?.closest("li")));
    if (!strip || at < 0 || event.button !== 0) return;
    event.preventDefault();
    strip.setPointerCapture(event.pointerId);
    const unit = UNIT * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const start = lengthOf(Number(layersOf(draft())[at].units));
    let merge = false;
    strip.classList.add("is-dragged");
    /** @param {PointerEvent} moving */
    const follow = (moving) => {
      const units = unitsOf(start + (moving.clientX - event.clientX) / unit);
      if (units === layersOf(draft())[at]?.units) return;
      change(edit(draft(), `layers[${at}].units`, units), merge);
      merge = true;
    };
    const drop = () => {
      strip.classList.remove("is-dragged");
      strip.removeEventListener("pointermove", follow);
      for (const kind of ENDS) strip.removeEventListener(kind, drop);
    };
    strip.addEventListener("pointermove", follow);
    for (const kind of ENDS) strip.addEventListener(kind, drop);
  });
}

/** Arrow keys on a number, and a pair of arrows in the field under the pointer. @param {Hands} hands */
function count({ form, t }) {
  /** @param {HTMLInputElement} field  @param {-1 | 1} direction  @param {number} times */
  const step = (field, direction, times) => {
    const next = nudged(Number(field.value), direction, strideOf(field), times);
    if (field.value !== "" && next === Number(field.value)) return;
    field.value = String(next);
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  form.addEventListener("keydown", (event) => {
    const field = numberField(event.target);
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (!field || !direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    step(field, direction, event.shiftKey ? 10 : 1);
  });

  /** @type {HTMLInputElement | null} */
  let under = null;
  /** @param {-1 | 1} direction  @param {string} name */
  const arrow = (direction, name) =>
    html("button", {
      type: "button",
      class: name,
      tabindex: -1,
      on: {
        // The field keeps the focus, or gets none.
        pointerdown: (event) => event.preventDefault(),
        click: (event) => {
          event.preventDefault();
          if (under) step(under, direction, event.shiftKey ? 10 : 1);
        },
      },
    });
  const pair = create(
    html("span", { class: "spin", "aria-hidden": "true" }, arrow(1, "up"), arrow(-1, "down")),
  );
  /** @param {Event} event */
  const attach = ({ target }) => {
    const place = /** @type {Element} */ (target).closest(".field");
    const field = numberField(place?.querySelector("input") ?? null);
    if (!place || !field || field === under) return;
    under = field;
    place.append(pair);
    field.title = rangeOf(field, t);
  };
  form.addEventListener("pointerover", attach);
  form.addEventListener("focusin", attach);
}

/** @param {EventTarget | null} target  @returns {HTMLInputElement | null} */
function numberField(target) {
  return target instanceof HTMLInputElement && target.type === "number" && !target.readOnly &&
      !target.disabled
    ? target
    : null;
}

/** @param {HTMLInputElement} field  @returns {import("./steps.js").Stride} */
function strideOf({ dataset, step, min, max }) {
  return {
    scale: /** @type {import("./steps.js").Stride["scale"]} */ (dataset.scale ?? "linear"),
    step: Number(dataset.step ?? (Number(step) || 1)),
    minimum: min === "" ? -Infinity : Number(min),
    maximum: max === "" ? Infinity : Number(max),
  };
}

/** @param {HTMLInputElement} field  @param {Translate} t */
function rangeOf({ min, max }, t) {
  const [least, most] = [Number(min), Number(max)];
  const range = min && max
    ? t("panel.range", { min: least, max: most })
    : min
    ? t("panel.from", { min: least })
    : max
    ? t("panel.to", { max: most })
    : "";
  return [range, t("panel.arrows")].filter(Boolean).join(" ");
}
