import assert from "node:assert/strict";
import { test } from "node:test";
import { MiB, seededRandom } from "@leeward/base";
import { type BlockDevice, memoryDevice } from "@leeward/block";
import { readFile, type World } from "@leeward/world";
import { crashSweep, type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";
import { type LoadedSeed, loadSeed } from "./seed-load.ts";
import { type SavedSeed, type SeedOrder, saveSeed } from "./seed-save.ts";

const SIZE = 7 * MiB + 64 * 1024;
const NEVER = new AbortController().signal;
const MEDIUM = "/medium";
const SEED = `${MEDIUM}/seed`;
const BRANCH = "5e".repeat(16);
const FUA = { fua: false };

interface Rig {
  readonly maker: HistoryMaker;
  readonly device: BlockDevice;
  readonly order: SeedOrder;
}

/** A disk with content here and there: its fourth and fifth MiB are empty. */
async function rigOf(seed: number): Promise<Rig> {
  const maker = new HistoryMaker(seededRandom(seed), SIZE);
  const device = memoryDevice(SIZE);
  const random = seededRandom(seed + 1);
  for (let at = 0; at < SIZE; at += 256 * 1024) {
    if (at < 3 * MiB || at >= 5 * MiB) await device.write(at, random.bytes(64 * 1024), FUA);
  }
  return { maker, device, order: { ...maker.identity, branch: BRANCH, key: maker.dataKey } };
}

async function save(world: World, rig: Rig, more: { force?: boolean; folder?: string } = {}): Promise<SavedSeed> {
  const { folder = SEED, force = false } = more;
  const { order, device } = rig;
  return saveSeed(world, { order, device, folder, force, physicalBlockBytes: 512, fileBytesMax: 2 * MiB }, NEVER);
}

async function journalOf(world: World, { maker }: Rig): Promise<Journal> {
  await world.files.makeFolder("/j");
  const options = { folder: "/j/d", dataKey: maker.dataKey, limits: { reserveBytes: 0 } };
  if (await Journal.exists(world.files, "/j/d")) return Journal.open(world, options);
  return Journal.create(world, { ...options, ...maker.identity });
}

async function load(world: World, rig: Rig, journal: Journal): Promise<LoadedSeed> {
  const { files } = world;
  return loadSeed({ journal, files, medium: files, folder: SEED, key: rig.order.key, branch: BRANCH }, NEVER);
}

async function contentOf(device: BlockDevice): Promise<Uint8Array> {
  const content = new Uint8Array(device.sizeBytes);
  await device.read(0, content);
  return content;
}

async function headOf(journal: Journal): Promise<Uint8Array> {
  await using device = await journal.openHead({ owner: "test", reason: "read" });
  return contentOf(device);
}

async function started(seed: number): Promise<{ world: SimulatedWorld; rig: Rig }> {
  const world = simulatedWorld({ seed });
  await world.files.makeFolder(MEDIUM);
  return { world, rig: await rigOf(seed) };
}

/** The source goes on where the seed ends. */
function follow({ maker }: Rig, loaded: LoadedSeed, image: Uint8Array): void {
  const { record } = maker.mark();
  const [member] = record.members;
  assert.ok(member);
  const { branch, sequence } = loaded;
  const from: MadePoint = { image, record: { ...record, members: [{ ...member, branch, sequence }] } };
  maker.fork(from);
}

test("what was saved is what the target holds, and no recovery point stands on it until the differences have come", async () => {
  const { world, rig } = await started(1);
  const { maker, device } = rig;
  const image = await contentOf(device);
  const saved = await save(world, rig);
  assert.equal(saved.diskBytes, SIZE);
  assert.ok(saved.files > 2, `${saved.files} files`);
  await using journal = await journalOf(world, rig);
  const loaded = await load(world, rig, journal);
  assert.deepEqual(loaded, { branch: BRANCH, sequence: 1 + Math.ceil(SIZE / MiB), diskBytes: SIZE });
  assert.ok(Buffer.compare(await headOf(journal), image) === 0);
  // Upkeep leaves it be.
  await journal.buildRuns(NEVER);
  await journal.retain({ windowMicros: 1, bytesMax: 0, advance: "now" }, NEVER);
  assert.ok(Buffer.compare(await headOf(journal), image) === 0);

  follow(rig, loaded, image);
  const span = maker.beginSpan("initial");
  maker.write(512, { kind: "write", length: 4096 });
  const early = maker.mark();
  await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
  await assert.rejects(journal.addPoint(early.record), { code: "point-incomplete" });
  maker.write(6 * MiB, { kind: "zero", length: MiB });
  maker.endSpan(span);
  const point = maker.mark();
  await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
  await journal.addPoint(point.record);
  assert.equal(journal.points().length, 1);
  await journal.retain({ windowMicros: 1, bytesMax: 0, advance: "now" }, NEVER);
  await using opened = await journal.openPoint(point.record.id, { owner: "test", reason: "read" });
  assert.ok(Buffer.compare(await contentOf(opened), point.image) === 0);
});

test("a branch that begins at a seed which the journal does not hold is refused, and completes nothing where its beginning was missed", async () => {
  const { world, rig } = await started(2);
  const { maker } = rig;
  await using journal = await journalOf(world, rig);
  follow(rig, { branch: BRANCH, sequence: 9, diskBytes: SIZE }, new Uint8Array(SIZE));
  const early = maker.beginSpan("initial");
  await assert.rejects(async () => journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut())), {
    code: "journal-discontinuous",
  });
  await world.files.remove(journal.stagingPath("s"));
  maker.endSpan(early);
  maker.write(0, { kind: "write", length: 512 });
  const point = maker.mark();
  await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
  await assert.rejects(journal.addPoint(point.record), { code: "point-incomplete" });
  // A later copy leaves nothing out.
  maker.copyWhole();
  const whole = maker.mark();
  await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
  await journal.addPoint(whole.record);
});

