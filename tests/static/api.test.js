/** @import { Run } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { ApiError, createApi, problemOf } from "../../static/api.js";
import { run } from "./fixture.js";

/**
 * A server that answers when told to.
 * @param {(url: string, init: RequestInit) => unknown} [answer]  what to answer at once; nothing to wait for `answerAll`
 */
function fakeServer(answer) {
  /** @type {string[]} */
  const log = [];
  /** @type {(() => void)[]} */
  const waiting = [];
  let aborted = 0;
  const fetch = (/** @type {any} */ url, /** @type {RequestInit} */ init = {}) => {
    log.push(`${init.method ?? "GET"} ${url}`);
    return new Promise((resolve, reject) => {
      const give = () => {
        const body = answer ? answer(url, init) : traceAnswer(url);
        resolve(body instanceof Response ? body : Response.json(body));
      };
      init.signal?.addEventListener("abort", () => {
        aborted += 1;
        reject(init.signal?.reason);
      });
      if (answer) give();
      else waiting.push(give);
    });
  };
  return {
    fetch: /** @type {typeof globalThis.fetch} */ (fetch),
    log,
    answerAll: () => waiting.splice(0).forEach((give) => give()),
    aborted: () => aborted,
  };
}

/** @param {string} url */
function traceAnswer(url) {
  const step = Number(url.split("/").at(-1));
  return { run: run.id, step, batch: [0], loss: 1, values: { b1: { shape: [2], data: [step, "NaN"] } } };
}

const tick = () => new Promise((resolve) => setTimeout(resolve));

test("a file comes as its bytes; what the server cannot make it says", async () => {
  const refusal = { type: "/problems/not-expressible", title: "No words", detail: "loss: Keras cannot." };
  const server = fakeServer((url) =>
    url.endsWith("keras") ? Response.json(refusal, { status: 422 }) : new Response(new Uint8Array([1, 2]))
  );
  const api = createApi({ fetch: server.fetch });
  assert.deepEqual(new Uint8Array(await api.getBytes("/font")), new Uint8Array([1, 2]));
  await assert.rejects(
    api.getBytes("/keras"),
    (error) => problemOf(error)?.status === 422 && problemOf(error)?.detail === refusal.detail,
  );
});

test("every call goes to its address", async () => {
  const server = fakeServer((url) => {
    if (url.includes("history")) return { steps: [], loss: [], norms: {} };
    return url.includes("steps") && !/explain|check/.test(url) ? traceAnswer(url) : {};
  });
  const api = createApi({ fetch: server.fetch, language: "zh" });
  await api.createRun({ seed: 1 });
  await api.getTrace(run, 4);
  await api.getHistory(run, 50);
  await api.getExplain(run, 4, { name: "delta1", index: [0, 2] }, "en");
  await api.getExplain(run, 4, { name: "loss", index: [] }, "en");
  await api.getCheck(run, 4);
  await api.getCatalog();
  const at = `/api/v1/runs/${run.id}`;
  assert.deepEqual(server.log, [
    "POST /api/v1/runs?lang=zh",
    `GET ${at}/steps/4`,
    `GET ${at}/history?points=50`,
    `GET ${at}/steps/4/explain?name=delta1&index=0%2C2&lang=en`,
    `GET ${at}/steps/4/explain?name=loss&index=&lang=en`,
    `GET ${at}/steps/4/check`,
    "GET /api/v1/catalog?lang=zh",
  ]);
});

test("a spec is posted as JSON", async () => {
  /** @type {RequestInit[]} */
  const sent = [];
  const server = fakeServer((_, init) => sent.push(init) && { id: "x" });
  await createApi({ fetch: server.fetch }).createRun({ seed: 1 });
  assert.equal(sent[0].body, '{"seed":1}');
  assert.equal(new Headers(sent[0].headers).get("content-type"), "application/json");
});

