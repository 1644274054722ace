/** @import { MathNode } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { typeset } from "../../static/guide/typeset.js";

/** @param {MathNode} node  @returns {string} */
const written = ({ tag, attrs, children = [], text = "" }) => {
  const marks = Object.entries(attrs).map(([name, value]) => ` ${name}=${value}`).join("");
  return `${tag}${marks}(${text}${children.map(written).join(" ")})`;
};

test("what is inside of <math> comes as it is nested, entities as characters", () => {
  const text =
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow><msub><mi>&#x003B4;</mi><mi>j</mi>' +
    '</msub><mo stretchy="false">&#x00028;</mo><mspace width="0.167em" /><mn>1</mn><mo>&lt;</mo></mrow></math>';
  assert.equal(
    typeset(text).map(written).join(),
    "mrow(msub(mi(δ) mi(j)) mo stretchy=false(() mspace width=0.167em() mn(1) mo(<))",
  );
});

test("nothing but mathematics gets in, whatever the text says", () => {
  const nasty =
    '<math><mi onclick="alert(1)" href="javascript:x" width="1em">x</mi><script>alert(1)</script>' +
    '<img src="x" onerror="y"><mtext>&lt;b&gt; &#x110000; &bogus;</mtext></math></math></math>';
  const found = typeset(nasty).map(written).join(" ");
  assert(!/script\(|img|onclick|href|onerror|src/.test(found), found);
  assert(found.includes("mi width=1em(x)"));
  assert(found.includes("<b> &#x110000; &bogus;"));
});

test("texts that are no MathML end in something to draw", () => {
  for (const text of ["", "x", "<", "<math>", "</math>", "<math><mi>x", "<a><b></a>"]) {
    assert(Array.isArray(typeset(text)), text);
  }
});
