import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isFault, seededRandom } from "@leeward/base";
import { delayedDevice } from "@leeward/block/testing";
import type { LogRecord } from "@leeward/proto";
import { fileFault } from "@leeward/world";
import { sampled } from "@leeward/world/testing";
import type { Splitter } from "./splitter.ts";
import { checkDigests, firstDifference, RIG_FOLDER, type RigOptions, TrackedLife } from "./testing/index.ts";

const NEVER = new AbortController().signal;
const PLAIN = { fua: false } as const;
const PAGE = 4_096;
const DISK = 256 << 10;
const PAGES = DISK / PAGE;

/** Content records after a sequence, and how much they cover. */
function sentAfter(
  records: readonly LogRecord[],
  sequence: number,
): { readonly bytes: number; readonly kinds: string[] } {
  const after = records.filter((record) => record.sequence > sequence);
  const content = after.filter(({ kind }) => kind === "write" || kind === "zero");
  const bytes = content.reduce((sum, record) => sum + ("length" in record ? record.length : 0), 0);
  return { bytes, kinds: after.map(({ kind }) => kind) };
}

/** In how many bytes of pages the two differ. */
function differingPages(a: Buffer, b: Buffer): number {
  let bytes = 0;
  for (let at = 0; at < a.length; at += PAGE) {
    const end = Math.min(a.length, at + PAGE);
    if (a.compare(b, at, end, at, end) !== 0) bytes += end - at;
  }
  return bytes;
}

/** A disk with some content that was copied once. */
async function copiedDisk(life: TrackedLife): Promise<Splitter> {
  await life.change(20);
  const splitter = await life.open();
  await life.copy(splitter);
  life.told.clear();
  return splitter;
}

/** A copy that is just ending is waited for. */
async function begins(splitter: Splitter): Promise<void> {
  for (;;) {
    const changed = splitter.changed();
    try {
      return await splitter.beginCopy("resync");
    } catch (error) {
      if (!isFault(error, "copy-under-way")) throw error;
      await changed;
    }
  }
}

