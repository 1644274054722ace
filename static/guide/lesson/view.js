/**
 * How a lesson looks: where one is, what is said, what is asked, and the ways on and back.
 *
 * @import { Desk } from "../desk.d.ts"
 * @import { Content, Drawn } from "../../draw/dom.js"
 * @import { Answer, Ask, Event, Piece, Progress, Text, Truth } from "./lesson.d.ts"
 */
import { html, icon, patch } from "../../draw/dom.js";
import { panel } from "../../draw/format.js";
import { symbol as labelOf } from "../../draw/label.js";
import { inline } from "../../draw/nodes.js";
import { symbol as symbolOf } from "../../draw/symbols.js";
import { shownRun } from "../../needs.js";
import { say } from "../../toast.js";
import { exists, parseAddress } from "../../trace.js";
import { ORDERS, rightAnswer, SIGNS, typedNumber } from "./judge.js";
import { canGoOn, isLast, stepOf } from "./progress.js";
import { inLanguage, paragraphs, pieces } from "./wording.js";

/** In a sentence a number is short: about what the stage shows of it. */
const FIGURES = 4;

/**
 * @typedef {object} Shown
 * @property {Progress} progress
 * @property {Desk} desk
 * @property {(address: string, step: number | null) => { value: number | undefined, known: boolean }} number
 * @property {(ask: Ask) => Truth | null | undefined} truthOf
 * @property {(answer: Answer) => void} answer
 * @property {(event: Event) => void} send
 * @property {() => void} stop
 * @property {(id: string) => string} termName
 * @property {(id: string) => void} openTerm
 * @property {() => void} again  brings the page back to where this step has it
 */

/**
 * @param {HTMLElement} host
 * @param {Shown} shown
 */
export function drawLesson(host, shown) {
  const { progress, desk: { t, language }, send, stop, again } = shown;
  const { lesson, at } = progress;
  const step = stepOf(progress);
  const count = lesson.steps.length;
  const on = canGoOn(progress);
  const last = isLast(progress);
  const first = t(step.ask ? "guide.lesson.answer_first" : "guide.lesson.do_first");
  const next = () => !on ? say(first) : last ? stop() : send({ type: "next" });
  patch(host, [
    html(
      "div",
      { key: "head", class: "lesson-head" },
      html("h2", {}, inLanguage(lesson.title, language)),
      html("button", {
        type: "button",
        class: "button quiet small",
        title: t("guide.lesson.again"),
        "aria-label": t("guide.lesson.again"),
        on: { click: again },
      }, icon("reset")),
      html("button", {
        type: "button",
        class: "button quiet small",
        title: t("guide.lesson.close"),
        "aria-label": t("guide.lesson.close"),
        on: { click: stop },
      }, icon("close")),
    ),
    html(
      "div",
      {
        key: "bar",
        class: "lesson-bar",
        role: "progressbar",
        "aria-label": t("guide.lesson.place", { at: at + 1, count }),
        "aria-valuemin": 1,
        "aria-valuemax": count,
        "aria-valuenow": at + 1,
      },
      lesson.steps.map((_, k) =>
        html("i", { class: k === at ? "now" : k < at ? "done" : null, "data-score": scoreOf(progress, k) })
      ),
    ),
    html(
      "div",
      {
        key: `step${at}`,
        class: "lesson-body",
        tabindex: 0,
        role: "region",
        "aria-label": t("guide.lesson.place", { at: at + 1, count }),
      },
      step.title ? html("h3", { key: "title" }, drawText(step.title, shown)) : null,
      ...paragraphs(inLanguage(step.say, language)).map((part, k) =>
        html("p", { key: k }, drawPieces(part, shown))
      ),
      step.ask ? drawAsk(step.ask, shown) : null,
      step.wait ? drawWait(shown) : null,
      last ? drawScore(shown) : null,
    ),
    html(
      "div",
      { key: "foot", class: "lesson-foot" },
      html(
        "button",
        {
          type: "button",
          class: "button small",
          "aria-disabled": at === 0,
          on: { click: () => send({ type: "back" }) },
        },
        icon("back"),
        t("guide.tour.back"),
      ),
      html("span", { class: "faint" }, t("guide.tour.place", { at: at + 1, count })),
      html(
        "button",
        {
          type: "button",
          class: "button primary small",
          "aria-disabled": !on,
          title: on ? null : first,
          "data-next": true,
          on: { click: next },
        },
        t(last ? "guide.lesson.finish" : "guide.tour.next"),
        last ? null : icon("forward"),
      ),
    ),
    html("p", { key: "spoken", class: "unseen", "aria-live": "polite" }),
  ]);
  speak(host, shown);
}

