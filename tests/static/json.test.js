import assert from "node:assert/strict";
import { test } from "node:test";

import { DEEPEST, NotJson, readJson } from "../../static/guide/json.js";
import { random } from "./fixture.js";

const TEXT = `{
  "steps": [
    {"say": "a \\"quoted\\" text", "set": {"step": 3}},

    {
      "ask": {"kind": "sign",
        "of": "z1[0,0]"}
    }
  ],
  "last": -1.5e-3
}
`;

test("JSON is read as JSON.parse reads it", () => {
  assert.deepEqual(readJson(TEXT).value, JSON.parse(TEXT));
  const next = random(7);
  /** @param {number} depth  @returns {unknown} */
  const value = (depth) => {
    const kind = Math.floor(next() * (depth > 3 ? 4 : 6));
    if (kind === 0) return next() < 0.5 ? null : next() < 0.5;
    if (kind === 1) return (next() - 0.5) * 10 ** Math.floor(next() * 40 - 20);
    if (kind === 2) return `é"\\\n\t学${next()}\u0000`;
    if (kind === 3) return Math.floor(next() * 1e9);
    const list = Array.from({ length: Math.floor(next() * 4) }, () => value(depth + 1));
    return kind === 4 ? list : Object.fromEntries(list.map((item, k) => [`k.${k}`, item]));
  };
  for (let k = 0; k < 200; k++) {
    const made = value(0);
    for (const indent of [0, 1]) assert.deepEqual(readJson(JSON.stringify(made, null, indent)).value, made);
  }
});

test("every value has its line, and what is missing has that of what is around it", () => {
  const { lineOf } = readJson(TEXT);
  const lines = {
    "": 1,
    steps: 2,
    "steps[0]": 3,
    "steps[0].set.step": 3,
    "steps[1]": 5,
    "steps[1].ask.of": 7,
  };
  for (const [path, line] of Object.entries(lines)) assert.equal(lineOf(path), line, path);
  assert.equal(lineOf("steps[1].ask.tolerance"), 6);
  assert.equal(lineOf("steps[1].say"), 5);
  assert.equal(lineOf("steps[9].say"), 2);
  assert.equal(lineOf("title"), 1);
  assert.equal(lineOf("last"), 10);
});

/** @type {[string, string, number, number][]} */
const WRONG = [
  ["", "ends", 1, 1],
  ['{"a": [1, 2', "ends", 1, 12],
  ['{"a": 1,\n}', "comma", 2, 1],
  ["[1,\n 2,\n]", "comma", 3, 1],
  ["{'a': 1}", "quotes", 1, 2],
  ["{\"a\": 'b'}", "quotes", 1, 7],
  ["{a: 1}", "name", 1, 2],
  ['{"a" 1}', "colon", 1, 6],
  ['{"a": 1 "b": 2}', "between", 1, 9],
  ['{"a": 1,\n "a": 2}', "twice", 2, 2],
  ["[1] 2", "after", 1, 5],
  ["[01]", "between", 1, 3],
  ["[NaN]", "value", 1, 2],
  ["[1e999]", "number", 1, 2],
  ['["a\nb"]', "string", 1, 2],
  ['["a\\x"]', "string", 1, 2],
  ['["a', "string", 1, 2],
  ["[".repeat(DEEPEST + 2), "deep", 1, DEEPEST + 2],
];
for (const [text, key, line, column] of WRONG) {
  test(`${JSON.stringify(text.slice(0, 20))} is refused with its line and column`, () => {
    assert.throws(() => readJson(text), (error) => {
      assert(error instanceof NotJson);
      assert.deepEqual([error.key, error.line, error.column], [`guide.json.${key}`, line, column]);
      return true;
    });
  });
}
