/**
 * The top of the panel: the number, what it means, its formula, and the formula with the numbers in it.
 *
 * @import { Building, Term } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Scene } from "./scene.js"
 */
import { html } from "../../draw/dom.js";
import { leftSide, partOf, rightSide } from "../../draw/mathml.js";
import { operator } from "../../draw/symbols.js";
import { accountOf, timeOf } from "./account.js";
import { figures, inline } from "../../draw/nodes.js";
import { formulaOf, placeOf, symbolOf } from "./scene.js";

/** Quantities that say how the loss answers, and to what. */
const ANSWERS = /** @type {Record<string, string>} */ ({
  delta: "z",
  da: "a",
  dh: "a",
  dW: "weight",
  db: "bias",
  dalpha: "parameter",
});

/**
 * @param {Scene} scene
 * @returns {Drawn[]}
 */
export function drawHead(scene) {
  const { frame, context: { t }, info, known, value, address, call } = scene;
  const making = partialOf(scene);
  const number = making
    ? html("output", { class: "why-value is-partial" }, figures(making.terms[making.at].running))
    : !known
    ? drawNone(scene)
    : html(
      "output",
      {
        class: value !== undefined && Number.isFinite(value) ? "why-value" : "why-value is-wild",
        "data-sign": Math.sign(value ?? 0),
      },
      value === undefined ? t("stage.left_out") : figures(value),
    );
  const place = placeOf(scene);
  return [
    html(
      "p",
      { key: "number", class: "why-number", "data-phase": info.phase ?? null },
      html("span", { class: "why-symbol" }, inline(symbolOf(scene))),
      html("span", { class: "why-equals" }, "="),
      number,
      making && html(
        "span",
        { class: "why-sofar" },
        t("why.after_terms", { term: making.at + 1, count: making.terms.length }),
      ),
    ),
    html(
      "p",
      { key: "place", class: "why-place" },
      html("b", {}, info.label),
      place && html("span", {}, place),
      html("code", {}, address),
    ),
    html(
      "p",
      { key: "meaning", class: "why-meaning" },
      [info.meaning, signSentence(scene)].filter(Boolean).join(gapOf(scene)),
    ),
    ...(call
      ? [html("p", { key: "summary", class: "why-summary" }, frame.run.program.ops[call.op].summary)]
      : []),
  ];
}

/**
 * The cell that is being made here, if it is not done.
 * @param {Scene} scene
 * @returns {Building | null}
 */
export function partialOf({ building, known }) {
  return building && !known ? building : null;
}

/** @param {Scene} scene  @returns {Drawn} */
function drawNone({ frame, cell, context: { t } }) {
  return html("span", { class: "why-none" }, frame.veiled(cell) ? "?" : t("stage.not_yet"));
}

/**
 * @param {Scene} scene
 * @returns {Drawn | null}
 */
export function drawFormulas(scene) {
  const { call, known, value, context: { t }, info, building } = scene;
  if (!call) return null;
  const making = partialOf(scene);
  const result = making ? making.terms[making.at].running : value;
  const symbols = formulaOf(scene);
  return html(
    "div",
    {
      key: "formulas",
      class: "why-formulas",
      role: "group",
      "aria-label": t("why.formula"),
      "data-phase": info.phase,
    },
    html(
      "div",
      { key: "symbols", class: "why-line" },
      inline(leftSide(symbols)),
      inline(operator("="), rightSide(symbols)),
    ),
    (known || making) && result !== undefined && html(
      "div",
      { key: "numbers", class: "why-line" },
      ...(building ? buildUp(scene, building) : numbersOf(scene)),
      html(
        "span",
        { class: making ? "result is-partial" : "result" },
        inline(operator("=")),
        html("b", {}, figures(result)),
        making && html("span", { class: "why-none" }, t("why.so_far")),
      ),
    ),
  );
}

/**
 * The right side with numbers. A sum comes in pieces, so that a line can break between its terms.
 * @param {Scene} scene
 * @returns {Drawn[]}
 */
function numbersOf(scene) {
  const { rule } = scene;
  if (!rule) return [];
  const numbers = { ...formulaOf(scene, true), longest: 2 };
  const whole = inline(operator("="), rightSide(numbers));
  // Only a plain sum can be cut at its signs: a mean is under a fraction bar.
  const account = rule.body.kind === "sum" || rule.body.kind === "add" ? accountOf(scene) : null;
  if (account?.join !== "sum" || account.parts.length < 2) return [whole];
  const list = account.parts;
  const shown = list.length > 5 ? [list[0], list[1], null, list[list.length - 1]] : list;
  return shown.map((term, at) => {
    if (!term || term.id === "rest") return inline(operator("+"), operator("⋯"));
    const sign = operator(at === 0 ? "=" : term.operation);
    const part = partOf(numbers, term.id);
    const negative = term.operation === "−" && at === 0 ? [operator("−")] : [];
    return opensWithMinus(part) && (at || negative.length)
      ? inline(sign, ...negative, operator("("), part, operator(")"))
      : inline(sign, ...negative, part);
  });
}

