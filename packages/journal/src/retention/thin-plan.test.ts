import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, randomId, seededRandom } from "@leeward/base";
import fc from "fast-check";
import { JournalState } from "../history/journal-state.ts";
import type { PointEntry } from "../manifest/entry.ts";
import { planThinning, type ThinningTier } from "./thin-plan.ts";

const SECOND = 1_000_000;
const TIERS: readonly ThinningTier[] = [
  { afterMicros: 20 * SECOND, stepMicros: 10 * SECOND },
  { afterMicros: 60 * SECOND, stepMicros: 40 * SECOND },
];
const DISKS = ["a1", "b2", "c3"].map((digits) => digits.repeat(16));

/** Points of a machine with three disks, some of which could not take part in some of them. */
function pointsOf(random: Random, count: number): PointEntry[] {
  const revision = randomId(random).slice(0, 12);
  return Array.from({ length: count }, (_, index): PointEntry => {
    const isGroup = random.below(3) === 0;
    const members = DISKS.filter(() => random.below(6) > 0);
    return {
      type: "point",
      id: isGroup ? revision + randomId(random).slice(12) : randomId(random),
      number: index + 1,
      timeMicros: (index + 1) * 2 * SECOND + random.below(SECOND),
      validUntilMicros: (index + 1) * 2 * SECOND + SECOND,
      kind: isGroup ? "group" : "auto",
      consistency: (["crash", "crash", "file-system", "application"] as const)[random.below(4)] ?? "crash",
      epoch: 1,
      branch: "e5".repeat(16),
      sequence: index + 1,
      memberDiskIds: members,
      missingDiskIds: DISKS.filter((id) => !members.includes(id)),
    };
  });
}

/** One disk's journal, which thins whenever it comes to it. */
function kept(points: readonly PointEntry[], held: ReadonlySet<string>, turns: readonly number[]): Set<string> {
  const state = new JournalState();
  for (const point of points) state.apply(point);
  for (const nowMicros of turns) {
    const ids = planThinning(state, TIERS, { nowMicros, held, first: 0 });
    state.apply({ type: "points-thinned", ids });
  }
  return new Set([...state.points].map(({ id }) => id));
}

test("disks that thin at different times choose the same points, and of each step the machine keeps one", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const points = pointsOf(random, 80);
      const end = 400 * SECOND;
      const journals = DISKS.map((disk) => {
        const own = points.filter(({ memberDiskIds }) => memberDiskIds.includes(disk));
        const held = new Set(own.filter(() => random.below(20) === 0).map(({ id }) => id));
        const turns = Array.from({ length: random.below(6) }, () => random.below(end)).sort((a, b) => a - b);
        return { disk, held, ids: kept(own, held, [...turns, end]) };
      });
      for (const point of points) {
        const members = journals.filter(({ disk }) => point.memberDiskIds.includes(disk));
        const having = members.filter(({ ids }) => ids.has(point.id));
        const isChosen = having.some(({ held }) => !held.has(point.id));
        if (isChosen) assert.equal(having.length, members.length, "one disk keeps what another has let go");
      }
      for (let step = 0; step < 4; step += 1) {
        const within = points.filter(({ timeMicros }) => Math.floor(timeMicros / (40 * SECOND)) === step);
        const own = within.filter(({ kind, memberDiskIds }) => kind !== "group" && memberDiskIds.length > 0);
        const most = Math.max(0, ...own.map(({ memberDiskIds }) => memberDiskIds.length));
        const whole = own.filter(({ id, memberDiskIds }) =>
          journals.every(({ disk, ids }) => !memberDiskIds.includes(disk) || ids.has(id)),
        );
        if (own.length > 0) assert.ok(whole.some(({ memberDiskIds }) => memberDiskIds.length === most));
      }
    }),
    { numRuns: 300 },
  );
});

test("machines of a group choose the same group points, though their clocks differ", () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const group = pointsOf(random, 80)
        .filter(({ kind, memberDiskIds }) => kind === "group" && memberDiskIds.length > 0)
        // Not beside the edge of a step: there two clocks may put a point into two.
        .map((point) => ({ ...point, timeMicros: point.timeMicros - (point.timeMicros % (2 * SECOND)) + SECOND }));
      const others = group.map((point) => ({
        ...point,
        timeMicros: point.timeMicros + random.below(900_000) - 450_000,
      }));
      const alone = pointsOf(random, 80).filter(({ kind }) => kind !== "group");
      const one = kept(group, new Set(), [400 * SECOND]);
      const two = kept([...others, ...alone], new Set(), [100 * SECOND, 400 * SECOND]);
      for (const { id } of group) assert.equal(one.has(id), two.has(id));
    }),
    { numRuns: 200 },
  );
});
