import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { COMPUTE_BYTES_MAX, type Compute } from "../compute.ts";

const CODECS_TRIED = ["lz4", "zstd"] as const;
const undecodable = { code: "frame-undecodable", kind: "corruption" };

/** Bytes that compress, more or less: runs drawn from a few short words. */
const compressible = fc
  .array(fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 200 })), { maxLength: 30 })
  .map((runs) =>
    Uint8Array.from(runs.flatMap(([word, times]) => Array.from({ length: times }, () => [...word]).flat())),
  );

/** What every Compute keeps. */
export function computeSuite(name: string, open: () => Compute): void {
  for (const codec of CODECS_TRIED) {
    test(`${name}: ${codec} gives back what it was given`, async () => {
      const compute = open();
      const contents = fc.oneof(compressible, fc.uint8Array({ maxLength: 5_000 }));
      await fc.assert(
        fc.asyncProperty(contents, async (raw) => {
          const before = raw.slice();
          const stored = await compute.compress(codec, raw);
          assert.deepEqual(raw, before);
          if (stored === undefined) return;
          assert.equal(stored.length < raw.length, true);
          assert.deepEqual(Uint8Array.from(await compute.decompress(codec, stored, raw.length)), raw);
        }),
        { numRuns: 60 },
      );
    });

    test(`${name}: ${codec} takes a view into a larger buffer, and a mebibyte`, async () => {
      const compute = open();
      const whole = new Uint8Array(3 << 20).fill(7);
      whole.set(
        new Uint8Array(1 << 20).map((_, index) => index % 251),
        1 << 20,
      );
      const raw = whole.subarray(1 << 20, 2 << 20);
      const stored = await compute.compress(codec, raw);
      assert.equal(stored !== undefined && stored.length < raw.length / 10, true);
      const padded = new Uint8Array(9 + (stored?.length ?? 0));
      padded.set(stored ?? [], 5);
      const raw2 = await compute.decompress(codec, padded.subarray(5, 5 + (stored?.length ?? 0)), raw.length);
      assert.equal(Buffer.compare(raw2, raw), 0);
    });

    test(`${name}: ${codec} says so when nothing is gained, also for nothing at all`, async () => {
      const compute = open();
      assert.equal(await compute.compress(codec, new Uint8Array(0)), undefined);
      assert.equal(await compute.compress(codec, Uint8Array.from([1])), undefined);
      const noise = Uint8Array.from({ length: 4096 }, (_, index) => Math.imul(index + 1, 0x9e3779b1) >>> 24);
      const stored = await compute.compress(codec, noise);
      assert.equal(stored === undefined || stored.length < noise.length, true);
    });

    test(`${name}: ${codec} refuses a false length, and does not believe a huge one`, async () => {
      const compute = open();
      const raw = new Uint8Array(10_000).fill(3);
      const stored = await compute.compress(codec, raw);
      assert(stored !== undefined);
      for (const rawBytes of [0, 1, 9_999, 10_001, 1 << 20, COMPUTE_BYTES_MAX + 1, 2 ** 32 - 1, 2 ** 40]) {
        await assert.rejects(compute.decompress(codec, stored, rawBytes), undecodable);
      }
      await assert.rejects(compute.decompress(codec, new Uint8Array(0), 0), undecodable);
      await assert.rejects(compute.decompress(codec, new Uint8Array(0), 5), undecodable);
    });

    test(`${name}: ${codec} bytes that are cut short are refused`, async () => {
      const compute = open();
      const raw = Uint8Array.from({ length: 3_000 }, (_, index) => index % 97);
      const stored = await compute.compress(codec, raw);
      assert(stored !== undefined);
      for (let length = 0; length < stored.length; length += 1) {
        await assert.rejects(compute.decompress(codec, stored.subarray(0, length), raw.length), undecodable);
      }
    });

    test(`${name}: ${codec} bytes made by an enemy give the promised length or a fault`, async () => {
      const compute = open();
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ maxLength: 300 }),
          fc.integer({ min: 1, max: 3_000 }),
          async (stored, rawBytes) => {
            try {
              assert.equal((await compute.decompress(codec, stored, rawBytes)).length, rawBytes);
            } catch (error) {
              assert.equal(error instanceof Error && "code" in error && error.code, "frame-undecodable");
            }
          },
        ),
        { numRuns: 100 },
      );
    });
  }
}
