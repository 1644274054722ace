/**
 * Products and quotients: error × slope, with the error opened into the shares that brought it.
 *
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Term } from "../../types.d.ts"
 * @import { Account } from "./account.js"
 * @import { Scene } from "./scene.js"
 */
import { html } from "../../draw/dom.js";
import { partOf } from "../../draw/mathml.js";
import { formatAddress } from "../../trace.js";
import { accountOf, sourceOf, timeOf } from "./account.js";
import { figures, inline } from "../../draw/nodes.js";
import { formulaOf, sceneOf, symbolOf } from "./scene.js";
import { drawSum } from "./waterfall.js";

/** Roles the page has words for. */
const ROLES = new Set(["error", "slope"]);

/**
 * @param {Scene} scene
 * @param {Account} account  of a product or a quotient
 * @param {(address: string) => boolean} isWhole
 * @returns {Drawn[]}
 */
export function drawFactors(scene, account, isWhole) {
  const { building, context: { t } } = scene;
  const now = building ? building.at : Infinity;
  const rows = account.parts.flatMap((term, at) => [
    drawFactor(scene, term, at === 0 ? "" : term.operation, building && timeOf(at, now)),
    ...(at > now ? [] : opened(scene, term, isWhole)),
  ]);
  const made = account.parts[Math.min(now, account.parts.length - 1)];
  const partial = now < account.parts.length - 1;
  return [
    html(
      "ul",
      { key: "factors", class: "terms factors" },
      ...rows,
      html(
        "li",
        { key: "product" },
        html(
          "div",
          { class: partial ? "term total is-partial" : "term total" },
          html("span", { class: "term-sign" }, "="),
          html("span", { class: "term-what" }, partial ? t("why.so_far") : inline(symbolOf(scene))),
          html(
            "span",
            { class: "term-value" },
            partial ? figures(made.running) : scene.value === undefined ? "" : figures(scene.value),
          ),
        ),
      ),
    ),
  ];
}

/**
 * @param {Scene} scene
 * @param {Term} term
 * @param {string} sign
 * @param {import("./account.js").Time | null} time
 * @returns {Drawn}
 */
function drawFactor(scene, { id, role, addresses, value }, sign, time) {
  const { context: { t }, frame } = scene;
  const later = time === "later";
  const source = sourceOf(frame, addresses);
  const tag = source ? "button" : "div";
  return html(
    "li",
    { key: id },
    html(
      tag,
      {
        class: "term factor",
        "data-time": time,
        "aria-current": time === "now" ? "step" : null,
        ...(source
          ? {
            type: "button",
            "data-go": formatAddress(source),
            "data-addresses": addresses.map(formatAddress).join(" "),
            title: t("why.go_to", { address: formatAddress(source) }),
          }
          : {}),
      },
      html("span", { class: "term-sign" }, sign),
      html(
        "span",
        { class: "term-what" },
        role && ROLES.has(role) && html("span", { class: "term-role", "data-role": role }, t(`why.${role}`)),
        html(
          "span",
          { class: "term-symbols" },
          inline(partOf(formulaOf(scene), id)),
        ),
        addresses.length > 1 && !later &&
          html("span", { class: "term-numbers" }, inline(partOf(formulaOf(scene, true), id))),
      ),
      html("span", { class: "term-value" }, later ? "" : figures(value)),
    ),
  );
}

/**
 * The sum behind a factor that is a single computed cell: the shares that came along each wire.
 * @param {Scene} scene
 * @param {Term} term
 * @param {(address: string) => boolean} isWhole
 * @returns {Drawn[]}
 */
function opened(scene, { role, addresses }, isWhole) {
  if (role !== "error" || addresses.length !== 1) return [];
  const inner = sceneOf(scene.frame, scene.context, addresses[0]);
  const account = accountOf(inner);
  if (!account || account.join !== "sum") return [];
  return [
    html(
      "li",
      { key: "opened", class: "opened" },
      html("p", { class: "opened-title" }, scene.context.t("why.shares", { count: account.parts.length })),
      ...drawSum(inner, account, { whole: isWhole(inner.address), nested: true }),
    ),
  ];
}
