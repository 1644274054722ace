/** @import { Place, State } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { GRANULARITIES } from "../../static/moments.js";
import { initialState, reduce } from "../../static/state.js";
import { address } from "../../static/trace.js";
import * as url from "../../static/url.js";
import { random, run } from "./fixture.js";

const SPEC = {
  layers: [{ kind: "dense", units: 3, activation: "tanh" }],
  seed: 7,
  note: "学习率 η → 0.1 😀",
};

/** @type {[string, Place][]} */
const PLACES = [
  ["", {}],
  ["#step=12", { step: 12 }],
  ["#step=12&frame=delta1&unit=1&term=0&example=3&by=layer&view=matrix&focus=delta1[0,1]", {
    ...{ step: 12, frame: "delta1", unit: 1, term: 0, example: 3, by: "layer", view: "matrix" },
    focus: address("delta1", [0, 1]),
  }],
  ["#frame=W2_new&focus=loss", { frame: "W2_new", focus: address("loss", []) }],
  ["#step=2&maps=1", { step: 2, maps: true }],
  ["#step=2&wires=1", { step: 2, wires: true }],
  ["#step=2&digits=4&present=1&lesson=what-delta-means", {
    ...{ step: 2, digits: 4, present: true, lesson: "what-delta-means" },
  }],
  ["#present=1&hide=why,legend", { present: true, hide: ["why", "legend"] }],
  ["#step=2&run=0123456789abcdef0123456789abcdef", { step: 2, run: "0123456789abcdef0123456789abcdef" }],
  ["#spec=eyJzZWVkIjoxfQ", { spec: { seed: 1 } }],
];

for (const [fragment, place] of PLACES) {
  test(`${fragment || "an empty fragment"} is read and written alike`, () => {
    assert.deepEqual(url.parse(fragment), place);
    assert.equal(url.format(place), fragment);
  });
}

