import assert from "node:assert/strict";
import { test } from "node:test";
import type { IndexEntry } from "@leeward/proto";
import fc from "fast-check";
import { type EntryPages, mergedEntries } from "./entry-merge.ts";

const BLOCKS = 60;

/** Random entries of file `file`, sorted and disjoint: gap and length by turns. */
const source = fc.array(fc.tuple(fc.nat(4), fc.integer({ min: 1, max: 6 })), { maxLength: 12 });

function entriesOf(steps: readonly (readonly [number, number])[], file: number): IndexEntry[] {
  const entries: IndexEntry[] = [];
  let offset = 0;
  for (const [gap, length] of steps) {
    offset += gap;
    if (offset + length > BLOCKS) break;
    const place = { framePosition: file, frameOrdinal: 0, frameBytes: 0, rawPosition: offset * 10, file };
    entries.push({ offset, length, sequence: 1, kind: "write", ...place, rawPosition: 1000 + offset });
    offset += length;
  }
  return entries;
}

async function* pagesOf(entries: readonly IndexEntry[], pageSize: number): EntryPages {
  for (let at = 0; at < entries.length; at += pageSize) yield entries.slice(at, at + pageSize);
}

test("merged entries are sorted and disjoint, and give each byte as the newest source has it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(source, { maxLength: 6 }), fc.integer({ min: 1, max: 5 }), async (sources, pageSize) => {
      const all = sources.map(entriesOf);
      const merged: IndexEntry[] = [];
      for await (const page of mergedEntries(all.map((entries) => pagesOf(entries, pageSize)))) merged.push(...page);
      const got = new Map<number, string>();
      let end = 0;
      for (const entry of merged) {
        assert.ok(entry.offset >= end && entry.length > 0);
        end = entry.offset + entry.length;
        for (let skip = 0; skip < entry.length; skip += 1)
          got.set(entry.offset + skip, `${entry.file}@${entry.rawPosition + skip}`);
      }
      for (let block = 0; block < BLOCKS; block += 1) {
        const file = all.findIndex((entries) =>
          entries.some((entry) => entry.offset <= block && block < entry.offset + entry.length),
        );
        assert.equal(got.get(block), file < 0 ? undefined : `${file}@${1000 + block}`);
      }
    }),
  );
});
