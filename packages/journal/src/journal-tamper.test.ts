/** What was changed by others is refused by name, never served. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteBudget, isFault, KeptBytes, randomId, seededRandom } from "@leeward/base";
import { fileFault } from "@leeward/world";
import { type SimulatedFiles, type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "./journal.ts";
import { HistoryMaker, type MadePoint, stageSegment } from "./testing/index.ts";

const FOLDER = "/journal/d";
const DISK_BYTES = 64 * 1024;
const limits = { rangeBytes: 16 * 1024, reserveBytes: 0 };
const signal = new AbortController().signal;

interface Started {
  readonly world: SimulatedWorld;
  readonly maker: HistoryMaker;
  readonly journal: Journal;
  readonly points: MadePoint[];
}

async function advance({ world, maker, journal, points }: Started): Promise<void> {
  maker.writeSomewhere();
  const point = maker.mark();
  const made = maker.cut();
  await journal.accept(await maker.stage(world, journal.stagingPath(`s-${made.from}`), made));
  await journal.addPoint(point.record);
  points.push(point);
}

async function started(seed: number, rounds = 6): Promise<Started> {
  const world = simulatedWorld({ seed });
  await world.files.makeFolder("/journal");
  const maker = new HistoryMaker(seededRandom(seed), DISK_BYTES);
  const journal = await Journal.create(world, { folder: FOLDER, ...maker.identity, dataKey: maker.dataKey, limits });
  const history: Started = { world, maker, journal, points: [] };
  maker.endSpan(maker.beginSpan("initial"));
  maker.write(0, { kind: "write", length: DISK_BYTES });
  for (let round = 0; round < rounds; round += 1) await advance(history);
  return history;
}

async function reopened({ world, maker, journal }: Started): Promise<Journal> {
  await journal.close();
  return Journal.open(world, { folder: FOLDER, dataKey: maker.dataKey, limits });
}

async function read(journal: Journal, point: MadePoint | undefined): Promise<Uint8Array> {
  await using device = await journal.openPoint(point?.record.id ?? "", { owner: "test", reason: "read" });
  const image = new Uint8Array(device.sizeBytes);
  await device.read(0, image);
  return image;
}

/** Whether a read was refused because of this. */
function failedBy(code: string): (error: unknown) => boolean {
  return (error) => isFault(error, "disk-read-failed") && isFault(error.cause, code) && error.kind === "corruption";
}

async function segments(files: SimulatedFiles): Promise<string[]> {
  return (await files.list(`${FOLDER}/segments`)).map((name) => `${FOLDER}/segments/${name}`);
}

async function copy(files: SimulatedFiles, from: string, to: string): Promise<void> {
  await using source = await files.open(from, "read");
  const bytes = new Uint8Array(await source.sizeBytes());
  await source.read(bytes, 0);
  if ((await files.status(to)) !== undefined) await files.remove(to);
  await using target = await files.open(to, "create");
  await target.write([bytes], 0);
}

test("a flipped bit, two files in each other's place and a missing file are refused by name", async () => {
  const flipped = await started(1);
  const [first = ""] = await segments(flipped.world.files);
  flipped.world.files.rot(first, 32 * 1024);
  await assert.rejects(read(await reopened(flipped), flipped.points[0]), failedBy("frame-damaged"));

  const swapped = await started(2);
  const [one = "", two = ""] = await segments(swapped.world.files);
  await swapped.world.files.rename(one, "/aside");
  await swapped.world.files.rename(two, one);
  await swapped.world.files.rename("/aside", two);
  await assert.rejects(read(await reopened(swapped), swapped.points[1]), failedBy("journal-file-foreign"));

  const missing = await started(3);
  const [gone = ""] = await segments(missing.world.files);
  await missing.world.files.remove(gone);
  const journal = await reopened(missing);
  assert.deepEqual(journal.found.missing, [gone]);
  await assert.rejects(read(journal, missing.points[0]), failedBy("journal-file-missing"));
  const { damaged } = await journal.scrub(() => undefined, signal);
  assert.equal(damaged[0]?.path, gone);
  assert.deepEqual(journal.points(), []);
});

test("an older file of the same range in the place of a newer one is refused by name", async () => {
  const history = await started(4);
  const { world, journal, points } = history;
  await journal.retain({ windowMicros: 0, bytesMax: 0, advance: "now" }, signal);
  const bases = async (): Promise<string[]> =>
    (await world.files.list(`${FOLDER}/base`)).map((name) => `${FOLDER}/base/${name}`);
  const [old = ""] = await bases();
  await copy(world.files, old, "/old-base");
  history.maker.write(0, { kind: "write", length: DISK_BYTES });
  await advance(history);
  await journal.retain({ windowMicros: 0, bytesMax: 0, advance: "now" }, signal);
  const [newer = ""] = await bases();
  assert.notEqual(newer, old);
  await copy(world.files, "/old-base", newer);
  await assert.rejects(read(await reopened(history), points.at(-1)), failedBy("journal-file-foreign"));
});

