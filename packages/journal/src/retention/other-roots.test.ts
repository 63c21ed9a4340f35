// Histories that begin on nothing while another one's base is being built, or after that was cut off.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@leeward/base";
import { type SimulatedWorld, simulatedWorld } from "@leeward/world/testing";
import { Journal } from "../journal.ts";
import { HistoryMaker, type MadePoint } from "../testing/index.ts";

const FOLDER = "/journal/d";
const RANGE_BYTES = 64 * 1024;
const DISK_BYTES = 4 * RANGE_BYTES;
const limits = { rangeBytes: RANGE_BYTES, reserveBytes: 0 };
const EVERYTHING = { windowMicros: 0, bytesMax: 0, advance: "now" } as const;
const never = new AbortController().signal;

class Rig {
  readonly world: SimulatedWorld = simulatedWorld({ seed: 5 });
  readonly maker = new HistoryMaker(seededRandom(6), DISK_BYTES);
  #journal: Journal | undefined;

  get journal(): Journal {
    assert.ok(this.#journal !== undefined);
    return this.#journal;
  }

  /** A journal whose disk is full of data, with two points, so that a base can be built. */
  static async begin(): Promise<Rig> {
    const rig = new Rig();
    const { world, maker } = rig;
    await world.files.makeFolder("/journal");
    await world.files.syncFolder("/");
    const { identity, dataKey } = maker;
    rig.#journal = await Journal.create(world, { folder: FOLDER, ...identity, dataKey, limits });
    maker.write(0, { kind: "write", length: DISK_BYTES });
    maker.copyWhole();
    await rig.point();
    maker.write(0, { kind: "write", length: 512 });
    await rig.point();
    return rig;
  }

  async point({ skips = false } = {}): Promise<MadePoint> {
    const { journal, maker, world } = this;
    const point = maker.mark();
    const made = maker.cut();
    const staged = await maker.stage(world, journal.stagingPath(`s-${made.branch}-${made.from}`), made);
    await journal.accept({ ...staged, skips });
    await journal.addPoint(point.record);
    return point;
  }

  async reopen(): Promise<void> {
    await this.journal.close();
    this.#journal = await Journal.open(this.world, { folder: FOLDER, dataKey: this.maker.dataKey, limits });
  }

  async check({ record, image }: MadePoint): Promise<void> {
    await using device = await this.journal.openPoint(record.id, { owner: "test", reason: "read" });
    const read = new Uint8Array(device.sizeBytes);
    await device.read(0, read);
    assert.ok(Buffer.compare(read, image) === 0);
  }
}

for (const how of ["behind a hole", "without a parent"] as const) {
  test(`what begins ${how} while a base is being built stays when that has reached its place`, async () => {
    const rig = await Rig.begin();
    const { maker, world } = rig;
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const open = world.files.open.bind(world.files);
    world.files.open = async (path, mode, options) => {
      if (path.includes("/base/new-")) {
        reached.resolve();
        await goOn.promise;
      }
      return open(path, mode, options);
    };
    const retaining = rig.journal.retain(EVERYTHING, never);
    await reached.promise;
    maker.writeSomewhere();
    maker.cut();
    if (how === "behind a hole") maker.copyWhole();
    else maker.restart();
    const point = await rig.point({ skips: how === "behind a hole" });
    const position = rig.journal.position(maker.branch);
    goOn.resolve();
    await retaining;
    assert.equal(rig.journal.position(maker.branch), position);
    await rig.check(point);
    await rig.reopen();
    await rig.check(point);
  });
}

test("a first base that was cut off in its making leaves nothing to the history that follows", async () => {
  const rig = await Rig.begin();
  const { maker } = rig;
  const stopping = new AbortController();
  const open = rig.world.files.open.bind(rig.world.files);
  let ranges = 0;
  rig.world.files.open = (path, mode, options) => {
    if (path.includes("/base/new-")) ranges += 1;
    if (ranges === 3) stopping.abort(new Error("cut off"));
    return open(path, mode, options);
  };
  await assert.rejects(rig.journal.retain(EVERYTHING, stopping.signal), /cut off/);
  assert.ok(ranges >= 3, "some ranges were written");
  maker.write(RANGE_BYTES, { kind: "zero", length: 3 * RANGE_BYTES });
  maker.cut();
  maker.restart();
  await rig.point();
  maker.pass(10_000_000);
  maker.write(0, { kind: "write", length: 512 });
  const point = await rig.point();
  for (let pass = 0; pass < 3; pass += 1) await rig.journal.retain(EVERYTHING, never);
  await rig.check(point);
});
