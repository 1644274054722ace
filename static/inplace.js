/**
 * Changing a number where it stands: a field over its cell on the stage. Enter puts the number in, Escape leaves it as
 * it was; what cannot be is said below the field, which stays.
 *
 * @import { Address, Frame, Translate } from "./types.d.ts"
 * @import { Store } from "./store.js"
 */
import { create, html, patch } from "./draw/dom.js";
import { full } from "./draw/format.js";
import { editAction, editTarget } from "./edits.js";
import { nudged } from "./panel/steps.js";
import { say } from "./toast.js";
import { formatAddress } from "./trace.js";

/** What an arrow key changes a number by; a rate goes by its own scale. */
const STEP = 0.1;

/** Room kept to the edges of the window. CSS pixels. */
const MARGIN = 8;

/** The field that is open. @type {{ address: string, close: () => void } | null} */
let open = null;

/**
 * @param {object} options
 * @param {HTMLElement} options.stage
 * @param {Address} options.address
 * @param {Frame} options.frame  what the stage shows
 * @param {Store} options.store
 * @param {Translate} options.t
 * @param {boolean} [options.quiet]  say nothing if the number cannot be changed
 */
export function editInPlace({ stage, address, frame, store, t, quiet = false }) {
  const { dispatch, getState } = store;
  const written = formatAddress(address);
  if (open?.address === written) return;
  open?.close();
  const target = editTarget(frame, address);
  if (!target) {
    if (!quiet) say(t("inplace.computed"));
    return;
  }
  if (getState().playing) dispatch({ type: "pause" });
  if (getState().training) dispatch({ type: "train", on: false });
  const before = full(target.value);
  const field = /** @type {HTMLInputElement} */ (create(html("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    "aria-label": t("inplace.label", { address: written }),
    "aria-describedby": "inplace-said",
    value: before,
  })));
  const said = create(html("div", { id: "inplace-said", class: "inplace-said" }));
  const form = /** @type {HTMLFormElement} */ (create(html("form", {
    class: "inplace",
    novalidate: true,
    "data-edit": written,
  })));
  form.append(field, said);
  (stage.parentElement ?? document.body).append(form);

  let closed = false;
  const cell =
    () => /** @type {HTMLElement | null} */ (stage.querySelector(`[data-address="${CSS.escape(written)}"]`));
  const place = () => {
    const box = cell()?.getBoundingClientRect();
    if (!box) return close(false);
    const { offsetWidth: width, offsetHeight: height } = form;
    const left = Math.min(box.left, document.documentElement.clientWidth - width - MARGIN);
    const top = Math.min(box.top + box.height / 2 - field.offsetHeight / 2, innerHeight - height - MARGIN);
    form.style.left = `${Math.max(MARGIN, left)}px`;
    form.style.top = `${Math.max(MARGIN, top)}px`;
  };
  /** @param {string} problem */
  const show = (problem) => {
    field.setAttribute("aria-invalid", String(problem !== ""));
    patch(said, [
      problem
        ? html("p", { class: "problem", role: "alert" }, problem)
        : html("p", { class: "faint" }, t("inplace.from", { step: target.step })),
    ]);
    place();
  };
  /** @param {boolean} goBack  to the number, with the focus */
  const close = (goBack) => {
    if (closed) return;
    closed = true;
    open = null;
    stop();
    removeEventListener("resize", place);
    document.removeEventListener("scroll", place, true);
    form.remove();
    if (goBack) cell()?.focus();
  };
  /** @returns {boolean}  is it under way? */
  const apply = () => {
    if (field.value.trim() === before) {
      close(true);
      return false;
    }
    const action = editAction(frame, address, field.value);
    if (action) dispatch(action);
    else show(t("edit.no_number"));
    return action !== null;
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    apply();
  });
  form.addEventListener("keydown", (event) => {
    event.stopPropagation();
    const direction = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (event.key === "Escape") {
      event.preventDefault();
      if (getState().edit) dispatch({ type: "edit/cancel" });
      close(true);
    } else if (direction) {
      event.preventDefault();
      const value = Number(field.value.replaceAll("\u2212", "-"));
      const scale = target.setting === "learning_rate" ? "log" : "linear";
      const stride = { scale, step: STEP, minimum: -Infinity, maximum: Infinity };
      field.value = full(nudged(value, direction, /** @type {any} */ (stride), event.shiftKey ? 10 : 1));
    }
  });
  // Whoever goes on elsewhere has finished, as in a table; what is no number is left as it was.
  field.addEventListener("blur", () => {
    if (closed) return;
    const { edit } = getState();
    if (edit && !edit.problem) return; // under way
    if (edit) dispatch({ type: "edit/cancel" });
    const typed = field.value.trim() !== before && editAction(frame, address, field.value);
    if (typed && !edit) dispatch(typed);
    else close(false);
  });
  const stop = store.subscribe((state, earlier) => {
    const problem = state.edit?.problem;
    if (problem && state.edit !== earlier.edit) show(problem.detail || problem.title);
    else if (earlier.edit && !state.edit) close(document.activeElement === field);
    else if (
      state.cursor !== earlier.cursor || state.view !== earlier.view || state.example !== earlier.example
    ) {
      close(false);
    }
  });
  addEventListener("resize", place);
  document.addEventListener("scroll", place, true);
  open = { address: written, close: () => close(false) };
  show("");
  field.focus();
  field.select();
}