/** Of a long sum in the making: so many terms before the one just added, and after it. */
const BEFORE = 2, AFTER = 1;

/**
 * The right side with the numbers there are: terms added are lit, those to come pale and still without numbers.
 * @param {Scene} scene
 * @param {Building} building
 * @returns {Drawn[]}
 */
function buildUp(scene, { terms, at }) {
  const [symbols, numbers] = [formulaOf(scene), { ...formulaOf(scene, true), longest: 2 }];
  const isMean = terms.some(({ operation }) => operation === "÷") && terms[0].operation !== "÷";
  const divided = isMean ? terms.findIndex(({ operation }) => operation === "÷") : terms.length;
  const bracket = divided < terms.length && divided > 1;
  const shown = terms.length <= BEFORE + AFTER + 2
    ? new Set(terms.keys())
    : new Set([...terms.keys()].filter((k) => (k >= at - BEFORE && k <= at + AFTER) || k >= divided));
  /** @type {Drawn[]} */
  const drawn = [inline(operator("="), ...(bracket ? [operator("(")] : []))];
  terms.forEach((term, k) => {
    const time = timeOf(k, at);
    if (!shown.has(k) || term.id === "rest") {
      if (k === 0 || shown.has(k - 1)) {
        drawn.push(html("span", { class: "piece", "data-time": time }, inline(operator("⋯"))));
      }
      return;
    }
    const part = partOf(time === "later" ? symbols : numbers, term.id);
    const sign = k === 0 ? (term.operation === "−" ? "−" : "") : term.operation;
    const inside = needsBrackets(part, term, k) ? [operator("("), part, operator(")")] : [part];
    const close = bracket && k === divided ? [operator(")")] : [];
    drawn.push(
      html(
        "span",
        { class: "piece", "data-time": time },
        inline(...close, ...(sign && sign !== "=" ? [operator(sign)] : []), ...inside),
      ),
    );
  });
  return drawn;
}

/**
 * A factor that is a sum, or a number with a minus sign after another sign, stands in brackets.
 * @param {import("../../types.d.ts").MathNode} part
 * @param {Term} term
 * @param {number} k
 */
function needsBrackets(part, { operation }, k) {
  if (operation === "×" || operation === "÷") return (part.children?.length ?? 0) > 1 && part.tag === "mrow";
  return opensWithMinus(part) && (k > 0 || operation === "−");
}

/** Does a formula begin with a minus sign?  @param {import("../../types.d.ts").MathNode} node  @returns {boolean} */
function opensWithMinus({ text, children }) {
  if (text !== undefined) return text.startsWith("\u2212");
  return children?.length ? opensWithMinus(children[0]) : false;
}

/** What the sign says, or how a parameter changed.  @param {Scene} scene  @returns {string} */
function signSentence({ frame, context: { t }, cell, info, known, value }) {
  if (!known || value === undefined) return "";
  if (!Number.isFinite(value)) return t("why.not_finite");
  const answer = ANSWERS[info.quantity];
  const ofParameter = info.phase === "backward" && !info.axes.includes("example");
  const what = answer && ofParameter && !movesAgainst(frame.run, cell.name) ? "parameter" : answer;
  if (what) return t(`why.raise_${what}_${value > 0 ? "positive" : value < 0 ? "negative" : "zero"}`);
  if (!info.symbol.new) return "";
  const before = frame.value({ name: cell.name.replace(/_new$/, ""), index: cell.index });
  if (before === undefined) return "";
  const change = value - before;
  return change === 0
    ? t("why.unchanged")
    : t(change > 0 ? "why.grew" : "why.shrank", { by: figures(Math.abs(change)) });
}

/**
 * Does the update go straight against this gradient? With memory, penalties or clipping in between it may not.
 * @param {import("../../types.d.ts").Run} run
 * @param {string} gradient
 * @returns {boolean}
 */
function movesAgainst(run, gradient) {
  const parameter = gradient.slice(1);
  const update = run.program.calls.find(({ writes }) => writes === `${parameter}_new`);
  return update?.reads.every((name) => [parameter, gradient, "learning_rate"].includes(name)) ?? false;
}

/** Chinese sentences follow one another without a space.  @param {Scene} scene */
function gapOf({ context: { language } }) {
  return language === "zh" ? "" : " ";
}
