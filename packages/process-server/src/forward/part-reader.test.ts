import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { ByteBudget, KeptBytes, MiB, seededRandom } from "@leeward/base";
import { type SimulatedFiles, simulatedFiles } from "@leeward/world/testing";
import type { Cut } from "../cut/cut-folder.ts";
import { LIMITS } from "../limits.ts";
import { PartReader } from "./part-reader.ts";

const PATH = "/cuts/one";
const BUDGET_BYTES = 4 * MiB;

interface Made {
  readonly files: SimulatedFiles;
  readonly content: Uint8Array;
  readonly cut: Cut;
  readonly budget: ByteBudget;
}

/** A cut of two and a half parts, in a file and in memory. */
async function made(): Promise<Made> {
  const random = seededRandom(1);
  const files = simulatedFiles({ random });
  const content = random.bytes(2.5 * LIMITS.partBytesMax);
  await files.makeFolder("/cuts");
  {
    await using handle = await files.open(PATH, "create");
    await handle.write([content], 0);
  }
  const budget = new ByteBudget(BUDGET_BYTES);
  const kept = new KeptBytes(budget);
  kept.add(content);
  const sha256 = createHash("sha256").update(content).digest();
  return { files, content, budget, cut: { from: 1, to: 9, path: PATH, sizeBytes: content.length, sha256, kept } };
}

async function read(reader: PartReader, { cut }: Made, part: number): Promise<Uint8Array> {
  const position = part * LIMITS.partBytesMax;
  return reader.read({ cut, position, length: Math.min(LIMITS.partBytesMax, cut.sizeBytes - position) });
}

function wanted({ content }: Made, part: number): Buffer {
  return Buffer.from(content.subarray(part * LIMITS.partBytesMax, (part + 1) * LIMITS.partBytesMax));
}

test("a cut comes from memory once, which is free again then, and from its file when it is sent again", async () => {
  const one = await made();
  await using reader = new PartReader(one.files);
  for (const round of ["memory", "file"]) {
    for (const part of [0, 1, 2])
      assert.deepEqual(Buffer.from(await read(reader, one, part)), wanted(one, part), round);
    assert.ok(one.budget.take(BUDGET_BYTES), "nothing is held any more");
    one.budget.give(BUDGET_BYTES);
  }
});

test("a cut that memory lets go of in its middle goes on from its file, and is checked whole", async () => {
  for (const rotten of [undefined, 10, 2 * LIMITS.partBytesMax + 10]) {
    const one = await made();
    await using reader = new PartReader(one.files);
    assert.deepEqual(Buffer.from(await read(reader, one, 0)), wanted(one, 0));
    one.cut.kept?.drop();
    if (rotten !== undefined) one.files.rot(PATH, rotten);
    assert.deepEqual(Buffer.from(await read(reader, one, 1)), wanted(one, 1));
    if (rotten === undefined) assert.deepEqual(Buffer.from(await read(reader, one, 2)), wanted(one, 2));
    else await assert.rejects(read(reader, one, 2), { code: "cut-damaged" });
  }
});
