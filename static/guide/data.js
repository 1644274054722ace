/**
 * The data of an experiment, edited by hand: points drawn on the plane, rows in a table, CSV pasted, chosen or dropped.
 * Nothing changes until the data are used; the engine then says whether they can be.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Spec } from "../types.d.ts"
 * @import { Row, Table } from "./points.js"
 */
import { problemOf } from "../api.js";
import { html } from "../draw/dom.js";
import { shownRun } from "../needs.js";
import { minimal, withOutputs } from "../spec.js";
import { openDialog } from "./dialog.js";
import { chooseFile } from "./files.js";
import { createPlane } from "./drawing.js";
import { planeOf, tableOf, withClass, withRows } from "./points.js";

/** Rows of the table at most; more points can still be drawn. */
const LONGEST = 200;

/**
 * @param {Desk} desk
 * @param {string} [given]  a CSV text to begin with
 */
export async function openData(desk, given) {
  const { t, api } = desk;
  const run = shownRun(desk.getState());
  if (!run) return;
  /** @type {Table | null} */
  let table = null;
  let text = "", problem = "", note = "", chosen = -1;
  /** @type {Record<string, unknown> | null}  what a CSV text was read as */
  let read = null;

  const dialog = openDialog({ id: "data-desk", title: t("data.title"), t, draw });
  const redraw = () => dialog.element.isConnected && dialog.redraw();
  const drawPlane = createPlane({
    t,
    change,
    complain,
    redraw,
    choose: (n) => table && change(table.rows, n),
    addClass: () => {
      if (table) table = withClass(table);
      redraw();
    },
  });
  dialog.element.addEventListener("keydown", (event) => {
    const isField = /** @type {Element} */ (event.target).matches(
      "input:not([type=radio]), textarea, select",
    );
    if (
      !/^(Delete|Backspace)$/.test(event.key) || isField || !table || chosen < 0 || table.rows.length === 1
    ) return;
    event.preventDefault();
    change(table.rows.toSpliced(chosen, 1), -1);
  });
  dialog.element.addEventListener("dragover", (event) => event.preventDefault());
  dialog.element.addEventListener("drop", (event) => {
    const file = event.dataTransfer?.files[0];
    if (!file) return;
    event.preventDefault();
    file.text().then(take);
  });
  try {
    table = tableOf(await api.getJson(`/api/v1/runs/${run.id}/data`));
    // The plane stays as it is, wherever points are drawn.
    if (table.names.length === 2) table = { ...table, plane: planeOf(table) };
  } catch (error) {
    problem = problemOf(error)?.detail ?? "";
  }
  redraw();
  if (given !== undefined) {
    await take(given);
    dialog.element.querySelector(".data-csv")?.scrollIntoView({ block: "nearest" });
  }

  function draw() {
    return [
      html("p", { class: "faint" }, t("data.about")),
      html("p", { class: "problem", role: "alert", hidden: problem === "" }, problem),
      html(
        "div",
        { class: "data-desk" },
        table && table.names.length === 2 && drawPlane(table, chosen),
        table && drawTable(table),
      ),
      drawCsv(),
    ];
  }

  /** @param {Table} shown */
  function drawTable(shown) {
    const rows = shown.rows.slice(0, LONGEST);
    /** @param {number} n  @param {"x" | "y"} part  @param {number} at  @param {string} typed */
    const set = (n, part, at, typed) => {
      const value = Number(typed.replace("\u2212", "-"));
      if (typed.trim() === "" || !Number.isFinite(value)) return complain(t("edit.no_number"));
      change(shown.rows.with(n, { ...shown.rows[n], [part]: shown.rows[n][part].with(at, value) }), n);
    };
    const field = (/** @type {number} */ n, /** @type {"x" | "y"} */ part, /** @type {number} */ at) =>
      html("input", {
        type: "text",
        inputmode: "decimal",
        "aria-label": t(part === "x" ? "data.cell_input" : "data.cell_target", { row: n, column: at }),
        value: String(shown.rows[n][part][at]),
        on: { change: (event) => set(n, part, at, /** @type {HTMLInputElement} */ (event.target).value) },
      });
    return html(
      "section",
      { key: "table", class: "data-table", "aria-label": t("data.table") },
      html("h3", {}, t("data.table")),
      html(
        "div",
        { class: "data-scroll", tabindex: "0", role: "group", "aria-label": t("data.table") },
        html(
          "table",
          {},
          html(
            "thead",
            {},
            html(
              "tr",
              {},
              html("th", { scope: "col" }, t("data.row")),
              ...shown.names.map((name) => html("th", { scope: "col" }, name)),
              ...(shown.rows[0]?.y ?? []).map((_, at) => html("th", { scope: "col" }, `y${at}`)),
              html("td", {}),
            ),
          ),
          html(
            "tbody",
            {},
            ...rows.map((row, n) =>
              html(
                "tr",
                { key: n, class: n === chosen ? "is-chosen" : null },
                html("th", { scope: "row" }, String(n)),
                ...row.x.map((_, at) => html("td", {}, field(n, "x", at))),
                ...row.y.map((_, at) => html("td", {}, field(n, "y", at))),
                html(
                  "td",
                  {},
                  html("button", {
                    type: "button",
                    class: "button quiet small",
                    "aria-label": t("data.remove", { row: n }),
                    title: t("data.remove", { row: n }),
                    disabled: shown.rows.length === 1,
                    on: { click: () => change(shown.rows.toSpliced(n, 1), -1) },
                  }, "×"),
                ),
              )
            ),
          ),
        ),
      ),
      shown.rows.length > LONGEST &&
        html("p", { class: "faint" }, t("data.first_rows", { shown: LONGEST, count: shown.rows.length })),
      html(
        "p",
        { class: "data-acts" },
        html("button", {
          type: "button",
          class: "button small",
          on: {
            click: () => change([...shown.rows, shown.rows.at(-1) ?? { x: [0], y: [0] }], shown.rows.length),
          },
        }, t("data.add")),
        html("button", {
          type: "button",
          class: "button primary small",
          on: { click: () => use(withRows(/** @type {Spec} */ (run?.spec), shown)) },
        }, t("data.use")),
      ),
    );
  }

  function drawCsv() {
    return html(
      "section",
      { key: "csv", class: "data-csv", "aria-label": t("data.csv") },
      html("h3", {}, t("data.csv")),
      html("p", { class: "faint" }, t("data.csv_about")),
      html("textarea", {
        rows: 5,
        spellcheck: "false",
        "aria-label": t("data.csv"),
        placeholder: "x0,x1,class\n0.5,1.2,red\n-1,0.3,blue",
        value: text,
        on: { input: (event) => (text = /** @type {HTMLTextAreaElement} */ (event.target).value) },
      }),
      html(
        "p",
        { class: "data-acts" },
        html("button", {
          type: "button",
          class: "button small",
          on: { click: () => chooseFile(".csv,.tsv,.txt,text/csv", (file) => file.text().then(take)) },
        }, t("data.choose_file")),
        html(
          "button",
          { type: "button", class: "button small", on: { click: () => take(text) } },
          t("data.read"),
        ),
        read && html("button", {
          type: "button",
          class: "button primary small",
          on: { click: () => use(withCsv(/** @type {Spec} */ (run?.spec), /** @type {any} */ (read))) },
        }, t("data.use_csv")),
      ),
      html("p", { role: "status", class: "faint" }, note),
    );
  }

  /** @param {Row[]} rows  @param {number} at  the row that was changed, or none */
  function change(rows, at) {
    if (!table) return;
    table = { ...table, rows };
    chosen = at;
    problem = "";
    redraw();
    // Whoever works on the plane sees the numbers in the table.
    const row = /** @type {HTMLElement | null} */ (dialog.element.querySelector("tr.is-chosen"));
    const box = row?.closest(".data-scroll");
    if (!row || !box) return;
    const head = box.querySelector("thead")?.getBoundingClientRect().height ?? 0;
    const [top, bottom] = [row.offsetTop - head, row.offsetTop + row.offsetHeight];
    box.scrollTop = Math.max(bottom - box.clientHeight, Math.min(top, box.scrollTop));
  }

  /** @param {string} why */
  function complain(why) {
    problem = why;
    redraw();
  }

  /** A CSV text is read by the engine, which names row and column of what is wrong. @param {string} given */
  async function take(given) {
    text = given;
    read = null;
    note = "";
    problem = "";
    try {
      read = await api.readCsv(given);
      const { rows, columns, classes } = /** @type {any} */ (read);
      const inputs = columns.filter((/** @type {{ role: string }} */ { role }) => role === "input").length;
      note = t("data.csv_read", { rows, inputs, classes: classes.length });
    } catch (error) {
      problem = problemOf(error)?.detail ?? "";
    }
    redraw();
  }

  /** @param {Spec} spec */
  async function use(spec) {
    try {
      const made = await api.createRun(spec);
      desk.propose(minimal(/** @type {Spec} */ (made.spec), desk.seed));
      dialog.close();
    } catch (error) {
      const refused = problemOf(error);
      if (refused) complain(refused.detail || refused.title);
    }
  }
}

/**
 * The experiment with what a CSV text was read as; the output layer follows its targets.
 * @param {Spec} spec
 * @param {{ data: any, outputs: number }} read
 * @returns {Spec}
 */
function withCsv(spec, { data, outputs }) {
  const { edits: _edits, parameters: _parameters, ...rest } = spec;
  return withOutputs({ ...rest, data }, outputs);
}
