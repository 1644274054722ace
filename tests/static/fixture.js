/**
 * Small runs and traces made by hand, in the shapes of the API.
 *
 * `run` is a 2-2-1 network of sigmoids with squared error on three examples in batches of two: two steps an epoch, the
 * second of one example, three epochs. Its parameters and first batch are
 *
 *     W1 = [[1, -1], [0.5, 0.5]]   b1 = [0, -0.5]      x = [[1, 0.5], [0, 1]]
 *     W2 = [[2, -1]]               b2 = [0.5]          y = [[1], [0]]         learning rate 0.5
 *
 * Unit 0 of layer 1 on example 0, by hand, σ(t) = 1 / (1 + e^-t):
 *
 *     z1[0,0]     = 1 · 1 + (-1) · 0.5 + 0                                             = 0.5
 *     a1[0,0]     = σ(0.5)                                                             = 0.6224593312
 *     z1[0,1]     = 0.5 · 1 + 0.5 · 0.5 - 0.5 = 0.25,            a1[0,1] = σ(0.25)      = 0.5621765009
 *     z2[0,0]     = 2 · 0.6224593312 - 1 · 0.5621765009 + 0.5                          = 1.1827421615
 *     a2[0,0]     = σ(1.1827421615)                                                    = 0.7654404934
 *     da2[0,0]    = 2 · (0.7654404934 - 1) / (2 · 1)                                   = -0.2345595066
 *     delta2[0,0] = -0.2345595066 · 0.7654404934 · (1 - 0.7654404934)                  = -0.0421131292
 *     da1[0,0]    = 2 · -0.0421131292                                                  = -0.0842262583
 *     delta1[0,0] = -0.0842262583 · 0.6224593312 · (1 - 0.6224593312)                  = -0.0197934834
 *
 * @import { Axis, Call, Cells, Expr, Phase, Rule, Run, SymbolInfo, Tensor, Trace, ValueInfo } from "../../static/types.d.ts"
 */
import { decodeTensor } from "../../static/decode.js";
import { evaluate } from "../../static/rule.js";
import { cellsOf } from "../../static/trace.js";

/** @param {number} value  @returns {Expr} */
export const number = (value) => ({ kind: "number", value });
/** @param {string} of  @param {...string} at  @returns {Expr} */
export const element = (of, ...at) => ({ kind: "element", of, at });
/** @param {string} of  @param {number} axis  @returns {Expr} */
export const size = (of, axis) => ({ kind: "size", of, axis });
/** @param {string} name  @returns {Expr} */
export const letter = (name) => ({ kind: "index", name });
/** @param {string} over  @param {Expr} body  @returns {Expr} */
export const sum = (over, body) => ({ kind: "sum", over, body });
/** @param {string} over  @param {Expr} body  @returns {Expr} */
export const maximum = (over, body) => ({ kind: "maximum", over, body });
/** @param {...Expr} terms  @returns {Expr} */
export const add = (...terms) => ({ kind: "add", terms });
/** @param {Expr} of  @returns {Expr} */
export const negate = (of) => ({ kind: "negate", of });
/** @param {...Expr} factors  @returns {Expr} */
export const multiply = (...factors) => ({ kind: "multiply", factors });
/** @param {Expr} top  @param {Expr} bottom  @returns {Expr} */
export const divide = (top, bottom) => ({ kind: "divide", top, bottom });
/** @param {Expr} base  @param {Expr} exponent  @returns {Expr} */
export const power = (base, exponent) => ({ kind: "power", base, exponent });
/** @param {string} name  @param {...Expr} of  @returns {Expr} */
export const apply = (name, ...of) => ({ kind: "call", function: name, of });
/** @param {string} role  @param {Expr} of  @returns {Expr} */
export const named = (role, of) => ({ kind: "named", role, of });
/** @param {Expr} left  @param {string} relation  @param {Expr} right  @param {Expr} then  @param {Expr} otherwise  @returns {Expr} */
export const choose = (left, relation, right, then, otherwise) => {
  return { kind: "choose", left, relation, right, then, otherwise };
};

const z = element("z", "n", "j");
const a = element("a", "n", "j");
const da = element("da", "n", "j");
const y = element("y", "n", "j");
const count = multiply(size("a", 0), size("a", 1));

