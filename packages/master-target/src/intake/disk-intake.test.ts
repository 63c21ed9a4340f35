import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteBudget, MiB, seededRandom } from "@leeward/base";
import { Journal } from "@leeward/journal";
import { HistoryMaker, type MadeSegment } from "@leeward/journal/testing";
import type { SegmentPart, TargetDisk } from "@leeward/proto";
import { readFile } from "@leeward/world";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { DiskIntake } from "./disk-intake.ts";
import { EpochBook } from "./epoch-book.ts";

const SENDER = "0b".repeat(16);
const DISK_BYTES = 64 * 1024;
const PART_BYTES = 20_000;

interface Rig {
  readonly world: SimulatedWorld;
  readonly maker: HistoryMaker;
  readonly journal: Journal;
  readonly memory: ByteBudget;
  readonly intake: DiskIntake;
}

async function rig(memoryBytes: number): Promise<Rig> {
  const world = simulatedWorld({ seed: 3 });
  await world.files.makeFolder("/mt");
  const maker = new HistoryMaker(seededRandom(3), DISK_BYTES);
  const limits = { reserveBytes: 0 };
  const options = { folder: "/mt/d", ...maker.identity, dataKey: maker.dataKey, limits };
  const journal = await Journal.create(world, options);
  const memory = new ByteBudget(memoryBytes);
  const plan: TargetDisk = {
    ...maker.identity,
    machineName: "m",
    diskName: "d",
    epoch: 0,
    term: 0,
    processServerId: SENDER,
    keyId: maker.dataKey.keyId,
    wrappedKeys: [],
    retentionSeconds: 60,
    retentionBytesMax: 0,
    thinningTiers: [],
    intake: true,
  };
  const epochs = await EpochBook.open(world.files, "/mt");
  return {
    world,
    maker,
    journal,
    memory,
    intake: new DiskIntake({ files: world.files, memory, epochs, journal }, plan),
  };
}

/** What a process server would send of the segment, in parts. */
async function partsOf(
  { world, maker }: Rig,
  made: MadeSegment,
): Promise<{ readonly part: SegmentPart; readonly payload: Uint8Array }[]> {
  const staged = await maker.stage(world, `/mt/sent-${made.from}`, made);
  const bytes = await readFile(world.files, staged.path, MiB);
  const { branch, from, to, sha256 } = staged;
  const { diskId } = maker.identity;
  return Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, index) => ({
    part: {
      diskId,
      branch,
      from,
      to,
      epoch: 0,
      term: 0,
      position: index * PART_BYTES,
      totalBytes: bytes.length,
      sha256,
    },
    payload: bytes.slice(index * PART_BYTES, (index + 1) * PART_BYTES),
  }));
}

function wholeDisk(maker: HistoryMaker): MadeSegment {
  maker.endSpan(maker.beginSpan("initial"));
  maker.write(0, { kind: "write", length: DISK_BYTES });
  return maker.cut();
}

test("a segment is taken in whether memory holds it or not, and what it held is free afterwards", async () => {
  for (const memoryBytes of [0, PART_BYTES, MiB]) {
    const one = await rig(memoryBytes);
    const parts = await partsOf(one, wholeDisk(one.maker));
    assert.ok(parts.length > 2);
    for (const { part, payload } of parts.slice(0, -1))
      assert.equal(await one.intake.part(part, payload, SENDER), undefined);
    const last = parts.at(-1);
    assert.ok(last !== undefined);
    const position = await one.intake.part(last.part, last.payload, SENDER);
    assert.equal(position?.journaledSequence, last.part.to);
    assert.equal(position.refused, undefined);
    assert.ok(one.memory.take(memoryBytes));
    await one.journal.close();
  }
});

test("a segment that is refused, broken off or begun anew holds no memory", async () => {
  const one = await rig(MiB);
  const parts = await partsOf(one, wholeDisk(one.maker));
  const [first] = parts;
  assert.ok(first !== undefined);
  await one.intake.part(first.part, first.payload, SENDER);
  await one.intake.part(first.part, first.payload, SENDER);
  for (const { part, payload } of parts.slice(1)) {
    const flipped = payload.map((byte) => byte ^ 1);
    const position = await one.intake.part(part, flipped, SENDER);
    if (part === parts.at(-1)?.part) assert.equal(position?.refused?.code, "segment-refused");
  }
  assert.ok(one.memory.take(MiB));
  one.memory.give(MiB);
  await one.intake.part(first.part, first.payload, SENDER);
  await one.intake.close();
  assert.ok(one.memory.take(MiB));
  await one.journal.close();
});
