/**
 * The glossary: every term with its sentence, its formula and the way to it on the page; searched in both languages.
 *
 * @import { Desk } from "./desk.d.ts"
 * @import { Drawn } from "../draw/dom.js"
 * @import { First } from "./definitions.js"
 * @import { Glossary, Term } from "./terms.d.ts"
 */
import { html, patch } from "../draw/dom.js";
import { settled } from "../player.js";
import { say } from "../toast.js";
import { openDialog } from "./dialog.js";
import { attach, termAt } from "./definitions.js";
import { drawFormula, drawSymbol } from "./formulas.js";
import { bringIntoSight, elementOf } from "./point.js";
import { createSpotlight } from "./spotlight.js";
import { search, termById } from "./vocabulary.js";

/** A thing that was asked for stays ringed for so long. Milliseconds. */
const RINGED = 3000;

/** @type {Promise<Glossary> | null} */
let asked = null;

/**
 * The terms, in the page's language.
 * @param {Desk} desk
 * @returns {Promise<Glossary>}
 */
export function glossaryOf({ api, language }) {
  return asked ??= api.getJson("/api/v1/glossary", { lang: language }).catch((error) => {
    asked = null;
    throw error;
  });
}

/** @type {((first: First) => void) | null} */
let attached = null;

/**
 * From now on every symbol has its definition.
 * @param {Desk} desk
 * @param {First} first
 */
export async function define(desk, first) {
  if (attached) return;
  attached = () => {};
  try {
    attached = attach(desk, await glossaryOf(desk), (id) => openGlossary(desk, id));
    attached(first);
  } catch (error) {
    attached = null;
    throw error;
  }
}

/**
 * @param {Desk} desk
 * @param {string | Element | null} about  a term's id, or something on the page that a term is about
 */
export async function openGlossary(desk, about) {
  const { t, frame } = desk;
  const glossary = await glossaryOf(desk);
  const run = frame()?.run;
  const id = about instanceof Element ? run ? termAt(about, run, glossary) : null : about;
  let typed = "";
  const draw = () => [
    html(
      "div",
      { class: "glossary-search" },
      html("input", {
        type: "search",
        id: "glossary-search",
        placeholder: t("guide.glossary.search"),
        "aria-label": t("guide.glossary.search"),
        autocomplete: "off",
        value: typed,
        on: {
          input: (event) => {
            typed = event.target.value;
            drawTerms();
          },
        },
      }),
    ),
    html("div", { class: "glossary-terms", id: "glossary-terms" }),
  ];
  const dialog = openDialog({ id: "glossary", title: t("guide.glossary.title"), t, draw });
  const drawTerms = () => {
    const found = search(glossary, typed);
    const show = (/** @type {Term} */ term) =>
      drawTerm(term, glossary, desk, (/** @type {string} */ id) => go(id), dialog.close);
    const host = /** @type {HTMLElement} */ (document.getElementById("glossary-terms"));
    patch(host, [
      html(
        "p",
        { key: "count", class: "unseen", role: "status" },
        typed ? t("guide.glossary.found", { count: found.length }) : "",
      ),
      ...typed
        ? [
          found.length
            ? html("dl", { key: "found" }, found.map(show))
            : html("p", { key: "none", class: "faint" }, t("guide.glossary.none")),
        ]
        : glossary.groups.map(({ id, title }) =>
          html(
            "section",
            { key: id, "aria-labelledby": `glossary-group-${id}` },
            html("h3", { id: `glossary-group-${id}` }, title),
            html("dl", {}, found.filter(({ group }) => group === id).map(show)),
          )
        ),
    ]);
  };
  /** @param {string} id */
  const go = (id) => {
    typed = "";
    const field = /** @type {HTMLInputElement} */ (document.getElementById("glossary-search"));
    field.value = "";
    drawTerms();
    const entry = document.getElementById(`term-${id}`);
    entry?.scrollIntoView({ block: "center" });
    entry?.focus({ preventScroll: true });
  };
  drawTerms();
  if (id && termById(glossary, id)) go(id);
  else document.getElementById("glossary-search")?.focus();
}

/**
 * @param {Term} term
 * @param {Glossary} glossary
 * @param {Desk} desk
 * @param {(id: string) => void} go
 * @param {() => void} close
 * @returns {Drawn}
 */
function drawTerm(term, glossary, desk, go, close) {
  const { id, symbol, name, names, text, formula, where, show, see } = term;
  const { t, language } = desk;
  const other = Object.entries(names).find(([tongue]) => tongue !== language);
  return html(
    "div",
    { key: id, id: `term-${id}`, class: "glossary-term", tabindex: -1 },
    html(
      "dt",
      {},
      html("span", { class: "glossary-symbol" }, symbol && drawSymbol(symbol)),
      html("b", {}, name),
      other && other[1] !== name
        ? html("span", { class: "faint", lang: other[0] === "zh" ? "zh-Hans" : other[0] }, other[1])
        : null,
    ),
    html(
      "dd",
      {},
      html("p", {}, text),
      formula && html("p", { class: "definition-formula" }, drawFormula(formula)),
      html(
        "p",
        { class: "glossary-where" },
        html("span", {}, where),
        show && html("button", {
          type: "button",
          class: "why-link",
          "data-show": show,
          "aria-label": t("guide.glossary.show_name", { name }),
          on: { click: () => showOnPage(term, desk, close) },
        }, t("guide.glossary.show")),
      ),
      see.length
        ? html(
          "p",
          { class: "glossary-see" },
          html("span", { class: "faint" }, t("guide.glossary.see")),
          see.map((id) =>
            html("button", {
              key: id,
              type: "button",
              class: "why-link",
              on: { click: () => go(id) },
            }, termById(glossary, id)?.name)
          ),
        )
        : null,
    ),
  );
}

/**
 * @param {Term} term
 * @param {Desk} desk
 * @param {() => void} close
 */
function showOnPage({ show, name }, desk, close) {
  if (!show || !bringIntoSight(show, desk)) return say(desk.t("guide.glossary.not_here", { name }));
  close();
  const light = createSpotlight();
  light.on(() => elementOf(show, desk.frame()));
  settled(light.remove, RINGED)();
}
