/**
 * The stage without a page: where things stand, what is shown, which way things run.
 *
 * @import { Address, Box, Frame, Moment, Run, State } from "../../static/types.d.ts"
 * @import { Scene } from "../../static/views/network/cards.js"
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { initialState } from "../../static/state.js";
import { formatAddress, frameAt } from "../../static/trace.js";
import { locator } from "../../static/views/network/anchors.js";
import { rowsOf } from "../../static/views/network/cards.js";
import { exact, figures } from "../../static/draw/figures.js";
import { placeLabels } from "../../static/views/network/labels.js";
import { captionBox, cellBox, layoutNetwork, placeInStrip } from "../../static/views/network/layout.js";
import { arrivedAt } from "../../static/transition.js";
import {
  cellOf,
  mostTelling,
  pairedRows,
  placeValues,
  shownOnWires,
  shownSingle,
} from "../../static/views/network/quantities.js";
import { pointOn, routesOf } from "../../static/views/network/routes.js";
import { crowding, dashOf, placeWires, wireAt } from "../../static/views/network/wires.js";
import { denseRun, random, richRun, run, traceOf } from "./fixture.js";

const LAPTOP = { width: 720, height: 440 };

/** @param {string} writes  @param {number} [unit]  @param {number} [example]  @returns {Frame} */
function frameOf(writes, unit = 0, example = 0) {
  const frame = run.program.calls.findIndex((call) => call.writes === writes);
  const moment = { step: 0, frame, unit };
  /** @type {State} */
  const state = {
    ...initialState,
    run: { status: "ready", key: "", value: run },
    trace: { status: "ready", key: "", value: traceOf(0) },
    cursor: moment,
    example,
  };
  const found = frameAt(state);
  assert.ok(found);
  return found;
}

/** @param {Frame} frame  @param {{ width: number, height: number }} [box]  @returns {Scene} */
function sceneOf(frame, box = LAPTOP) {
  const t = (/** @type {string} */ key) => key;
  const state = { ...initialState };
  return {
    frame,
    context: { state, dispatch: () => {}, t, language: "en", progress: 1, reducedMotion: true },
    layout: layoutNetwork(frame.run, box, frame.run.layers.map(() => 0)),
    litNames: new Set([...frame.reads, ...frame.written].map(({ name }) => name)),
    before: null,
    arrived: true,
    focus: "",
  };
}

/** @param {Box} a  @param {Box} b */
function apart(a, b) {
  return a.x + a.width <= b.x + 0.01 || b.x + b.width <= a.x + 0.01 || a.y + a.height <= b.y + 0.01 ||
    b.y + b.height <= a.y + 0.01;
}

const NETWORKS = [[2, 4, 1], [1, 1], [2, 64, 3], [3, 6, 6, 6, 6, 6, 6, 2], [784, 16, 10], [2, 8, 8, 8, 1]];
const BOXES = [LAPTOP, { width: 375, height: 520 }, { width: 1200, height: 760 }, {
  width: 360,
  height: 320,
}];