test("a save that is cut off anywhere goes on where it ended, and its seed is whole", async () => {
  const rig = await rigOf(3);
  const image = await contentOf(rig.device);
  const count = await crashSweep(
    {
      prepare: (files) => files.makeFolder(MEDIUM).then(() => files.syncFolder("/")),
      work: async (files) => void (await save({ ...simulatedWorld({ seed: 3 }), files }, rig)),
      async verify(files) {
        const world = { ...simulatedWorld({ seed: 4 }), files };
        await save(world, rig);
        const names = await files.list(SEED);
        assert.ok(!names.some((name) => name.includes("part")), names.join(" "));
        await using journal = await journalOf(world, rig);
        await load(world, rig, journal);
        assert.ok(Buffer.compare(await headOf(journal), image) === 0);
      },
    },
    { seed: 5, rounds: 2 },
  );
  assert.ok(count > 10, `${count} operations`);
});

test("a load that is cut off anywhere goes on, and takes each file once", async () => {
  const rig = await rigOf(6);
  const image = await contentOf(rig.device);
  await crashSweep(
    {
      async prepare(files) {
        await files.makeFolder(MEDIUM);
        const world = { ...simulatedWorld({ seed: 6 }), files };
        await save(world, rig);
        await (await journalOf(world, rig)).close();
        for (const folder of ["/", "/j", MEDIUM]) await files.syncFolder(folder);
      },
      async work(files) {
        const world = { ...simulatedWorld({ seed: 7 }), files };
        await using journal = await journalOf(world, rig);
        await load(world, rig, journal);
      },
      async verify(files) {
        const world = { ...simulatedWorld({ seed: 8 }), files };
        await using journal = await journalOf(world, rig);
        const loaded = await load(world, rig, journal);
        assert.deepEqual(journal.head, { branch: BRANCH, sequence: loaded.sequence });
        assert.ok(Buffer.compare(await headOf(journal), image) === 0);
        assert.deepEqual(await files.list("/j/d/staging"), []);
      },
    },
    { seed: 9, rounds: 1 },
  );
});

async function change(world: World, path: string, at: number): Promise<void> {
  await using handle = await world.files.open(path, "update");
  const byte = new Uint8Array(1);
  await handle.read(byte, at);
  await handle.write([Uint8Array.of((byte[0] ?? 0) ^ 1)], at);
}