/** The rules of the engine that tests need. @type {Record<string, Rule>} */
export const RULES = {
  affine: {
    result: "z",
    at: ["n", "j"],
    body: add(sum("i", multiply(element("W", "j", "i"), element("a", "n", "i"))), element("b", "j")),
  },
  sigmoid: {
    result: "a",
    at: ["n", "j"],
    body: divide(number(1), add(number(1), apply("exp", negate(z)))),
  },
  relu: { result: "a", at: ["n", "j"], body: apply("max", z, number(0)) },
  softmax: {
    result: "a",
    at: ["n", "j"],
    body: divide(
      apply("exp", add(z, negate(maximum("k", element("z", "n", "k"))))),
      sum("k", apply("exp", add(element("z", "n", "k"), negate(maximum("m", element("z", "n", "m")))))),
    ),
  },
  mse: {
    result: "loss",
    at: [],
    body: divide(sum("n", sum("j", power(add(a, negate(y)), number(2)))), count),
  },
  mse_da: {
    result: "da",
    at: ["n", "j"],
    body: divide(multiply(number(2), add(a, negate(y))), count),
  },
  sigmoid_delta: {
    result: "delta",
    at: ["n", "j"],
    body: multiply(named("error", da), named("slope", multiply(a, add(number(1), negate(a))))),
  },
  relu_delta: {
    result: "delta",
    at: ["n", "j"],
    body: multiply(named("error", da), named("slope", choose(z, ">", number(0), number(1), number(0)))),
  },
  affine_dW: {
    result: "dW",
    at: ["j", "i"],
    body: sum("n", multiply(element("delta", "n", "j"), element("a", "n", "i"))),
  },
  affine_db: { result: "db", at: ["j"], body: sum("n", element("delta", "n", "j")) },
  affine_da: {
    result: "da",
    at: ["n", "i"],
    body: sum("j", multiply(element("W", "j", "i"), element("delta", "n", "j"))),
  },
  sgd: {
    result: "new",
    at: ["j", "i"],
    body: add(
      element("parameter", "j", "i"),
      negate(multiply(element("learning_rate"), element("gradient", "j", "i"))),
    ),
  },
  sgd_bias: {
    result: "new",
    at: ["j"],
    body: add(
      element("parameter", "j"),
      negate(multiply(element("learning_rate"), element("gradient", "j"))),
    ),
  },
};

const LETTERS = /** @type {Record<string, string>} */ ({
  x: "a",
  delta: "δ",
  loss: "L",
  learning_rate: "η",
  alpha: "α",
  mask: "r",
});

/** How the engine says a quantity is typeset. @param {string} quantity  @returns {SymbolInfo} */
export function symbolOf(quantity) {
  const plain = quantity.replace(/_new$/, "");
  const [, stem = plain, of = null] = /^([a-z]+)_([A-Za-z]+)$/.exec(plain) ?? [];
  const whole = plain in LETTERS || of === null;
  const derivative = /^d(?!elta)[A-Za-z]+$/.test(plain);
  const letter = whole ? plain : stem;
  return {
    letter: LETTERS[derivative ? plain.slice(1) : letter] ?? (derivative ? plain.slice(1) : letter),
    of: whole ? null : of,
    derivative,
    new: quantity.endsWith("_new"),
    layered: !["y", "loss", "learning_rate", "beta1", "beta2", "t", "penalty"].includes(plain),
  };
}

/**
 * A run of a network of sigmoids: its program as the engine lays it out, nothing computed.
 * @param {object} options
 * @param {number[]} options.widths  inputs first
 * @param {number} options.examples
 * @param {number} options.batch
 * @param {number} options.epochs
 * @param {string} [options.id]
 * @returns {Run}
 */