test("a run that the server cannot keep says so", async () => {
  for (const [said, kept] of [["memory", "memory"], ["disk", undefined]]) {
    const answer = () =>
      Response.json({ id: "x" }, { status: 201, headers: { "backscope-kept": `${said}` } });
    const made = await createApi({ fetch: fakeServer(answer).fetch }).createRun({});
    assert.equal(made.kept, kept);
  }
});

test("a trace is decoded, kept, and asked for once however many wait for it", async () => {
  const server = fakeServer();
  const api = createApi({ fetch: server.fetch });
  const both = Promise.all([api.getTrace(run, 2), api.getTrace(run, 2)]);
  server.answerAll();
  const [first, second] = await both;
  assert.deepEqual(first.values.b1.data, Float64Array.of(2, NaN));
  assert.equal(first, second);
  assert.equal(await api.getTrace(run, 2), first);
  assert.equal(api.cachedTrace(run, 2), first);
  assert.equal(api.cachedTrace(run, 3), null);
  assert.equal(server.log.length, 1);
});

test("only so many traces are kept, those used last", async () => {
  const server = fakeServer(traceAnswer);
  const api = createApi({ fetch: server.fetch, traces: 2 });
  for (const step of [0, 1, 0, 2]) await api.getTrace(run, step);
  assert.deepEqual([0, 1, 2].map((step) => api.cachedTrace(run, step)?.step), [0, undefined, 2]);
});

test("only so many numbers are kept, but always the latest trace", async () => {
  const server = fakeServer(traceAnswer);
  const api = createApi({ fetch: server.fetch, numbers: 5 });
  for (const step of [0, 1, 2]) await api.getTrace(run, step);
  assert.deepEqual([0, 1, 2].map((step) => api.cachedTrace(run, step)?.step), [undefined, 1, 2]);
  const tiny = createApi({ fetch: server.fetch, numbers: 1 });
  await tiny.getTrace(run, 3);
  assert.equal(tiny.cachedTrace(run, 3)?.step, 3);
});

test("neighbours fetched ahead are there at once", async () => {
  const server = fakeServer();
  const api = createApi({ fetch: server.fetch });
  api.prefetch(run, [-1, 1, 5, 6]);
  server.answerAll();
  await tick();
  assert.deepEqual([api.cachedTrace(run, 1)?.step, api.cachedTrace(run, 5)?.step], [1, 5]);
  assert.equal(server.log.length, 2);
});

test("fetching ahead elsewhere stops what nobody wants any more, not what somebody does", async () => {
  const server = fakeServer();
  const api = createApi({ fetch: server.fetch });
  api.prefetch(run, [1, 2, 3]);
  const wanted = api.getTrace(run, 1);
  api.prefetch(run, [3, 4]);
  await tick();
  assert.equal(server.aborted(), 1);
  server.answerAll();
  assert.equal((await wanted).step, 1);
  await tick();
  assert.deepEqual([1, 2, 3, 4].map((step) => api.cachedTrace(run, step)?.step), [1, undefined, 3, 4]);
});

test("a call given up is no problem, and can be made again", async () => {
  const server = fakeServer();
  const api = createApi({ fetch: server.fetch });
  const controller = new AbortController();
  const call = api.getTrace(run, 2, controller);
  controller.abort();
  const error = await call.catch((error) => error);
  assert.equal(problemOf(error), null);
  const again = api.getTrace(run, 2);
  server.answerAll();
  assert.equal((await again).step, 2);
});

test("a call given up before it began never takes place for long", async () => {
  const server = fakeServer();
  const controller = new AbortController();
  controller.abort();
  const error = await createApi({ fetch: server.fetch }).getTrace(run, 2, controller).catch((error) => error);
  assert.equal(problemOf(error), null);
  assert.equal(server.aborted(), 1);
});

test("a refusal carries the server's problem document", async () => {
  const document = {
    type: "urn:backscope:problem:invalid-spec",
    title: "Invalid spec",
    status: 422,
    detail: "layers[0].units must be at least 1",
    errors: [{ field: "layers[0].units", kind: "number", allowed: "at least 1" }],
  };
  const server = fakeServer(() => Response.json(document, { status: 422 }));
  const error = await createApi({ fetch: server.fetch }).createRun({}).catch((error) => error);
  assert.ok(error instanceof ApiError);
  assert.deepEqual(JSON.parse(JSON.stringify(error.problem)), document);
  assert.equal(error.message, document.detail);
});

