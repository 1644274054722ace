/**
 * Checks a value against a JSON Schema, in the words of that language that our own schemas use, and says of every fault
 * where it is and what is allowed there. One schema serves this page, the server and anybody's editor. Pure.
 */

/**
 * @typedef {object} Schema
 * @property {string | string[]} [type]
 * @property {unknown} [const]
 * @property {unknown[]} [enum]
 * @property {string} [pattern]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [exclusiveMinimum]
 * @property {number} [minItems]
 * @property {number} [maxItems]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {number} [minProperties]
 * @property {Schema} [items]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {boolean} [additionalProperties]
 * @property {Schema[]} [oneOf]
 * @property {string} [$ref]
 * @property {Record<string, Schema>} [$defs]
 * @property {string} [format]  what the pattern spells: `guide.fault.format.…` says it to people
 *
 * A fault: `key` names the text that says what is allowed, `values` fill it.
 * @typedef {{ path: string, key: string, values: Record<string, string | number> }} Fault
 */

const KINDS = /** @type {Record<string, (value: unknown) => boolean>} */ ({
  object: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
});

/**
 * @param {Schema} schema
 * @param {unknown} value
 * @returns {Fault[]}  in reading order; empty if all is well
 */
export function faults(schema, value) {
  return [...check(schema, value, "", schema.$defs ?? {})];
}

/**
 * @param {Schema} given
 * @param {unknown} value
 * @param {string} path
 * @param {Record<string, Schema>} defs
 * @returns {Generator<Fault>}
 */
function* check(given, value, path, defs) {
  const schema = given.$ref ? defs[given.$ref.replace("#/$defs/", "")] : given;
  if (schema.oneOf) return yield* checkOne(schema.oneOf, value, path, defs);
  if (schema.type && ![schema.type].flat().some((kind) => KINDS[kind](value))) {
    return yield fault(path, "type", { kinds: [schema.type].flat().join(", ") });
  }
  if ("const" in schema && value !== schema.const) yield fault(path, "one", { values: String(schema.const) });
  if (schema.enum && !schema.enum.includes(value)) {
    yield fault(path, "one", { values: schema.enum.join(", ") });
  }
  if (typeof value === "number") yield* checkNumber(schema, value, path);
  else if (typeof value === "string") yield* checkText(schema, value, path);
  else if (Array.isArray(value)) {
    const { minItems = 0, maxItems = Infinity, items } = schema;
    if (value.length < minItems) yield fault(path, "items_least", { count: minItems });
    if (value.length > maxItems) yield fault(path, "items_most", { count: maxItems });
    for (const [at, item] of items ? value.entries() : []) {
      yield* check(items ?? {}, item, `${path}[${at}]`, defs);
    }
  } else if (KINDS.object(value)) {
    yield* checkFields(schema, /** @type {Record<string, unknown>} */ (value), path, defs);
  }
}

/** @param {Schema} schema  @param {number} value  @param {string} path  @returns {Generator<Fault>} */
function* checkNumber({ minimum, maximum, exclusiveMinimum }, value, path) {
  if (minimum !== undefined && value < minimum) yield fault(path, "least", { limit: minimum });
  if (maximum !== undefined && value > maximum) yield fault(path, "most", { limit: maximum });
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    yield fault(path, "above", { limit: exclusiveMinimum });
  }
}

/** @param {Schema} schema  @param {string} value  @param {string} path  @returns {Generator<Fault>} */
function* checkText({ minLength = 0, maxLength = Infinity, pattern, format }, value, path) {
  if (value.length < minLength) yield fault(path, "text_least", { count: minLength });
  if (value.length > maxLength) yield fault(path, "text_most", { count: maxLength });
  else if (pattern && !new RegExp(pattern, "u").test(value)) {
    yield fault(path, `format.${format ?? "other"}`, {});
  }
}

/**
 * @param {Schema} schema
 * @param {Record<string, unknown>} value
 * @param {string} path
 * @param {Record<string, Schema>} defs
 * @returns {Generator<Fault>}
 */
function* checkFields(
  { properties = {}, required = [], additionalProperties = true, minProperties = 0 },
  value,
  path,
  defs,
) {
  const inside = (/** @type {string} */ name) => path ? `${path}.${name}` : name;
  for (const name of required) if (!Object.hasOwn(value, name)) yield fault(inside(name), "missing", {});
  if (Object.keys(value).length < minProperties) {
    yield fault(path, "one_of_fields", { values: Object.keys(properties).join(", ") });
  }
  for (const [name, part] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) yield* check(properties[name], part, inside(name), defs);
    else if (!additionalProperties) {
      yield fault(inside(name), "unknown", { values: Object.keys(properties).join(", ") });
    }
  }
}

/**
 * One of several forms. Which one is meant is told by a field with a constant (`kind`), or else by the type; then only
 * that form's faults are of interest.
 * @param {Schema[]} forms
 * @param {unknown} value
 * @param {string} path
 * @param {Record<string, Schema>} defs
 * @returns {Generator<Fault>}
 */
function* checkOne(forms, value, path, defs) {
  const all = forms.map((form) => form.$ref ? defs[form.$ref.replace("#/$defs/", "")] : form);
  const typed = all.filter(({ type }) => !type || [type].flat().some((kind) => KINDS[kind](value)));
  if (typed.length === 0) {
    return yield fault(path, "type", { kinds: all.flatMap(({ type }) => type ?? []).join(", ") });
  }
  const name = typed.map(constantOf).find((found) => found !== undefined);
  if (name === undefined || !KINDS.object(value)) return yield* check(typed[0], value, path, defs);
  const said = /** @type {Record<string, unknown>} */ (value)[name];
  const meant = typed.find(({ properties }) => properties?.[name]?.const === said);
  if (meant) return yield* check(meant, value, path, defs);
  const values = typed.map(({ properties }) => String(properties?.[name]?.const)).join(", ");
  yield fault(path ? `${path}.${name}` : name, "one", { values });
}

/** @param {Schema} form  @returns {string | undefined}  the field that says which form it is */
function constantOf({ properties = {} }) {
  return Object.keys(properties).find((name) => "const" in properties[name]);
}

/** @param {string} path  @param {string} key  @param {Fault["values"]} values  @returns {Fault} */
function fault(path, key, values) {
  return { path, key: `guide.fault.${key}`, values };
}
