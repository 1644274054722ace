/** @import { Ask, Run } from "../../static/types.d.ts" */
import assert from "node:assert/strict";
import { test } from "node:test";

import { createInquiries } from "../../static/inquiries.js";
import { ApiError } from "../../static/api.js";
import { run } from "./fixture.js";

/** A server whose answers are given by the test, and a clock whose waits it lets pass. */
function scene() {
  /** @type {{ path: string, query: object, signal: AbortSignal | undefined, answer: (value: any) => Promise<void>, refuse: (error: Error) => Promise<void> }[]} */
  const requests = [];
  /** @type {(() => void)[]} */
  const waits = [];
  const seen = { changes: 0 };
  const api = {
    ask: (
      /** @type {Run} */ _run,
      /** @type {string} */ path,
      /** @type {object} */ query,
      /** @type {any} */ options,
    ) =>
      new Promise((resolve, reject) => {
        const settle = async (/** @type {() => void} */ end) => {
          end();
          for (let turn = 0; turn < 4; turn++) await null;
        };
        requests.push({
          ...{ path, query, signal: options?.signal },
          answer: (value) => settle(() => resolve(value)),
          refuse: (error) => settle(() => reject(error)),
        });
        options?.signal?.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
      }),
  };
  const clock = /** @type {any} */ ({ wait: (/** @type {() => void} */ call) => waits.push(call) });
  const answers = createInquiries(/** @type {any} */ (api), () => seen.changes++, clock);
  /** @param {number} step  @param {Partial<Ask<any>>} [more]  @returns {any} */
  const ask = (step, more) => answers.ask({ slot: "map", run, path: `/steps/${step}/surface`, ...more });
  return { answers, ask, requests, waits, seen };
}

test("an answer is asked for once, and is there from then on", async () => {
  const { ask, requests, seen } = scene();
  assert.equal(ask(1).status, "loading");
  assert.equal(ask(1).status, "loading");
  assert.equal(requests.length, 1);
  await requests[0].answer({ value: 1 });
  assert.equal(seen.changes, 1);
  assert.deepEqual(ask(1).value, { value: 1 });
  assert.equal(requests.length, 1);
});

test("while someone scrubs, one request is under way and the last wish comes after it", async () => {
  const { ask, requests } = scene();
  for (const step of [1, 2, 3, 4]) ask(step);
  assert.deepEqual(requests.map(({ path }) => path), ["/steps/1/surface"]);
  await requests[0].answer("one");
  assert.deepEqual(requests.map(({ path }) => path), ["/steps/1/surface", "/steps/4/surface"]);
  // What came is shown until what is wanted has come.
  assert.equal(ask(4).previous, "one");
  await requests[1].answer("four");
  assert.equal(ask(4).value, "four");
});

test("what the page has stopped showing is not asked for any more", async () => {
  const { answers, ask, requests } = scene();
  ask(1);
  ask(2);
  answers.round();
  await requests[0].answer("one");
  assert.equal(requests.length, 1);
});

test("another run does not wait for an answer about this one, nor shows it", async () => {
  const { ask, requests } = scene();
  ask(1);
  const other = /** @type {Run} */ ({ ...run, id: "other" });
  const waiting = ask(1, { run: other });
  assert.equal(requests[0].signal?.aborted, true);
  assert.equal(requests.length, 2);
  assert.equal(waiting.previous, null);
  await requests[1].answer("its own");
  assert.equal(ask(1, { run: other }).value, "its own");
});

test("a refusal is shown, and asked again only when someone wants it", async () => {
  const { answers, ask, requests } = scene();
  ask(1);
  await requests[0].refuse(new ApiError({ ...{ status: 422, title: "No", detail: "so", errors: [] } }));
  assert.deepEqual([ask(1).status, ask(1).problem.detail], ["failed", "so"]);
  assert.equal(requests.length, 1);
  answers.retry();
  assert.equal(requests.length, 2);
  await requests[1].answer("yes");
  assert.equal(ask(1).value, "yes");
});

test("what takes longer than one request may is asked for again, quietly", async () => {
  const { ask, requests, waits } = scene();
  ask(1);
  await requests[0].refuse(new ApiError({ ...{ status: 503, title: "Later", detail: "", errors: [] } }));
  assert.equal(ask(1).status, "loading");
  assert.equal(waits.length, 1);
  waits[0]();
  assert.equal(requests.length, 2);
  await requests[1].answer("done");
  assert.equal(ask(1).value, "done");
});

test("each place of the page has its own request, and answers are decoded once", async () => {
  const { ask, requests } = scene();
  let decoded = 0;
  const decode = (/** @type {any} */ answer) => (decoded++, answer.toUpperCase());
  ask(1, { decode });
  ask(1, { slot: "other", query: { resolution: 80 } });
  assert.equal(requests.length, 2);
  await requests[0].answer("a");
  assert.equal(ask(1, { decode }).value, "A");
  assert.equal(ask(1, { decode }).value, "A");
  assert.equal(decoded, 1);
});

test("a place that is not drawn any more is forgotten, and what failed there is tried again when it is", async () => {
  const { answers, ask, requests } = scene();
  ask(1);
  await requests[0].refuse(new ApiError({ ...{ status: 422, title: "No", detail: "", errors: [] } }));
  assert.equal(ask(1).status, "failed");
  answers.round();
  assert.equal(ask(1).status, "failed");
  answers.round();
  answers.round();
  assert.equal(ask(1).status, "loading");
  assert.equal(requests.length, 2);
});