for (const widths of NETWORKS) {
  for (const box of BOXES) {
    const name = `${widths.join("-")} in ${box.width} x ${box.height}`;
    const large = denseRun({ widths, examples: 4, batch: 4, epochs: 1 });

    test(`cards of ${name} stand on the stage and apart`, () => {
      const layout = layoutNetwork(large, box, widths.map(() => 0));
      const boxes = layout.columns.flatMap(({ cards, more }) => [
        ...cards.map((card) => card.box),
        ...more ? [more.box] : [],
      ]);
      if (layout.single) boxes.push(layout.single);
      for (const [at, one] of boxes.entries()) {
        assert.ok(
          one.x >= -0.01 && one.x + one.width <= box.width + 0.01,
          `${name}: x ${one.x} + ${one.width}`,
        );
        assert.ok(
          one.y >= -0.01 && one.y + one.height <= box.height + 0.01,
          `${name}: y ${one.y} + ${one.height}`,
        );
        for (const other of boxes.slice(at + 1)) {
          assert.ok(apart(one, other), `${name}: ${JSON.stringify(one)} and ${JSON.stringify(other)}`);
        }
      }
    });

    test(`every unit of ${name} is shown or counted, and the one that is needed is shown`, () => {
      for (const share of [0, 0.5, 1]) {
        const needed = widths.map((units) => Math.round(share * (units - 1)));
        const { columns } = layoutNetwork(large, box, needed);
        for (const { layer, cards, more } of columns) {
          const units = cards.map(({ unit }) => unit);
          const first = more?.first ?? 0;
          assert.deepEqual(units, [...Array(more?.count ?? widths[layer]).keys()].map((k) => first + k));
          if (more) {
            assert.equal(more.extent, widths[layer]);
            for (const unit of [0, widths[layer] - 1]) {
              const place = placeInStrip(columns[layer], unit);
              const ends = place.y >= more.box.y - 0.01 &&
                place.y + place.height <= more.box.y + more.box.height + 0.01;
              assert.ok(ends, `unit ${unit} of layer ${layer} is in its strip`);
            }
          }
          assert.ok(
            cards.some(({ unit }) => unit === needed[layer]),
            `unit ${needed[layer]} of layer ${layer}`,
          );
        }
      }
    });
  }
}

test("a map stands in its card beside the numbers, and the type hardly suffers", () => {
  for (
    const [widths, box] of /** @type {[number[], { width: number, height: number }][]} */ ([
      [[2, 4, 1], LAPTOP],
      [[2, 4, 3, 1], LAPTOP],
      [[2, 8, 8, 8, 1], BOXES[2]],
    ])
  ) {
    const large = denseRun({ widths, examples: 4, batch: 4, epochs: 1 });
    const plain = layoutNetwork(large, box, widths.map(() => 0));
    const mapped = layoutNetwork(large, { ...box, maps: true }, widths.map(() => 0));
    const name = `${widths} in ${box.width} x ${box.height}`;
    assert.ok(mapped.font >= 11 && mapped.font >= 0.7 * plain.font, `${name}: ${plain.font}, ${mapped.font}`);
    assert.equal(mapped.columns[0].shape.map, 0, "an input is itself");
    for (const { shape, cards } of mapped.columns.slice(1)) {
      const side = shape.map * mapped.font;
      assert.ok(side >= 30, `${name}: a map of ${side}`);
      for (const { box } of cards) {
        assert.ok(side <= box.height, name);
        const cell = cellBox(box, mapped.font, 0, 0, shape.form === "pair" ? 2 : 1, shape);
        const last = cellBox(
          ...[box, mapped.font, 0, shape.form === "pair" ? 1 : 0],
          ...[shape.form === "pair" ? 2 : 1, shape],
        );
        assert.ok(cell.x >= box.x + side && last.x + last.width <= box.x + box.width, name);
      }
    }
  }
});

test("where there is little room a map is smaller or stands over its number, and is never left out", () => {
  for (const widths of [[2, 8, 8, 8, 1], [2, 6, 6, 6, 6, 6, 6, 6, 1], [2, 4, 1]]) {
    for (const box of [LAPTOP, { width: 369, height: 380 }]) {
      const large = denseRun({ widths, examples: 4, batch: 4, epochs: 1 });
      const { columns, font } = layoutNetwork(large, { ...box, maps: true }, widths.map(() => 0));
      for (const { shape, cards } of columns.slice(1)) {
        const name = `${widths} in ${box.width} x ${box.height}`;
        assert.ok(shape.map * font >= 16, `${name}: a map of ${shape.map * font}`);
        for (const { box } of cards) {
          const cell = cellBox(box, font, 0, 0, shape.form === "pair" ? 2 : 1, shape);
          const free = shape.over ? cell.y >= box.y + shape.map * font : cell.x >= box.x + shape.map * font;
          assert.ok(free, `${name}: the map lies on the number`);
          assert.ok(cell.y + cell.height <= box.y + box.height + 0.01, `${name}: the number leaves the card`);
        }
      }
    }
  }
});

