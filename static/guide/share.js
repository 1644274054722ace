/**
 * Sharing a moment: its link and QR code, the code that puts it into another page, files, pictures and numbers of it.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Drawn } from "../draw/dom.js"
 * @import { Framework } from "./exports.js"
 * @import { Run, State } from "../types.d.ts"
 */
import { decodeTrace } from "../decode.js";
import { html } from "../draw/dom.js";
import { symbolText } from "../draw/label.js";
import { shownRun } from "../needs.js";
import { say } from "../toast.js";
import { format, isLoopback, linkTo, placeOf } from "../url.js";
import { openDialog } from "./dialog.js";
import { drawExports, saveHistory } from "./exports.js";
import { download, fileName, pickFile, saveExperiment } from "./files.js";
import { csvOf, joined, leftOut } from "./numbers.js";
import { button, buttons, segments } from "./parts.js";
import { pngOf, svgOf } from "./picture.js";

/** As the server has it: see app/sharing.py. */
const LONGEST_LINK = 2000;

/** What an embedded page is asked to take, in CSS pixels: a slide's width, or a text's. */
const SIZES = Object.freeze([[960, 600], [1280, 720], [720, 560], [390, 640]]);

/**
 * What the dialog keeps while it is open.
 * @typedef {{ hosts: string[] | null, size: number, framework: Framework }} Kept
 */

/** @param {Desk} desk */
export function openShare(desk) {
  const { t, getState, api } = desk;
  const run = shownRun(getState());
  if (!run) return say(t("status.loading"));
  if (getState().playing) desk.dispatch({ type: "pause" });
  /** @type {Kept} */
  const kept = { hosts: isLoopback() ? null : [], size: 0, framework: "numpy" };
  const draw = () => contents(desk, run, kept, change);
  const dialog = openDialog({ id: "share-dialog", title: t("guide.share.title"), t, draw });
  /** @param {Partial<Kept>} parts */
  function change(parts) {
    Object.assign(kept, parts);
    dialog.redraw();
  }
  if (kept.hosts === null) {
    api.getJson("/share/addresses").then(
      ({ addresses }) => change({ hosts: addresses }),
      () => change({ hosts: [] }),
    );
  }
}

/**
 * Links to this moment: the one that holds everything, and a short one for whoever reaches this very server.
 * @param {State} state
 * @param {Run} run
 * @param {string | null} host
 * @returns {{ whole: string, short: string }}
 */
export function linksOf(state, run, host) {
  const { spec, ...place } = placeOf(state);
  const whole = linkTo(format({ ...place, spec }), { host });
  const short = linkTo(format({ ...place, run: run.id }), { host });
  return { whole, short: short.length < whole.length ? short : whole };
}

/**
 * @param {Desk} desk
 * @param {Run} run
 * @param {Kept} kept
 * @param {(parts: Partial<Kept>) => void} change
 */
function contents(desk, run, kept, change) {
  const { t, getState } = desk;
  const state = getState();
  const host = kept.hosts?.[0] ?? null;
  const links = linksOf(state, run, host);
  const alone = isLoopback() && !host;
  return html(
    "div",
    { class: "share" },
    html(
      "p",
      { class: "lead" },
      t("guide.share.lead", { moment: momentText(desk, run), step: state.cursor.step, steps: run.steps }),
    ),
    html(
      "section",
      { class: "share-link", "aria-labelledby": "share-link" },
      alone ? null : qr(links.short, t),
      html(
        "div",
        {},
        html("h3", { id: "share-link" }, t("guide.share.link")),
        copyField("share-url", t("guide.share.link"), links.whole, t),
        html(
          "p",
          { class: "faint" },
          kept.hosts === null
            ? t("guide.share.looking")
            : alone
            ? t("guide.share.alone")
            : links.short === links.whole
            ? t("guide.share.everywhere")
            : t("guide.share.code_is_short"),
        ),
      ),
    ),
    html(
      "section",
      { "aria-labelledby": "share-embed" },
      html("h3", { id: "share-embed" }, t("guide.share.embed")),
      html("p", { class: "faint" }, t("guide.share.embed_about")),
      segments({
        name: "share-size",
        legend: t("guide.share.size"),
        options: SIZES.map(([width, height], at) => [at, `${width} × ${height}`]),
        chosen: kept.size,
        change: (size) => change({ size }),
      }),
      copyField("share-iframe", t("guide.share.embed"), iframe(desk, run, host, kept.size), t),
    ),
    html(
      "section",
      { "aria-labelledby": "share-file" },
      html("h3", { id: "share-file" }, t("guide.share.file")),
      html("p", { class: "faint" }, t("guide.share.file_about")),
      buttons(
        button(t("guide.share.save"), () => saveExperiment(desk)),
        button(t("guide.share.open"), () => pickFile(desk)),
      ),
    ),
    html(
      "section",
      { "aria-labelledby": "share-picture" },
      html("h3", { id: "share-picture" }, t("guide.share.picture")),
      html("p", { class: "faint" }, t("guide.share.picture_about")),
      buttons(
        button(
          "SVG",
          () => savePicture(desk, run, "svg"),
          t("guide.share.as", { what: t("guide.share.picture"), form: "SVG" }),
        ),
        button(
          "PNG",
          () => savePicture(desk, run, "png"),
          t("guide.share.as", { what: t("guide.share.picture"), form: "PNG" }),
        ),
      ),
    ),
    html(
      "section",
      { "aria-labelledby": "share-numbers" },
      html("h3", { id: "share-numbers" }, t("guide.share.numbers")),
      html("p", { class: "faint" }, t("guide.share.numbers_about")),
      buttons(
        button(
          "CSV",
          () => saveNumbers(desk, run),
          t("guide.share.as", { what: t("guide.share.numbers"), form: "CSV" }),
        ),
        html("a", {
          class: "button",
          href: `/api/v1/runs/${run.id}/steps/${state.cursor.step}`,
          download: `${fileName(desk, run)}.trace.json`,
          "aria-label": t("guide.share.as", { what: t("guide.share.numbers"), form: "JSON" }),
        }, "JSON"),
        button(
          t("guide.share.history"),
          () => saveHistory(desk, run),
          t("guide.share.as", { what: t("guide.share.history"), form: "CSV" }),
        ),
      ),
    ),
    drawExports(desk, run, kept.framework, (framework) => change({ framework })),
  );
}

