import assert from "node:assert/strict";
import { test } from "node:test";

import { mathItalic } from "../../static/guide/italic.js";

test("a single letter becomes its mathematical italic, and nothing else changes", () => {
  const letters = { a: "𝑎", z: "𝑧", W: "𝑊", h: "ℎ", δ: "𝛿", η: "𝜂", "∂": "𝜕", ω: "𝜔", Ω: "𝛺" };
  for (const [letter, italic] of Object.entries(letters)) assert.equal(mathItalic(letter), italic);
  for (const other of ["", "new", "1", "尚", "(", "max"]) assert.equal(mathItalic(other), other);
});