test("the type is never smaller than 8 pixels nor larger than 26", () => {
  for (const widths of NETWORKS) {
    for (const box of BOXES) {
      const large = denseRun({ widths, examples: 2, batch: 2, epochs: 1 });
      const { font } = layoutNetwork(large, box, widths.map(() => 0));
      assert.ok(font >= 8 && font <= 26, `${widths} in ${box.width} x ${box.height}: ${font}`);
    }
  }
});

test("in front of a class the type is larger, and more digits take more room", () => {
  const box = { width: 1260, height: 700 };
  const plain = layoutNetwork(run, box, [0, 0, 0]);
  const present = layoutNetwork(run, { ...box, present: true }, [0, 0, 0]);
  assert.ok(present.font > 1.3 * plain.font, `${present.font} after ${plain.font}`);
  const em = (/** @type {typeof plain} */ { columns, font }) => columns[0].box.width / font;
  const exact = layoutNetwork(run, { ...box, digits: 6 }, [0, 0, 0]);
  assert.equal(plain.more, 0);
  assert.ok(em(exact) > em(plain) + 2, `${em(exact)} after ${em(plain)}`);
});

test("cells of a card stand side by side, within it", () => {
  const card = { x: 10, y: 20, width: 200, height: 80 };
  const cells = [0, 1].flatMap((row) => [0, 1].map((column) => cellBox(card, 14, row, column, 2)));
  for (const [at, one] of cells.entries()) {
    assert.ok(one.x >= card.x && one.x + one.width <= card.x + card.width);
    for (const other of cells.slice(at + 1)) assert.ok(apart(one, other));
  }
});

test("a caption stands under its card, and above it where the stage ends", () => {
  const layout = { ...sceneOf(frameOf("z1")).layout, font: 10, height: 100 };
  assert.equal(captionBox({ x: 0, y: 10, width: 50, height: 30 }, layout).y, 40);
  assert.ok(captionBox({ x: 0, y: 60, width: 50, height: 38 }, layout).y < 60);
});

test("every value of a run has one place: card, wire, bias, or on its own", () => {
  const { layers, single } = placeValues(run);
  const all = [...layers.flatMap(({ card, wire, bias }) => [...card, ...wire, ...bias]), ...single];
  assert.deepEqual([...all].sort(), Object.keys(run.values).sort());
  assert.deepEqual(layers[1].card, ["z1", "a1", "da1", "delta1"]);
  assert.deepEqual(layers[2].wire, ["W2", "dW2", "W2_new"]);
  assert.deepEqual(single, ["loss", "learning_rate"]);
});

test("a value stands beside its gradient", () => {
  assert.deepEqual(pairedRows(run, ["z2", "a2", "y", "da2", "delta2"]), [["z2", "delta2"], ["a2", "da2"], [
    "y",
    null,
  ]]);
});

test("an unknown quantity finds a row of its own on the way forward, and a free place on the way back", () => {
  const values = { ...run.values, other1: { ...run.values.z1, quantity: "other" } };
  assert.deepEqual(pairedRows({ ...run, values }, ["z1", "a1", "other1"]).at(-1), ["other1", null]);
  const rich = richRun();
  const { layers } = placeValues(rich);
  assert.deepEqual(pairedRows(rich, layers[1].card), [
    ["z1", "delta1"],
    ["a1", "da1"],
    ["mask1", null],
    ["h1", "dh1"],
  ]);
  assert.deepEqual(pairedRows(rich, layers[2].card), [["z2", "delta2"], ["a2", "da2"], ["y", "J2"]]);
  assert.deepEqual(pairedRows(rich, ["z2", "J2", "da2"]), [["z2", "J2"], ["da2", null]]);
});

