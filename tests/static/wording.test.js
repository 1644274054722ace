import assert from "node:assert/strict";
import { test } from "node:test";

import { inLanguage, paragraphs, pieces } from "../../static/guide/lesson/wording.js";

test("a text is in the reader's language, or in the one there is", () => {
  assert.equal(inLanguage({ en: "a", zh: "甲" }, "zh"), "甲");
  assert.equal(inLanguage({ en: "a" }, "zh"), "a");
  assert.equal(inLanguage({ zh: "甲" }, "en"), "甲");
  assert.equal(inLanguage("x", "zh"), "x");
  assert.equal(inLanguage(undefined, "en"), "");
});

test("what stands in braces is live, and stars are emphasis", () => {
  assert.deepEqual(
    pieces("z is {z1[0,2]}, then {loss@100}; {symbol delta1[0,1]} {term W|the weights} {term delta} {key →}"),
    [
      { kind: "text", text: "z is ", strong: false },
      { kind: "number", address: "z1[0,2]", step: null },
      { kind: "text", text: ", then ", strong: false },
      { kind: "number", address: "loss", step: 100 },
      { kind: "text", text: "; ", strong: false },
      { kind: "symbol", of: "delta1[0,1]" },
      { kind: "text", text: " ", strong: false },
      { kind: "term", id: "W", label: "the weights" },
      { kind: "text", text: " ", strong: false },
      { kind: "term", id: "delta", label: null },
      { kind: "text", text: " ", strong: false },
      { kind: "key", key: "→" },
    ],
  );
  assert.deepEqual(pieces("a *b {W1[0,0]} c* d"), [
    { kind: "text", text: "a ", strong: false },
    { kind: "text", text: "b ", strong: true },
    { kind: "number", address: "W1[0,0]", step: null },
    { kind: "text", text: " c", strong: true },
    { kind: "text", text: " d", strong: false },
  ]);
});

test("braces that mean nothing are kept for the proofreader, and a doubled one is a brace", () => {
  for (const text of ["{z1[}", "{a b}", "{loss@x}", "{symbol 3}", "{}", "{1}"]) {
    assert.deepEqual(pieces(text), [{ kind: "wrong", text: text.slice(1, -1) }], text);
  }
  assert.deepEqual(pieces("f = {{0, 1}"), [{ kind: "text", text: "f = {0, 1}", strong: false }]);
  assert.deepEqual(pieces("an open { brace"), [{ kind: "text", text: "an open { brace", strong: false }]);
});

test("a blank line parts paragraphs", () => {
  assert.deepEqual(
    paragraphs("a\nb\n\n  c\n\n\n").map((part) => part.map((piece) => "text" in piece ? piece.text : "")),
    [
      ["a\nb"],
      ["c"],
    ],
  );
});
