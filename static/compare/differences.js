/**
 * In what two experiments differ, setting by setting. Pure.
 *
 * @import { Spec } from "../types.d.ts"
 */

/** @typedef {{ path: string, left: unknown, right: unknown }} Difference */

/** Longer values are told by their size alone. */
const LONGEST = 40;

/**
 * @param {Spec} left  completed
 * @param {Spec} right  completed
 * @returns {Difference[]}  in the order of the settings; a list of numbers counts as one setting
 */
export function differences(left, right) {
  /** @type {Difference[]} */
  const found = [];
  /** @param {any} a  @param {any} b  @param {string} path */
  const compare = (a, b, path) => {
    if (Object.is(a, b) || JSON.stringify(a) === JSON.stringify(b)) return;
    if (isPlain(a) && isPlain(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        compare(a[key], b[key], path ? `${path}.${key}` : key);
      }
    } else if (path === "layers" && Array.isArray(a) && Array.isArray(b)) {
      for (let at = 0; at < Math.max(a.length, b.length); at++) compare(a[at], b[at], `${path}[${at}]`);
    } else found.push({ path, left: a, right: b });
  };
  compare(left, right, "");
  return found;
}

/**
 * Changes made by hand, one by one: the step and the number each is about.
 * @param {Difference} difference
 * @returns {Difference[]}  others as they are
 */
export function spread(difference) {
  if (difference.path !== "edits") return [difference];
  const [left, right] = [difference.left, difference.right].map((edits) =>
    new Map(
      (Array.isArray(edits) ? edits : []).flatMap(({ step, set, ...settings }) =>
        Object.entries({ ...set, ...settings }).map(([name, value]) => [`${name} @ ${step}`, value])
      ),
    )
  );
  return [...new Set([...left.keys(), ...right.keys()])]
    .filter((path) => left.get(path) !== right.get(path))
    .map((path) => ({ path, left: left.get(path), right: right.get(path) }));
}

/**
 * A setting in few letters.
 * @param {unknown} value
 * @returns {string}
 */
export function shortly(value) {
  if (value === undefined || value === null) return "–";
  if (typeof value === "string") return value;
  const kind = isPlain(value) ? /** @type {any} */ (value).kind : undefined;
  const text = JSON.stringify(value);
  if (text.length <= LONGEST) return text.replaceAll('"', "");
  if (Array.isArray(value)) return `[${value.length} …]`;
  return typeof kind === "string" ? `${kind} …` : "{…}";
}

/** @param {unknown} value */
function isPlain(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
