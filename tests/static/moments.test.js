/** @import { Granularity, Moment, Run } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import * as moments from "../../static/moments.js";
import { denseRun, random, run } from "./fixture.js";

const { GRANULARITIES, START } = moments;

/** @type {Record<string, Run>} */
const RUNS = {
  "2-2-1, two batches an epoch": run,
  "2-4-1, full batch": denseRun({ widths: [2, 4, 1], examples: 5, batch: 5, epochs: 4 }),
  "1-1, one step": denseRun({ widths: [1, 1], examples: 1, batch: 1, epochs: 1 }),
  "3-5-1-2, three batches an epoch": denseRun({ widths: [3, 5, 1, 2], examples: 7, batch: 3, epochs: 2 }),
  "an epoch broken off": { ...denseRun({ widths: [2, 3, 1], examples: 9, batch: 3, epochs: 2 }), steps: 5 },
};

/** @param {Run} run  @returns {Moment[]}  the whole line by units, spelled out */
function line(run) {
  const list = [];
  for (let step = 0; step < run.steps; step++) {
    for (let frame = 0; frame < run.program.calls.length; frame++) {
      for (let unit = 0; unit < moments.unitCount(run, frame); unit++) list.push({ step, frame, unit });
    }
  }
  return list;
}

/**
 * Terms of an assignment's unit, counted out by hand.
 * @param {Run} run  @param {number} step  @param {number} frame  @returns {number}
 */
function termsOf(run, step, frame) {
  const { writes, op, bind } = run.program.calls[frame];
  const batch = run.values.a0.shape[0];
  const row = step % run.batches_per_epoch;
  const rows = Math.min(batch, run.examples - row * batch);
  const [units, inputs] = run.values[writes].shape;
  const counts = /** @type {Record<string, () => number>} */ ({
    affine: () => run.values[bind.a].shape[1] + 1,
    sigmoid: () => 2,
    mse: () => rows * run.values.y.shape[1] + 1,
    mse_da: () => 3,
    sigmoid_delta: () => 2,
    affine_dW: () => rows * inputs,
    affine_db: () => rows,
    affine_da: () => run.values[bind.delta].shape[1],
    sgd: () => 2 * inputs,
    sgd_bias: () => units && 2,
  });
  return counts[op]();
}

/** @param {Run} run  @returns {Moment[]}  the whole line by terms, spelled out */
function finest(run) {
  return line(run).flatMap(({ step, frame, unit }) => {
    const partial = Array.from({ length: termsOf(run, step, frame) - 1 }, (_, term) => term);
    return [...partial.map((term) => ({ step, frame, unit, term })), { step, frame, unit }];
  });
}

/** @param {Run} run  @param {Granularity} by  @returns {Moment[]} */
function forward(run, by) {
  const list = [moments.start(run, by)];
  for (let at = list[0];;) {
    const after = moments.next(run, at, by);
    if (moments.compare(after, at) === 0) return list;
    list.push(at = after);
  }
}

/** @param {Run} run  @param {Granularity} by  @returns {Moment[]} */
function backward(run, by) {
  const list = [moments.end(run)];
  for (let at = moments.end(run);;) {
    const before = moments.previous(run, at, by);
    if (moments.compare(before, at) === 0) return list;
    list.push(at = before);
  }
}

test("an assignment has as many units as its layer has neurons, a single number has one", () => {
  const counts = Object.fromEntries(
    run.program.calls.map((call, frame) => [call.writes, moments.unitCount(run, frame)]),
  );
  assert.deepEqual(counts, {
    ...{ z1: 2, a1: 2, z2: 1, a2: 1, loss: 1, da2: 1, delta2: 1, dW2: 1, db2: 1 },
    ...{ da1: 2, delta1: 2, dW1: 2, db1: 2, W2_new: 1, b2_new: 1, W1_new: 2, b1_new: 2 },
  });
});