test("an optimizer's memory has its place and does not stand for the network", () => {
  const rich = richRun();
  const { layers, single } = placeValues(rich);
  assert.deepEqual(layers[2].wire.slice(0, 3), ["W2", "dW2", "W2_new"]);
  assert.ok(layers[2].wire.includes("m_W2") && layers[2].wire.includes("v_W2_new"));
  assert.ok(layers[2].bias.includes("alpha2") && layers[2].bias.includes("m_alpha2_new"));
  assert.equal(single[0], "loss");
  const frame = { ...frameOf("b1_new", 1), run: rich };
  frame.moment = { ...frame.moment, frame: rich.program.calls.length - 1 };
  assert.equal(
    shownOnWires({ ...frame, call: rich.program.calls[frame.moment.frame] }, layers[2].wire),
    "W2_new",
  );
});

test("of many numbers of the whole network the loss stands there, what takes part, and what people know", () => {
  const rich = richRun();
  const at = (/** @type {string} */ writes) => rich.program.calls.findIndex((call) => call.writes === writes);
  const frame = { ...frameOf("loss"), run: rich, moment: { step: 0, frame: at("t"), unit: 0 } };
  assert.deepEqual(shownSingle(frame, new Set(["t"])).toSorted(), ["learning_rate", "loss", "t"]);
  assert.deepEqual(shownSingle(frame, new Set()), ["loss", "learning_rate"]);
  assert.deepEqual(shownSingle(frame, new Set(["beta1", "beta2", "t"])), ["loss", "beta1", "beta2"]);
  assert.equal(shownSingle(frameOf("loss"), new Set()).length, 2, "a few all stand there");
});

test("cards of a network that shows all of it stand on the stage and apart", () => {
  for (const box of BOXES) {
    const layout = layoutNetwork(richRun(), box, [0, 0, 0]);
    const boxes = layout.columns.flatMap(({ cards }) => cards.map((card) => card.box));
    for (const [at, one] of [...boxes, ...layout.single ? [layout.single] : []].entries()) {
      assert.ok(one.y >= -0.01 && one.y + one.height <= box.height + 0.01);
      for (const other of boxes.slice(at + 1)) assert.ok(apart(one, other));
    }
  }
});

test("of a card's values those taking part tell most, then the latest", () => {
  const names = ["z1", "a1", "da1", "delta1"];
  const frame = frameOf("a1");
  assert.deepEqual(mostTelling(frame, names, 2, new Set(["z1", "a1"])), ["z1", "a1"]);
  assert.deepEqual(mostTelling(frameOf("dW2"), names, 1, new Set()), ["a1"]);
  assert.deepEqual(mostTelling(frameOf("dW1"), names, 1, new Set(["delta1"])), ["delta1"]);
  assert.deepEqual(
    mostTelling(frameOf("z1"), names, 2, new Set()),
    ["z1", "a1"],
    "of those to come, the next",
  );
});

test("wires show the latest of their values that is there for all of them", () => {
  const names = ["W1", "dW1", "W1_new"];
  assert.equal(shownOnWires(frameOf("delta1"), names), "W1");
  assert.equal(shownOnWires(frameOf("dW1", 0), names), "W1");
  assert.equal(shownOnWires(frameOf("dW1", 1), names), "dW1");
  assert.equal(shownOnWires(frameOf("b1_new", 0), names), "W1_new");
  assert.equal(shownOnWires(frameOf("z1"), []), null);
});

test("a unit's cell is that of the example shown", () => {
  assert.equal(formatAddress(cellOf(run, "delta1", 1, 5)), "delta1[5,1]");
  assert.equal(formatAddress(cellOf(run, "b1", 1, 5)), "b1[1]");
});

test("every cell that is written or read has a place on the stage, if it is of the example shown", () => {
  for (const { writes } of run.program.calls) {
    const frame = frameOf(writes);
    const locate = locator(sceneOf(frame));
    for (const cell of [...frame.written, ...frame.reads]) {
      const axis = run.values[cell.name].axes.indexOf("example");
      const shown = axis < 0 || cell.index[axis] === frame.example;
      assert.equal(locate(cell) !== null, shown, `${formatAddress(cell)} at ${writes}`);
    }
  }
});

/** @type {Record<string, string[]>} */
const WAYS = {
  z1: ["right"],
  z2: ["right"],
  da1: ["left"],
  dW2: ["middle"],
  dW1: ["middle"],
  W2_new: ["through"],
};

