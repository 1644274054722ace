/** @import { Box } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  cardColumns,
  labelOnWire,
  pointAlong,
  unitCentres,
  visibleUnits,
  wireBetween,
} from "../../static/draw/geometry.js";

test("layers are evenly spaced columns with their units centred", () => {
  assert.deepEqual(unitCentres([2, 1], { width: 200, height: 100 }), [
    [{ x: 50, y: 25 }, { x: 50, y: 75 }],
    [{ x: 150, y: 50 }],
  ]);
});

for (const widths of [[], [0], [2, 0, 1], [NaN]]) {
  test(`widths [${widths}] are refused`, () => {
    assert.throws(() => unitCentres(widths, { width: 1, height: 1 }), RangeError);
    assert.throws(() => cardColumns(widths, { width: 1, height: 1 }, CARD), RangeError);
  });
}

const CARD = { width: 80, height: 40, gap: 10 };

/** @param {Box} a  @param {Box} b */
const overlap = (a, b) => a.y < b.y + b.height && b.y < a.y + a.height;

for (const widths of [[2, 4, 1], [3, 50, 7], [1], [100, 100, 100, 100]]) {
  for (const height of [100, 240, 600]) {
    test(`cards of ${widths.join("-")} in ${height} pixels neither overlap nor leave the box`, () => {
      for (const column of cardColumns(widths, { width: 900, height }, CARD)) {
        const boxes = [...column.cards.map(({ box }) => box), ...column.more ? [column.more.box] : []];
        assert.equal(column.cards.length + (column.more?.hidden ?? 0), widths[column.layer]);
        for (const [k, box] of boxes.entries()) {
          assert.ok(box.y >= 0 && box.y + box.height <= height, `card ${k} at ${box.y}`);
          assert.equal(box.x + box.width / 2, column.x);
          if (k > 0) assert.ok(!overlap(boxes[k - 1], box));
        }
      }
    });
  }
}

test("a layer that fits shows all its units, one that does not says how many are missing", () => {
  const [small, large] = cardColumns([2, 9], { width: 300, height: 190 }, CARD);
  assert.deepEqual([small.cards.length, small.more], [2, null]);
  assert.deepEqual([large.cards.map(({ unit }) => unit), large.more?.hidden], [[0, 1, 2], 6]);
});

test("cards may differ in size from layer to layer", () => {
  const [first, second] = cardColumns([1, 1], { width: 300, height: 190 }, [CARD, { ...CARD, width: 20 }]);
  assert.deepEqual([first.cards[0].box.width, second.cards[0].box.width], [80, 20]);
});

for (let units = 1; units <= 12; units++) {
  for (let keep = 0; keep < units; keep++) {
    test(`of ${units} units in 4 slots, unit ${keep} is seen`, () => {
      const shown = visibleUnits(units, 4, keep);
      assert.ok(shown.includes(keep));
      assert.ok(shown.length <= (units > 4 ? 3 : 4));
      assert.deepEqual(shown, [...new Set(shown)].sort((a, b) => a - b));
    });
  }
}

test("a unit the layer does not have is not shown", () => {
  assert.deepEqual(visibleUnits(9, 4, 30), [0, 1, 2]);
  assert.deepEqual(visibleUnits(9, 4, null), [0, 1, 2]);
});

const from = { x: 0, y: 0, width: 100, height: 40 };
const to = { x: 300, y: 100, width: 100, height: 60 };

test("a wire runs from the right edge of one card to the left edge of the next", () => {
  assert.deepEqual(wireBetween(from, to), { x1: 100, y1: 20, x2: 300, y2: 130 });
});

test("a point runs along a wire from end to end", () => {
  const wire = wireBetween(from, to);
  assert.deepEqual([0, 0.5, 1].map((fraction) => pointAlong(wire, fraction)), [
    ...[{ x: 100, y: 20 }, { x: 200, y: 75 }, { x: 300, y: 130 }],
  ]);
});

for (const fraction of [0, 0.3, 0.5, 1]) {
  test(`a label at ${fraction} of a wire touches neither card`, () => {
    const box = labelOnWire(wireBetween(from, to), { width: 90, height: 20 }, fraction);
    assert.ok(box.x >= 100 && box.x + box.width <= 300, `from ${box.x}`);
  });
}

test("a label too wide for its wire is centred on it", () => {
  const box = labelOnWire(wireBetween(from, to), { width: 400, height: 20 }, 0.1);
  assert.equal(box.x + box.width / 2, 200);
});
