/** @import { MathNode, Run } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { symbol } from "../../static/draw/symbols.js";
import { run } from "./fixture.js";

const t = () => "new";

/** Markup without attributes. @param {MathNode} node  @returns {string} */
function markup({ tag, children, text }) {
  return `<${tag}>${children ? children.map(markup).join("") : text}</${tag}>`;
}

const one = "<mrow><mo>(</mo><mn>1</mn><mo>)</mo></mrow>";

/** @type {[string, (string | number)[], string][]} */
const SYMBOLS = [
  ["loss", [], "<mi>L</mi>"],
  ["learning_rate", [], "<mi>η</mi>"],
  ["y", ["n"], "<msub><mi>y</mi><mrow><mi>n</mi></mrow></msub>"],
  ["W1", [], `<msup><mi>W</mi>${one}</msup>`],
  ["b1", [2], `<msubsup><mi>b</mi><mrow><mn>2</mn></mrow>${one}</msubsup>`],
  ["delta1", [0, "j"], `<msubsup><mi>δ</mi><mrow><mn>0</mn><mo>,</mo><mi>j</mi></mrow>${one}</msubsup>`],
  [
    "db1",
    ["j"],
    `<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo><msubsup><mi>b</mi><mrow><mi>j</mi></mrow>${one}</msubsup></mrow></mfrac>`,
  ],
  [
    "b1_new",
    [],
    "<msup><mi>b</mi><mrow><mo>(</mo><mn>1</mn><mo>)</mo><mspace></mspace><mtext>new</mtext></mrow></msup>",
  ],
];

for (const [name, index, expected] of SYMBOLS) {
  test(`${name} at [${index}] has its symbol`, () =>
    assert.equal(markup(symbol(run, name, index, t)), expected));
}

test("the input is the activation of layer 0", () => {
  assert.equal(
    markup(symbol(run, "a0", [], t)),
    "<msup><mi>a</mi><mrow><mo>(</mo><mn>0</mn><mo>)</mo></mrow></msup>",
  );
});

test("attributes go to the outermost element", () => {
  for (const name of ["dW1", "W1", "loss"]) {
    assert.equal(symbol(run, name, [], t, { "data-address": "here" }).attrs["data-address"], "here");
  }
});

test("the letter and its marks are those the engine gives", () => {
  const values = {
    velocity2: { ...run.values.W1, layer: 2, symbol: { ...run.values.W1.symbol, letter: "velocity" } },
    m_W1_new: {
      ...run.values.W1,
      symbol: { letter: "m", of: "W", derivative: false, new: true, layered: true },
    },
    product_new: {
      ...run.values.loss,
      symbol: { letter: "Πμ", of: null, derivative: false, new: true, layered: false },
    },
  };
  const other = /** @type {Run} */ ({ ...run, values });
  assert.equal(
    markup(symbol(other, "velocity2", [], t)),
    "<msup><mi>velocity</mi><mrow><mo>(</mo><mn>2</mn><mo>)</mo></mrow></msup>",
  );
  assert.equal(
    markup(symbol(other, "m_W1_new", [0, "i"], t)),
    "<msubsup><mi>m</mi><mrow><mi>W</mi><mo>,</mo><mn>0</mn><mo>,</mo><mi>i</mi></mrow>" +
      "<mrow><mo>(</mo><mn>1</mn><mo>)</mo><mspace></mspace><mtext>new</mtext></mrow></msubsup>",
  );
  assert.equal(
    markup(symbol(other, "product_new", [], t)),
    "<msup><mrow><mi>Π</mi><mi>μ</mi></mrow><mrow><mtext>new</mtext></mrow></msup>",
  );
});
