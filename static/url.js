/**
 * The moment in the address bar: `#step=12&frame=delta1&unit=1&focus=delta1[0,1]&spec=…`.
 *
 * Reading and writing text is pure; `read`, `write` and `onChange` alone touch the browser's location and history.
 * A fragment may come from anywhere: what is not valid is left out, and nothing here throws.
 *
 * @import { Action, Granularity, Panel, Place, Spec, State } from "./types.d.ts"
 */
import { GRANULARITIES } from "./moments.js";
import { shownRun } from "./needs.js";
import { initialState, PANELS } from "./state.js";
import { formatAddress, parseAddress } from "./trace.js";

/** Significant digits a number may be shown with, fewest and most. */
export const DIGITS = Object.freeze({ fewest: 2, most: 6 });

/** A spec has a handful of levels; text nested a hundred thousand deep would break whatever walks it. */
const DEEPEST = 32;

const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const CHART = /^[a-z][a-z0-9]{0,31}(\.[A-Za-z0-9_]{1,31}){0,3}$/;
const LESSON = /^[a-z][a-z0-9-]{0,63}(\.[1-9]\d{0,2})?$/;

/**
 * One row per part of the fragment, in writing order: how to read its text (undefined if it is not valid) and write it
 * (undefined to leave it out).
 * @type {{ [K in keyof Required<Place>]: {
 *   read: (text: string) => Place[K] | undefined,
 *   write: (place: Place) => string | undefined,
 * } }}
 */
const PARTS = {
  step: { read: wholeNumber, write: ({ step }) => step ? `${step}` : undefined },
  frame: { read: name, write: ({ frame }) => frame },
  unit: { read: wholeNumber, write: ({ unit }) => unit ? `${unit}` : undefined },
  term: { read: wholeNumber, write: ({ term }) => term === undefined ? undefined : `${term}` },
  example: { read: wholeNumber, write: ({ example }) => example ? `${example}` : undefined },
  by: { read: granularity, write: ({ by }) => by === initialState.by ? undefined : by },
  view: { read: name, write: ({ view }) => view === initialState.view ? undefined : view },
  focus: {
    read: (text) => parseAddress(text) ?? undefined,
    write: ({ focus }) => focus && formatAddress(focus),
  },
  digits: { read: digits, write: ({ digits }) => digits ? `${digits}` : undefined },
  chart: { read: chartName, write: ({ chart }) => chart || undefined },
  maps: { read: (text) => text === "1" || undefined, write: ({ maps }) => maps ? "1" : undefined },
  stop: {
    read: stopWhen,
    write: ({ stop }) => stop && [stop.monitor, stop.goal, stop.patience, stop.least].join(),
  },
  wires: { read: (text) => text === "1" || undefined, write: ({ wires }) => wires ? "1" : undefined },
  present: { read: (text) => text === "1" || undefined, write: ({ present }) => present ? "1" : undefined },
  hide: {
    read: panels,
    write: ({ hide }) => hide?.length ? hide.join(",") : undefined,
  },
  lesson: { read: lessonName, write: ({ lesson }) => lesson },
  spec: {
    read: decodeSpec,
    write: ({ spec }) => spec && Object.keys(spec).length ? encodeSpec(spec) : undefined,
  },
  run: { read: runId, write: ({ run }) => run },
};

/**
 * @param {string} fragment  with or without its `#`
 * @returns {Place}
 */
