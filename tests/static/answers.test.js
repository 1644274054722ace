/** A page saved to a file: what is in the file is answered, and everything else refused. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { answersFrom } from "../../static/answers.js";

/** @type {import("../../static/answers.js").Saved} */
const saved = {
  place: "#run=1",
  documents: { "/api/v1/runs/1": { id: "1" }, "/api/v1/runs/1/history": { steps: [0] } },
  run: { id: "1" },
  missing: { type: "urn:x", title: "Not here", status: 404, detail: "steps 0 to 3", errors: [] },
};

test("an address is answered whatever its query", async () => {
  const answers = answersFrom(saved);
  const first = await answers("/api/v1/runs/1?lang=zh");
  assert.equal(first.status, 200);
  assert.deepEqual(await first.json(), { id: "1" });
  const second = await answers(new Request("http://file/api/v1/runs/1/history?points=600"));
  assert.equal(second.status, 404);
  assert.deepEqual(await (await answers("/api/v1/runs/1/history?points=600")).json(), { steps: [0] });
});

test("what is not in the file is refused with a problem", async () => {
  const refusal = await answersFrom(saved)("/api/v1/runs/1/steps/9");
  assert.equal(refusal.status, 404);
  assert.equal((await refusal.json()).title, "Not here");
});

test("the experiment that is posted first is the saved one, and no other can be", async () => {
  const answers = answersFrom(saved);
  const post = (/** @type {string} */ body) => answers("/api/v1/runs", { method: "POST", body });
  assert.deepEqual(await (await post('{"seed":1}')).json(), { id: "1" });
  assert.equal((await post('{"seed":2}')).status, 404);
  assert.equal((await post('{"seed":1}')).status, 200);
});
