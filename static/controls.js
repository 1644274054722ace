/**
 * The experiment as a form. Every field is named by its path in the spec; what is typed becomes a draft, the draft is
 * proposed, and what the engine refuses is said at the field it names. Allowed values are the engine's business alone.
 *
 * @import { Problem, Run, Spec, Translate } from "./types.d.ts"
 */
import { fieldsOf, fillField, isTyped, sayUnusual, settingsOf, showOnly, valueOf } from "./fields.js";
import { settled } from "./player.js";
import { sheet } from "./sheets.js";
import { say } from "./toast.js";
import {
  addLayer,
  areLabels,
  countEdits,
  edit,
  kindAt,
  layersOf,
  outputsOf,
  readRows,
  removeLayer,
  set,
  withOutputs,
  writeRows,
} from "./spec.js";

/** A pause in typing this long proposes what was typed. Milliseconds. */
const TYPING = 400;

/**
 * @typedef {object} Controls
 * @property {(run: Run) => void} show  the experiment that is on the page now
 * @property {() => void} discard  forget what is being typed: another experiment is coming
 * @property {(problem: Problem | null) => void} refuse  why the draft cannot be; null when all is well
 */

/**
 * @param {object} options
 * @param {HTMLFormElement} options.form
 * @param {Translate} options.t
 * @param {(spec: Spec, merge?: boolean) => void} options.propose  called with every new draft; `merge`: no version of its own
 * @param {() => void} options.reset  the same seed from the beginning
 * @param {() => void} options.begin  to the beginning
 * @param {() => void} options.restore  the experiment that was opened
 * @param {(part: string) => Promise<void>} options.texts
 * @param {() => { x: number[][], y: number[][] } | null} options.rows  the data as far as they are on the page
 * @returns {Controls}
 */
