/**
 * Fields of the form: what each holds as a value of the spec, and how a value of the spec is put into it.
 *
 * @import { Spec } from "./types.d.ts"
 */
import { get, kindAt, readList, writeList } from "./spec.js";

/** @typedef {HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement} Field */

/** @param {ParentNode} parent @returns {Field[]} */
export function fieldsOf(parent) {
  return [...parent.querySelectorAll(/** @type {any} */ ("input, select, textarea"))];
}

/** @param {Field} field @returns {boolean}  typed letter by letter rather than chosen */
export function isTyped(field) {
  return field instanceof HTMLTextAreaElement ||
    (field instanceof HTMLInputElement && field.type !== "checkbox");
}

/** @param {Field} field @returns {unknown} */
export function valueOf(field) {
  const list = listOf(field);
  if (list && field.type === "checkbox") return checkedIn(list);
  if (list) return readList(field.value, list.dataset.list === "array");
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked;
  if (field instanceof HTMLInputElement && field.type === "number" && field.value !== "") {
    return Number(field.value);
  }
  // What is no number is refused by the engine, unless nothing is as good as one.
  return field.value === "" && field.dataset.nullable !== undefined ? null : field.value;
}

/**
 * Makes a field say what the spec says.
 * @param {Field} field
 * @param {Spec} spec
 */
export function fillField(field, spec) {
  const { choice, nullable } = field.dataset;
  const value = choice === undefined ? get(spec, field.name) : kindAt(spec, choice);
  const list = listOf(field);
  if (list) fillList(list, field, value);
  else if (value === undefined || (value === null && nullable === undefined)) return;
  else if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = value === true;
  else if (valueOf(field) !== value) field.value = String(value ?? "");
}

/**
 * The settings of an entry as they stand in the form.
 * @param {ParentNode} form
 * @param {string} path  of the menu in the spec
 * @param {string} entry
 * @returns {Record<string, unknown>}
 */
export function settingsOf(form, path, entry) {
  const places = [...form.querySelectorAll(`[data-menu="${path}"][data-entry="${entry}"]`)];
  return Object.fromEntries(
    places.flatMap(fieldsOf).map((field) => [field.name.slice(path.length + 1), valueOf(field)]),
  );
}

/** @param {HTMLFieldSetElement} settings @param {boolean} shown */
export function showOnly(settings, shown) {
  settings.hidden = !shown;
  settings.disabled = !shown;
}

/**
 * What in a fold is not as usual, in a few words on the line that opens it.
 * @param {HTMLElement} fold
 */
export function sayUnusual(fold) {
  const note = fold.querySelector(".fold-note");
  const changed = fieldsOf(fold).filter((field) =>
    field.dataset.usual !== undefined && !field.matches(":disabled") && !field.closest("[hidden]") &&
    JSON.stringify(valueOf(field)) !== JSON.stringify(JSON.parse(field.dataset.usual))
  );
  const words = changed.map((field) => {
    const list = listOf(field);
    if (list && field.type === "checkbox") {
      return `${list.querySelector("legend")?.textContent ?? ""} ${checkedIn(list).join(" ")}`;
    }
    if (field instanceof HTMLSelectElement) return field.selectedOptions[0]?.text ?? "";
    const name = field.labels?.[0]?.querySelector(".field-name")?.textContent ?? "";
    return field.type === "checkbox" ? name : `${name} ${field.value}`;
  });
  if (note) note.textContent = words.join(", ");
}

/** What says that a field holds a list, or is one of several that do. @param {Field} field */
function listOf(field) {
  return /** @type {HTMLElement | null} */ (field.closest("[data-list]"));
}

/** The features that are ticked, and those that the form does not offer. @param {HTMLElement} list */
function checkedIn(list) {
  const ticked = /** @type {HTMLInputElement[]} */ (fieldsOf(list)).filter((field) =>
    field.checked && !field.closest("label[hidden]")
  );
  return [...ticked.map(({ value }) => value), ...readList(list.dataset.others ?? "", false) ?? []];
}

/** @param {HTMLElement} list @param {Field} field @param {unknown} value */
function fillList(list, field, value) {
  const names = Array.isArray(value) ? value : [];
  if (field.type !== "checkbox") {
    if (writeList(valueOf(field)) !== writeList(value)) field.value = writeList(value);
    return;
  }
  /** @type {HTMLInputElement} */ (field).checked = names.includes(field.value);
  const offered = fieldsOf(list).map((each) => each.value);
  list.dataset.others = writeList(names.filter((name) => !offered.includes(name)));
}
