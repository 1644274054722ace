/**
 * The panel without a page: accounts of numbers, folded sums, where a number leads.
 *
 * @import { Address, Frame, Run, State, Term } from "../../static/types.d.ts"
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState } from "../../static/state.js";
import { address, cellsOf, formatAddress, frameAt, parseAddress } from "../../static/trace.js";
import { needs } from "../../static/views/why.js";
import { accountOf, added, LONGEST, rangeOf, rowsOf, sourceOf } from "../../static/views/why/account.js";
import { conditionOf } from "../../static/flatness.js";
import { curveOf, spanOf } from "../../static/views/why/curve.js";
import { figures } from "../../static/draw/nodes.js";
import { reached } from "../../static/views/why/onward.js";
import { agrees } from "../../static/views/why/proof.js";
import { sceneOf } from "../../static/views/why/scene.js";
import { apply, callOf, element, indices, random, run, trace } from "./fixture.js";

const cells = cellsOf(trace);

/** @param {string} text  @returns {Address} */
function cell(text) {
  const found = parseAddress(text);
  assert.ok(found);
  return found;
}

/** @param {string} writes  @param {string} [focus]  @returns {Frame} */
function frameOf(writes, focus) {
  /** @type {State} */
  const state = {
    ...initialState,
    run: { status: "ready", key: "", value: run },
    trace: { status: "ready", key: "", value: trace },
    cursor: { step: 0, frame: callOf(writes).index, unit: 0 },
    focus: focus ? cell(focus) : null,
  };
  const found = frameAt(state);
  assert.ok(found);
  return found;
}

/** @param {string} text */
function account(text) {
  const { name, index } = cell(text);
  const call = callOf(name);
  return accountOf({ rule: run.program.ops[call.op].rule, call, cells, cell: address(name, index) });
}

/** @param {number[]} values  @returns {Term[]} */
function sumOf(values) {
  let running = 0;
  return values.map((value, at) => ({
    id: `e@${at}`,
    operation: "+",
    role: null,
    addresses: [address("delta1", [at, 0])],
    value,
    running: running += value,
    count: 1,
  }));
}

/** @type {Record<string, { join: "sum" | "product", parts: number, divisors: number }>} */
const ACCOUNTS = {
  "z1[0,1]": { join: "sum", parts: 3, divisors: 0 },
  "a1[0,1]": { join: "product", parts: 2, divisors: 0 },
  "loss": { join: "sum", parts: 2, divisors: 1 },
  "delta2[0,0]": { join: "product", parts: 2, divisors: 0 },
  "dW2[0,1]": { join: "sum", parts: 2, divisors: 0 },
  "db1[0]": { join: "sum", parts: 2, divisors: 0 },
  "W1_new[1,0]": { join: "sum", parts: 2, divisors: 0 },
};

for (const [name, expected] of Object.entries(ACCOUNTS)) {
  test(`${name} is a ${expected.join} of ${expected.parts}`, () => {
    const found = account(name);
    assert.ok(found);
    assert.equal(found.join, expected.join);
    assert.equal(found.parts.length, expected.parts);
    assert.equal(found.divisors.length, expected.divisors);
  });
}

test("what no assignment computes has no account", () => {
  assert.equal(accountOf({ rule: null, call: null, cells, cell: address("W1", [0, 0]) }), null);
});

test("every account of a run comes to the number, bit for bit", () => {
  for (const { writes } of run.program.calls) {
    for (const index of indices(run.values[writes].shape)) {
      const found = account(formatAddress({ name: writes, index }));
      if (!found) continue;
      const last = [...found.parts, ...found.divisors].at(-1);
      assert.equal(last?.running, cells.value(writes, index), formatAddress({ name: writes, index }));
    }
  }
});

test("a term that is taken away adds its opposite", () => {
  const update = account("W1_new[1,0]");
  assert.deepEqual(update?.parts.map(({ operation }) => operation), ["+", "−"]);
  const [before, taken] = update?.parts ?? [];
  assert.equal(added(taken), -taken.value);
  assert.equal(before.value + added(taken), cells.value("W1_new", [1, 0]));
});

for (const length of [0, 1, 2, LONGEST, LONGEST + 1, 9, 12, 100, 1000]) {
  const next = random(length);
  const terms = sumOf(Array.from({ length }, () => next() - 0.5));

  test(`rows of a sum of ${length} account for every term, folded or not`, () => {
    for (const whole of [false, true]) {
      const rows = rowsOf(terms, whole);
      assert.equal(rows.reduce((sum, row) => sum + (row.kind === "fold" ? row.count : 1), 0), length);
      let total = 0;
      for (const { before, after } of rows) {
        assert.equal(before, total, "a row begins where the one before it ended");
        total = after;
      }
      assert.equal(total, terms.at(-1)?.running ?? 0);
      if (whole) assert.ok(rows.every(({ kind }) => kind === "term"));
      else assert.ok(rows.length <= LONGEST + 3, `${rows.length} rows`);
    }
  });

  test(`a sum of ${length} folds no single term, and keeps its first and its last`, () => {
    const rows = rowsOf(terms, false);
    assert.ok(rows.every((row) => row.kind === "term" || row.count > 1));
    if (length > 0) {
      assert.equal(rows[0].kind === "term" && rows[0].term.id, "e@0");
      const last = rows[rows.length - 1];
      assert.equal(last.kind === "term" && last.term.id, `e@${length - 1}`);
    }
  });
}