export function createControls({ form, t, propose, reset, begin, restore, rows, texts }) {
  /** @type {Spec} */
  let draft = {};
  /** What says remarks comes with the first. @type {typeof import("./remarks.js") | null} */
  let remarks = null;
  /** @type {Run["notes"]} */
  let notes = [];
  /** @type {Problem | null} */
  let problem = null;
  const remark = async () => {
    if (!remarks && !notes.length && !problem) return;
    remarks ??= await import("./remarks.js");
    remarks.sayNotes(form, notes);
    remarks.sayProblem(form, problem, t);
  };
  /** Has something been typed that is not proposed yet? */
  let typing = false;
  const query =
    /** @type {<E extends Element = HTMLElement>(selector: string) => E} */ ((selector) =>
      form.querySelector(selector));
  const list = query("#layers");
  const batchKind = /** @type {HTMLSelectElement} */ (query("#batch-kind"));
  const ownRows = /** @type {HTMLTextAreaElement} */ (query("#own-rows"));
  const kinds = Object.fromEntries(
    [.../** @type {NodeListOf<HTMLOptionElement>} */ (form.querySelectorAll("[name='data.kind'] option"))]
      .map(({ value, dataset }) => [value, dataset]),
  );
  const templates =
    /** @type {HTMLTemplateElement[]} */ ([...form.querySelectorAll("template[data-layer-kind]")]);

  /** @param {Spec} spec  @param {boolean} [merge]  @param {boolean} [asked]  to give up numbers set by hand */
  const change = (spec, merge, asked = false) => {
    if (!asked) notice(spec);
    draft = spec;
    fill();
    send(merge);
  };
  /** Numbers that were set by hand and fit no more are not lost without a word. @param {Spec} next */
  const notice = (next) => {
    if (givenIn(next) < givenIn(draft)) texts("panel").then(() => say(t("panel.dropped")));
  };
  /** @param {boolean} [merge] */
  const send = (merge) => {
    typing = false;
    propose(draft, merge);
  };
  const later = settled(() => typing && send(), TYPING);

  /** Makes the form say what the draft says; what is being typed stays as it is typed. */
  const fill = () => {
    fillLayers();
    for (const field of fieldsOf(form)) {
      // What belongs to another entry of a menu keeps what it would be chosen with.
      const settings = /** @type {HTMLElement | null} */ (field.closest("[data-menu]"));
      if (settings && kindAt(draft, settings.dataset.menu ?? "") !== settings.dataset.entry) continue;
      if (field.name && field !== ownRows) fillField(field, draft);
    }
    const data = /** @type {any} */ (draft.data);
    if (data?.kind === "inline" && document.activeElement !== ownRows) {
      ownRows.value = writeRows(data.x, data.y);
    }
    batchKind.value = draft.batch_size === null || draft.batch_size === undefined ? "full" : "some";
    showOnly(query("#batch-some"), batchKind.value === "some");
    for (
      const settings of /** @type {NodeListOf<HTMLFieldSetElement>} */ (form.querySelectorAll("[data-menu]"))
    ) {
      showOnly(settings, kindAt(draft, settings.dataset.menu ?? "") === settings.dataset.entry);
    }
    for (const fold of /** @type {NodeListOf<HTMLElement>} */ (form.querySelectorAll(".fold"))) {
      sayUnusual(fold);
    }
    const given = Object.keys(/** @type {object} */ (draft.parameters ?? {}));
    query("#given-parameters").hidden = given.length === 0;
    query("[data-names]").textContent = t("controls.given", { names: given.join(", ") });
    const edited = countEdits(draft);
    query("#given-edits").hidden = edited === 0;
    query("[data-count]").textContent = t("edit.given", { count: edited });
  };

  const fillLayers = () => {
    const layers = layersOf(draft);
    while (list.children.length > layers.length) list.lastElementChild?.remove();
    while (list.children.length < layers.length) {
      const kind = layers[list.children.length].kind;
      const template = templates.find((each) => each.dataset.layerKind === kind) ?? templates[0];
      list.append(document.importNode(template.content, true));
    }
    [...list.querySelectorAll("li")].forEach((row, at) => dressLayer(row, at, layers, t));
  };

  /** @param {Field} field @param {boolean} done  is this the end of typing? */
  const changed = (field, done) => {
    if (field === batchKind) {
      return change(
        set(draft, "batch_size", batchKind.value === "full" ? null : valueOf(query("[name=batch_size]"))),
      );
    }
    const chosen = field.dataset.choice !== undefined;
    let next = draft;
    if (field === ownRows) next = withOwnRows(draft, ownRows.value);
    else if (!field.name) return;
    else if (chosen) next = withKind(draft, field, form, ownRows, rows);
    else next = edit(draft, field.name, valueOf(field));
    next = withOutputs(next, outputsOf(next.data, kinds));
    if (done || chosen) return change(next);
    notice(next);
    draft = next;
    typing = true;
    later();
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => {
    const field = /** @type {Field} */ (event.target);
    changed(field, !isTyped(field));
  });
  form.addEventListener("change", (event) => {
    const field = /** @type {Field} */ (event.target);
    if (isTyped(field) && typing) changed(field, true);
  });
  form.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("button");
    if (!button) return;
    const row = button.closest("li");
    const at = row ? [...list.children].indexOf(row) : -1;
    if (button.dataset.nudge) return nudge(button);
    if ("remove" in button.dataset) {
      change(removeLayer(draft, at));
      /** @type {HTMLElement | null} */ (list.children[Math.min(at, list.children.length - 1)].querySelector(
        "input[type=number]",
      ))?.focus();
    } else if (button.id === "add-layer") change(addLayer(draft, modelOf(templates[0])));
    else if (button.id === "reseed") {
      begin();
      change({ ...set(draft, "seed", anotherSeed(draft.seed)), edits: [] }, false, true);
    } else if (button.id === "forget-parameters") change(set(draft, "parameters", {}), false, true);
    else if (button.id === "forget-edits") change(set(draft, "edits", []), false, true);
    else if (button.id === "reset") reset();
    else if (button.id === "restore") restore();
  });
  // Hands come with the first thing that a hand is near to.
  const lend = async () => {
    for (const kind of NEAR) panel.removeEventListener(kind, lend);
    const [{ lendHands }, said] = await Promise.all([
      import("./panel/hands.js"),
      import("./remarks.js"),
      texts("panel"),
      sheet("panel"),
    ]);
    remarks = said;
    lendHands({ form, list, t, draft: () => draft, change });
    form.removeEventListener("keydown", hold);
    for (const event of held) event.target?.dispatchEvent(new KeyboardEvent("keydown", event));
  };
  /** Arrow keys that came before the hands. @type {KeyboardEvent[]} */
  const held = [];
  /** The browser's own steps are of 1, whatever the number is. @param {KeyboardEvent} event */
  const hold = (event) => {
    const isNumber = /** @type {Element} */ (event.target).matches("input[type=number]");
    if (!isNumber || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    held.push(event);
  };
  form.addEventListener("keydown", hold);
  const panel = /** @type {HTMLElement} */ (form.closest("aside") ?? form);
  for (const kind of NEAR) panel.addEventListener(kind, lend);

  /** @param {HTMLButtonElement} button */
  const nudge = (button) => {
    const field = /** @type {HTMLInputElement} */ (button.parentElement?.querySelector("input"));
    const next = Math.max(
      Number(field.min || -Infinity),
      Math.min(Number(field.max || Infinity), Number(field.value) + Number(button.dataset.nudge)),
    );
    change(edit(draft, field.name, next));
  };

  return {
    show(run) {
      // An answer to what was proposed before the latest typing; the typing is proposed next.
      if (typing) return;
      draft = run.spec;
      fill();
      notes = run.notes;
      remark();
      query("#cost").textContent = t("controls.cost", { parameters: run.parameters.count, steps: run.steps });
    },
    discard: () => typing = false,
    refuse(refused) {
      problem = refused;
      remark();
      query("#kept").hidden = refused === null;
    },
  };
}