test("a spec comes back from a link as it went in", () => {
  const fragment = url.format({ spec: SPEC });
  assert.match(fragment, /^#spec=[A-Za-z0-9_-]+$/);
  assert.deepEqual(url.parse(fragment).spec, SPEC);
});

test("the id of a run stands for its experiment in a short link", () => {
  const run = "0123456789abcdef0123456789abcdef";
  assert.deepEqual(url.parse(`#run=${run}&step=3`), { run, step: 3 });
  assert.equal(url.format({ run, step: 3 }), `#step=3&run=${run}`);
  assert(!("run" in url.placeOf(initialState)));
  assert.deepEqual(url.parse("#run=../../etc&run=0123456789ABCDEF0123456789ABCDEF"), {});
});

test("random places come back as they went in", () => {
  const next = random(3);
  const whole = (/** @type {number} */ below) => 1 + Math.floor(next() * below);
  for (let k = 0; k < 500; k++) {
    /** @type {Place} */
    const place = {};
    if (next() < 0.5) place.step = whole(1e6);
    if (next() < 0.5) place.frame = `delta${whole(9)}`;
    if (next() < 0.5) place.unit = whole(800);
    if (next() < 0.5) place.term = whole(5);
    if (next() < 0.5) place.example = whole(100);
    if (next() < 0.5) place.by = GRANULARITIES[1 + whole(5)];
    if (next() < 0.5) place.focus = address(`W${whole(9)}`, [whole(9), whole(9)]);
    if (next() < 0.5) place.spec = { seed: whole(1e9), layers: [], data: { x: [[next(), -next()]] } };
    assert.deepEqual(url.parse(url.format(place)), place);
  }
});

test("defaults are left out", () => {
  assert.equal(url.format({ step: 0, unit: 0, example: 0, by: "unit", view: "network", spec: {} }), "");
});

/** @type {[string, Place][]} */
const DAMAGED = [
  ["#", {}],
  ["#&&==&=", {}],
  ["#step", {}],
  ["#step=-1&unit=2", { unit: 2 }],
  ["#step=1e9&unit=2.5&example=NaN", {}],
  ["#step=99999999999999999999", {}],
  ["#step=%E0%A4%A&unit=1", { unit: 1 }],
  ["#by=atom&view=<script>&frame=a b", {}],
  ["#digits=1&present=2&lesson=../x&run=0123&unit=1", { unit: 1 }],
  ["#hide=nothing&step=2", { step: 2 }],
  ["#hide=legend,x,why", { hide: ["why", "legend"] }],
  ["#digits=7&digits=3.5&present=true&maps=yes&step=1", { step: 1 }],
  ["#focus=delta1[0,&step=3", { step: 3 }],
  ["#focus=delta1%5B0%2C1%5D", { focus: address("delta1", [0, 1]) }],
  ["#spec=%%%&step=3", { step: 3 }],
  ["#spec=!!!!", {}],
  ["#spec=W10", {}],
  ["#spec=bnVsbA", {}],
  ["#spec=_____w", {}],
  ["#spec=eyJzZWVkIjox", {}],
  ["#__proto__=1&constructor=2&toString=3&step=4", { step: 4 }],
  ["#step=1&step=2", { step: 2 }],
  [`#spec=${btoa("[".repeat(100_000)).replaceAll("=", "")}&step=1`, { step: 1 }],
  [`#spec=${btoa(`{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`).replaceAll("=", "")}&step=2`, {
    step: 2,
  }],
];

for (const [fragment, place] of DAMAGED) {
  test(`of ${fragment.slice(0, 60)} what is valid is kept`, () =>
    assert.deepEqual(url.parse(fragment), place));
}

test("no text of any kind makes reading throw", () => {
  const next = random(11);
  const pieces = [
    "step=",
    "spec=",
    "focus=",
    "&",
    "%",
    "%7",
    "=",
    "[",
    "😀",
    "\ud800",
    "9",
    "e30",
    "#",
    "by=unit",
    "\0",
  ];
  for (let k = 0; k < 2000; k++) {
    const text = Array.from({ length: 8 }, () => pieces[Math.floor(next() * pieces.length)]).join("");
    assert.equal(typeof url.format(url.parse(text)), "string", JSON.stringify(text));
  }
});

/** @param {Place} place  @returns {State} */
function open(place) {
  const restored = reduce(initialState, url.toAction(place));
  const key = JSON.stringify(restored.spec);
  const loading = reduce(restored, { type: "run/loading", key, spec: restored.spec });
  return reduce(loading, { type: "run/ready", key, run });
}

for (
  const fragment of [
    "",
    "#step=3&frame=delta1&unit=1",
    "#step=3&frame=delta1&unit=1&term=0&by=term",
    "#frame=loss",
    "#unit=1",
    "#step=5&frame=dW1&unit=1&example=1&by=phase&view=matrix&focus=a1[1,0]&spec=eyJzZWVkIjoxfQ",
  ]
) {
  test(`a page opened at ${fragment || "no fragment"} writes that link back`, () => {
    assert.equal(url.format(url.placeOf(open(url.parse(fragment)))), fragment);
  });

  test(`a page opened at ${fragment || "no fragment"} writes that link back before the run is there, too`, () => {
    assert.equal(url.format(url.placeOf(reduce(initialState, url.toAction(url.parse(fragment))))), fragment);
  });
}

/** A window's location and history, as far as url.js goes. */
function fakeWindow(hash = "") {
  /** @type {Map<string, () => void>} */
  const heard = new Map();
  /** @type {string[]} */
  const log = [];
  const location = { hash, pathname: "/", search: "?lang=zh" };
  const set =
    (/** @type {string} */ kind) =>
    (/** @type {unknown} */ _, /** @type {string} */ __, /** @type {string} */ to) => {
      log.push(`${kind} ${to}`);
      location.hash = to.startsWith("#") ? to : "";
    };
  Object.assign(globalThis, {
    location,
    history: { replaceState: set("replace"), pushState: set("push") },
    addEventListener: (/** @type {string} */ type, /** @type {() => void} */ listener) =>
      heard.set(type, listener),
    removeEventListener: (/** @type {string} */ type) => heard.delete(type),
  });
  return { location, log, heard, tell: () => heard.forEach((listener) => listener()) };
}

test("moving replaces the address, a new experiment adds to the browser's history", () => {
  const window = fakeWindow("#step=1");
  url.read();
  const state = open({ step: 1 });
  url.write(state);
  url.write(reduce(state, { type: "goto", moment: { step: 2 } }));
  url.write(open({ step: 2, spec: { seed: 1 } }));
  url.write(open({ step: 3, spec: { seed: 1 } }));
  url.write(open({}));
  assert.deepEqual(window.log, [
    "replace #step=2",
    "push #step=2&spec=eyJzZWVkIjoxfQ",
    "replace #step=3&spec=eyJzZWVkIjoxfQ",
    "push /?lang=zh",
  ]);
});

test("the page hears of others' changes of the fragment, once, and not of its own", () => {
  const window = fakeWindow();
  url.read();
  /** @type {Place[]} */
  const places = [];
  const stop = url.onChange((place) => places.push(place));
  url.write(open({ step: 2 }));
  window.tell();
  window.location.hash = "#step=4";
  window.tell();
  stop();
  assert.deepEqual(places, [{ step: 4 }]);
  assert.equal(window.heard.size, 0);
});

test("a browser that refuses to be written to so often is no failure", () => {
  const window = fakeWindow();
  url.read();
  const refuse = () => {
    throw new DOMException("too often", "SecurityError");
  };
  Object.assign(globalThis, { history: { replaceState: refuse, pushState: refuse } });
  url.write(open({ step: 2 }));
  assert.equal(window.location.hash, "");
});