test("of a long sum in the making the terms around the latest are in sight, and none to come is counted in", () => {
  const terms = sumOf(Array.from({ length: 100 }, (_, k) => k + 1));
  for (
    const [now, ids, folds] of /** @type {[number, number[], number[]][]} */ ([
      [0, [0, 1, 2, 3, 4], [95]],
      [50, [48, 49, 50, 51, 52], [48, 47]],
      [99, [95, 96, 97, 98, 99], [95]],
    ])
  ) {
    const rows = rowsOf(terms, false, now);
    assert.deepEqual(
      rows.flatMap((row) => row.kind === "term" ? [row.term.id] : []),
      ids.map((k) => `e@${k}`),
    );
    assert.deepEqual(rows.flatMap((row) => row.kind === "fold" ? [row.count] : []), folds);
    const latest = rows.filter(({ time }) => time === "now");
    assert.deepEqual(latest.map(({ after }) => after), [terms[now].running]);
    assert.deepEqual(rows.map(({ time }) => time), [...rows.map(({ time }) => time)].sort(byTime));
  }
});

/** @param {string} a  @param {string} b */
function byTime(a, b) {
  const order = ["done", "now", "later"];
  return order.indexOf(a) - order.indexOf(b);
}

test("of a folded sum the largest terms stay in sight, whatever their sign", () => {
  const values = Array.from({ length: 50 }, () => 0.01);
  values[20] = -7;
  values[33] = 5;
  const shown = rowsOf(sumOf(values), false).flatMap((row) => row.kind === "term" ? [row.term.id] : []);
  assert.deepEqual(shown, ["e@0", "e@1", "e@2", "e@20", "e@33", "e@49"]);
});

test("a sum with numbers that are not finite still folds", () => {
  const rows = rowsOf(sumOf([1, 2, NaN, Infinity, ...Array(20).fill(0)]), false);
  assert.equal(rows.reduce((sum, row) => sum + (row.kind === "fold" ? row.count : 1), 0), 24);
  assert.deepEqual(rangeOf(rows), { from: 0, to: 3 });
});

test("the rest that the engine took together is one fold", () => {
  const terms = sumOf([1, 2, 3]);
  terms.push({ ...terms[2], id: "rest", count: 97, value: 50, running: 56, addresses: [] });
  const rows = rowsOf(terms, true);
  const fold = rows.at(-1);
  assert.deepEqual([fold?.kind, fold?.kind === "fold" && fold.count, fold?.value, fold?.after], [
    "fold",
    97,
    50,
    56,
  ]);
});

test("bars share one scale that holds zero and every total", () => {
  assert.deepEqual(rangeOf(rowsOf(sumOf([2, -5, 1]), false)), { from: -3, to: 2 });
  assert.deepEqual(rangeOf(rowsOf(sumOf([1, 1]), false)), { from: 0, to: 2 });
  assert.deepEqual(rangeOf([]), { from: -1, to: 1 });
});

test("a term leads to the cell it reads that was computed last", () => {
  const frame = frameOf("dW1");
  const names = (/** @type {string[]} */ ...texts) => sourceOf(frame, texts.map(cell));
  assert.deepEqual(names("a0[0,1]", "W1[1,1]", "a1[0,0]"), cell("a1[0,0]"));
  assert.deepEqual(names("W2[0,1]", "delta2[0,0]"), cell("delta2[0,0]"));
  assert.equal(names(), null);
});

/** @type {[string, string, number, (string | number)[], string][]} */
const ONWARD = [
  ["a0[0,1]", "z1", 0, [0, "j"], "z1[0,0]"],
  ["W1[1,0]", "z1", 1, [1, 1], "z1[1,1]"],
  ["a1[0,1]", "dW2", 0, ["j", 1], "dW2[0,1]"],
  ["delta2[0,0]", "da1", 0, [0, "i"], "da1[0,0]"],
  ["delta1[1,1]", "db1", 1, [1], "db1[1]"],
  ["a2[1,0]", "loss", 1, [], "loss"],
  ["dW1[1,0]", "W1_new", 0, [1, 0], "W1_new[1,0]"],
  ["learning_rate", "b1_new", 0, ["j"], "b1_new[0]"],
];

for (const [from, writes, example, marks, goes] of ONWARD) {
  test(`${from} goes into ${writes} at ${goes}`, () => {
    const found = reached(run, callOf(writes), cell(from), example);
    assert.deepEqual(found.marks, marks);
    assert.equal(formatAddress(found.goes), goes);
  });
}