/** @typedef {import("./fields.js").Field} Field */

/** Numbers set by hand, to begin with or on the way. @param {Spec} spec */
function givenIn(spec) {
  return Object.keys(/** @type {object} */ (spec.parameters ?? {})).length + countEdits(spec);
}

/** Signs that somebody is about to change the experiment. */
const NEAR = ["pointerover", "focusin"];

/** Attributes that name a place in the spec. */
const PLACED = ["problem", "choice", "menu"];

/**
 * A row of the layer list as it is at its place: names of its fields, its title, and the output layer's fixed width.
 * @param {HTMLLIElement} row
 * @param {number} at
 * @param {import("./spec.js").Layer[]} layers
 * @param {Translate} t
 */
function dressLayer(row, at, layers, t) {
  const output = at === layers.length - 1;
  const layer = output ? t("controls.layer_output") : t("controls.layer_hidden", { layer: at + 1 });
  const place = (/** @type {string} */ text) => text.replace(/^layers\[[^\]]*\]/, `layers[${at}]`);
  row.dataset.layer = String(at);
  for (const field of fieldsOf(row)) field.name = place(field.name);
  for (const said of PLACED) {
    for (const element of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll(`[data-${said}]`))) {
      element.dataset[said] = place(element.dataset[said] ?? "");
    }
  }
  for (
    const hidden of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll("[data-hidden-layers]"))
  ) {
    hidden.hidden = output;
  }
  const title = row.querySelector(".layer-name");
  if (title) title.textContent = layer;
  const units = /** @type {HTMLInputElement | null} */ (row.querySelector(".stepper input"));
  if (units) {
    units.readOnly = output;
    units.title = output ? t("controls.output_units") : "";
    units.setAttribute("aria-label", t("controls.units_of", { layer }));
  }
  row.querySelector("select")?.setAttribute("aria-label", t("controls.activation_of", { layer }));
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (row.querySelectorAll("[data-nudge]"))) {
    button.disabled = output;
  }
  const remove = /** @type {HTMLButtonElement | null} */ (row.querySelector("[data-remove]"));
  if (remove) remove.hidden = output;
  const grip = /** @type {HTMLElement | null} */ (row.querySelector("[data-grip]"));
  if (grip) grip.hidden = output || layers.length < 3;
  const strip = /** @type {HTMLElement | null} */ (row.querySelector(".units"));
  if (strip) {
    strip.toggleAttribute("data-size", !output);
    strip.title = output ? "" : t("controls.size_layer");
    strip.style.setProperty("--units", String(layers[at].units));
  }
  const { bias, activation } = layers[at];
  const kind = /** @type {any} */ (activation)?.kind ?? activation;
  for (const label of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll(".features label"))) {
    const { ofBias, learnedBy } = label.dataset;
    label.hidden = ofBias !== undefined ? bias === false : learnedBy !== undefined && learnedBy !== kind;
  }
}

/**
 * Another entry of a menu, with its settings as they stand in the form; or none.
 * @param {Spec} draft
 * @param {Field} menu
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} ownRows
 * @param {() => { x: number[][], y: number[][] } | null} rows
 * @returns {Spec}
 */
function withKind(draft, menu, form, ownRows, rows) {
  const path = menu.dataset.choice ?? "";
  if (menu.value === "") return edit(draft, path, null);
  if (path === "data" && menu.value === "inline") {
    const now = rows();
    if (now) ownRows.value = writeRows(now.x, now.y);
    return withOwnRows(draft, ownRows.value);
  }
  return edit(draft, path, { kind: menu.value, ...settingsOf(form, path, menu.value) });
}

/** @param {Spec} draft @param {string} text @returns {Spec} */
function withOwnRows(draft, text) {
  const rows = readRows(text);
  const before = /** @type {any} */ (draft.data);
  if (before?.kind !== "inline") return edit(draft, "data", { kind: "inline", ...rows });
  const y = areLabels(before.y) ? rows.y.map((row) => row.length === 1 ? row[0] : row) : rows.y;
  return edit(draft, "data", { ...before, ...rows, y });
}

/**
 * What a new hidden layer is when there is none to copy: what the template says.
 * @param {HTMLTemplateElement} template
 * @returns {import("./spec.js").Layer}
 */
function modelOf({ content, dataset }) {
  const fields = fieldsOf(content).filter((field) => field.closest("[data-menu]") === null);
  const values = fields.map((field) => {
    const name = (field.dataset.choice ?? field.name).replace(/^layers\[#\]\./, "");
    return [name, valueOf(field) === "" ? null : valueOf(field)];
  });
  return { kind: dataset.layerKind ?? "", ...Object.fromEntries(values) };
}

/** @param {unknown} seed @returns {number}  a small one, easy to say in class */
function anotherSeed(seed) {
  const next = Math.floor(Math.random() * 9999);
  return next >= Number(seed) ? next + 1 : next;
}
