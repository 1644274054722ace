/** @import { Placed } from "../../static/views/matrices/layout.js" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { arrange } from "../../static/views/matrices/arrange.js";
import { isOpen, layoutMatrices, lengthOf, offsetOf, placeAt } from "../../static/views/matrices/layout.js";
import { denseRun } from "./fixture.js";

const BOXES = [{ width: 760, height: 460 }, { width: 340, height: 330 }, { width: 1300, height: 800 }];
const WIDTHS = [[2, 4, 1], [784, 128, 10], [1, 1], [3, 12, 12, 2]];

/** @param {Placed["box"]} a  @param {Placed["box"]} b */
function apart(a, b) {
  return a.x + a.width <= b.x + 0.01 || b.x + b.width <= a.x + 0.01 || a.y + a.height <= b.y + 0.01 ||
    b.y + b.height <= a.y + 0.01;
}

for (const widths of WIDTHS) {
  for (const box of BOXES) {
    test(`every assignment of ${widths.join("-")} finds its place in ${box.width} x ${box.height}`, () => {
      const run = denseRun({ widths, examples: 100, batch: 100, epochs: 1 });
      for (const call of run.program.calls) {
        const arrangement = arrange(run, call);
        /** @type {Record<string, number>} */
        const extents = {};
        for (const { name, at } of arrangement.matrices) {
          at.forEach((letter, axis) => extents[letter] = run.values[name].shape[axis]);
        }
        const wanted = Object.fromEntries(arrangement.letters.map((letter) => [letter, extents[letter] - 1]));
        const layout = layoutMatrices(arrangement, extents, wanted, box);
        for (const [at, { matrix, box: own, across, down }] of layout.placed.entries()) {
          const where = `${call.writes}: ${matrix.name}`;
          assert.ok(own.x >= 0 && own.x + own.width <= layout.width + 0.01, where);
          assert.ok(own.y >= 0 && own.y + own.height <= layout.height + 0.01, where);
          for (const other of layout.placed.slice(at + 1)) {
            assert.ok(apart(own, other.box), `${where} and ${other.matrix.name}`);
          }
          for (const scale of [across, down]) {
            assert.equal(offsetOf(scale, 0), 0);
            assert.ok(Math.abs(offsetOf(scale, scale.extent) - lengthOf(scale)) < 1e-6, where);
            for (const place of [0, 1, scale.first, scale.first + scale.count - 1, scale.extent - 1]) {
              if (place < 0 || place >= scale.extent) continue;
              const middle = (offsetOf(scale, place) + offsetOf(scale, place + 1)) / 2;
              assert.equal(placeAt(scale, middle), place, `${where}, place ${place}`);
            }
            if (scale.letter !== null) assert.ok(isOpen(scale, wanted[scale.letter]), where);
          }
        }
        // What shares a letter shares its window.
        const starts = Map.groupBy(
          layout.placed.flatMap(({ across, down }) => [across, down]).filter(({ letter }) => letter !== null),
          ({ letter }) => letter,
        );
        for (const [letter, scales] of starts) {
          assert.equal(new Set(scales.map(({ first, count }) => `${first} ${count}`)).size, 1, `${letter}`);
        }
      }
    });
  }
}

test("a window is a page, so that it is the same whichever way one came", () => {
  const run = denseRun({ widths: [2, 4, 1], examples: 100, batch: 100, epochs: 1 });
  const arrangement = arrange(run, run.program.calls[0]);
  const extents = { n: 100, i: 2, j: 4 };
  const firsts = Array.from({ length: 100 }, (_, n) => {
    return layoutMatrices(arrangement, extents, { n }, BOXES[0]).windows.n;
  });
  const { count } = firsts[0];
  firsts.forEach(({ first }, n) => {
    assert.ok(n >= first && n < first + count, `${n} in ${first}…${first + count - 1}`);
    assert.ok(first % count === 0 || first === 100 - count);
  });
});
