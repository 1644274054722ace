import assert from "node:assert/strict";
import { test } from "node:test";

import { isStory, parameterOf } from "../../static/names.js";
import { richRun, run } from "./fixture.js";

test("a value of the update belongs to its parameter, whatever it is called", () => {
  const rich = richRun();
  const owned = { W1: "W1", W1_new: "W1", m_W1: "W1", v_b2_new: "b2", m_alpha2_new: "alpha2" };
  for (const [name, parameter] of Object.entries(owned)) {
    assert.equal(parameterOf(rich, name), parameter, name);
  }
  for (const name of ["t", "learning_rate", "loss", "dW1", "a1", "beta1", "J2"]) {
    assert.equal(parameterOf(rich, name), null, name);
  }
});

test("passes, parameters and new parameters tell the story; memory, settings and what lies between do not", () => {
  const rich = richRun();
  const told = Object.keys(rich.values).filter((name) => isStory(rich, name));
  assert.deepEqual(
    Object.keys(rich.values).filter((name) => !told.includes(name)).filter((name) => !/^[mv]_/.test(name))
      .toSorted(),
    ["beta1", "beta2", "learning_rate", "t"],
  );
  assert.ok(!told.some((name) => /^[mv]_/.test(name)));
  assert.ok(
    ["a0", "W1", "alpha2", "mask1", "h1", "J2", "dalpha2", "alpha2_new"].every((name) => told.includes(name)),
  );
  assert.deepEqual(
    Object.keys(run.values).filter((name) => !isStory(run, name)),
    ["learning_rate"],
    "of plain descent nothing else is left out",
  );
});
