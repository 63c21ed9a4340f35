import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlanStepState } from "@leeward/api";
import fc from "fast-check";
import { circleIn, decide, inOrder, type OrderedStep, wavesOf } from "./order.ts";

/** Steps that come after earlier ones only, put in any order. */
const acyclic: fc.Arbitrary<OrderedStep[]> = fc
  .array(
    fc.record({
      after: fc.array(fc.nat(30), { maxLength: 4 }),
      onFailure: fc.constantFrom(null, null, "continue" as const, "stop" as const),
    }),
    { minLength: 1, maxLength: 25 },
  )
  .map((drafts) =>
    drafts.map(({ after, onFailure }, index) => ({
      name: `s${index}`,
      after: index === 0 ? [] : [...new Set(after.map((each) => `s${each % index}`))],
      onFailure,
    })),
  )
  .chain((steps) => fc.shuffledSubarray(steps, { minLength: steps.length }));

void test("waves hold every step once, behind all that it comes after", () => {
  fc.assert(
    fc.property(acyclic, (steps) => {
      const waves = wavesOf(steps) ?? [];
      const waveOf = new Map(waves.flatMap((names, index) => names.map((name) => [name, index] as const)));
      assert.equal(waves.flat().length, steps.length);
      for (const { name, after } of steps)
        for (const each of after) assert.ok((waveOf.get(each) ?? 0) < (waveOf.get(name) ?? 0));
      assert.equal(circleIn(steps), undefined);
      assert.deepEqual(new Set(inOrder(steps)), new Set(steps));
    }),
  );
});

void test("whatever fails, each step begins at most once and only behind what it comes after, and all come to an end", () => {
  fc.assert(
    fc.property(acyclic, fc.infiniteStream(fc.boolean()), fc.infiniteStream(fc.nat(9)), (steps, fails, picks) => {
      const ordered = inOrder(steps);
      const byName = new Map(steps.map((step) => [step.name, step]));
      const states = new Map<string, PlanStepState>(steps.map(({ name }) => [name, "waiting"]));
      const begun = new Set<string>();
      for (;;) {
        const { begin, leaveOut } = decide(ordered, states);
        for (const { name } of leaveOut) states.set(name, "left-out");
        for (const name of begin) {
          assert.ok(!begun.has(name), `${name} begins once`);
          begun.add(name);
          for (const each of byName.get(name)?.after ?? []) {
            const state = states.get(each);
            assert.ok(state === "done" || (state === "failed" && byName.get(each)?.onFailure === "continue"));
          }
          states.set(name, "running");
        }
        const running = [...states].filter(([, state]) => state === "running").map(([name]) => name);
        if (running.length === 0) break;
        const picked = running[(picks.next().value ?? 0) % running.length] ?? "";
        states.set(picked, fails.next().value === true ? "failed" : "done");
      }
      for (const state of states.values()) assert.ok(["done", "failed", "left-out"].includes(state), state);
    }),
  );
});

void test("steps that go in a circle are named in it", () => {
  const step = (name: string, ...after: string[]): OrderedStep => ({ name, after, onFailure: null });
  assert.deepEqual(circleIn([step("a"), step("b", "a", "d"), step("c", "b"), step("d", "c")]), ["b", "d", "c", "b"]);
  assert.deepEqual(circleIn([step("a", "a")]), ["a", "a"]);
  fc.assert(
    fc.property(acyclic, fc.nat(), fc.nat(), (steps, from, to) => {
      const [one, other] = [steps[from % steps.length], steps[to % steps.length]];
      const bent = steps.map((each) => (each === one ? { ...each, after: [...each.after, other?.name ?? ""] } : each));
      const circle = circleIn(bent);
      assert.equal(circle === undefined, wavesOf(bent) !== undefined);
      for (const [index, name] of (circle ?? []).slice(0, -1).entries())
        assert.ok(bent.find((each) => each.name === name)?.after.includes(circle?.[index + 1] ?? ""));
    }),
  );
});