test("what is not the seed that was saved is refused by its name, and nothing of it is taken in", async () => {
  type Spoil = (world: SimulatedWorld, names: readonly string[]) => Promise<string>;
  const spoils: readonly [string, string, Spoil][] = [
    [
      "a changed file",
      "seed-file-refused",
      async (world, [, name = ""]) => (await change(world, `${SEED}/${name}`, 700), name),
    ],
    [
      "a missing file",
      "seed-file-refused",
      async (world, [, name = ""]) => (await world.files.remove(`${SEED}/${name}`), name),
    ],
    [
      "two exchanged files",
      "seed-file-refused",
      async ({ files }, [one = "", two = ""]) => {
        await files.rename(`${SEED}/${one}`, `${SEED}/aside`);
        await files.rename(`${SEED}/${two}`, `${SEED}/${one}`);
        await files.rename(`${SEED}/aside`, `${SEED}/${two}`);
        return one;
      },
    ],
    [
      "a foreign file",
      "seed-file-refused",
      async ({ files }) => {
        const name = `${"9".padStart(12, "0")}-${"9".padStart(12, "0")}-${"ab".repeat(32)}.seed`;
        await (await files.open(`${SEED}/${name}`, "create")).close();
        return name;
      },
    ],
    [
      "a changed manifest",
      "seed-damaged",
      async (world) => (await change(world, `${SEED}/seed.json`, 400), "seed.json"),
    ],
    [
      "a manifest without a file",
      "seed-damaged",
      async (world, [, name = ""]) => {
        const text = new TextDecoder().decode(await readFile(world.files, `${SEED}/seed.json`, MiB));
        await world.files.remove(`${SEED}/${name}`);
        await using handle = await world.files.open(`${SEED}/seed.json`, "update");
        const without = new TextEncoder().encode(text.replace(`,"${name}"`, ""));
        await handle.write([without], 0);
        await handle.truncate(without.length);
        return "seed.json";
      },
    ],
    ["no manifest", "seed-missing", async (world) => (await world.files.remove(`${SEED}/seed.json`), SEED)],
  ];
  for (const [what, code, spoil] of spoils) {
    const { world, rig } = await started(10);
    await save(world, rig);
    const names = (await world.files.list(SEED)).filter((name) => name.endsWith(".seed"));
    const named = await spoil(world, names);
    await using journal = await journalOf(world, rig);
    await assert.rejects(load(world, rig, journal), (error: Error & { code?: string }) => {
      assert.equal(error.code, code, `${what}: ${error.message}`);
      assert.ok(error.message.includes(named), `${what}: ${error.message} names ${named}`);
      return true;
    });
    assert.ok((journal.position(BRANCH) ?? 0) < 9, what);
    assert.deepEqual(await world.files.list("/j/d/staging"), [], what);
  }
});

test("another disk's seed, one that was not saved to its end, and one that comes too late are refused", async () => {
  const { world, rig } = await started(11);
  const other = await rigOf(12);
  await save(world, other);
  await using journal = await journalOf(world, rig);
  await assert.rejects(load(world, rig, journal), { code: "seed-other" });
  await assert.rejects(save(world, rig), { code: "seed-other" });
  const earlier = { ...other, order: { ...other.order, branch: "6f".repeat(16) } };
  await assert.rejects(save(world, earlier), { code: "seed-other" });
  await world.files.removeFolder(SEED);

  const stop = new AbortController();
  const { order, device } = rig;
  const options = { order, device, folder: SEED, force: false, physicalBlockBytes: 512, fileBytesMax: 2 * MiB };
  const onProgress = ({ doneBytes }: { doneBytes: number }): void => (doneBytes > MiB ? stop.abort() : undefined);
  await assert.rejects(saveSeed(world, { ...options, onProgress }, stop.signal), { name: "AbortError" });
  await assert.rejects(load(world, rig, journal), { code: "seed-incomplete" });
  const saved = await save(world, rig);
  assert.deepEqual(await save(world, rig), saved);

  const { maker } = rig;
  maker.write(0, { kind: "write", length: 512 });
  await journal.accept(await maker.stage(world, journal.stagingPath("s"), maker.cut()));
  await assert.rejects(load(world, rig, journal), { code: "seed-unwanted" });
});

test("a medium without room is refused before the first file, or goes on once there is room", async () => {
  const world = simulatedWorld({ seed: 13, capacityBytes: MiB });
  await world.files.makeFolder(MEDIUM);
  const rig = await rigOf(13);
  await assert.rejects(save(world, rig), { code: "seed-medium-full" });
  await assert.rejects(save(world, rig, { force: true }), { code: "seed-medium-full" });
  world.files.capacityBytes = 64 * MiB;
  await save(world, rig);
  await using journal = await journalOf(world, rig);
  await load(world, rig, journal);
  assert.ok(Buffer.compare(await headOf(journal), await contentOf(rig.device)) === 0);
});

test("neither the data key nor what the disk holds stands on the medium in the clear", async () => {
  const { world, rig } = await started(14);
  await rig.device.write(0, new TextEncoder().encode("a secret of the disk".padEnd(512, ".")), FUA);
  await save(world, rig);
  for (const name of await world.files.list(SEED)) {
    const bytes = Buffer.from(await readFile(world.files, `${SEED}/${name}`, 64 * MiB));
    for (const secret of [
      "a secret of the disk",
      Buffer.from(rig.order.key.bytes),
      Buffer.from(rig.order.key.bytes).toString("hex"),
    ])
      assert.ok(!bytes.includes(secret), name);
  }
});
