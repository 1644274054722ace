/**
 * Files: saving an experiment, opening one that was saved, and saying what is wrong with one that cannot be opened.
 * What an experiment may be is the engine's business; the file around it is checked by its schema.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Problem, Run, Spec } from "../types.d.ts"
 * @import { Fault, Schema } from "./schema.js"
 */
import { problemOf } from "../api.js";
import { create, html, icon } from "../draw/dom.js";
import { shownRun } from "../needs.js";
import { settled } from "../player.js";
import { sheet } from "../sheets.js";
import { minimal } from "../spec.js";
import { say } from "../toast.js";
import { openDialog } from "./dialog.js";
import { experimentFile, kindOf, placeIn } from "./experiment.js";
import { NotJson, readJson } from "./json.js";
import { faults } from "./schema.js";

/** More than any experiment of ours; the server's own bound is stricter and says so itself. Bytes. */
const LARGEST = 8 * 1024 * 1024;

/** What tables are called. */
const TABLE = /\.(csv|tsv|txt)$/i;

/** Faults listed at most. */
const MOST = 12;

/** By then the browser has taken what it was handed. Milliseconds. */
const TAKEN = 30_000;

/** One thing that is wrong with a file; in a lesson at a step. @typedef {{ line: number | null, step?: number, path: string, text: string }} Complaint */

/**
 * Hands a file to the visitor.
 * @param {string} name
 * @param {string} type
 * @param {BlobPart} content
 */
export function download(name, type, content) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  /** @type {HTMLAnchorElement} */ (create(html("a", { href: url, download: name }))).click();
  settled(() => URL.revokeObjectURL(url), TAKEN)();
}

/**
 * What files about this moment are called.
 * @param {Desk} desk
 * @param {Run} run
 * @returns {string}  without its ending
 */
export function fileName({ getState, exampleOf }, run) {
  const shape = run.layers.map(({ units }) => units).join("-");
  return `backscope-${exampleOf(run) ?? shape}-step${getState().cursor.step}`;
}

/** @param {Desk} desk */
export function saveExperiment(desk) {
  const run = shownRun(desk.getState());
  if (!run) return;
  const text = JSON.stringify(experimentFile(desk.getState(), run), null, 2);
  download(`${fileName(desk, run)}.json`, "application/json", `${text}\n`);
}

/**
 * Lets the visitor choose a file, and opens it.
 * @param {Desk} desk
 */
export function pickFile(desk) {
  chooseFile(".json,application/json", (file) => receive(desk, file));
}

/**
 * Lets the visitor choose a file.
 * @param {string} accept  kinds of files, as a file field takes them
 * @param {(file: File) => void} then
 */
export function chooseFile(accept, then) {
  const field = /** @type {HTMLInputElement} */ (create(html("input", { type: "file", accept })));
  field.addEventListener("change", () => {
    const file = field.files?.[0];
    if (file) then(file);
  });
  field.click();
}

/**
 * Opens a file, whatever it turns out to be.
 * @param {Desk} desk
 * @param {File} file
 */
