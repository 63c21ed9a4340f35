import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { upperFirst } from "./upper-first.ts";

const list = (...devices: string[]): { device: string }[] => devices.map((device) => ({ device }));

test("what lies in a file of another comes before it, over any number of storeys", () => {
  const beneath = new Map([
    ["7:1", new Set(["7:0", "8:1"])],
    ["7:0", new Set(["8:1"])],
  ]);
  const order = upperFirst(list("8:1", "9:9", "7:0", "7:1"), (device) => beneath.get(device) ?? new Set());
  assert.deepEqual(order, list("7:1", "7:0", "8:1", "9:9"));
});

test("a circle ends, and loses nothing", () => {
  const order = upperFirst(list("1:0", "2:0"), (device) => new Set([device === "1:0" ? "2:0" : "1:0"]));
  assert.deepEqual(order.map(({ device }) => device).toSorted(), ["1:0", "2:0"]);
});

test("for any storeys, none comes after what lies beneath it", () => {
  // Each lies on some of those with a smaller number.
  const storeys = fc.array(fc.array(fc.nat(100), { maxLength: 3 }), { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(storeys, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (picks, keys) => {
      const beneath = picks.map((some, index) => new Set(index === 0 ? [] : some.map((pick) => String(pick % index))));
      const keyed = picks.map((_, index) => ({ device: String(index), key: keys[index] ?? 0 }));
      const order = upperFirst(
        keyed.toSorted((one, other) => one.key - other.key),
        (device) => beneath[Number(device)] ?? new Set(),
      ).map(({ device }) => device);
      for (const [at, device] of order.entries()) {
        for (const lower of beneath[Number(device)] ?? []) assert.ok(order.indexOf(lower) > at);
      }
    }),
  );
});