test("a manifest that was set back is refused when its owner remembers more; else the segments that follow are taken in again", async () => {
  const history = await started(5);
  const { world, maker, journal } = history;
  const [manifest = ""] = (await world.files.list(FOLDER)).filter((name) => name.startsWith("manifest-"));
  await copy(world.files, `${FOLDER}/${manifest}`, "/old-manifest");
  const before = journal.points().length;
  for (let round = 0; round < 30; round += 1) await advance(history);
  const { anchor } = journal;
  const position = journal.position(maker.branch);
  await journal.close();
  await copy(world.files, "/old-manifest", `${FOLDER}/${manifest}`);
  const options = { folder: FOLDER, dataKey: maker.dataKey, limits };
  await assert.rejects(Journal.open(world, { ...options, notBefore: anchor }), (error) =>
    isFault(error, "manifest-rolled-back"),
  );
  const again = await Journal.open(world, options);
  assert.equal(again.found.adopted, 30);
  assert.equal(again.position(maker.branch), position);
  assert.equal(again.points().length, before);
  for (const point of history.points) await again.addPoint(point.record);
  for (const point of history.points) assert.deepEqual(await read(again, point), point.image);
});

test("with many segments that no manifest explains, nothing is removed", async () => {
  const history = await started(6);
  const { world, maker } = history;
  await history.journal.close();
  const [first = ""] = await segments(world.files);
  for (let count = 0; count < 20; count += 1) {
    await copy(
      world.files,
      first,
      `${FOLDER}/segments/${"ee".repeat(16)}-${String(count).padStart(16, "0")}-${"0".repeat(32)}.hrl`,
    );
  }
  const options = { folder: FOLDER, dataKey: maker.dataKey, limits };
  await assert.rejects(Journal.open(world, options), (error) => isFault(error, "journal-orphans"));
  assert.equal((await segments(world.files)).length, 6 + 20);
});

test("what is not what it is said to be is not taken in, and the position stays", async () => {
  const { world, maker, journal } = await started(7);
  const position = journal.position(maker.branch);
  maker.writeSomewhere();
  const made = maker.cut();
  const { parent: _, ...rest } = made;
  const content = { ...rest, ...maker.identity, dataKey: maker.dataKey };
  const path = journal.stagingPath("bad");
  const refusedAs = async (code: string, change: () => Promise<Parameters<Journal["accept"]>[0]>): Promise<void> => {
    const staged = await change();
    await assert.rejects(journal.accept(staged), (error) => isFault(error, code));
    await world.files.remove(path);
    assert.equal(journal.position(maker.branch), position);
  };
  await refusedAs("segment-refused", async () => ({
    ...(await stageSegment(world, path, content)),
    sha256: new Uint8Array(32),
  }));
  await refusedAs("segment-refused", async () =>
    stageSegment(world, path, { ...content, diskId: randomId(seededRandom(1)) }),
  );
  await refusedAs("segment-refused", async () => ({ ...(await stageSegment(world, path, content)), to: made.to + 1 }));
  await refusedAs("key-mismatch", async () =>
    stageSegment(world, path, { ...content, dataKey: { ...maker.dataKey, keyId: "11".repeat(16) } }),
  );
  await refusedAs("frame-unauthentic", async () =>
    stageSegment(world, path, { ...content, dataKey: { ...maker.dataKey, bytes: new Uint8Array(32) } }),
  );
  await refusedAs("journal-discontinuous", async () =>
    stageSegment(world, path, { ...content, branch: randomId(seededRandom(2)) }),
  );
  const shifted = content.records.map((record) => ({ ...record, sequence: record.sequence + 5 }));
  await refusedAs("journal-discontinuous", async () =>
    stageSegment(world, path, { ...content, from: made.from + 5, to: made.to + 5, records: shifted }),
  );
  const accepted = await journal.accept(await stageSegment(world, path, content));
  assert.deepEqual(accepted, { branch: maker.branch, sequence: made.to, outcome: "accepted" });
  const again = await journal.accept(await stageSegment(world, path, content));
  assert.deepEqual(again, { branch: maker.branch, sequence: made.to, outcome: "held" });
});

