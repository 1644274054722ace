/**
 * Changes of an experiment as the form makes them: plain spec in, plain spec out. Pure. What is allowed is not decided
 * here but by the engine, which is asked about every spec.
 *
 * @import { Spec } from "./types.d.ts"
 */

/** @typedef {{ kind: string, units: number, activation: unknown, [field: string]: unknown }} Layer */

/**
 * @param {string} path  `layers[0].units`
 * @returns {(string | number)[]}
 */
export function segments(path) {
  return [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map(([, name, index]) => name ?? Number(index));
}

/** @param {unknown} spec  @param {string} path  @returns {unknown}  undefined if there is no such place */
export function get(spec, path) {
  return segments(path).reduce((at, segment) => /** @type {any} */ (at)?.[segment], spec);
}

/**
 * What is chosen from a menu: entries without parameters may stand there by their names alone.
 * @param {unknown} spec
 * @param {string} path
 * @returns {string}  empty if nothing is
 */
export function kindAt(spec, path) {
  const chosen = /** @type {any} */ (get(spec, path));
  return typeof chosen === "string" ? chosen : chosen?.kind ?? "";
}

/** @param {Spec} spec  @param {string} path  @param {unknown} value  @returns {Spec} */
export function set(spec, path, value) {
  /** @param {any} at  @param {(string | number)[]} rest  @returns {any} */
  const place = (at, [first, ...rest]) => {
    const copy = Array.isArray(at) ? [...at] : { ...at };
    copy[first] = rest.length ? place(copy[first], rest) : value;
    return copy;
  };
  return place(spec, segments(path));
}

/** @param {Spec} spec  @returns {Layer[]} */
export function layersOf(spec) {
  return /** @type {Layer[]} */ (spec.layers ?? []);
}

/**
 * Another hidden layer before the output layer, like the last hidden one.
 * @param {Spec} spec
 * @param {Layer} model  what the first hidden layer is to be
 * @returns {Spec}
 */
export function addLayer(spec, model) {
  const layers = layersOf(spec);
  const output = layers.length - 1;
  const added = output > 0 ? { ...layers[output - 1] } : { ...model };
  return reshaped({ ...spec, layers: layers.toSpliced(output, 0, added) });
}

/** @param {Spec} spec  @param {number} at  @returns {Spec} */
export function removeLayer(spec, at) {
  return reshaped({ ...spec, layers: layersOf(spec).toSpliced(at, 1) });
}

/**
 * A hidden layer at another place among the hidden ones.
 * @param {Spec} spec
 * @param {number} from
 * @param {number} to
 * @returns {Spec}  the same where there is no such place
 */
export function moveLayer(spec, from, to) {
  const layers = layersOf(spec);
  const last = layers.length - 1;
  if (from === to || Math.min(from, to) < 0 || Math.max(from, to) >= last) return spec;
  return reshaped({ ...spec, layers: layers.toSpliced(from, 1).toSpliced(to, 0, layers[from]) });
}

/**
 * One field changed, and what cannot stay as it was: arrays given outright when a shape changes.
 * @param {Spec} spec
 * @param {string} path
 * @param {unknown} value
 * @returns {Spec}
 */
export function edit(spec, path, value) {
  const changed = thawed(set(spec, path, value), path);
  return /^(data\b|layers\[\d+\]\.(units|bias)$)/.test(path) ? reshaped(changed) : changed;
}

/**
 * A layer whose bias or activation has changed keeps nothing frozen that it may not have any more.
 * @param {Spec} spec
 * @param {string} path  what has changed
 * @returns {Spec}
 */
function thawed(spec, path) {
  const [, at, part] = /^layers\[(\d+)\]\.(bias|activation)\b/.exec(path) ?? [];
  const frozen = at === undefined ? undefined : get(spec, `layers[${at}].frozen`);
  if (!Array.isArray(frozen)) return spec;
  const left = frozen.filter((name) => part === "bias" ? name !== "b" : name === "W" || name === "b");
  return left.length === frozen.length ? spec : set(spec, `layers[${at}].frozen`, left);
}

/**
 * The output layer is as wide as the data has targets.
 * @param {Spec} spec
 * @param {number | null} outputs  null if that is not known
 * @returns {Spec}
 */
export function withOutputs(spec, outputs) {
  const last = layersOf(spec).length - 1;
  if (outputs === null || last < 0 || layersOf(spec)[last].units === outputs) return spec;
  return set(spec, `layers[${last}].units`, outputs);
}

/**
 * What a kind of data says about its targets: how many classes there are or how many outputs, or the parameter that
 * tells.
 * @typedef {{ classes?: string, outputs?: string }} DataKind
 */

/**
 * Targets of the data: told by the data themselves, or by what their kind says.
 * @param {any} data
 * @param {Record<string, DataKind | undefined>} kinds
 * @returns {number | null}  null if that is not known
 */
export function outputsOf(data, kinds) {
  if (Array.isArray(data?.y)) {
    if (Array.isArray(data.y[0])) return data.y[0].length;
    return areLabels(data.y) ? coded(classesOf(data), data.targets) : null;
  }
  const kind = kinds[data?.kind];
  const tells = kind?.classes ?? kind?.outputs ?? "";
  const count = Number(/^\d+$/.test(tells) ? tells : data?.[tells] ?? NaN);
  if (!Number.isInteger(count)) return null;
  return kind?.classes ? coded(count, data.targets) : count;
}

/** Two classes need one output, unless each is to have its own. @param {number} classes @param {unknown} targets */
function coded(classes, targets) {
  return classes === 2 && targets !== "one_hot" ? 1 : classes;
}

/** @param {any} data */
function classesOf(data) {
  if (data.classes) return data.classes.length;
  return Math.max(2, 1 + Math.max(...data.y, ...(data.y_test ?? [])));
}

/** Class numbers rather than rows of targets? @param {unknown[]} y */
export function areLabels(y) {
  return y.length > 0 && y.every(Number.isInteger);
}

/**
 * What has to be said of a spec when the reader knows the first experiment.
 * @param {Spec} spec
 * @param {Spec} seed
 * @returns {Spec}
 */
export function minimal(spec, seed) {
  return Object.fromEntries(Object.entries(spec).filter(([field, value]) => !alike(value, seed[field])));
}

/**
 * Equal as values, whatever the order of fields. A field that is absent, null, an empty list or true (bias, shuffle)
 * says nothing the engine would not assume.
 * @param {any} a
 * @param {any} b
 * @returns {boolean}
 */
export function alike(a, b) {
  if (Object.is(a, b) || (empty(a) && empty(b))) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b) || (Array.isArray(a) && a.length !== b.length)) return false;
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => alike(a[key], b[key]));
}