for (const [name, run] of Object.entries(RUNS)) {
  test(`${name}: walking by unit visits every moment in order`, () => {
    assert.deepEqual(forward(run, "unit"), line(run));
  });

  test(`${name}: walking by term visits every term of every unit in order`, () => {
    assert.deepEqual(forward(run, "term"), finest(run));
  });

  for (const by of GRANULARITIES) {
    test(`${name}: by ${by}, back is exactly forward reversed`, () => {
      assert.deepEqual(backward(run, by), forward(run, by).reverse());
    });

    test(`${name}: by ${by}, the points visited are the landing points of the line`, () => {
      assert.deepEqual(forward(run, by), finest(run).filter((moment) => moments.isLanding(run, moment, by)));
    });

    test(`${name}: by ${by}, any moment moves to the nearest landing point on either side`, () => {
      const points = forward(run, by);
      for (const moment of finest(run)) {
        const after = points.find((point) => moments.compare(point, moment) > 0) ?? moments.end(run);
        const before = points.findLast((point) => moments.compare(point, moment) < 0) ?? moment;
        assert.deepEqual(moments.next(run, moment, by), after, `next of ${JSON.stringify(moment)}`);
        assert.deepEqual(moments.previous(run, moment, by), before, `previous of ${JSON.stringify(moment)}`);
      }
    });
  }

  test(`${name}: a landing point of a coarser granularity is one of every finer`, () => {
    for (const moment of finest(run)) {
      const lands = GRANULARITIES.map((by) => moments.isLanding(run, moment, by));
      assert.deepEqual(lands, [...lands].sort((a, b) => Number(b) - Number(a)), JSON.stringify(moment));
    }
  });

  test(`${name}: the place in the step counts the moments from 0`, () => {
    const places = line(run).filter(({ step }) => step === 0).map((moment) =>
      moments.placeInStep(run, moment)
    );
    assert.deepEqual(places, Array.from({ length: moments.momentsPerStep(run) }, (_, k) => k));
  });
}

/** @type {[Granularity, string[]][]} */
const LANDINGS = [
  ["assignment", ["z1.1", "a1.1", "z2.0", "a2.0", "loss.0", "da2.0"]],
  ["layer", ["a1.1", "a2.0", "loss.0", "db2.0", "db1.1", "b2_new.0", "b1_new.1"]],
  ["phase", ["a2.0", "loss.0", "db1.1", "b1_new.1"]],
  ["step", ["b1_new.1"]],
];

for (const [by, expected] of LANDINGS) {
  test(`by ${by}, step 0 of 2-2-1 lands on ${expected.join(" ")}`, () => {
    const points = forward(run, by).filter((point) => point.step === 0 && point !== START);
    const names = points.map(({ frame, unit }) => `${run.program.calls[frame].writes}.${unit}`);
    assert.deepEqual(names.slice(0, expected.length), expected);
  });
}

test("by epoch, a move lands on the end of the last step of an epoch", () => {
  assert.deepEqual(forward(run, "epoch").map(({ step }) => step), [0, 1, 3, 5]);
});

test("a million steps are walked from the run alone, without counting them out", () => {
  const long = { ...run, steps: 1_000_000, epochs: 500_000 };
  const late = moments.next(long, { step: 999_990, frame: 3, unit: 0 }, "epoch");
  assert.deepEqual(late, { step: 999_991, frame: 16, unit: 1 });
  assert.deepEqual(moments.previous(long, late, "epoch"), { step: 999_989, frame: 16, unit: 1 });
});

const CLAMPED = /** @type {[Partial<Moment>, Moment][]} */ ([
  [{}, { step: 0, frame: 0, unit: 0 }],
  [{ step: 99, frame: 99, unit: 99 }, { step: 5, frame: 16, unit: 1 }],
  [{ step: -1, frame: -1, unit: -1 }, { step: 0, frame: 0, unit: 0 }],
  [{ step: 2.7, frame: 4, unit: 1 }, { step: 2, frame: 4, unit: 0 }],
  [{ step: NaN, frame: Infinity }, { step: 0, frame: 16, unit: 0 }],
  [{ frame: 0, term: 1 }, { step: 0, frame: 0, unit: 0, term: 1 }],
  [{ frame: 0, term: 2 }, { step: 0, frame: 0, unit: 0 }],
  [{ frame: 0, term: -3 }, { step: 0, frame: 0, unit: 0, term: 0 }],
  [{ step: 0, frame: 4, term: 1 }, { step: 0, frame: 4, unit: 0, term: 1 }],
  [{ step: 1, frame: 4, term: 1 }, { step: 1, frame: 4, unit: 0 }],
]);

for (const [asked, expected] of CLAMPED) {
  test(`asked for ${JSON.stringify(asked)}, the nearest moment is ${JSON.stringify(expected)}`, () => {
    assert.deepEqual(moments.clamp(run, asked), expected);
  });
}

test("a random walk never leaves the line", () => {
  const next = random(7);
  let at = START;
  for (let k = 0; k < 2000; k++) {
    const by = GRANULARITIES[Math.floor(next() * GRANULARITIES.length)];
    at = next() < 0.55 ? moments.next(run, at, by) : moments.previous(run, at, by);
    assert.deepEqual(moments.clamp(run, at), at);
  }
});

test("a sum longer than an account lists ends with one term for the rest of it", () => {
  const wide = denseRun({ widths: [400, 2, 1], examples: 3, batch: 3, epochs: 1 });
  assert.equal(moments.termCount(wide, { step: 0, frame: 0 }), 257);
  const before = { step: 0, frame: 0, unit: 1, term: 255 };
  assert.deepEqual(moments.next(wide, before, "term"), { step: 0, frame: 0, unit: 1 });
});
