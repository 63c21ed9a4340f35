import assert from "node:assert/strict";
import { test } from "node:test";
import { hasComments, moved, readForm, writeForm } from "./plan-document.ts";
import { wavesOf } from "./waves.ts";

const GROUPS = `name: shop
groups:
  - first:
      - name: ask
        manual: Tell the shop.
    machines:
      - db
      - machine: web
        network: user
        onFailure: stop
  - machines:
      - cache
    last:
      - name: front
        health:
          tcp:
            host: shop.example
            port: 443
`;

test("a form that was not changed writes the plan that it read, whether by groups or by steps", () => {
  for (const text of [GROUPS, "steps:\n  - machine: db\n  - name: pause\n    after:\n      - db\n    wait: 5\n"]) {
    const read = readForm(text);
    assert.ok("form" in read);
    assert.equal(writeForm(read.form), text);
  }
});

test("a text that is no plan has a reason, and never throws", () => {
  for (const text of [
    "groups: [",
    "- a",
    "groups: 3",
    "groups: [1]",
    "groups: [{first: 1}]",
    "groups: [{first: [1]}]",
    "a: &x 1\nb: *x",
  ]) {
    assert.ok("problem" in readForm(text), text);
  }
});

test("an empty text is an empty plan with one group", () => {
  const read = readForm("");
  assert.ok("form" in read);
  assert.equal(read.form.groups?.length, 1);
});

test("comments are seen, and a number sign inside of a word is none", () => {
  assert.ok(hasComments("a: 1 # why"));
  assert.ok(hasComments("  # why\na: 1"));
  assert.ok(!hasComments("url: http://x/#place"));
});

test("an item is moved by one place, and not beyond the ends", () => {
  assert.deepEqual(moved(["a", "b", "c"], 0, 1), ["b", "a", "c"]);
  assert.deepEqual(moved(["a", "b", "c"], 2, 0), ["c", "a", "b"]);
  assert.deepEqual(moved(["a", "b"], 1, 2), ["a", "b"]);
});

test("each step is in the wave behind the last of those that it comes after", () => {
  const steps = [
    { name: "d", after: ["b", "c"] },
    { name: "a", after: [] },
    { name: "b", after: ["a"] },
    { name: "c", after: [] },
  ];
  assert.deepEqual(
    wavesOf(steps).map((wave) => wave.map(({ name }) => name)),
    [["a", "c"], ["b"], ["d"]],
  );
});
