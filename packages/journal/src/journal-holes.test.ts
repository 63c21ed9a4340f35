import assert from "node:assert/strict";
import { test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { decodeHeader } from "@leeward/proto";
import { readFile } from "@leeward/world";
import { sampled, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "./journal.ts";
import { HistoryMaker, type MadePoint } from "./testing/index.ts";

const FOLDER = "/home/journal/m/d";
const NEVER = new AbortController().signal;
const limits = { rangeBytes: 64 * 1024, reserveBytes: 0 };

/** A journal at a further target, and the disk whose segments it gets some of. */
class Followed {
  readonly maker: HistoryMaker;
  readonly seed: number;
  world: ReturnType<typeof simulatedWorld>;
  /** That were taken. */
  readonly points: MadePoint[] = [];
  #journal: Journal | undefined;

  constructor(seed: number) {
    this.seed = seed;
    this.world = simulatedWorld({ seed });
    this.maker = new HistoryMaker(seededRandom(seed + 1), 256 * 1024);
  }

  get journal(): Journal {
    assert.ok(this.#journal !== undefined);
    return this.#journal;
  }

  async create(): Promise<void> {
    const { files } = this.world;
    await files.makeFolder("/home/journal/m");
    for (const folder of ["/", "/home", "/home/journal"]) await files.syncFolder(folder);
    const { identity, dataKey } = this.maker;
    this.#journal = await Journal.create(this.world, { folder: FOLDER, ...identity, dataKey, limits });
  }

  async reopen(): Promise<void> {
    this.#journal = await Journal.open(this.world, { folder: FOLDER, dataKey: this.maker.dataKey, limits });
  }

  writeSome(): void {
    for (let count = 0; count < 5; count += 1) this.maker.writeSomewhere();
  }

  /** What was written since the last cut goes to the journal. */
  async deliver(skips = false): Promise<void> {
    const { maker, world, journal } = this;
    const made = maker.cut();
    const staged = await maker.stage(world, journal.stagingPath(`s-${made.from}`), made);
    await journal.accept({ ...staged, skips });
  }

  /** A point that the journal takes. */
  async point(skips = false): Promise<MadePoint> {
    const point = this.maker.mark();
    await this.deliver(skips);
    await this.journal.addPoint(point.record);
    this.points.push(point);
    return point;
  }

  /** So much of history is held by nobody any more. */
  miss(): MadePoint {
    this.writeSome();
    const missed = this.maker.mark();
    this.maker.cut();
    return missed;
  }

  async checkPoints(): Promise<void> {
    const listed = this.journal.points().map(({ id }) => id);
    for (const { record, image } of this.points.filter(({ record: { id } }) => listed.includes(id))) {
      await using device = await this.journal.openPoint(record.id, { owner: "test", reason: "read" });
      const read = new Uint8Array(device.sizeBytes);
      await device.read(0, read);
      assert.ok(Buffer.from(read).equals(image), `point ${record.number} reads as the disk was`);
      const [member] = record.members;
      assert.deepEqual(device.place, { branch: member?.branch, sequence: member?.sequence });
    }
  }

  /** The first whole copy, and some points behind it. */
  async begin(points = 20): Promise<void> {
    this.maker.copyWhole();
    for (let count = 0; count < points; count += 1) {
      this.writeSome();
      await this.point();
    }
  }
}

test("behind a hole no point is taken before a whole copy that began there has arrived; those before it stay as they are", async () => {
  for (const seed of sampled(3)) {
    const followed = new Followed(seed);
    await followed.create();
    await followed.begin();
    const { maker, journal } = followed;
    const stale = maker.beginSpan("initial");
    const missed = followed.miss();
    followed.writeSome();
    const early = maker.mark();
    const beginning = { branch: maker.branch, parent: undefined, from: early.record.members[0]?.sequence ?? 0 };
    assert.equal(journal.follows(beginning), false);
    await assert.rejects(followed.deliver(), (error) => isFault(error, "journal-discontinuous"));
    followed.writeSome();
    maker.endSpan(stale);
    const behind = maker.mark();
    await followed.deliver(true);
    await assert.rejects(journal.addPoint(behind.record), (error) => isFault(error, "point-incomplete"));
    await assert.rejects(journal.addPoint(missed.record), (error) => isFault(error, "point-expired"));
    await followed.checkPoints();
    assert.equal(journal.status().history, "gap");
    maker.copyWhole();
    for (let count = 0; count < 40; count += 1) {
      followed.writeSome();
      await followed.point();
    }
    await journal.buildRuns(NEVER);
    await followed.checkPoints();
    assert.equal(journal.status().complete, true);
    const kinds = journal.history().map(({ kind }) => kind);
    assert.deepEqual(kinds, ["continuous", "gap", "continuous"]);
    await journal.close();
    await followed.reopen();
    assert.equal(followed.journal.points().length, 60);
    await followed.checkPoints();
    assert.deepEqual(followed.journal.head, { branch: maker.branch, sequence: maker.sequence });
  }
});

test("retention goes on over holes: what lies before the last one goes as a whole, and the base begins anew behind it", async () => {
  const followed = new Followed(4);
  await followed.create();
  await followed.begin();
  const { journal, maker } = followed;
  const policy = { windowMicros: 20_000_000, bytesMax: 0, advance: "now" } as const;
  await journal.retain(policy, NEVER);
  for (let hole = 0; hole < 3; hole += 1) {
    followed.miss();
    maker.copyWhole();
    for (let count = 0; count < 18; count += 1) {
      followed.writeSome();
      await followed.point(true);
      if (count % 5 === 0) await journal.retain(policy, NEVER);
      if (count % 7 === 0) await journal.buildRuns(NEVER);
      await followed.checkPoints();
    }
  }
  const report = await journal.retain(policy, NEVER);
  assert.equal(report.advanced, true);
  await followed.checkPoints();
  await journal.close();
  await followed.reopen();
  await followed.checkPoints();
  const folders = await followed.world.files.list(`${FOLDER}/segments`);
  assert.ok(
    folders.every((name) => !name.startsWith(maker.branch)),
    "nothing is left of before the first hole",
  );
});

test("a branch whose parent never came is held from a hole on, too", async () => {
  const followed = new Followed(5);
  await followed.create();
  await followed.begin();
  const { journal, maker } = followed;
  const missed = followed.miss();
  maker.fork(missed);
  followed.writeSome();
  const { branch } = maker;
  const parent = missed.record.members[0];
  assert.equal(journal.follows({ branch, parent, from: 1 }), false);
  const early = maker.mark();
  await followed.deliver(true);
  await assert.rejects(journal.addPoint(early.record), (error) => isFault(error, "point-incomplete"));
  maker.copyWhole();
  await followed.point();
  const child = followed.points.at(-1);
  assert.ok(child !== undefined);
  maker.fork(child);
  assert.equal(journal.follows({ branch: maker.branch, parent: child.record.members[0], from: 1 }), true);
  followed.writeSome();
  await followed.point();
  await followed.checkPoints();
});

test("a crash at any write of the first segment behind a hole leaves the journal before it or behind it", async () => {
  for (let operations = 1; ; operations += 1) {
    const followed = new Followed(7);
    await followed.create();
    await followed.begin(2);
    followed.miss();
    followed.maker.copyWhole();
    const point = followed.maker.mark();
    const before = followed.journal.position(followed.maker.branch);
    let left = operations;
    followed.world.files.onOperation = () => {
      left -= 1;
      if (left === 0) throw new Error("the power is cut");
    };
    const isDone = await followed.deliver(true).then(
      () => true,
      () => false,
    );
    const wasCut = left <= 0;
    followed.world.files.onOperation = undefined;
    followed.world = { ...followed.world, files: followed.world.files.crash() };
    await followed.reopen();
    const { journal, maker } = followed;
    const at = journal.position(maker.branch);
    assert.ok(at === before || at === maker.sequence, `${operations}: ${at}`);
    if (isDone) assert.equal(at, maker.sequence);
    if (at === before) {
      const made = maker.lastCut;
      await journal.accept({ ...(await maker.stage(followed.world, journal.stagingPath("again"), made)), skips: true });
    }
    await journal.addPoint(point.record);
    followed.points.push(point);
    await followed.checkPoints();
    if (!wasCut) break;
  }
});

test("who knows of no holes refuses the manifest for what it is: its header says so from the first hole on", async () => {
  const followed = new Followed(8);
  await followed.create();
  await followed.begin();
  const header = async (): Promise<ReturnType<typeof decodeHeader>> => {
    const { number } = followed.journal.anchor;
    return decodeHeader(await readFile(followed.world.files, `${FOLDER}/manifest-${number}`, 1 << 24));
  };
  assert.equal((await header()).hasHoles, undefined);
  followed.miss();
  followed.maker.copyWhole();
  await followed.point(true);
  assert.equal((await header()).hasHoles, true);
});

test("a history that begins anew has points although the base of the one before it was brought forward", async () => {
  const followed = new Followed(9);
  await followed.create();
  await followed.begin();
  const policy = { windowMicros: 4_000_000, bytesMax: 0, advance: "now" } as const;
  const { advanced } = await followed.journal.retain(policy, NEVER);
  assert.equal(advanced, true);
  followed.maker.restart();
  await followed.point();
  await followed.checkPoints();
});