for (const [writes, towards] of Object.entries(WAYS)) {
  test(`on the wires of ${writes} things run ${towards}`, () => {
    const frame = frameOf(writes);
    const { wires } = routesOf(sceneOf(frame));
    const { axes, layer } = run.values[writes];
    const inputs = run.layers[(layer ?? 0) - 1].units;
    assert.equal(wires.length, writes.startsWith("da") ? run.layers[(layer ?? 0) + 1].units : inputs);
    assert.deepEqual([...new Set(wires.map((wire) => wire.towards))], towards);
    assert.ok(axes.length > 0);
  });
}

for (const writes of ["a1", "delta1", "loss", "da2", "delta2"]) {
  test(`what ${writes} reads comes to it without a wire`, () => {
    const { wires, hops } = routesOf(sceneOf(frameOf(writes)));
    assert.equal(wires.length, 0);
    assert.ok(hops.length > 0);
    for (const { points } of hops) assert.ok(points.flatMap(({ x, y }) => [x, y]).every(Number.isFinite));
  });
}

test("the wires of folded units end in the strip, each in its place, and the weakest are left out", () => {
  const wide = denseRun({ widths: [2, 64, 1], examples: 2, batch: 2, epochs: 1 });
  const layout = layoutNetwork(wide, LAPTOP, [0, 0, 0]);
  assert.ok(layout.columns[1].more);
  const state = { ...initialState, cursor: /** @type {Moment} */ ({ step: 0, frame: 2, unit: 0 }) };
  assert.equal(wide.program.calls[2].writes, "z2");
  const values = Object.fromEntries(
    Object.entries(wide.values).map(([name, { shape }]) => {
      return [name, { shape, data: new Float64Array(shape.reduce((a, b) => a * b, 1)) }];
    }),
  );
  values.W2.data.forEach((_, at) => values.W2.data[at] = 64 - at);
  const trace = { run: wide.id, step: 0, batch: [0, 1], loss: 0, values, truncated: false };
  const frame = frameAt({
    ...state,
    run: { status: "ready", key: "", value: wide },
    trace: { status: "ready", key: "", value: trace },
  });
  assert.ok(frame);
  const { wires } = routesOf({ ...sceneOf(frame), layout });
  const folded = wires.filter((wire) => wire.folded);
  const cards = layout.columns[1].cards.length;
  assert.equal(folded.length, 48);
  assert.equal(wires.length, cards + 48);
  assert.deepEqual(folded.map(({ input }) => input), Array.from({ length: 48 }, (_, k) => cards + k));
  assert.equal(new Set(folded.map(({ line }) => line.y1)).size, 48);
});

test("a curve begins and ends at its end points", () => {
  const points = /** @type {const} */ ([{ x: 0, y: 0 }, { x: 1, y: 5 }, { x: 2, y: 5 }, { x: 3, y: 1 }]);
  assert.deepEqual(pointOn([...points], 0), points[0]);
  assert.deepEqual(pointOn([...points], 1), points[3]);
});

test("labels of lit wires stand apart from each other and from the cards", () => {
  for (const writes of ["z1", "da1", "dW1", "dW2", "W1_new", "W2_new"]) {
    const scene = sceneOf(frameOf(writes));
    const labels = placeLabels(scene, routesOf(scene).wires, []);
    assert.ok(labels.length > 0, writes);
    const cards = scene.layout.columns.flatMap(({ cards }) => cards.map(({ box }) => box));
    for (const [at, { key, box, cells }] of labels.entries()) {
      assert.ok(cells.length > 0);
      for (const card of cards) assert.ok(apart(box, card), `${writes}: label ${key} covers a card`);
      for (const other of labels.slice(at + 1)) {
        assert.ok(apart(box, other.box), `${writes}: labels ${key} and ${other.key}`);
      }
    }
  }
});