test("a limit names itself, its value and its setting", async () => {
  const limit = { limit: "steps", value: 10, maximum: 5, setting: "BACKSCOPE_STEPS" };
  const server = fakeServer(() => Response.json({ title: "Over a limit", ...limit }, { status: 422 }));
  const error = await createApi({ fetch: server.fetch }).createRun({}).catch((error) => error);
  assert.deepEqual({ ...error.problem, ...limit }, error.problem);
});

/** @type {[string, () => unknown, number, string][]} */
const BROKEN = [
  [
    "no network",
    () => {
      throw new TypeError("Failed to fetch");
    },
    0,
    "urn:backscope:problem:no-answer",
  ],
  [
    "a proxy's page",
    () => new Response("<html>", { status: 502, statusText: "Bad Gateway" }),
    502,
    "urn:backscope:problem:unreadable",
  ],
  ["half an answer", () => new Response('{"run":', { status: 200 }), 200, "urn:backscope:problem:unreadable"],
  ["an answer of the wrong kind", () => Response.json([1], { status: 500 }), 500, ""],
];

for (const [name, answer, status, type] of BROKEN) {
  test(`${name} is a problem of status ${status}`, async () => {
    const fetch = /** @type {typeof globalThis.fetch} */ (async () => await answer());
    const error = await createApi({ fetch }).getCatalog().catch((error) => error);
    const problem = problemOf(error);
    assert.equal(problem?.status, status);
    assert.equal(problem?.type ?? "", type);
    assert.deepEqual(problem?.errors, []);
    assert.ok(problem?.title);
  });
}

test("an answer that does not fit its shape is a problem too, and is not kept", async () => {
  let bad = true;
  const server = fakeServer((url) =>
    bad ? { ...traceAnswer(url), values: { b1: { shape: [3], data: [1] } } } : traceAnswer(url)
  );
  const api = createApi({ fetch: server.fetch });
  const error = await api.getTrace(run, 0).catch((error) => error);
  assert.match(problemOf(error)?.detail ?? "", /shape \[3\]/);
  bad = false;
  assert.equal((await api.getTrace(run, 0)).step, 0);
});

test("a run is followed until it is done, however its events are cut into pieces", async () => {
  const text =
    'id: 3\nevent: history\ndata: {"steps":[0],"loss":[0.5]}\n\n: beat\n\nevent: progress\ndata: {"step":3,"to":9}\n\n' +
    'event: progress\ndata: {"step":9,"to":9}\n\nevent: done\ndata: {"step":9}\n\n';
  for (const size of [1, 7, 1000]) {
    const pieces = text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? [];
    const body = new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    });
    const api = createApi({ fetch: () => Promise.resolve(new Response(body)) });
    /** @type {number[]} */
    const heard = [];
    let known;
    await api.follow(/** @type {any} */ ({ id: "r", steps: 10 }), ({ step, losses }) => {
      heard.push(step);
      known = losses;
    });
    assert.deepEqual(heard, [3, 9]);
    assert.deepEqual(known, { steps: [0], loss: [0.5] });
  }
});

test("what goes wrong while a run is followed is a problem", async () => {
  const body = 'event: error\ndata: {"type":"urn:x","title":"Too busy","detail":"","errors":[]}\n\n';
  const busy = createApi({ fetch: () => Promise.resolve(new Response(body)) });
  await assert.rejects(busy.follow(/** @type {any} */ ({ id: "r", steps: 2 }), () => {}), /Too busy/);
  const missing = createApi({
    fetch: () => Promise.resolve(new Response(`{"title":"No such run"}`, { status: 404 })),
  });
  await assert.rejects(missing.follow(/** @type {any} */ ({ id: "r", steps: 2 }), () => {}), /No such run/);
});
