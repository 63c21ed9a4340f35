import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteBudget, MiB, seededRandom } from "@leeward/base";
import { Journal, MachineJournal } from "@leeward/journal";
import { HistoryMaker, type MadeSegment } from "@leeward/journal/testing";
import type { DiskOffer, DiskPosition, SegmentPart, TargetDisk } from "@leeward/proto";
import { readFile } from "@leeward/world";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { DiskIntake } from "./disk-intake.ts";
import { EpochBook } from "./epoch-book.ts";
import { storePoint } from "./store-point.ts";

const SENDER = "0b".repeat(16);
const DISK_BYTES = 64 * 1024;
const PART_BYTES = 20_000;

interface Rig {
  readonly world: SimulatedWorld;
  readonly maker: HistoryMaker;
  readonly journal: Journal;
  readonly memory: ByteBudget;
  readonly epochs: EpochBook;
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
    epochs,
    intake: new DiskIntake({ clock: world.clock, files: world.files, memory, epochs, journal }, plan),
  };
}

/** What a process server would send of the segment, in parts. */
async function partsOf(
  { world, maker }: Rig,
  made: MadeSegment,
): Promise<{ readonly part: SegmentPart; readonly payload: Uint8Array }[]> {
  const staged = await maker.stage(world, `/mt/sent-${made.from}`, made);
  const bytes = await readFile(world.files, staged.path, MiB);
  await world.files.remove(staged.path);
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

const CLAIM = "c1".repeat(16);
const never = new AbortController().signal;

/** What was taken in before, at every place of a segment's way at which the epoch could rise. */
test("a segment that was half in when the epoch rose never reaches the journal, whoever sends the rest of it", async () => {
  for (const epoch of [0, 1]) {
    for (let before = 1; before < 4; before += 1) {
      const one = await rig(MiB);
      const parts = await partsOf(one, wholeDisk(one.maker));
      for (const { part, payload } of parts.slice(0, before)) await one.intake.part(part, payload, SENDER);
      await one.epochs.raise({ machineId: one.maker.identity.machineId, from: 0, to: 1, claimId: CLAIM });
      const answers = [];
      for (const { part, payload } of parts.slice(before))
        answers.push(await one.intake.part({ ...part, epoch }, payload, SENDER));
      assert.equal(one.journal.head, undefined, `after ${before} parts, the rest with epoch ${epoch}`);
      assert.equal(answers[0]?.refused?.code, epoch === 0 ? "epoch-old" : undefined);
      assert.equal(answers[0]?.journaledSequence, 0, "it is answered where the journal stands");
      await one.intake.close();
      assert.ok(one.memory.take(MiB));
      await one.journal.close();
    }
  }
});

test("once a raise has settled, a segment whose end was on its way is in the journal or never will be", async () => {
  const outcomes = new Set<boolean>();
  for (let turns = 0; turns < 80; turns += 1) {
    const one = await rig(MiB);
    const parts = await partsOf(one, wholeDisk(one.maker));
    const last = parts.pop();
    assert.ok(last !== undefined);
    for (const { part, payload } of parts) await one.intake.part(part, payload, SENDER);
    const sending = one.intake.part(last.part, last.payload, SENDER);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    await one.epochs.raise({ machineId: one.maker.identity.machineId, from: 0, to: 1, claimId: CLAIM });
    const isIn = one.journal.position(last.part.branch) !== undefined;
    const position = await sending;
    assert.equal(one.journal.position(last.part.branch) !== undefined, isIn, `raised after ${turns} turns`);
    assert.equal(position?.refused === undefined, isIn);
    outcomes.add(isIn);
    await one.journal.close();
  }
  assert.ok(outcomes.has(true));
});

test("a point of an older epoch is refused: one that waits for its segments, and one that has all of them", async () => {
  const one = await rig(MiB);
  const { maker, journal, epochs, world } = one;
  const { machineId } = maker.identity;
  const machine = new MachineJournal(machineId);
  machine.attach(journal);
  const place = { epochs, machine, isBrought: () => false };
  maker.endSpan(maker.beginSpan("initial"));
  maker.write(0, { kind: "write", length: DISK_BYTES });
  const { record: covered } = maker.mark();
  const cut = maker.cut();
  await journal.accept(await maker.stage(world, journal.stagingPath("first"), cut));
  maker.writeSomewhere();
  const { record: waiting } = maker.mark();
  await epochs.see(machineId, covered.epoch);
  await storePoint(place, covered, never);
  const storing = storePoint(place, waiting, never);
  await epochs.raise({ machineId, from: covered.epoch, to: covered.epoch + 1, claimId: CLAIM });
  await assert.rejects(storing, { code: "epoch-old" }, "it does not wait for what will not come");
  await journal.accept(await maker.stage(world, journal.stagingPath("second"), maker.cut()));
  await assert.rejects(storePoint(place, waiting, never), { code: "epoch-old" });
  const longer = { ...covered, validUntilMicros: covered.validUntilMicros + 1_000_000 };
  await assert.rejects(
    storePoint(place, longer, never),
    { code: "epoch-old" },
    "nor does one that is held hold for longer",
  );
  assert.deepEqual(
    machine.points().map(({ id }) => id),
    [covered.id],
  );
  await storePoint(place, { ...waiting, epoch: covered.epoch + 1 }, never);
  assert.equal(machine.points().length, 2);
  assert.equal(epochs.of(machineId), covered.epoch + 1);
  await journal.close();
});

test("what follows a segment that could not be taken in is not taken in its place, and is told of when both were", async () => {
  const one = await rig(MiB);
  const first = await partsOf(one, wholeDisk(one.maker));
  one.maker.writeSomewhere();
  const second = await partsOf(one, one.maker.cut());
  const send = async (parts: typeof first): Promise<DiskPosition | undefined> => {
    for (const { part, payload } of parts) {
      const position = await one.intake.part(part, payload, SENDER);
      if (position !== undefined) return position;
    }
    return undefined;
  };
  one.world.files.capacityBytes = 0;
  assert.equal((await send(first))?.refused?.code, "disk-full");
  one.world.files.capacityBytes = Number.MAX_SAFE_INTEGER;
  assert.equal(journaledIn(await send(second)), 0);
  assert.equal(one.journal.head, undefined);
  await send(first);
  assert.equal(journaledIn(await send(second)), second.at(-1)?.part.to);
  await one.journal.close();
});

/** What was journaled, where nothing was refused. */
function journaledIn(position: DiskPosition | undefined): number | undefined {
  return position?.refused === undefined ? position?.journaledSequence : undefined;
}

/** What a process server offers that holds the branch for a further target from that sequence on. */
function offerOf({ maker }: Rig, made: MadeSegment, heldFrom: number): DiskOffer {
  const { branch, parent } = made;
  const disk = { sizeBytes: DISK_BYTES, blockBytes: 512, physicalBlockBytes: 512 };
  return { ...maker.identity, branch, ...(parent && { parent }), ...disk, epoch: 0, term: 0, heldFrom };
}

test("what is held nowhere any more is left out, once the first segment behind it has come whole; until then nothing has changed", async () => {
  const one = await rig(MiB);
  const { maker, journal, intake } = one;
  const send = async (made: MadeSegment): Promise<number | undefined> => {
    let position: DiskPosition | undefined;
    for (const { part, payload } of await partsOf(one, made)) position = await intake.part(part, payload, SENDER);
    assert.equal(position?.refused, undefined);
    return position?.journaledSequence;
  };
  const first = wholeDisk(maker);
  const held = await send(first);
  maker.write(0, { kind: "write", length: DISK_BYTES });
  maker.cut();
  maker.write(0, { kind: "write", length: DISK_BYTES });
  const behind = maker.cut();
  assert.equal((await intake.offer(offerOf(one, behind, 0), SENDER)).journaledSequence, held);
  assert.equal(await send(behind), held, "nothing is taken over a hole that nobody told of");
  const answer = await intake.offer(offerOf(one, behind, behind.from), SENDER);
  assert.deepEqual([answer.journaledSequence, answer.refused], [behind.from - 1, undefined]);
  const [part] = await partsOf(one, behind);
  assert.ok(part !== undefined);
  await intake.part(part.part, part.payload, SENDER);
  assert.equal(journal.position(maker.branch), held);
  assert.equal(
    (await intake.offer(offerOf(one, behind, 0), SENDER)).journaledSequence,
    held,
    "the offer is what counts",
  );
  await intake.offer(offerOf(one, behind, behind.from), SENDER);
  assert.equal(await send(behind), behind.to);
  assert.equal(journal.status().copyNeeded, true);
  const span = maker.beginSpan("initial");
  const beginning = maker.cut();
  assert.equal((await intake.offer(offerOf(one, beginning, behind.from), SENDER)).journaledSequence, behind.to);
  await send(beginning);
  assert.deepEqual([journal.status().copyNeeded, journal.status().complete], [false, false]);
  maker.endSpan(span);
  await send(maker.cut());
  assert.equal(journal.status().complete, true);
  await journal.close();
});

test("a branch is joined where it is held from, also one whose parent never came", async () => {
  const one = await rig(MiB);
  const { maker, intake, journal } = one;
  maker.write(0, { kind: "write", length: DISK_BYTES });
  maker.cut();
  maker.write(0, { kind: "write", length: DISK_BYTES });
  const fork = maker.mark();
  const joined = maker.cut();
  assert.equal((await intake.offer(offerOf(one, joined, joined.from), SENDER)).journaledSequence, joined.from - 1);
  for (const { part, payload } of await partsOf(one, joined)) await intake.part(part, payload, SENDER);
  assert.equal(journal.position(joined.branch), joined.to);
  const elsewhere = { ...fork.record.members[0], diskId: maker.identity.diskId, branch: "0c".repeat(16), sequence: 7 };
  maker.fork({ ...fork, record: { ...fork.record, members: [elsewhere] } });
  maker.write(0, { kind: "write", length: DISK_BYTES });
  const child = maker.cut();
  await intake.offer(offerOf(one, child, 1), SENDER);
  for (const { part, payload } of await partsOf(one, child)) await intake.part(part, payload, SENDER);
  assert.equal(journal.position(child.branch), child.to);
  await journal.close();
});