describe("a disk whose digests are kept", () => {
  test("has one of every page after its first copy, of zeroes too, and a resync without a change sends nothing", async () => {
    const life = new TrackedLife({ seed: 1, diskBytes: DISK });
    await life.rig.clock.run(async () => {
      const splitter = await copiedDisk(life);
      assert.equal(await checkDigests(life), PAGES);
      const { last } = life.target;
      await life.rescan(splitter);
      assert.deepEqual(sentAfter(life.target.records, last), { bytes: 0, kinds: ["span-begin", "span-end"] });
      assert.equal(splitter.facts().differingBytes, undefined, "no copy is open");
      await life.checkSame();
      await splitter.close();
    });
  });

  test("is made equal by a resync that sends the pages that differ, and no others", async () => {
    for (const seed of sampled(60)) {
      // The last page is a part of one, at every second disk.
      const diskBytes = DISK - (seed % 2) * 1_536;
      const life = new TrackedLife({ seed, diskBytes });
      await life.rig.clock.run(async () => {
        let splitter = await copiedDisk(life);
        for (let round = 0; round < 4; round += 1) {
          await life.change(1 + life.random.below(12));
          const { last } = life.target;
          const differing = differingPages(life.target.content(diskBytes), await life.rig.content());
          await life.rescan(splitter);
          await life.checkSame();
          assert.equal(sentAfter(life.target.records, last).bytes, differing, `seed ${seed}, round ${round}`);
          assert.equal(await checkDigests(life), Math.ceil(diskBytes / PAGE));
          if (round % 2 === 1) continue;
          await splitter.close();
          splitter = await life.open();
        }
        await splitter.close();
      });
    }
  });

  test("says while it is compared how much was read and how much differs, also after a restart", async () => {
    const life = new TrackedLife({
      seed: 1,
      diskBytes: DISK,
      wrap: (device, clock) => delayedDevice(device, clock, () => 1_000),
    });
    await life.rig.clock.run(async () => {
      const first = await copiedDisk(life);
      await life.rig.disk.write(0, Buffer.alloc(3 * PAGE, 9), PLAIN);
      await life.rig.disk.flush();
      await first.beginCopy("resync");
      assert.equal(first.facts().differingBytes, 0);
      const copying = first.copy(NEVER);
      copying.catch(() => undefined);
      const doneBytes = (): number => (first.state.kind === "resync" ? first.state.copy.doneBytes : 0);
      while (doneBytes() < 3 * (64 << 10)) await life.rig.clock.sleep(100, NEVER);
      const seen = first.facts();
      assert.ok(seen.state.kind === "resync" && seen.state.copy.totalBytes === DISK);
      assert.equal(seen.differingBytes, 3 * PAGE);
      life.rig.stop("kill");
      await life.rig.restart("kill");
      const second = await life.open();
      const { state, differingBytes } = second.facts();
      assert.ok(state.kind === "resync" && state.copy.doneBytes > 0, "it goes on from where it was written down");
      assert.equal(differingBytes, 3 * PAGE);
      await life.copy(second);
      await life.checkSame();
      await second.close();
    });
  });

  test("whose digests are gone is copied as a whole", async () => {
    const ways: ((life: TrackedLife) => Promise<void>)[] = [
      async ({ rig }) => rig.files.remove(`${RIG_FOLDER}/digests`),
      // Nobody made a digest unknown meanwhile.
      async (life) => (await life.open({ keepDigests: false })).close(),
    ];
    for (const way of ways) {
      const life = new TrackedLife({ seed: 1, diskBytes: DISK });
      await life.rig.clock.run(async () => {
        await (await copiedDisk(life)).close();
        await way(life);
        const splitter = await life.open();
        assert.equal(await checkDigests(life), 0);
        const { last } = life.target;
        await life.rescan(splitter);
        assert.equal(sentAfter(life.target.records, last).bytes, DISK);
        await life.checkSame();
        assert.equal(await checkDigests(life), PAGES);
        await splitter.close();
      });
    }
  });

  test("one of whose digests rotted, or cannot be read, sends that page again", async () => {
    const life = new TrackedLife({ seed: 1, diskBytes: DISK });
    const { rig } = life;
    await rig.clock.run(async () => {
      const splitter = await copiedDisk(life);
      rig.files.rot(`${RIG_FOLDER}/digests`, 5 * 8);
      let { last } = life.target;
      await life.rescan(splitter);
      assert.equal(sentAfter(life.target.records, last).bytes, PAGE);
      let refused = 0;
      rig.onOperation = ({ kind, path }) => {
        if (kind !== "read" || !path.endsWith("/digests") || refused > 1) return;
        refused += 1;
        throw fault();
      };
      last = life.target.last;
      await life.rescan(splitter);
      assert.equal(sentAfter(life.target.records, last).bytes, 64 << 10, "a window");
      rig.onOperation = undefined;
      await life.checkSame();
      assert.equal(await checkDigests(life), PAGES);
      await splitter.close();
    });
  });

  test("refuses to be written to through the splitter", async () => {
    const life = new TrackedLife({ seed: 1, diskBytes: DISK });
    await life.rig.clock.run(async () => {
      const splitter = await copiedDisk(life);
      assert.equal(splitter.readOnly, true);
      await assert.rejects(splitter.write(0, Buffer.alloc(PAGE), PLAIN), (error) => isFault(error, "disk-read-only"));
      await splitter.close();
    });
  });

  test("is sent whole to a target that holds nothing yet; a first copy that begins anew leaves out what it has sent", async () => {
    const life = new TrackedLife({ seed: 1, diskBytes: DISK });
    await life.rig.clock.run(async () => {
      const splitter = await life.open();
      await life.rig.disk.write(0, Buffer.alloc(DISK, 3), PLAIN);
      const stop = new AbortController();
      const copying = splitter.copy(stop.signal);
      await life.rig.clock.sleep(0, NEVER);
      await splitter.beginCopy("initial");
      await copying;
      await life.copy(splitter);
      assert.equal(await checkDigests(life), PAGES);
      const { last } = life.target;
      await life.rig.disk.write(0, Buffer.alloc(PAGE, 4), PLAIN);
      await splitter.beginCopy("initial");
      await life.copy(splitter);
      assert.equal(sentAfter(life.target.records, last).bytes, DISK);
      await life.checkSame();
      await splitter.close();
    });
  });

  test("is right when the log fails, and is full, in the middle of a resync", async () => {
    for (const seed of sampled(60)) {
      const life = new TrackedLife({ seed, diskBytes: DISK, limits: { logFileBytesMax: 12 << 10 } });
      const { rig } = life;
      await rig.clock.run(async () => {
        const splitter = await copiedDisk(life);
        await life.change(30);
        let countdown = 1 + life.random.below(12);
        rig.onOperation = ({ kind, path }) => {
          if (!path.includes("/log/") || (kind !== "write" && kind !== "datasync")) return;
          countdown -= 1;
          if (countdown === 0) throw fault();
        };
        if (seed % 2 === 0) splitter.setPolicy({ logBytesMax: 64 << 10, copyBytesPerSecondMax: 0 });
        await life.rescan(splitter);
        await life.checkSame();
        await checkDigests(life);
        await life.change(10);
        await life.rescan(splitter);
        await life.checkSame();
        await checkDigests(life);
        await splitter.close();
      });
    }
  });

  test("has what changed before its copy began anew, at whatever moment that is", async () => {
    for (const seed of sampled(60)) {
      const random = seededRandom(seed);
      const latencyMicrosMax = seed % 3 === 0 ? 400_000 : 1_000;
      const wrap: RigOptions["wrap"] = (device, clock) => delayedDevice(device, clock, () => random.below(400));
      const life = new TrackedLife({ seed, diskBytes: DISK, wrap, latencyMicrosMax });
      await life.rig.clock.run(async () => {
        const splitter = await copiedDisk(life);
        await begins(splitter);
        const copied = splitter.copy(NEVER);
        for (let time = 0; time < 3; time += 1) {
          await life.rig.clock.sleep(random.below(4_000), NEVER);
          await life.change(8);
          await begins(splitter);
        }
        await copied;
        await life.copy(splitter);
        await life.checkSame();
        await checkDigests(life);
        await splitter.close();
      });
    }
  });

  test("that is smaller now is copied as a whole, since its tail may come back", async () => {
    const life = new TrackedLife({ seed: 1, diskBytes: DISK });
    await life.rig.clock.run(async () => {
      await (await copiedDisk(life)).close();
      const before = await life.rig.content();
      const half = new TrackedLife({ seed: 2, diskBytes: DISK / 2 });
      await half.rig.disk.write(0, before.subarray(0, DISK / 2), PLAIN);
      const smaller = await life.open({ source: half.rig.disk });
      assert.equal(await checkDigests(life), 0);
      const { last } = life.target;
      await life.copy(smaller);
      assert.equal(sentAfter(life.target.records, last).bytes, DISK / 2);
      await smaller.close();
      const grown = await life.open();
      await life.copy(grown);
      assert.equal(firstDifference(life.target.content(DISK), before), undefined);
      await grown.close();
    });
  });

  test("that is said to be another one gives the reason it was told, and what tells it apart can change while it is open", async () => {
    const life = new TrackedLife({ seed: 1, diskBytes: DISK });
    const identity = { ...IDENTITY, sourceChanged: "changes may have been missed" };
    await life.rig.clock.run(async () => {
      const first = await copiedDisk(life);
      await first.setSource("tracked since noon");
      life.rig.stop("crash");
      await life.rig.restart("crash");
      const same = await life.open({ identity: { ...identity, source: "tracked since noon" } });
      assert.equal(same.state.kind, "protected");
      await same.close();
      const other = await life.open({ identity: { ...identity, source: "tracked since one" } });
      assert.equal(other.state.kind, "resync");
      assert.match(other.facts().faults[0]?.message ?? "", /: changes may have been missed\.$/);
      await life.copy(other);
      await life.checkSame();
      await other.close();
    });
  });
});

const IDENTITY = {
  machineId: "01".repeat(16),
  diskId: "02".repeat(16),
  branch: "03".repeat(16),
  bootId: "b0".repeat(16),
  physicalBlockBytes: PAGE,
};

function fault(): Error {
  return fileFault("EIO", RIG_FOLDER);
}
