/**
 * What is said at the fields of the form: why a draft cannot be, and what is odd about an experiment that can.
 *
 * @import { Problem, Run, Translate } from "./types.d.ts"
 */
import { fieldsOf } from "./fields.js";

/** @typedef {import("./fields.js").Field} Field */

/**
 * Every note on the run, after the place for refusals that is nearest to its field.
 * @param {HTMLFormElement} form
 * @param {Run["notes"]} notes
 */
export function sayNotes(form, notes) {
  for (const old of form.querySelectorAll(".note")) old.remove();
  for (const { field, text } of notes) {
    const note = document.createElement("p");
    note.className = "note";
    note.setAttribute("role", "note");
    note.textContent = text;
    nearest(placesIn(form), field).after(note);
    unfold(note);
  }
}

/**
 * Every refusal at the field it names, or at the nearest thing around it.
 * @param {HTMLFormElement} form
 * @param {Problem | null} problem
 * @param {Translate} t
 */
export function sayProblem(form, problem, t) {
  for (const field of fieldsOf(form)) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
  const places = placesIn(form);
  for (const place of places) {
    place.hidden = true;
    place.textContent = "";
  }
  for (const { field, text } of problem ? sentences(problem, form, t) : []) {
    const place = nearest(places, field);
    place.hidden = false;
    place.textContent = place.textContent ? `${place.textContent} ${text}` : text;
    place.id ||= `problem-${places.indexOf(place)}`;
    unfold(place);
    const named = fieldsOf(form).find((each) => isAbout(each, field));
    named?.setAttribute("aria-invalid", "true");
    named?.setAttribute("aria-describedby", place.id);
  }
}

/** What is said must be seen. @param {HTMLElement} said */
function unfold(said) {
  const fold = said.closest("details");
  if (fold) fold.open = true;
}

/** Is it this field, or a field that holds a whole list of them? @param {Field} field @param {string} path */
function isAbout(field, path) {
  if (field.matches(":disabled")) return false;
  return field.name === path || (field.dataset.field !== undefined && path.startsWith(field.dataset.field));
}

/**
 * @param {Problem} problem
 * @param {HTMLFormElement} form
 * @param {Translate} t
 * @returns {{ field: string, text: string }[]}
 */
function sentences({ status, title, detail, errors, limit, value, maximum, setting }, form, t) {
  if (status === 0) return [{ field: "", text: t("status.offline") }];
  if (limit) {
    const name = t(`limit.${limit}`);
    const text = t("controls.over_limit", { limit: name, value: value ?? "?", maximum: maximum ?? "?" });
    return [{ field: errors[0]?.field ?? setting ?? "", text }];
  }
  if (errors.length === 0) return [{ field: "", text: detail || title }];
  return errors.map(({ field, allowed }) => {
    // A place inside a list, or one the form has no field for, is named.
    const own = fieldsOf(form).some((each) => each.name === field);
    return { field, text: t(own ? "controls.allowed" : "controls.allowed_at", { field, allowed }) };
  });
}

/** @param {HTMLElement[]} places @param {string} field @returns {HTMLElement} */
function nearest(places, field) {
  for (let path = field; path; path = path.replace(/(\.[^.[\]]+|\[\d+\]|^[^.[\]]+)$/, "")) {
    const place = places.find((each) => each.dataset.problem === path && !each.closest("[disabled]"));
    if (place) return place;
  }
  return /** @type {HTMLElement} */ (places.find((each) => each.dataset.problem === ""));
}

/** @param {HTMLFormElement} form @returns {HTMLElement[]} */
function placesIn(form) {
  return [...form.querySelectorAll(/** @type {any} */ ("[data-problem]"))];
}
