/**
 * The bar of projector mode: how many digits, which panels, the pointer, full screen, and the way back. What it says is
 * in the page's state, and so in the address: a link opens the page as the class saw it.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Panel, State } from "../types.d.ts"
 */
import { create, html, icon, patch } from "../draw/dom.js";
import { PANELS } from "../state.js";
import { DIGITS } from "../url.js";
import { isOn } from "./pointer.js";

/** @param {Desk & { togglePointer: () => void }} desk */
export function openBar(desk) {
  const { t, getState, dispatch, subscribe, togglePointer } = desk;
  const bar = create(
    html("div", { id: "present-bar", role: "toolbar", "aria-label": t("guide.present.bar") }),
  );
  document.querySelector(".top")?.append(bar);

  const leave = () => {
    dispatch({ type: "present", present: false });
    // The button has to be there before it can have the focus; the page says the same with its next frame.
    document.body.dataset.present = "false";
    document.getElementById("present")?.focus();
  };
  const draw = () => {
    const state = getState();
    patch(bar, [
      digits(desk, state),
      html("div", { class: "present-panels" }, PANELS.map((panel) => toggle(desk, state, panel))),
      pressed(t("guide.present.pointer"), isOn(), togglePointer),
      document.fullscreenEnabled
        ? pressed(t("guide.present.full"), document.fullscreenElement !== null, fullScreen)
        : null,
      html("span", { class: "spring" }),
      html(
        "button",
        { type: "button", class: "button small", on: { click: leave } },
        icon("close"),
        t("guide.present.leave"),
      ),
    ]);
  };
  draw();
  subscribe(draw);
  document.addEventListener("pointerring", draw);
  document.addEventListener("fullscreenchange", draw);
}

/** @param {Desk} desk  @param {State} state */
function digits({ t, dispatch }, state) {
  const choices = [
    null,
    ...Array.from({ length: DIGITS.most - DIGITS.fewest + 1 }, (_, k) => DIGITS.fewest + k),
  ];
  return html(
    "fieldset",
    { class: "segments" },
    html("legend", {}, t("guide.present.digits")),
    choices.map((count) =>
      html(
        "label",
        {},
        html("input", {
          type: "radio",
          name: "digits",
          value: String(count ?? ""),
          checked: count === state.digits,
          "aria-label": count === null ? t("guide.present.auto_name") : null,
          on: { change: () => dispatch({ type: "digits", digits: count }) },
        }),
        html("span", {}, count === null ? t("guide.present.auto") : String(count)),
      )
    ),
  );
}

/** @param {Desk} desk  @param {State} state  @param {Panel} panel */
function toggle({ t, dispatch }, state, panel) {
  const shown = !state.hide.includes(panel);
  return pressed(t(`guide.present.${panel}`), shown, () => dispatch({ type: "hide", panel, hidden: shown }));
}

/** @param {string} name  @param {boolean} on  @param {() => void} click */
function pressed(name, on, click) {
  return html("button", {
    key: name,
    type: "button",
    class: "button small",
    "aria-pressed": on,
    on: { click },
  }, name);
}

function fullScreen() {
  // A browser may refuse; then all stays as it is.
  const done = document.fullscreenElement
    ? document.exitFullscreen()
    : document.documentElement.requestFullscreen();
  done.catch(() => {});
}