test("wherever a number goes, it is read there", () => {
  for (const call of run.program.calls) {
    for (const name of call.reads) {
      const from = address(name, run.values[name].shape.map(() => 0));
      const { goes } = reached(run, call, from, 0);
      const rows = accountOf({ rule: run.program.ops[call.op].rule, call, cells, cell: goes });
      const read = [...rows?.parts ?? [], ...rows?.divisors ?? []].flatMap(({ addresses }) =>
        addresses.map(formatAddress)
      );
      if (rows) {
        assert.ok(
          read.includes(formatAddress(from)),
          `${formatAddress(from)} in ${formatAddress(goes)}: ${read}`,
        );
      }
    }
  }
});

test("the curve of a unit goes through its point with the slope that the backward pass states", () => {
  const scene = /** @param {string} at */ (at) => {
    const t = (/** @type {string} */ key) => key;
    const frame = frameOf("b1_new", at);
    /** @type {import("../../static/views/why/scene.js").WhyContext} */
    const context = {
      state: initialState,
      dispatch: () => {},
      t,
      language: "en",
      progress: 1,
      reducedMotion: true,
    };
    return sceneOf(frame, context);
  };
  for (const at of ["z1[0,1]", "a1[0,1]", "da1[0,1]", "delta1[0,1]"]) {
    const curve = curveOf(scene(at));
    assert.ok(curve, at);
    assert.equal(curve.z, cells.value("z1", [0, 1]));
    assert.equal(curve.a, cells.value("a1", [0, 1]));
    assert.ok(Math.abs(curve.slope - curve.a * (1 - curve.a)) < 1e-12, `${curve.slope}`);
  }
  for (const at of ["W1[0,0]", "loss", "a0[0,0]", "dW1[0,0]"]) assert.equal(curveOf(scene(at)), null, at);
});

/** @type {[string, Parameters<typeof conditionOf>, ReturnType<typeof conditionOf>][]} */
const CONDITIONS = [
  ["on the slope of a sigmoid", [{ below: -4.357, above: 4.357 }, 1, 0.2], null],
  ["at the end of a sigmoid", [{ below: -4.357, above: 4.357 }, 6, 0.0025], "saturated"],
  ["so far out that the slope of a sigmoid is 0", [{ below: -4.357, above: 4.357 }, -800, 0], "saturated"],
  ["at the edge of a hard tanh", [{ below: -1, above: 1 }, 1, 0], "saturated"],
  ["on a relu", [{ below: 0, above: null }, 0.1, 1], null],
  ["at the kink of a relu", [{ below: 0, above: null }, 0, 0], "off"],
  ["left of a relu", [{ below: 0, above: null }, -3, 0], "off"],
  ["left of an elu", [{ below: -3, above: null }, -5, 0.0067], "saturated"],
  ["anywhere on a step", [{ below: 0, above: 0 }, 2, 0], "no_slope"],
  ["anywhere on a line", [null, 1e9, 1], null],
];

for (const [where, given, condition] of CONDITIONS) {
  test(`a unit ${where} is ${condition ?? "learning"}`, () => assert.equal(conditionOf(...given), condition));
}

test("the range of a curve shows what there is to see, and the unit well within it", () => {
  const op = (/** @type {string} */ name, flat = {}) => ({
    ...run.program.ops.sigmoid,
    rule: { result: "a", at: [], body: apply(name, element("z")) },
    flat: /** @type {import("../../static/types.d.ts").Op["flat"]} */ (flat),
  });
  assert.deepEqual(spanOf(op("tanh", { below: -2.179, above: 2.179 }), 0.5), { from: -4, to: 4 });
  assert.deepEqual(spanOf(op("tanh", { below: -4.357, above: 4.357 }), 0.5), { from: -6, to: 6 });
  assert.deepEqual(spanOf(op("tanh", { below: -2.179, above: 2.179 }), -20), { from: -23, to: 23 });
  assert.deepEqual(spanOf(op("sin", { below: null, above: null }), 1), {
    from: -2 * Math.PI,
    to: 2 * Math.PI,
  });
  const far = spanOf(op("sin"), 300);
  assert.ok(far.from < 300 && 300 < far.to && far.to - far.from < 13, "a wave is not squeezed into a smear");
});

test("only a derivative that is there asks the server for its proof", () => {
  assert.equal(needs(frameOf("z1"), "en"), null);
  assert.equal(needs(frameOf("z1", "delta1[0,0]"), "en"), null, "not computed yet");
  const wanted = needs(frameOf("dW1", "delta1[0,1]"), "zh");
  assert.equal(wanted?.address, "delta1[0,1]");
  assert.equal(wanted?.language, "zh");
  assert.notEqual(wanted?.key, needs(frameOf("dW1", "delta1[0,1]"), "en")?.key);
});

test("figures of the panel are five, and no zero is negative", () => {
  assert.equal(figures(-0), "0");
  assert.equal(figures(0.00021532655), "0.00021533");
  assert.equal(figures(-1 / 3), "−0.33333");
});

test("a printed figure agrees if it is the number rounded or cut off", () => {
  assert.ok(agrees(0.29837110876, "0.298371109"));
  assert.ok(agrees(0.29837110876, "0.298371108"));
  assert.ok(!agrees(0.29837110876, "0.298371107"));
  assert.ok(agrees(-0.1045395058, "-0.105"));
  assert.ok(agrees(7, "7"));
  assert.ok(!agrees(NaN, "7"));
});
