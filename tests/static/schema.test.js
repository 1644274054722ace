/** @import { Schema } from "../../static/guide/schema.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { faults } from "../../static/guide/schema.js";

/** @type {Schema} */
const SCHEMA = {
  type: "object",
  properties: {
    name: { type: "string", minLength: 1, maxLength: 5, pattern: "^[a-z]*$", format: "view" },
    count: { type: "integer", minimum: 0, maximum: 9 },
    rate: { type: "number", exclusiveMinimum: 0 },
    kind: { enum: ["one", "two"] },
    list: { type: "array", minItems: 1, maxItems: 2, items: { $ref: "#/$defs/ask" } },
    text: {
      oneOf: [{ type: "string" }, {
        type: "object",
        properties: { en: { type: "string" } },
        minProperties: 1,
      }],
    },
  },
  required: ["name"],
  additionalProperties: false,
  $defs: {
    ask: {
      oneOf: [
        {
          type: "object",
          properties: { kind: { const: "sign" }, of: { type: "string" } },
          required: ["kind", "of"],
        },
        {
          type: "object",
          properties: { kind: { const: "number" }, by: { type: "number" } },
          required: ["kind"],
        },
      ],
    },
  },
};

/** @type {[unknown, string[]][]} */
const CASES = [
  [{ name: "a", count: 3, rate: 0.1, kind: "one", list: [{ kind: "sign", of: "z" }], text: "x" }, []],
  [{ name: "a", text: { en: "x" } }, []],
  [3, [": type"]],
  [{}, ["name: missing"]],
  [{ name: "" }, ["name: text_least"]],
  [{ name: "abcdef" }, ["name: text_most"]],
  [{ name: "A" }, ["name: format.view"]],
  [{ name: 1, colour: 2 }, ["name: type", "colour: unknown"]],
  [{ name: "a", count: -1 }, ["count: least"]],
  [{ name: "a", count: 10 }, ["count: most"]],
  [{ name: "a", count: 1.5 }, ["count: type"]],
  [{ name: "a", rate: 0 }, ["rate: above"]],
  [{ name: "a", kind: "three" }, ["kind: one"]],
  [{ name: "a", list: [] }, ["list: items_least"]],
  [{ name: "a", list: [{ kind: "number" }, { kind: "number" }, { kind: "number" }] }, ["list: items_most"]],
  [{ name: "a", list: [{ kind: "what" }] }, ["list[0].kind: one"]],
  [{ name: "a", list: [{ kind: "sign" }] }, ["list[0].of: missing"]],
  [{ name: "a", list: [{ kind: "number", by: "x" }] }, ["list[0].by: type"]],
  [{ name: "a", list: ["sign"] }, ["list[0]: type"]],
  [{ name: "a", text: 1 }, ["text: type"]],
  [{ name: "a", text: {} }, ["text: one_of_fields"]],
];
for (const [value, expected] of CASES) {
  test(`${JSON.stringify(value)} has ${expected.join(", ") || "no fault"}`, () => {
    const found = faults(SCHEMA, value).map(({ path, key }) => `${path}: ${key.replace("guide.fault.", "")}`);
    assert.deepEqual(found, expected);
  });
}

test("a fault says what is allowed", () => {
  const allowed = (/** @type {unknown} */ value) => faults(SCHEMA, value).map(({ values }) => values)[0];
  assert.deepEqual(allowed({ name: "a", kind: "x" }), { values: "one, two" });
  assert.deepEqual(allowed({ name: "a", list: [{ kind: "x" }] }), { values: "sign, number" });
  assert.deepEqual(allowed({ name: "a", count: 10 }), { limit: 9 });
  assert.deepEqual(allowed({ name: "a", text: 1 }), { kinds: "string, object" });
});
