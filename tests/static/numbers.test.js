import assert from "node:assert/strict";
import { test } from "node:test";

import { csvOf, joined, leftOut } from "../../static/guide/numbers.js";
import { valueAt } from "../../static/trace.js";
import { run, traceOf } from "./fixture.js";

test("every number of the step stands in the table once, with all its digits and its place", () => {
  const made = traceOf(2);
  const [head, ...lines] = csvOf(run, made).trimEnd().split("\r\n");
  const columns = head.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, k) => [columns[k], cell])));
  const count = Object.values(made.values).reduce((sum, { data }) => sum + (data?.length ?? 0), 0);
  assert.equal(rows.length, count);
  assert.equal(new Set(lines.map((line) => line.slice(0, line.lastIndexOf(",")))).size, count);
  for (const row of rows) {
    const index = run.values[row.name].axes.map((axis) => Number(row[axis]));
    assert.equal(Number(row.value), valueAt(made.values[row.name], index), row.name);
    if (row.example !== "") assert.equal(Number(row.row), made.batch[Number(row.example)]);
  }
  const order = [...new Set(rows.map(({ name }) => name))];
  assert(
    order.indexOf("z1") < order.indexOf("a1") && order.indexOf("a0") <= 0 &&
      order.indexOf("W1") < order.indexOf("z1"),
  );
});

test("what an answer left out is named, and can be put in", () => {
  const made = traceOf(2);
  const cut = joined(made, { z1: { shape: made.values.z1.shape, data: null } });
  assert.deepEqual(leftOut(made), []);
  assert.deepEqual(leftOut(cut), ["z1"]);
  assert(!csvOf(run, cut).includes("\nz1,"));
  assert.equal(csvOf(run, joined(cut, { z1: made.values.z1 })), csvOf(run, made));
});
