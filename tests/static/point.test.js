/** @import { Frame } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import GLOSSARY from "../../app/material/glossary.json" with { type: "json" };
import { numberOf, selectorOf } from "../../static/guide/point.js";
import { formatAddress } from "../../static/trace.js";
import { run } from "./fixture.js";

/** @type {any} */ (globalThis).CSS ??= {
  escape: (/** @type {string} */ text) => text.replace(/[^\w-]/g, "\\$&"),
};

const frame = /** @type {Frame} */ ({ run, example: 1 });

test("a pointer to a number is an address that is there, or the first of a quantity for the example at hand", () => {
  const address = (/** @type {string} */ pointer) => {
    const cell = numberOf(pointer, frame);
    return cell && formatAddress(cell);
  };
  assert.equal(address("delta1[0,1]"), "delta1[0,1]");
  assert.equal(address("loss"), "loss");
  assert.equal(address("number:delta"), "delta1[1,0]");
  assert.equal(address("number:W"), "W1[0,0]");
  assert.equal(address("number:y"), "y[1,0]");
  for (const nowhere of ["delta1[9,9]", "delta9[0,0]", "number:m_W", "panel:why", "", "x y"]) {
    assert.equal(numberOf(nowhere, frame), null, nowhere);
  }
});

test("other pointers are parts of the page", () => {
  assert.equal(selectorOf("panel:why"), "#why-panel");
  assert.equal(selectorOf("control:play"), "#play");
  assert.equal(selectorOf("timeline:delta1"), '#timeline [data-call="delta1"]');
  assert.equal(selectorOf("field:optimizer.kind"), '#experiment-form [name="optimizer\\.kind"]');
  for (const nowhere of ["panel:nothing", "control:nothing", "delta1", "what:ever", "panel:"]) {
    assert.equal(selectorOf(nowhere), null, nowhere);
  }
});

test("every pointer of the glossary is one", () => {
  for (const { id, show } of GLOSSARY.entries) {
    assert(show && (show.startsWith("number:") || selectorOf(show)), `${id} points at ${show}`);
  }
});