/**
 * Examples as text, one a line: `0 1 → 1`.
 * @param {number[][]} x
 * @param {(number[] | number)[]} y
 * @returns {string}
 */
export function writeRows(x, y) {
  return x.map((row, n) => `${row.join(" ")} → ${[y[n] ?? []].flat().join(" ")}`).join("\n");
}

/**
 * Examples from text: numbers parted by spaces, commas, semicolons or tabs; targets after →, ->, | or :. Without such a
 * mark the last number of a line is its target. Words stay words, so that the engine can say where they stand.
 * @param {string} text
 * @returns {{ x: (number | string)[][], y: (number | string)[][] }}
 */
export function readRows(text) {
  /** @param {string} part */
  const numbers = (part) =>
    part.split(/[\s,;]+/).filter(Boolean).map((word) =>
      word === "" || isNaN(Number(word)) ? word : Number(word)
    );
  const rows = text.split(/\r?\n/).filter((line) => line.trim()).map((line) => {
    const [left, ...right] = line.split(/→|->|=>|[|:]/);
    const before = numbers(left);
    return right.length ? [before, numbers(right.join(" "))] : [before.slice(0, -1), before.slice(-1)];
  });
  return { x: rows.map(([x]) => x), y: rows.map(([, y]) => y) };
}

/**
 * Numbers changed by hand in the middle of the run.
 * @param {Spec} spec
 * @returns {number}
 */
export function countEdits(spec) {
  const edits = /** @type {any[]} */ (spec.edits ?? []);
  return edits.reduce((count, { step: _step, set: cells, ...settings }) => {
    return count + Object.keys(cells ?? {}).length + Object.keys(settings).length;
  }, 0);
}

/** @param {Spec} spec  @returns {Spec} */
function reshaped(spec) {
  const { parameters: _parameters, edits: _edits, ...rest } = spec;
  return rest;
}

/** @param {any} value */
function empty(value) {
  return value === undefined || value === null || value === true ||
    (typeof value === "object" && Object.keys(value).length === 0);
}

/**
 * A list as text, `2, -1`, and back. Words stay words, so that the engine can say where they stand.
 * @param {unknown} list
 * @returns {string}
 */
export function writeList(list) {
  return Array.isArray(list) ? list.join(", ") : "";
}

/**
 * @param {string} text
 * @param {boolean} numbers  of numbers, or of names? No names are null: everything as it is
 * @returns {(string | number)[] | null}
 */
export function readList(text, numbers) {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  if (!numbers) return words.length ? words : null;
  return words.map((word) => isNaN(Number(word)) ? word : Number(word));
}
