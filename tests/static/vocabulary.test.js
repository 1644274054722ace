/** @import { Glossary, Term } from "../../static/guide/terms.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import DATA from "../../app/material/glossary.json" with { type: "json" };
import {
  search,
  termById,
  termOfField,
  termOfLetter,
  termOfPhase,
  termOfQuantity,
} from "../../static/guide/vocabulary.js";

/** The glossary as the server sends it in English. @type {Glossary} */
const GLOSSARY = {
  language: "en",
  groups: [],
  entries: DATA.entries.map((entry) => {
    const { quantities = [], fields = [], phases = [], see = [], formula: _, ...rest } =
      /** @type {typeof entry & Partial<Record<"quantities" | "fields" | "phases" | "see", string[]>>} */ (entry);
    return /** @type {Term} */ ({
      ...rest,
      ...{ quantities, fields, phases, see, formula: null },
      ...{ name: entry.name.en, names: entry.name, text: entry.text.en, where: entry.where.en },
      symbol: entry.symbol ? { latex: entry.symbol, mathml: "" } : null,
    });
  }),
};

test("a value's term is that of its quantity, before or after the update, and of a memory by its letter", () => {
  const terms = {
    z: "z",
    delta: "delta",
    W_new: "update",
    m_W: "m",
    m_b_new: "m",
    vhat_W: "v",
    dW: "dW",
    l2: "lambda",
  };
  for (const [quantity, id] of Object.entries(terms)) {
    assert.equal(termOfQuantity(GLOSSARY, quantity)?.id, id, quantity);
  }
  assert.equal(termOfQuantity(GLOSSARY, "unheard_of"), null);
});

test("a field's term goes by the end of its path", () => {
  const terms = {
    "optimizer.learning_rate": "learning-rate",
    "optimizer.kind": "optimizer",
    "layers[0].activation": "f",
    "data.examples": "example",
    loss: "loss",
    seed: "seed",
  };
  for (const [path, id] of Object.entries(terms)) assert.equal(termOfField(GLOSSARY, path)?.id, id, path);
  assert.equal(termOfField(GLOSSARY, "data.kind"), null);
});

test("every phase is a term", () => {
  for (const phase of ["forward", "loss", "backward", "update"]) assert(termOfPhase(GLOSSARY, phase), phase);
});

test("a search finds what is called so first, in either language and by symbol", () => {
  const first = (/** @type {string} */ typed) => search(GLOSSARY, typed)[0]?.id;
  const wanted = {
    "learning rate": "learning-rate",
    学习率: "learning-rate",
    eta: "learning-rate",
    η: "learning-rate",
    δ: "delta",
    Delta: "delta",
    误差项: "delta",
    "chain rule": "chain-rule",
    "vanishing": "vanishing",
    XOR: "xor",
  };
  for (const [typed, id] of Object.entries(wanted)) assert.equal(first(typed), id, typed);
  assert.equal(search(GLOSSARY, "  ").length, GLOSSARY.entries.length);
  assert.deepEqual(search(GLOSSARY, "no such word at all"), []);
  assert(search(GLOSSARY, "batch").length > 3, "a word of the sentences is found, too");
});

test("terms refer to terms that are there", () => {
  for (const { id, see } of GLOSSARY.entries) {
    for (const other of see) assert(termById(GLOSSARY, other), `${id} refers to ${other}`);
  }
});

test("a letter of a formula has the term it stands for, an index that of indices, a derivative its own", () => {
  const term = (/** @type {string} */ letter, index = false, /** @type {string | null} */ of = null) =>
    termOfLetter(GLOSSARY, { letter, index, of })?.id;
  assert.equal(term("W"), "W");
  assert.equal(term("δ"), "delta");
  assert.equal(term("L"), "loss");
  assert.equal(term("m"), "m");
  assert.equal(term("m", true), "indices");
  assert.equal(term("n"), "indices");
  assert.equal(term("max"), "functions");
  assert.equal(term("L", false, "a"), "da");
  assert.equal(term("W", false, "W"), "dW");
  assert.equal(term("þ"), undefined);
});