export function parse(fragment) {
  /** @type {Record<string, unknown>} */
  const place = {};
  for (const part of fragment.replace(/^#/, "").split("&")) {
    const cut = part.indexOf("=");
    const key = part.slice(0, cut);
    const text = decoded(part.slice(cut + 1));
    if (cut < 0 || text === null || !Object.hasOwn(PARTS, key)) continue;
    const value = PARTS[/** @type {keyof Place} */ (key)].read(text);
    if (value !== undefined) place[key] = value;
  }
  return place;
}

/**
 * @param {Place} place
 * @returns {string}  begins with `#`; empty if everything is the default
 */
export function format(place) {
  const parts = Object.entries(PARTS).flatMap(([key, { write }]) => {
    const text = write(place);
    return text === undefined ? [] : [`${key}=${text}`];
  });
  return parts.length ? `#${parts.join("&")}` : "";
}

/**
 * What a link to this state says.
 * @param {State} state
 * @returns {Place}
 */
export function placeOf(state) {
  const { cursor, example, by, view, spec, digits, maps, wires, chart, stop, present, hide, lesson } = state;
  const written = state.frameName ?? shownRun(state)?.program.calls[cursor.frame]?.writes;
  const frame = cursor.frame === 0 && state.frameName === null ? undefined : written;
  return {
    step: cursor.step,
    ...frame === undefined ? {} : { frame },
    unit: cursor.unit,
    ...cursor.term === undefined ? {} : { term: cursor.term },
    example,
    by,
    view,
    ...state.focus ? { focus: state.focus } : {},
    ...digits === null ? {} : { digits },
    ...maps ? { maps } : {},
    ...stop ? { stop } : {},
    ...chart ? { chart } : {},
    ...wires ? { wires } : {},
    ...present ? { present } : {},
    ...hide.length ? { hide } : {},
    ...lesson === null ? {} : { lesson },
    spec,
  };
}

/**
 * What makes the page show a place: everything a link does not mention goes back to its default.
 * @param {Place} place
 * @returns {Extract<Action, { type: "restore" }>}
 */
export function toAction(place) {
  const { step = 0, frame, unit = 0, term, example = 0, by = initialState.by, view = initialState.view } =
    place;
  const part = {
    spec: place.spec ?? initialState.spec,
    cursor: { step, frame: 0, unit, ...term === undefined ? {} : { term } },
    example,
    by,
    view,
    focus: place.focus ?? null,
    digits: place.digits ?? null,
    maps: place.maps ?? false,
    stop: place.stop ?? null,
    chart: place.chart ?? "",
    wires: place.wires ?? false,
    present: place.present ?? false,
    hide: place.hide ?? initialState.hide,
    lesson: place.lesson ?? null,
    playing: false,
  };
  return frame === undefined ? { type: "restore", part } : { type: "restore", part, frame };
}

/**
 * @param {Spec} spec
 * @returns {string}  base64url of its JSON in UTF-8
 */
export function encodeSpec(spec) {
  const bytes = new TextEncoder().encode(JSON.stringify(spec));
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * @param {string} text
 * @returns {Spec | undefined}
 */
export function decodeSpec(text) {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    const spec = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof spec === "object" && spec !== null && !Array.isArray(spec) && isShallow(spec, DEEPEST)
      ? spec
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The address of a moment, for other people.
 * @param {string} fragment
 * @param {{ host?: string | null, embed?: boolean, language?: string }} [options]  `host`: what others call this machine
 * @returns {string}
 */
export function linkTo(fragment, { host = null, embed = false, language } = {}) {
  const url = new URL(location.href);
  if (host) url.hostname = host.includes(":") ? `[${host}]` : host;
  url.searchParams.delete("embed");
  if (language) url.searchParams.set("lang", language);
  if (embed) url.searchParams.set("embed", "1");
  url.hash = fragment;
  return url.href;
}

/**
 * The address of two moments side by side.
 * @param {string} left  a fragment
 * @param {string} right
 * @param {string} language
 * @returns {string}
 */
export function pairLink(left, right, language) {
  return `/compare?lang=${language}#left=${encodeURIComponent(left)}&right=${encodeURIComponent(right)}`;
}

/**
 * The two fragments that the address of a comparison holds; empty ones where it says nothing.
 * @param {string} [fragment]
 * @returns {[string, string]}
 */
export function readPair(fragment = location.hash) {
  const parts = new Map(
    fragment.replace(/^#/, "").split("&").map((part) => {
      const cut = part.indexOf("=");
      return [part.slice(0, cut), decoded(part.slice(cut + 1)) ?? ""];
    }),
  );
  return [parts.get("left") ?? "", parts.get("right") ?? ""];
}

/**
 * The page as a part of another one, at the moment that a fragment says and nothing else it may hold.
 * @param {string} fragment
 * @param {string} language
 * @param {readonly Panel[]} [hide]  panels to go without
 * @returns {string}
 */
export function embedded(fragment, language, hide = []) {
  return `/?embed=1&lang=${language}${format({ ...parse(fragment), ...hide.length ? { hide } : {} })}`;
}

/**
 * Is the page open under a name that only this machine knows itself by?
 * @returns {boolean}
 */
export function isLoopback() {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
}

/** The fragment the page wrote or read last, so that its own writing is no news. */
let current = "";

/**
 * What the address bar says now.
 * @returns {Place}
 */
export function read() {
  current = location.hash;
  return parse(current);
}

/**
 * Mirrors the state into the address bar. A new experiment is a new entry of the browser's history, so Back leads to
 * the one before; moving about in one is not.
 * @param {State} state
 */
export function write(state) {
  const fragment = format(placeOf(state));
  if (fragment === current) return;
  const method = sameSpec(current, fragment) ? "replaceState" : "pushState";
  try {
    history[method](null, "", fragment || location.pathname + location.search);
    current = fragment;
  } catch {
    // Browsers refuse when written too often; the next change writes again.
  }
}

/**
 * Calls back with the new place when somebody else changed the fragment: Back, Forward, a link, typing.
 * @param {(place: Place) => void} callback
 * @returns {() => void}  stops listening
 */
export function onChange(callback) {
  const heard = () => {
    if (location.hash !== current) callback(read());
  };
  addEventListener("popstate", heard);
  addEventListener("hashchange", heard);
  return () => {
    removeEventListener("popstate", heard);
    removeEventListener("hashchange", heard);
  };
}

/** @param {unknown} value  @param {number} levels  @returns {boolean}  nested no deeper than that? */
function isShallow(value, levels) {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isShallow(inner, levels - 1));
}

/** @param {string} before  @param {string} after  @returns {boolean} */
function sameSpec(before, after) {
  return JSON.stringify(parse(before).spec) === JSON.stringify(parse(after).spec);
}

/** @param {string} text  @returns {string | null}  null if the percent signs make no sense */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** @param {string} text  @returns {number | undefined} */
function wholeNumber(text) {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** @param {string} text  @returns {number | undefined} */
function digits(text) {
  const count = wholeNumber(text);
  return count !== undefined && count >= DIGITS.fewest && count <= DIGITS.most ? count : undefined;
}

/** @param {string} text  @returns {readonly Panel[] | undefined} */
function panels(text) {
  const wanted = text.split(",");
  const found = PANELS.filter((panel) => wanted.includes(panel));
  return found.length ? Object.freeze(found) : undefined;
}

/** @param {string} text  @returns {import("./types.d.ts").StopWhen | undefined} */
function stopWhen(text) {
  const [monitor = "", ...parts] = text.split(",");
  const [goal, patience, least] = parts.map((part) => part === "" ? null : Number(part));
  const fits = /^(train|test)_(loss|accuracy)$/.test(monitor) && parts.length === 3 &&
    ![goal, patience, least].some((part) => part !== null && !Number.isFinite(part));
  return fits ? { monitor, goal, patience, least: least ?? 0 } : undefined;
}

/** @param {string} text  @returns {string | undefined} */
function lessonName(text) {
  return LESSON.test(text) ? text : undefined;
}

/** @param {string} text  @returns {string | undefined} */
function chartName(text) {
  return CHART.test(text) ? text : undefined;
}

/** @param {string} text  @returns {string | undefined} */
function runId(text) {
  return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}

/** @param {string} text  @returns {string | undefined} */
function name(text) {
  return NAME.test(text) ? text : undefined;
}

/** @param {string} text  @returns {Granularity | undefined} */
function granularity(text) {
  return GRANULARITIES.find((known) => known === text);
}