test("a wire that is pointed at shows what is known on it; one that is lit is labelled once", () => {
  const scene = sceneOf(frameOf("dW2"));
  const wires = placeWires(scene.layout.columns);
  const into = wires.filter(({ layer, unit }) => layer === 2 && unit === 0);
  const lit = placeLabels(scene, routesOf(scene).wires, []);
  const both = placeLabels(scene, routesOf(scene).wires, into);
  assert.deepEqual(both.map(({ key }) => key).sort(), lit.map(({ key }) => key).sort());
  const other = placeLabels(scene, [], wires.filter(({ layer, unit }) => layer === 1 && unit === 1));
  assert.deepEqual(other.map(({ cells }) => cells.map(formatAddress)), [["W1[1,0]"], ["W1[1,1]"]]);
});

test("rows of a card follow its shape", () => {
  const scene = sceneOf(frameOf("z1"));
  const column = scene.layout.columns[1];
  const list = { ...column, shape: { ...column.shape, form: /** @type {const} */ ("list") } };
  assert.deepEqual(rowsOf(scene, list), [["z1"], ["a1"], ["da1"], ["delta1"]]);
  const few = { ...column, shape: { ...column.shape, form: /** @type {const} */ ("few"), rows: 1 } };
  assert.deepEqual(rowsOf(scene, few), [["z1"]]);
});

test("every pair of neighbouring units has a wire, found from the point between them", () => {
  const { columns } = sceneOf(frameOf("z1")).layout;
  const wires = placeWires(columns);
  assert.equal(wires.length, 2 * 2 + 2 * 1);
  for (const wire of wires) {
    const { x1, y1, x2, y2 } = wire.line;
    assert.equal(wireAt(wires, { x: x1 + 0.15 * (x2 - x1), y: y1 + 0.15 * (y2 - y1) }, 3), wire);
  }
  assert.equal(wireAt(wires, { x: 0, y: 0 }, 5), null);
});

test("negative wires are dashed, and many wires are fainter than few", () => {
  assert.notEqual(dashOf("negative", 16), "");
  assert.equal(dashOf("positive", 16), "");
  const few = placeWires(layoutNetwork(run, LAPTOP, [0, 0, 0]).columns);
  const many = denseRun({ widths: [8, 8, 8], examples: 2, batch: 2, epochs: 1 });
  assert.ok(crowding(placeWires(layoutNetwork(many, LAPTOP, [0, 0, 0]).columns)) < crowding(few));
});

test("the number appears after the dots have ridden, and is there at rest", () => {
  assert.equal(arrivedAt(0), 0);
  assert.equal(arrivedAt(0.7), 0);
  assert.equal(arrivedAt(1), 1);
});

/** @type {[number, string][]} */
const FIGURES = [
  [0, "0"],
  [-0, "0"],
  [0.5, "0.5"],
  [0.40312345, "0.403"],
  [-0.021454, "−0.0215"],
  [1.2345e-7, "1.2e−7"],
  [12.3456, "12.35"],
  [NaN, "NaN"],
  [Infinity, "∞"],
  [-Infinity, "−∞"],
  [-1.5e-123, "−2e−123"],
  [1e200, "1e200"],
]; // deno-fmt-ignore

for (const [value, text] of FIGURES) {
  test(`${Object.is(value, -0) ? "-0" : value} is written ${text}`, () => assert.equal(figures(value), text));
}

test("no number takes more than eight characters, and every one keeps its first figure and its sign", () => {
  const next = random(7);
  for (let at = 0; at < 2000; at++) {
    const value = (next() - 0.5) * 10 ** Math.round(next() * 40 - 20);
    const text = figures(value);
    assert.ok(text.length <= 8, `${value}: ${text}`);
    const read = Number(text.replaceAll("−", "-"));
    assert.ok(Math.abs(read - value) <= 0.34 * Math.abs(value), `${value}: ${text}`);
  }
});

test("the exact text of a number reads back as it, the sign of zero included", () => {
  for (const value of [0.1, -0, 0, 1 / 3, 5e-324, -1.7976931348623157e308, NaN, Infinity]) {
    assert.ok(Object.is(Number(exact(value)), value), exact(value));
  }
});
