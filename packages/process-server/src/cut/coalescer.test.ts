import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Change, ChangeKind, Run } from "./change.ts";
import { coalesce } from "./coalescer.ts";

const OPTIONS = { zeroBlockBytes: 16, runBytesMax: 64 } as const;
const DISK_BYTES = 512;

/** What a byte of the model disk holds: untouched, discarded, or a value. */
type Cell = number | "untouched" | "discarded";

interface Draft {
  readonly kind: ChangeKind;
  readonly offset: number;
  readonly length: number;
  readonly fill: number;
  readonly noise: readonly number[];
}

const change: fc.Arbitrary<Draft> = fc.record({
  kind: fc.constantFrom<ChangeKind>("write", "write", "zero", "discard"),
  offset: fc.nat(DISK_BYTES - 1),
  length: fc.integer({ min: 1, max: 120 }),
  fill: fc.constantFrom(0, 0, 1, 2, 255),
  noise: fc.array(fc.nat(119), { maxLength: 3 }),
});

function changesOf(drafts: readonly Draft[]): Change[] {
  return drafts.map((draft, index) => {
    const length = Math.min(draft.length, DISK_BYTES - draft.offset);
    const payload = new Uint8Array(draft.kind === "write" ? length : 0).fill(draft.fill);
    for (const at of draft.noise) if (at < payload.length) payload[at] = index + 1;
    return { sequence: index + 1, timeMicros: 100 + index, kind: draft.kind, offset: draft.offset, length, payload };
  });
}

function applied(changes: readonly Change[]): Cell[] {
  const disk: Cell[] = Array.from({ length: DISK_BYTES }, () => "untouched");
  for (const { kind, offset, length, payload } of changes) {
    for (let at = 0; at < length; at += 1) {
      disk[offset + at] = kind === "discard" ? "discarded" : (payload[at] ?? 0);
    }
  }
  return disk;
}

function appliedRuns(runs: readonly Run[]): Cell[] {
  return applied(
    runs.map(({ kind, offset, length, parts }, index) => {
      const payload = new Uint8Array(Buffer.concat(parts));
      assert.equal(payload.length, kind === "write" ? length : 0);
      return { sequence: index + 1, timeMicros: 0, kind, offset, length, payload };
    }),
  );
}

test("applying the runs equals applying the changes in their order, whatever overlaps", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (drafts) => {
      const changes = changesOf(drafts);
      assert.deepEqual(appliedRuns(coalesce(changes, OPTIONS)), applied(changes));
    }),
    { numRuns: 2_000 },
  );
});

test("the order in which changes are given does not matter, only their sequences", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (drafts) => {
      const changes = changesOf(drafts);
      assert.deepEqual(coalesce(changes.toReversed(), OPTIONS), coalesce(changes, OPTIONS));
    }),
  );
});

test("runs are sorted, disjoint, bounded, and joined where they touch", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (drafts) => {
      const runs = coalesce(changesOf(drafts), OPTIONS);
      for (const [index, run] of runs.entries()) {
        assert.ok(run.length > 0);
        assert.ok(run.kind !== "write" || run.length <= OPTIONS.runBytesMax);
        const before = runs[index - 1];
        if (before === undefined) continue;
        const end = before.offset + before.length;
        assert.ok(end <= run.offset, "sorted and disjoint");
        const touching = end === run.offset && before.kind === run.kind;
        assert.ok(!touching || (run.kind === "write" && run.offset % OPTIONS.runBytesMax === 0), "joined");
      }
    }),
  );
});

test("no aligned block of zeroes stays in the payload of one change", () => {
  const payload = new Uint8Array(100).fill(7);
  payload.fill(0, 10, 70);
  const runs = coalesce([{ sequence: 1, timeMicros: 0, kind: "write", offset: 5, length: 100, payload }], OPTIONS);
  assert.deepEqual(
    runs.map(({ kind, offset, length }) => ({ kind, offset, length })),
    [
      { kind: "write", offset: 5, length: 11 },
      { kind: "zero", offset: 16, length: 48 },
      { kind: "write", offset: 64, length: 41 },
    ],
  );
});

test("payload is viewed, not copied", () => {
  const payload = new Uint8Array(32).fill(9);
  const [run] = coalesce([{ sequence: 1, timeMicros: 0, kind: "write", offset: 0, length: 32, payload }], OPTIONS);
  assert.equal(run?.parts[0]?.buffer, payload.buffer);
});