export function denseRun({ widths, examples, batch, epochs, id = "0f".repeat(16) }) {
  /** @type {Record<string, ValueInfo>} */
  const values = {};
  /** @type {Call[]} */
  const calls = [];
  const last = widths.length - 1;
  /** @type {(name: string, quantity: string, layer: number | null, axes: Axis[], shape: number[], source?: ValueInfo["source"]) => void} */
  const value = (name, quantity, layer, axes, shape, source = "computed") => {
    const symbol = symbolOf(quantity);
    values[name] = { quantity, layer, shape, axes, source, phase: null, label: name, meaning: name, symbol };
  };
  /** @type {(phase: Phase, layer: number | null, op: string, bind: Record<string, string>, writes: string) => void} */
  const call = (phase, layer, op, bind, writes) => {
    calls.push({
      index: calls.length,
      phase,
      layer,
      op,
      bind,
      reads: [...new Set(Object.values(bind))],
      writes,
    });
    values[writes].phase = phase;
  };
  /** @type {Axis[]} */
  const cell = ["example", "unit"];
  /** @type {Axis[]} */
  const wire = ["unit", "input"];

  value("a0", "x", 0, cell, [batch, widths[0]], "batch");
  value("y", "y", last, cell, [batch, widths[last]], "batch");
  value("learning_rate", "learning_rate", null, [], [], "setting");
  value("loss", "loss", null, [], []);
  for (let l = 1; l <= last; l++) {
    for (const quantity of ["z", "a", "da", "delta"]) {
      value(`${quantity}${l}`, quantity, l, cell, [batch, widths[l]]);
    }
    value(`W${l}`, "W", l, wire, [widths[l], widths[l - 1]], "parameter");
    value(`b${l}`, "b", l, ["unit"], [widths[l]], "parameter");
    value(`dW${l}`, "dW", l, wire, [widths[l], widths[l - 1]]);
    value(`db${l}`, "db", l, ["unit"], [widths[l]]);
    value(`W${l}_new`, "W_new", l, wire, [widths[l], widths[l - 1]]);
    value(`b${l}_new`, "b_new", l, ["unit"], [widths[l]]);
    call("forward", l, "affine", { W: `W${l}`, a: `a${l - 1}`, b: `b${l}` }, `z${l}`);
    call("forward", l, "sigmoid", { z: `z${l}` }, `a${l}`);
  }
  call("loss", null, "mse", { a: `a${last}`, y: "y" }, "loss");
  for (let l = last; l >= 1; l--) {
    if (l === last) call("backward", l, "mse_da", { a: `a${l}`, y: "y" }, `da${l}`);
    else call("backward", l, "affine_da", { W: `W${l + 1}`, delta: `delta${l + 1}` }, `da${l}`);
    call("backward", l, "sigmoid_delta", { da: `da${l}`, a: `a${l}` }, `delta${l}`);
    call("backward", l, "affine_dW", { delta: `delta${l}`, a: `a${l - 1}` }, `dW${l}`);
    call("backward", l, "affine_db", { delta: `delta${l}` }, `db${l}`);
  }
  for (let l = last; l >= 1; l--) {
    const bind = (/** @type {string} */ p) => ({
      parameter: p,
      learning_rate: "learning_rate",
      gradient: `d${p}`,
    });
    call("update", l, "sgd", bind(`W${l}`), `W${l}_new`);
    call("update", l, "sgd_bias", bind(`b${l}`), `b${l}_new`);
  }
  const ops = Object.entries(RULES).map((
    [name, rule],
  ) => [name, { name, label: name, summary: "", source: "", rule }]);
  const steps = Math.ceil(examples / batch);
  return {
    id,
    engine: "1",
    spec: {},
    steps: steps * epochs,
    epochs,
    batches_per_epoch: steps,
    examples,
    parameters: {
      count: 9,
      names: Object.keys(values).filter((name) => values[name].source === "parameter"),
    },
    layers: widths.map((units, layer) => ({ layer, kind: layer ? "dense" : "input", units })),
    values,
    program: { calls, ops: Object.fromEntries(ops) },
    notes: [],
  };
}

export const run = denseRun({ widths: [2, 2, 1], examples: 3, batch: 2, epochs: 3 });

/**
 * The same network with an optimizer that remembers m and v, a learned slope and a Jacobian in the last layer, and
 * dropout in the first: names and axes as the engine has them; the rules are borrowed.
 * @returns {Run}
 */
export function richRun() {
  const values = { ...run.values };
  /** @type {Call[]} */
  const calls = [];
  /** @type {(name: string, like: string, quantity: string, more?: Partial<ValueInfo>) => void} */
  const value = (name, like, quantity, more = {}) => {
    values[name] = { ...run.values[like], quantity, label: name, symbol: symbolOf(quantity), ...more };
  };
  /** @type {(phase: Phase, layer: number | null, writes: string, reads: string[]) => void} */
  const call = (phase, layer, writes, reads) => {
    calls.push({ index: calls.length, phase, layer, op: "sgd", bind: {}, reads, writes });
    values[writes] = { ...values[writes], phase, source: "computed" };
  };
  for (const name of ["beta1", "beta2", "t"]) value(name, "learning_rate", name);
  value("mask1", "a1", "mask", { source: "random", phase: null });
  value("h1", "a1", "h");
  value("dh1", "da1", "dh");
  value("J2", "da2", "J", { axes: ["example", "output", "unit"], shape: [2, 1, 1] });
  for (const [name, source] of /** @type {const} */ ([["alpha", "parameter"], ["dalpha", "computed"]])) {
    value(`${name}2`, "b2", name, { source, phase: null });
  }
  value("alpha2_new", "b2_new", "alpha_new");
  for (const { phase, layer, writes, reads } of run.program.calls.filter(({ phase }) => phase !== "update")) {
    if (writes === "delta2") call("backward", 2, "J2", ["a2"]);
    if (writes === "da1") call("backward", 1, "dh1", reads);
    call(phase, layer, writes, reads);
    if (writes === "a1") call("forward", 1, "h1", ["a1", "mask1"]);
  }
  call("backward", 2, "dalpha2", ["da2"]);
  call("update", null, "t", []);
  const names = ["W2", "b2", "alpha2", "W1", "b1"];
  for (const name of names) {
    const { layer, quantity } = values[name];
    for (const memory of ["m", "v"]) {
      value(`${memory}_${name}`, name === "alpha2" ? "b2" : name, `${memory}_${quantity}`, {
        source: "slot",
        phase: null,
      });
      value(`${memory}_${name}_new`, name === "alpha2" ? "b2" : name, `${memory}_${quantity}_new`);
      call("update", layer, `${memory}_${name}_new`, [`${memory}_${name}`, `d${name}`, "beta1"]);
    }
    call("update", layer, `${name}_new`, [name, `m_${name}_new`, `v_${name}_new`, "learning_rate"]);
  }
  return {
    ...run,
    id: "ad".repeat(16),
    parameters: { count: 10, names },
    values,
    program: { ...run.program, calls },
  };
}

