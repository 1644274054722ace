/**
 * What the server makes of a run, as files: a page that works offline, programs, weights, the history of its losses.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Drawn } from "../draw/dom.js"
 * @import { Run } from "../types.d.ts"
 */
import { problemOf } from "../api.js";
import { html } from "../draw/dom.js";
import { say } from "../toast.js";
import { download, fileName } from "./files.js";
import { button, buttons, segments } from "./parts.js";

/** What a program can be written with, by the name the server knows it by. */
const FRAMEWORKS = Object.freeze({ numpy: "NumPy", torch: "PyTorch", keras: "Keras" });

/** @typedef {keyof FRAMEWORKS} Framework */

/**
 * @param {Desk} desk
 * @param {Run} run
 * @param {Framework} framework  the one that is chosen
 * @param {(framework: Framework) => void} choose
 * @returns {Drawn[]}
 */
export function drawExports(desk, run, framework, choose) {
  const { t, getState } = desk;
  const { step } = getState().cursor;
  const name = fileName(desk, run);
  /** @type {(text: string, what: string, file: string, query: Record<string, string | number>) => Drawn} */
  const save = (text, what, file, query) =>
    button(text, () => void saveExport(desk, run, file, query), t("guide.share.as", { what, form: text }));
  return [
    section(
      "offline",
      t,
      save("HTML", t("guide.share.offline"), `${name}.html`, { format: "html", step, lang: desk.language }),
    ),
    section(
      "weights",
      t,
      save("NPZ", t("guide.share.weights"), `${name}.npz`, { format: "npz", step }),
      save("safetensors", t("guide.share.weights"), `${name}.safetensors`, { format: "safetensors", step }),
      save("CSV", t("guide.share.weights"), `${name}-weights.csv`, { format: "csv", what: "weights", step }),
    ),
    section(
      "program",
      t,
      segments({
        name: "share-framework",
        legend: t("guide.share.library"),
        options: /** @type {[Framework, string][]} */ (Object.entries(FRAMEWORKS)),
        chosen: framework,
        change: choose,
      }),
      ...["py", "ipynb"].map((format) =>
        save(
          t(`guide.share.${format}`),
          t("guide.share.program"),
          `backscope-${desk.exampleOf(run) ?? run.id.slice(0, 8)}-${framework}.${format}`,
          { format, framework, lang: desk.language },
        )
      ),
    ),
  ];
}

/** @param {Desk} desk  @param {Run} run */
export function saveHistory(desk, run) {
  const name = `${fileName(desk, run)}-history.csv`;
  return saveExport(desk, run, name, { format: "csv", what: "history" });
}

/** @param {string} name  @param {Desk["t"]} t  @param {...Drawn} content  @returns {Drawn} */
function section(name, t, ...content) {
  return html(
    "section",
    { "aria-labelledby": `share-${name}` },
    html("h3", { id: `share-${name}` }, t(`guide.share.${name}`)),
    html("p", { class: "faint" }, t(`guide.share.${name}_about`)),
    buttons(...content),
  );
}

/**
 * A file the server makes. What it cannot make it says, in a sentence.
 * @param {Desk} desk
 * @param {Run} run
 * @param {string} name
 * @param {Record<string, string | number>} query
 */
async function saveExport({ t, api, language }, run, name, query) {
  say(t("guide.share.making"));
  const search = Object.entries({ lang: language, ...query }).map(([key, value]) => `${key}=${value}`).join(
    "&",
  );
  try {
    const bytes = await api.getBytes(`/api/v1/runs/${run.id}/export?${search}`);
    download(name, "application/octet-stream", bytes);
    say(t("guide.share.made", { name }));
  } catch (error) {
    const problem = problemOf(error);
    if (problem) say(problem.status ? problem.detail || problem.title : t("guide.no_answer"));
  }
}
