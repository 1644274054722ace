/**
 * A gradient as the sum over every path to the loss: each path with its units, its numbers and its product.
 *
 * @import { Address, Frame } from "../../types.d.ts"
 * @import { Drawn } from "../../draw/dom.js"
 * @import { Path, Paths } from "../../paths.js"
 * @import { Scene } from "./scene.js"
 */
import { bar } from "../../draw/bar.js";
import { html } from "../../draw/dom.js";
import { panel } from "../../draw/format.js";
import { figures, inline } from "../../draw/nodes.js";
import { symbol } from "../../draw/symbols.js";
import { isErrorTerm, pathsToLoss } from "../../paths.js";
import { formatAddress } from "../../trace.js";

/** Paths shown until someone asks for more. */
const FEW = 5;

/** A path has less room than a number of the update. */
const BAR = { height: 10, least: 0.5 };

/**
 * Where the paths of a number begin: an error term of one example, and for a weight what it multiplies first.
 * @typedef {{ error: Address, first: Address | null, weight: Address | null }} Start
 */

/**
 * @param {Scene} scene
 * @returns {Start | null}  null for what has no paths, or none yet
 */
export function startOf({ frame, cell, info }) {
  const { run, example } = frame;
  if (isErrorTerm(run, cell.name)) {
    return frame.known(cell) ? { error: cell, first: null, weight: null } : null;
  }
  const name = info.quantity === "W" ? `d${cell.name}` : info.quantity === "dW" ? cell.name : null;
  const gradient = run.program.calls.find(({ writes }) => writes === name);
  if (!gradient || !frame.known({ name: gradient.writes, index: cell.index })) return null;
  const error = gradient.reads.find((read) => isErrorTerm(run, read));
  const input = gradient.reads.find((read) => read !== error);
  if (!error || !input) return null;
  return {
    error: { name: error, index: [example, cell.index[0]] },
    first: { name: input, index: [example, cell.index[1]] },
    weight: { name: gradient.writes.slice(1), index: cell.index },
  };
}

/**
 * @param {Scene} scene
 * @param {(key: string) => boolean} isWhole  is a list to be shown whole?
 * @returns {Drawn | null}
 */
export function drawPaths(scene, isWhole) {
  const { frame, address, context: { t } } = scene;
  const start = startOf(scene);
  const found = start && pathsOf(frame, start);
  if (!start || !found) return null;
  const factor = start.first ? frame.value(start.first) ?? NaN : 1;
  const key = `paths ${address}`;
  const whole = isWhole(key);
  const shown = found.paths.slice(0, whole ? found.paths.length : FEW);
  const told = shown.reduce((sum, { product }) => sum + product, 0);
  const others = found.count - shown.length;
  const most = Math.max(...shown.map(({ product }) => Math.abs(product * factor)), 0) || 1;
  const batch = frame.trace.batch.length;
  return html(
    "section",
    { key: "paths", class: "why-part why-paths", "data-phase": "backward" },
    html("h3", {}, t("why.paths")),
    html("p", {}, t("why.paths_say", { count: found.count, example: frame.example })),
    html(
      "ul",
      { class: "terms paths" },
      ...shown.map((path, at) => drawPath(scene, start, path, factor, most, at)),
      others > 0 && html(
        "li",
        { key: "others" },
        html(
          "div",
          { class: "term fold" },
          html("span", { class: "term-what" }, t("why.paths_more", { count: others })),
          html("span", { class: "term-value" }, figures((found.total - told) * factor)),
          bar((found.total - told) * factor, most, BAR),
        ),
      ),
      html(
        "li",
        { key: "all" },
        html(
          "div",
          { class: "term total" },
          html("span", { class: "term-what" }, totalOf(scene, start)),
          html("span", { class: "term-value" }, figures(found.total * factor)),
        ),
      ),
    ),
    found.paths.length > FEW && html(
      "button",
      { type: "button", class: "why-link", "data-whole": key, "aria-expanded": whole },
      t(whole ? "why.paths_fold" : "why.paths_unfold", { count: found.paths.length }),
    ),
    start.weight && batch > 1 && html("p", { class: "why-summary" }, t("why.paths_batch", { count: batch })),
  );
}

/** @type {WeakMap<import("../../types.d.ts").Trace, Map<string, Paths | null>>} */
const known = new WeakMap();

/** @param {Frame} frame  @param {Start} start  @returns {Paths | null} */
function pathsOf({ run, trace }, { error }) {
  const there = known.get(trace) ?? new Map();
  known.set(trace, there);
  const key = formatAddress(error);
  if (!there.has(key)) there.set(key, pathsToLoss(run, trace, error));
  return there.get(key);
}

/** What the paths come to: δ a for a weight, the error term itself else.  @param {Scene} scene  @param {Start} start */
function totalOf({ frame: { run }, context: { t } }, { error, first }) {
  const cells = first ? [error, first] : [error];
  return inline(
    ...cells.flatMap(({ name, index }, at) => [
      ...(at ? [{ tag: "mo", attrs: {}, text: "·" }] : []),
      symbol(run, name, index, t),
    ]),
  );
}

/**
 * @param {Scene} scene
 * @param {Start} start
 * @param {Path} path
 * @param {number} factor
 * @param {number} most
 * @param {number} at
 * @returns {Drawn}
 */
function drawPath(scene, start, path, factor, most, at) {
  const { frame, context: { t } } = scene;
  const value = path.product * factor;
  const stops = stopsOf(frame, start, path);
  const end = path.cells[path.cells.length - 1];
  const numbers = [
    ...(start.first ? [factor] : []),
    ...path.edges.map(({ coefficient }) => coefficient),
    frame.value(end) ?? NaN,
  ];
  return html(
    "li",
    { key: `path${at}` },
    html(
      "button",
      {
        type: "button",
        class: "term path",
        "data-wires": wiresOf(frame, start, path).join(" "),
        "aria-label": t("why.path", { units: stops.join(" → "), value: figures(value) }),
      },
      html(
        "span",
        { class: "term-what" },
        html(
          "span",
          { class: "path-stops" },
          ...stops.flatMap((stop, k) => [k ? html("i", {}, "→") : null, html("span", {}, stop)]),
        ),
        html(
          "span",
          { class: "term-numbers" },
          numbers.map((number) => bracketed(panel(number))).join(" · "),
        ),
      ),
      html("span", { class: "term-value" }, figures(value)),
      bar(value, most, BAR),
    ),
  );
}

/** @param {string} text */
function bracketed(text) {
  return text.startsWith("\u2212") ? `(${text})` : text;
}

/**
 * The units a path passes, layer by layer: x0, 1.2 (layer 1, unit 2), L.
 * @param {Frame} frame
 * @param {Start} start
 * @param {Path} path
 * @returns {string[]}
 */
function stopsOf({ run }, { first }, { cells }) {
  const stop = (/** @type {Address} */ { name, index }) => {
    const { layer } = run.values[name];
    return layer === 0 ? `x${index[1]}` : `${layer}.${index[1]}`;
  };
  const passed = [...(first ? [first] : []), ...cells].map(stop);
  return [...passed.filter((each, at) => each !== passed[at - 1]), "L"];
}

/** The weights a path goes along.  @param {Frame} frame  @param {Start} start  @param {Path} path  @returns {string[]} */
function wiresOf({ run }, { weight }, { edges }) {
  const passed = edges.flatMap(({ reads }) => reads).filter(({ name }) =>
    run.values[name].axes.includes("input")
  );
  return [...(weight ? [weight] : []), ...passed].map(formatAddress);
}
