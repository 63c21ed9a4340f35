import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { layered } from "./layering.ts";
import type { BaseSource, Bytes, Located, ViewSource } from "./located.ts";

const BLOCKS = 40;

type Kind = "data" | "zero" | "base";
const layer = fc.array(fc.option(fc.constantFrom<Kind>("data", "zero", "base"), { nil: undefined }), {
  minLength: BLOCKS,
  maxLength: BLOCKS,
});

/** Bytes that lie in file `number` at the raw position that is their offset. */
function bytesOf(number: number, extent: { offset: number; length: number }): Bytes {
  const file = { name: String(number), fileId: "0".repeat(32), bytes: 0, sha256: "0".repeat(64) };
  const place = { framePosition: 0, frameOrdinal: 0, frameBytes: 0, rawPosition: extent.offset, file: 0 };
  return { file: { folder: "segments", file }, entry: { ...extent, ...place, sequence: 1, kind: "write" } };
}

/** A source whose byte `n` of disk lies at raw position `n` of file `number`. */
function sourceOf(kinds: readonly (Kind | undefined)[], number: number): ViewSource {
  return {
    async locate({ offset, length }) {
      const located: Located[] = [];
      for (let at = offset; at < offset + length; ) {
        let end = at + 1;
        while (end < offset + length && kinds[end] === kinds[at]) end += 1;
        const kind = kinds[at];
        const extent = { offset: at, length: end - at };
        if (kind === "data") located.push({ ...extent, kind, data: bytesOf(number, extent) });
        else if (kind !== undefined) located.push({ ...extent, kind });
        at = end;
      }
      return located;
    },
  };
}

function baseOf(kinds: readonly (Kind | undefined)[], number: number): BaseSource {
  const source = sourceOf(kinds, number);
  return { locate: async (open) => (await Promise.all(open.map((extent) => source.locate(extent)))).flat() };
}

test("each byte comes from the newest source that knows it, and the pieces cover the extent whole", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(layer, { maxLength: 5 }),
      layer,
      fc.nat(BLOCKS - 1),
      fc.nat(BLOCKS - 1),
      async (layers, base, a, b) => {
        const [offset, end] = [Math.min(a, b), Math.max(a, b) + 1];
        const onlyKnown = base.map((kind) => (kind === "base" ? undefined : kind));
        const pieces = await layered(layers.map(sourceOf), baseOf(onlyKnown, 99), { offset, length: end - offset });
        const got: string[] = [];
        for (const piece of pieces) {
          assert.equal(piece.offset, offset + got.length);
          for (let skip = 0; skip < piece.length; skip += 1) {
            if (piece.kind === "zero") got.push("zero");
            else got.push(`${piece.data.file.file.name}@${piece.data.entry.rawPosition + skip}`);
          }
        }
        const want = Array.from({ length: end - offset }, (_, index) => {
          const at = offset + index;
          const number = layers.findIndex((kinds) => kinds[at] !== undefined);
          const kind = layers[number]?.[at] ?? "base";
          if (kind === "zero") return "zero";
          if (kind === "data") return `${number}@${at}`;
          return onlyKnown[at] === "data" ? `99@${at}` : "zero";
        });
        assert.deepEqual(got, want);
      },
    ),
  );
});