/** @param {Progress} progress  @param {number} at  @returns {string | null} */
function scoreOf({ score }, at) {
  return score.right.includes(at) ? "right" : score.wrong.includes(at) ? "wrong" : null;
}

/** @param {Text | undefined} text  @param {Shown} shown  @returns {Content} */
function drawText(text, shown) {
  return drawPieces(pieces(inLanguage(text, shown.desk.language)), shown);
}

/** @param {Piece[]} list  @param {Shown} shown  @returns {Content} */
function drawPieces(list, shown) {
  return list.map((piece, k) => drawPiece(piece, k, shown));
}

/**
 * @param {Piece} piece
 * @param {number} key
 * @param {Shown} shown
 * @returns {Drawn | string}
 */
function drawPiece(piece, key, shown) {
  const { desk, termName, openTerm } = shown;
  switch (piece.kind) {
    case "text":
      return piece.strong ? html("strong", { key }, piece.text) : piece.text;
    case "key":
      return html("kbd", { key }, piece.key);
    case "term":
      return html("button", {
        key,
        type: "button",
        class: "lesson-term",
        "data-term": piece.id,
        on: { click: () => openTerm(piece.id) },
      }, piece.label ?? termName(piece.id));
    case "symbol":
      return html("span", { key }, symbolNamed(piece.of, desk));
    case "number":
      return drawNumber(piece, key, shown);
    case "wrong":
      return html("code", { key }, `{${piece.text}}`);
  }
}

/** @param {Extract<Piece, { kind: "number" }>} piece  @param {number} key  @param {Shown} shown  @returns {Drawn} */
function drawNumber({ address, step }, key, { number }) {
  const { value, known } = number(address, step);
  const there = known && value !== undefined;
  return html(
    "b",
    {
      key,
      class: "lesson-number",
      ...step === null ? { "data-address": address } : {},
      "data-value": there ? String(value) : null,
    },
    there ? panel(value === 0 ? 0 : value, FIGURES) : "?",
  );
}

/** @param {string} of  a name, or an address  @param {Desk} desk  @returns {Content} */
function symbolNamed(of, { getState, t }) {
  const run = shownRun(getState());
  const cell = parseAddress(of);
  if (!run || !cell || !(cell.name in run.values)) return of;
  if (!exists(run, cell)) return labelOf(run, cell.name);
  return inline(symbolOf(run, cell.name, cell.index, t));
}

/** @param {Ask} ask  @param {Shown} shown  @returns {Drawn} */
function drawAsk(ask, shown) {
  const { progress, desk: { t } } = shown;
  const given = progress.answer;
  return html(
    "fieldset",
    { key: "ask", class: "lesson-ask" },
    html("legend", {}, ask.question ? drawText(ask.question, shown) : standardQuestion(ask, shown)),
    ask.kind === "number"
      ? drawField(shown)
      : html("div", { class: "lesson-options" }, drawOptions(ask, shown)),
    given === null
      ? html(
        "p",
        { key: "predict", class: "faint" },
        t(ask.kind === "choice" ? "guide.lesson.answer_first" : "guide.lesson.predict"),
      )
      : drawVerdict(ask, shown),
  );
}

/** @param {Ask} ask  @param {Shown} shown  @returns {Content} */
function standardQuestion(ask, { desk }) {
  const { t } = desk;
  if (ask.kind === "choice") return "";
  const of = typeof ask.of === "string" ? ask.of : ask.of.number;
  return html("span", {}, t(`guide.lesson.ask_${ask.kind}`), " ", symbolNamed(of, desk));
}

/** @param {Exclude<Ask, { kind: "number" }>} ask  @param {Shown} shown  @returns {Drawn[]} */
function drawOptions(ask, shown) {
  const { progress, answer, truthOf, desk: { t } } = shown;
  /** @type {{ value: Answer, words: Content }[]} */
  const options = ask.kind === "choice"
    ? ask.options.map((text, k) => ({ value: k, words: drawText(text, shown) }))
    : (ask.kind === "sign" ? SIGNS : ORDERS).map((name) => ({
      value: name,
      words: t(`guide.lesson.${name}`),
    }));
  const given = progress.answer;
  const truth = given === null ? undefined : truthOf(ask);
  const right = truth === undefined ? null : rightAnswer(ask, truth);
  return options.map(({ value, words }) =>
    html(
      "button",
      {
        key: String(value),
        type: "button",
        class: "button",
        "data-answer": String(value),
        "aria-pressed": given === value,
        "aria-disabled": given !== null,
        "data-verdict": given === null ? null : value === right ? "right" : value === given ? "wrong" : null,
        on: { click: () => given === null && answer(value) },
      },
      given !== null && value === right
        ? icon("check")
        : given !== null && value === given
        ? icon("close")
        : null,
      words,
    )
  );
}