/** What step 0 of `run` begins with, as the API writes it. */
const GIVEN = {
  a0: { shape: [2, 2], data: [[1, 0.5], [0, 1]] },
  y: { shape: [2, 1], data: [[1], [0]] },
  learning_rate: { shape: [], data: 0.5 },
  W1: { shape: [2, 2], data: [[1, -1], [0.5, 0.5]] },
  b1: { shape: [2], data: [0, -0.5] },
  W2: { shape: [1, 2], data: [[2, -1]] },
  b2: { shape: [1], data: [0.5] },
};

/**
 * The trace of a step of `run`, every value computed from the rules. Steps differ in nothing but their number and, the
 * odd ones being the last of their epoch, in having one example instead of two.
 * @param {number} step
 * @returns {Trace}
 */
export function traceOf(step) {
  const batch = step % 2 ? [2] : [0, 1];
  /** @type {Record<string, Tensor>} */
  const values = {};
  for (const [name, given] of Object.entries(GIVEN)) values[name] = decodeTensor(given);
  for (const name of ["a0", "y"]) {
    const { shape: [, units], data } = values[name];
    const kept = /** @type {Float64Array} */ (data).slice(0, batch.length * units);
    values[name] = { shape: [batch.length, units], data: kept };
  }
  /** @type {Trace} */
  const trace = { run: run.id, step, batch, loss: NaN, values, truncated: false };
  for (const call of run.program.calls) {
    const { axes, shape: full } = run.values[call.writes];
    const shape = full.map((extent, axis) => axes[axis] === "example" ? batch.length : extent);
    const rule = run.program.ops[call.op].rule;
    values[call.writes] = {
      shape,
      data: Float64Array.from(indices(shape), (index) => evaluate(rule, call, cellsOf(trace), index)),
    };
  }
  trace.loss = /** @type {Float64Array} */ (values.loss.data)[0];
  return trace;
}

export const trace = traceOf(0);

/**
 * @param {string} writes
 * @returns {Call}  the call of `run` that writes a name
 */
export function callOf(writes) {
  return /** @type {Call} */ (run.program.calls.find((call) => call.writes === writes));
}

/**
 * Every index of an array, in C order.
 * @param {number[]} shape
 * @returns {number[][]}
 */
export function indices(shape) {
  return shape.reduce(
    (list, extent) => list.flatMap((index) => Array.from({ length: extent }, (_, i) => [...index, i])),
    /** @type {number[][]} */ ([[]]),
  );
}

/**
 * A rule on its own, its slots bound to arrays of the same names.
 * @param {Rule} rule
 * @param {Record<string, Parameters<typeof decodeTensor>[0]>} arrays
 * @returns {{ rule: Rule, call: Call, cells: Cells }}
 */
export function alone(rule, arrays) {
  const names = Object.keys(arrays);
  const values = Object.fromEntries(names.map((name) => [name, decodeTensor(arrays[name])]));
  /** @type {Call} */
  const call = {
    index: 0,
    phase: "forward",
    layer: 1,
    op: "alone",
    bind: Object.fromEntries(names.map((name) => [name, name])),
    reads: names,
    writes: "result",
  };
  return { rule, call, cells: cellsOf({ run: "", step: 0, batch: [], loss: 0, values, truncated: false }) };
}

/**
 * Numbers between 0 and 1, the same every time.
 * @param {number} seed
 * @returns {() => number}
 */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