/** The moment by name: unit 1 of δ⁽¹⁾.  @param {Desk} desk  @param {Run} run */
function momentText({ t, getState }, run) {
  const { frame, unit } = getState().cursor;
  const name = run.program.calls[frame]?.writes ?? "";
  const axes = run.values[name]?.axes ?? [];
  const kind = axes.length === 0 ? "single" : axes.includes("input") ? "row" : "unit";
  return t(`moment.${kind}`, { unit, symbol: symbolText(run, name) });
}

/** @param {string} link  @param {Desk["t"]} t  @returns {Drawn} */
function qr(link, t) {
  if (link.length > LONGEST_LINK) return html("p", { class: "share-code faint" }, t("guide.share.too_long"));
  const image = () =>
    html("img", {
      class: "share-qr",
      src: `/share/qr.svg?link=${encodeURIComponent(link)}`,
      alt: t("guide.share.qr"),
    });
  const large = () =>
    openDialog({
      id: "share-large",
      title: t("guide.share.scan"),
      t,
      draw: () => [image(), html("p", { class: "share-large-link" }, link)],
    });
  return html(
    "div",
    { class: "share-code" },
    image(),
    html("button", { type: "button", class: "button small", on: { click: large } }, t("guide.share.large")),
  );
}

/** @param {string} id  @param {string} label  @param {string} value  @param {Desk["t"]} t  @returns {Drawn} */
function copyField(id, label, value, t) {
  const copy = async () => {
    const field = /** @type {HTMLInputElement} */ (document.getElementById(id));
    try {
      await navigator.clipboard.writeText(value);
      say(t("guide.share.copied"));
    } catch {
      // A page without https has no clipboard: marked, it is a key away.
      field.focus();
      field.select();
      say(t("guide.share.by_hand"));
    }
  };
  return html(
    "div",
    { class: "share-field" },
    html("input", {
      id,
      type: "text",
      readonly: true,
      value,
      "aria-label": label,
      on: { focus: (event) => event.target.select() },
    }),
    html(
      "button",
      { type: "button", class: "button", "data-copy": id, on: { click: copy } },
      t("guide.share.copy"),
    ),
  );
}

/** @param {Desk} desk  @param {Run} run  @param {string | null} host  @param {number} size  @returns {string} */
function iframe({ t, getState, language }, run, host, size) {
  const [width, height] = SIZES[size];
  const source = linkTo(format(placeOf(getState())), { host, embed: true, language });
  const title = t("guide.share.embed_title", { layers: run.layers.map(({ units }) => units).join("-") });
  return `<iframe src="${attribute(source)}" title="${
    attribute(title)
  }" width="${width}" height="${height}" ` +
    `style="border:0" loading="lazy" allow="fullscreen; clipboard-write"></iframe>`;
}

/** @param {string} text  @returns {string} */
function attribute(text) {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

/** @param {Desk} desk  @param {Run} run  @param {"svg" | "png"} form */
async function savePicture(desk, run, form) {
  const stage = /** @type {HTMLElement} */ (document.getElementById("stage"));
  try {
    const name = `${fileName(desk, run)}.${form}`;
    const title = `Backscope: ${momentText(desk, run)}, ${
      desk.t("moment.step", { step: desk.getState().cursor.step, steps: run.steps })
    }`;
    const svg = await svgOf(stage, { title, link: linkTo(format(placeOf(desk.getState()))), api: desk.api });
    if (form === "svg") download(name, "image/svg+xml", svg);
    else download(name, "image/png", await pngOf(svg));
  } catch (error) {
    say(desk.t("guide.share.picture_failed"));
    throw error;
  }
}

/** @param {Desk} desk  @param {Run} run */
async function saveNumbers(desk, run) {
  const { step } = desk.getState().cursor;
  const trace = await desk.api.getTrace(run, step);
  /** @type {import("../types.d.ts").Trace["values"]} */
  const more = {};
  for (const name of leftOut(trace)) {
    const answer = decodeTrace(
      await desk.api.getJson(`/api/v1/runs/${run.id}/steps/${step}`, { names: name }),
    );
    Object.assign(more, answer.values);
  }
  const all = joined(trace, more);
  download(`${fileName(desk, run)}.csv`, "text/csv", csvOf(run, all));
  const missing = leftOut(all);
  if (missing.length) say(desk.t("guide.share.numbers_missing", { names: missing.join(", ") }));
}
