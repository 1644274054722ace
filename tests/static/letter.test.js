/** @import { MathNode } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { spell } from "../../static/draw/letter.js";

/** @param {MathNode} node  @returns {string} */
function markup({ tag, children, text }) {
  return `<${tag}>${children ? children.map(markup).join("") : text}</${tag}>`;
}

/** @type {[string, string, string, string][]} */
const LETTERS = [
  ["W", "<mi>W</mi>", "", ""],
  ["δ", "<mi>δ</mi>", "", ""],
  ["velocity", "<mi>velocity</mi>", "", ""],
  ["m̂", "<mover><mi>m</mi><mo>^</mo></mover>", "", ""],
  ["ĝ", "<mover><mi>g</mi><mo>^</mo></mover>", "", ""],
  ["β₁", "<mi>β</mi>", "1", ""],
  ["x₁₂", "<mi>x</mi>", "12", ""],
  ["μ⁺", "<mi>μ</mi>", "", "+"],
  ["m′", "<mi>m</mi>", "", "′"],
  ["Πμ", "<mrow><mi>Π</mi><mi>μ</mi></mrow>", "", ""],
  ["‖g‖", "<mrow><mo>‖</mo><mi>g</mi><mo>‖</mo></mrow>", "", ""],
];

for (const [letter, base, below, above] of LETTERS) {
  test(`${letter} is ${base} with ${below || "nothing"} below and ${above || "nothing"} above`, () => {
    const spelled = spell(letter);
    assert.deepEqual([markup(spelled.base), spelled.below, spelled.above], [base, below, above]);
  });
}