export async function receive(desk, file) {
  const { t } = desk;
  /** @param {Complaint[]} complaints  @param {string} [lead] */
  const refuse = (complaints, lead = t("guide.files.refused", { name: file.name })) =>
    showComplaints(desk, lead, complaints);
  if (file.size > LARGEST) {
    return refuse([{ line: null, path: "", text: t("guide.files.large", { most: LARGEST / 2 ** 20 }) }]);
  }
  if (TABLE.test(file.name)) {
    const { openData } = await import("./data.js");
    await Promise.all([openData(desk, await file.text()), sheet("guide/data")]);
    return;
  }
  /** @type {ReturnType<typeof readJson>} */
  let read;
  try {
    read = readJson(await file.text());
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
    return refuse([{ line: error.line, path: "", text: t(error.key, { column: error.column }) }]);
  }
  const { value, lineOf } = read;
  const kind = kindOf(value);
  if (kind === null) return refuse([{ line: null, path: "", text: t("guide.files.unknown") }]);
  const record = /** @type {Record<string, unknown>} */ (value);
  const whole = kind === "spec" ? { spec: record } : record;
  const wrong = kind === "spec" ? [] : faults(await schemaOf(desk, kind), whole);
  if (wrong.length) return refuse(wrong.map((fault) => complaintOf(fault, lineOf, t)));
  if (kind === "lesson") {
    const { openLesson } = await import("./lesson/open.js");
    const complaints = await openLesson(desk, /** @type {any} */ (record), lineOf);
    return complaints.length ? refuse(complaints) : closeDialogs();
  }
  const place = placeIn(whole);
  try {
    const run = await desk.api.createRun(place.spec);
    desk.open({ ...place, spec: minimal(/** @type {Spec} */ (run.spec), desk.seed) });
    closeDialogs();
    const { engine } = record;
    const other = typeof engine === "string" && engine !== run.engine;
    say(other ? t("guide.files.other_engine", { engine }) : t("guide.files.opened", { name: file.name }));
  } catch (error) {
    const problem = problemOf(error);
    if (problem) refuse(refusals(problem, kind === "spec" ? "" : "spec", lineOf, t));
  }
}

function closeDialogs() {
  for (
    const dialog of /** @type {NodeListOf<HTMLDialogElement>} */ (document.querySelectorAll("dialog[open]"))
  ) {
    dialog.close();
  }
}

/**
 * A schema of our files, by name.
 * @param {Desk} desk
 * @param {string} name
 * @returns {Promise<Schema>}
 */
export function schemaOf({ api }, name) {
  return api.getJson(new URL(`./${name}.schema.json`, import.meta.url).pathname);
}

/**
 * @param {Fault} fault
 * @param {(path: string) => number} lineOf
 * @param {Desk["t"]} t
 * @returns {Complaint}
 */
export function complaintOf({ path, key, values }, lineOf, t) {
  return { ...stepOf(path), line: lineOf(path), path, text: t(key, values) };
}

/**
 * What the engine has against a spec, at the lines of the file that say it.
 * @param {Problem} problem
 * @param {string} at  path of the spec in the file
 * @param {(path: string) => number} lineOf
 * @param {Desk["t"]} t
 * @returns {Complaint[]}
 */
export function refusals({ status, title, detail, errors }, at, lineOf, t) {
  if (status === 0) return [{ line: null, path: "", text: t("status.offline") }];
  if (errors.length === 0) return [{ line: null, path: at, text: detail || title }];
  return errors.map(({ field, allowed }) => {
    const path = [at, field].filter(Boolean).join(".");
    return { ...stepOf(path), line: lineOf(path), path, text: t("controls.allowed", { allowed }) };
  });
}

/** The step of a lesson that a path leads into; people count them from 1.  @param {string} path */
function stepOf(path) {
  const [, step] = /^steps\[(\d+)\]/.exec(path) ?? [];
  return step === undefined ? {} : { step: Number(step) + 1 };
}

/**
 * @param {Desk} desk
 * @param {string} lead
 * @param {Complaint[]} complaints
 */
export function showComplaints({ t }, lead, complaints) {
  const rest = complaints.length - MOST;
  openDialog({
    id: "refused",
    title: t("guide.files.refused_title"),
    t,
    draw: () => [
      html("p", { class: "lead" }, icon("warning"), " ", lead),
      html(
        "ul",
        { class: "complaints" },
        complaints.slice(0, MOST).map(({ line, step, path, text }) =>
          html(
            "li",
            {},
            line === null ? null : html("b", {}, t("guide.files.line", { line })),
            step === undefined ? null : html("b", {}, t("guide.files.step", { step })),
            path ? html("code", {}, path) : null,
            html("span", {}, text),
          )
        ),
      ),
      rest > 0 ? html("p", { class: "faint" }, t("guide.files.more", { count: rest })) : null,
    ],
  });
}