/** @param {Shown} shown  @returns {Drawn} */
function drawField({ progress, answer, desk: { t } }) {
  const given = progress.answer;
  /** @param {globalThis.Event & { currentTarget: HTMLFormElement }} event */
  const submit = (event) => {
    event.preventDefault();
    const field = /** @type {HTMLInputElement} */ (event.currentTarget.querySelector("input"));
    const value = typedNumber(field.value);
    field.setAttribute("aria-invalid", String(Number.isNaN(value)));
    if (!Number.isNaN(value) && given === null) answer(value);
  };
  return html(
    "form",
    { class: "lesson-field", novalidate: true, on: { submit } },
    html("input", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      spellcheck: "false",
      name: "answer",
      "aria-label": t("guide.lesson.your_number"),
      readonly: given !== null,
    }),
    html(
      "button",
      { type: "submit", class: "button", "aria-disabled": given !== null },
      t("guide.lesson.check"),
    ),
  );
}

/** @param {Ask} ask  @param {Shown} shown  @returns {Drawn} */
function drawVerdict(ask, shown) {
  const { progress, truthOf, desk: { t } } = shown;
  const own = progress.right ? ask.right : ask.wrong;
  return html(
    "div",
    { key: "verdict", class: "lesson-verdict", "data-verdict": progress.right ? "right" : "wrong" },
    icon(progress.right ? "check" : "close"),
    html(
      "p",
      {},
      html("b", {}, t(progress.right ? "guide.lesson.right" : "guide.lesson.wrong")),
      " ",
      own ? drawText(own, shown) : fact(ask, truthOf(ask), shown),
    ),
  );
}

/** What is so, where the lesson does not say it itself.  @param {Ask} ask  @param {Truth | null | undefined} truth  @param {Shown} shown  @returns {Content} */
function fact(ask, truth, shown) {
  const { desk: { t } } = shown;
  if (ask.kind === "choice") return drawText(ask.options[ask.answer], shown);
  return truth ? t("guide.lesson.it_is", { value: panel(truth.of === 0 ? 0 : truth.of, FIGURES) }) : "";
}

/** @param {Shown} shown  @returns {Drawn} */
function drawWait(shown) {
  const { progress, send, desk: { t } } = shown;
  const { wait } = stepOf(progress);
  if (progress.met) {
    return html(
      "div",
      { key: "wait", class: "lesson-verdict", "data-verdict": "right" },
      icon("check"),
      html("p", {}, html("b", {}, t("guide.lesson.done"))),
    );
  }
  return html(
    "div",
    { key: "wait", class: "lesson-wait" },
    wait?.hint
      ? html("p", {}, drawText(wait.hint, shown))
      : html("p", {}, t(`guide.lesson.wait_${wait?.for}`)),
    html(
      "button",
      { type: "button", class: "why-link", on: { click: () => send({ type: "skip" }) } },
      t("guide.lesson.skip"),
    ),
  );
}

/** @param {Shown} shown  @returns {Drawn | null} */
function drawScore({ progress: { lesson, score }, desk: { t } }) {
  const asked = lesson.steps.filter(({ ask }) => ask).length;
  if (!asked) return null;
  return html(
    "p",
    { key: "score", class: "faint" },
    t("guide.lesson.score", { right: score.right.length, count: asked }),
  );
}

/**
 * What a screen reader is told when something happens: the step with its text when one comes to it, and the verdict with
 * its reason when it falls. While a number of the text is still on its way, what was said last stands.
 * @param {HTMLElement} host
 * @param {Shown} shown
 */
function speak(host, { progress, desk: { t } }) {
  const live = host.querySelector("[aria-live]");
  if (!live) return;
  const decided = progress.answer !== null || progress.met;
  const said = decided
    ? ".lesson-verdict p"
    : ".lesson-body > :is(h3, p), .lesson-ask legend, .lesson-wait p";
  const parts = /** @type {HTMLElement[]} */ ([...host.querySelectorAll(said)]);
  const { ask } = stepOf(progress);
  const waits = (decided || !ask) &&
    parts.some((part) => part.querySelector(".lesson-number:not([data-value])"));
  if (waits && live.textContent) return;
  const place = t("guide.lesson.place", { at: progress.at + 1, count: progress.lesson.steps.length });
  const text = [...decided ? [] : [place], ...parts.map(({ textContent }) => textContent?.trim() ?? "")].join(
    " ",
  );
  if (live.textContent !== text) live.textContent = text;
}