test("a full disk refuses intake by name, harms nothing, and intake goes on by itself when there is space", async () => {
  const world = simulatedWorld({ seed: 8, capacityBytes: 600 * 1024 });
  await world.files.makeFolder("/journal");
  const maker = new HistoryMaker(seededRandom(8), DISK_BYTES);
  const tight = { ...limits, reserveBytes: 200 * 1024 };
  const journal = await Journal.create(world, {
    folder: FOLDER,
    ...maker.identity,
    dataKey: maker.dataKey,
    limits: tight,
  });
  const history: Started = { world, maker, journal, points: [] };
  maker.endSpan(maker.beginSpan("initial"));
  maker.write(0, { kind: "write", length: DISK_BYTES });
  await advance(history);
  let refusals = 0;
  for (let round = 0; round < 40; round += 1) {
    maker.write(0, { kind: "write", length: DISK_BYTES / 2 });
    const point = maker.mark();
    const made = maker.cut();
    for (;;) {
      const path = journal.stagingPath(`s-${made.from}`);
      if ((await world.files.status(path)) !== undefined) await world.files.remove(path);
      try {
        await journal.accept(await maker.stage(world, path, made));
        break;
      } catch (error) {
        assert.ok(isFault(error, "journal-full") && error.kind === "transient");
        refusals += 1;
        // Retention may use what is reserved.
        await journal.retain({ windowMicros: 0, bytesMax: 0, advance: "now" }, signal);
      }
    }
    await journal.addPoint(point.record);
    history.points.push(point);
  }
  assert.ok(refusals > 0);
  const newest = history.points.at(-1);
  assert.ok(newest !== undefined);
  assert.deepEqual(await read(journal, newest), newest.image);
  const again = await reopened(history);
  assert.deepEqual(await read(again, newest), newest.image);
});

test("an append that finds no space is a journal-full, and all that was acknowledged before stays", async () => {
  const history = await started(9);
  const { world, journal, points } = history;
  world.files.onOperation = ({ kind, path }) => {
    if (kind === "write" && path.includes("manifest-")) throw fileFault("ENOSPC", path);
  };
  await assert.rejects(advance(history), (error) => isFault(error, "journal-full"));
  await assert.rejects(read(journal, points[0]), (error) => isFault(error, "journal-full"));
  world.files.onOperation = undefined;
  const made = history.maker.lastCut;
  await journal.accept(await history.maker.stage(world, journal.stagingPath("again"), made));
  await advance(history);
  const again = await reopened(history);
  for (const point of points) assert.deepEqual(await read(again, point), point.image);
});

test("a segment whose bytes are still in memory is checked there, and where they are not the file's length, in the file", async () => {
  const history = await started(8);
  const { world, maker, journal } = history;
  maker.writeSomewhere();
  const point = maker.mark();
  const made = maker.cut();
  const staged = await maker.stage(world, journal.stagingPath("s-memory"), made);
  const content = new Uint8Array((await world.files.status(staged.path))?.sizeBytes ?? 0);
  {
    await using handle = await world.files.open(staged.path, "read");
    await handle.read(content, 0);
  }
  const keptOf = (bytes: Uint8Array): KeptBytes => {
    const kept = new KeptBytes(new ByteBudget(bytes.length));
    for (let at = 0; at < bytes.length; at += 1_000) kept.add(bytes.subarray(at, at + 1_000));
    return kept;
  };
  const flipped = content.slice();
  flipped[content.length >> 1] = (flipped[content.length >> 1] ?? 0) ^ 1;
  await assert.rejects(journal.accept({ ...staged, bytes: keptOf(flipped) }), (error) =>
    isFault(error, "segment-refused"),
  );
  world.files.rot(staged.path, content.length >> 1);
  await assert.rejects(journal.accept({ ...staged, bytes: keptOf(content.subarray(1)) }), (error) =>
    isFault(error, "segment-refused"),
  );
  const shorter = await maker.stage(world, journal.stagingPath("s-shorter"), made);
  const whole = new Uint8Array((await world.files.status(shorter.path))?.sizeBytes ?? 0);
  {
    await using handle = await world.files.open(shorter.path, "update");
    await handle.read(whole, 0);
    await handle.truncate(whole.length - 1);
  }
  await assert.rejects(journal.accept({ ...shorter, bytes: keptOf(whole) }), (error) =>
    isFault(error, "segment-refused"),
  );
  const again = await maker.stage(world, journal.stagingPath("s-again"), made);
  const digest = { sha256: again.sha256, path: again.path };
  await assert.rejects(journal.accept({ ...staged, ...digest, bytes: keptOf(content) }), (error) =>
    isFault(error, "segment-refused"),
  );
  const position = await journal.accept(again);
  await journal.addPoint(point.record);
  assert.equal(position.outcome, "accepted");
  assert.deepEqual(Buffer.from(await read(journal, point)), Buffer.from(point.image));
  await journal.close();
});
