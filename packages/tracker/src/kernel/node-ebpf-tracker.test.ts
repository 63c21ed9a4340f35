import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { describe, test } from "node:test";
import { isFault, KiB, MiB, randomId, seededRandom } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { nodeRandom } from "@leeward/world";
import type { ChangeTracker } from "../change-tracker.ts";
import { changeTrackerSuite, SUITE_SIZE_BYTES, unlessNotRun } from "../testing/change-tracker-suite.ts";
import { directDevice, kernelRig } from "../testing/node-kernel-rig.ts";
import { loopDisk, reasonToSkip, zramDisk } from "../testing/node-test-disk.ts";
import { deviceFacts } from "./node-device-facts.ts";
import { openEbpfTracker } from "./node-ebpf-tracker.ts";
import { openChangeTracker } from "./node-open-change-tracker.ts";

const skipLoop = reasonToSkip("loop");
const skipZram = reasonToSkip("zram");
const REGION = 64 * KiB;

describe("eBPF on requests", { skip: skipLoop }, () => {
  changeTrackerSuite("a tracker of a loop device", () =>
    kernelRig(loopDisk(SUITE_SIZE_BYTES), (device, diskId) => openEbpfTracker({ device, diskId }), { keeps: true }),
  );

  test("a discard and zeroes of gigabytes are noted whole", async () => {
    const sizeBytes = 12 * 1_024 * MiB;
    await using disk = loopDisk(sizeBytes);
    await using tracker = await opened(disk.path);
    for (const [offset, length] of [
      [5 * REGION + 4 * KiB, 9 * 1_024 * MiB],
      [0, sizeBytes],
    ] as const) {
      execFileSync("blkdiscard", ["--offset", String(offset), "--length", String(length), disk.path]);
      await tracker.collect();
      const regions = Math.ceil((offset + length) / REGION) - Math.floor(offset / REGION);
      assert.equal(tracker.take(), regions);
      tracker.settle();
    }
    await tracker.end();
  });

  test("of a partition only what lies within it is noted, at its own places", async () => {
    await using disk = loopDisk(16 * MiB);
    const facts = deviceFacts(disk.path);
    const device = { ...facts, firstSector: 2_056, sectors: 8 * 2_048 + 8 };
    await using tracker = await openEbpfTracker({ device, diskId: randomId(nodeRandom) });
    await using whole = await directDevice(disk.path);
    const start = 2_056 * 512;
    const length = (8 * 2_048 + 8) * 512;
    await whole.write(start - 4 * KiB, new Uint8Array(4 * KiB), { fua: false });
    await whole.write(start + length, new Uint8Array(4 * KiB), { fua: false });
    await tracker.collect();
    assert.equal(tracker.waitingCount, 0);
    await whole.write(start - 4 * KiB, new Uint8Array(8 * KiB), { fua: false });
    await whole.write(start + 3 * REGION, new Uint8Array(512), { fua: false });
    await whole.write(start + length - 512, new Uint8Array(8 * KiB), { fua: false });
    await tracker.collect();
    tracker.take();
    assert.deepEqual(
      [...tracker.taken(REGION)].map(({ offset }) => offset / REGION),
      [0, 3, 128],
    );
    await tracker.end();
  });

  test("two trackers of one device, and of two, see what is theirs", async () => {
    await using disk = loopDisk(SUITE_SIZE_BYTES);
    await using other = loopDisk(SUITE_SIZE_BYTES);
    await using one = await opened(disk.path);
    await using two = await opened(disk.path);
    await using third = await opened(other.path);
    await using device = await directDevice(disk.path);
    await device.write(0, new Uint8Array(512), { fua: false });
    for (const tracker of [one, two, third]) await tracker.collect();
    assert.deepEqual([one.waitingCount, two.waitingCount, third.waitingCount], [1, 1, 0]);
    for (const tracker of [one, two, third]) await tracker.end();
  });

  test("a write for which no program ran is found out by the disk's own count", async () => {
    await using disk = loopDisk(SUITE_SIZE_BYTES);
    await using other = loopDisk(SUITE_SIZE_BYTES);
    await using device = await directDevice(disk.path);
    await using otherDevice = await directDevice(other.path);
    const diskId = randomId(nodeRandom);
    // Programs that look at the requests of another disk are those that miss every one of this disk.
    const { major, minor } = deviceFacts(other.path);
    await using tracker = await openEbpfTracker({ device: { ...deviceFacts(disk.path), major, minor }, diskId });
    await tracker.collect();
    assert.equal(tracker.isProved, true);
    await device.write(0, new Uint8Array(512), { fua: false });
    await assert.rejects(
      tracker.collect(),
      (error) => isFault(error, "tracking-incomplete") && error.detail["disproved"] === true,
    );
    await tracker.end();
    await using traced = await openChangeTracker({ path: disk.path, diskId, prefer: "tracefs" });
    assert.equal(traced.backend, "tracefs");
    await traced.end();

    // What was noted and not counted is not missed.
    await using second = await openEbpfTracker({ device: { ...deviceFacts(disk.path), major, minor }, diskId });
    await otherDevice.write(0, new Uint8Array(512), { fua: false });
    await second.collect();
    assert.deepEqual([second.isProved, second.waitingCount], [false, 1]);
    await second.end();
  });

  test("a disk that stops counting makes the tracker incomplete, and is not begun with", async () => {
    await using disk = loopDisk(SUITE_SIZE_BYTES);
    await using device = await directDevice(disk.path);
    const facts = deviceFacts(disk.path);
    const diskId = randomId(nodeRandom);
    await using tracker = await openEbpfTracker({ device: facts, diskId });
    writeFileSync(`/sys/block/${facts.disk}/queue/iostats`, "0");
    try {
      await tracker.collect();
      await device.write(0, new Uint8Array(512), { fua: false });
      await assert.rejects(tracker.collect(), (error) => isFault(error, "tracking-incomplete"));
      await assert.rejects(openEbpfTracker({ device: facts, diskId }), { name: "KernelLacks" });
    } finally {
      writeFileSync(`/sys/block/${facts.disk}/queue/iostats`, "1");
    }
    await tracker.end();
  });

  test("what others do on all processors at once is counted once, and the tracker stays whole", () =>
    unlessNotRun(async () => {
      await using disk = loopDisk(SUITE_SIZE_BYTES);
      await using tracker = await opened(disk.path);
      const everywhere = ["--cpu-list", `0-${cpus().length - 1}`];
      const write = ["dd", "if=/dev/zero", `of=${disk.path}`, "bs=4096", "count=1000", "oflag=direct", "conv=notrunc"];
      let over = false;
      const writers = Promise.all(
        [1, 2, 3].map(() => ended(spawn("taskset", [...everywhere, ...write], { stdio: "ignore" }))),
      ).finally(() => {
        over = true;
      });
      let proved = 0;
      try {
        while (!over) {
          await tracker.collect();
          if (tracker.isProved) proved += 1;
        }
        await tracker.collect();
      } finally {
        await writers;
        await tracker.end();
      }
      assert.equal(tracker.isProved, true);
      assert.ok(proved > 0);
    }));

  test("a process that is killed while it collects loses nothing, and the next one goes on", async () => {
    await using disk = loopDisk(SUITE_SIZE_BYTES);
    await using device = await openFileDevice({ path: disk.path, readOnly: false, io: "thread-pool", direct: true });
    const diskId = randomId(nodeRandom);
    const random = seededRandom(3);
    const touched = new Set<number>();
    let trackingId: string | undefined;
    for (let life = 0; life < 4; life += 1) {
      trackingId = await killedWhileItCollects(disk.path, { diskId, trackingId }, async () => {
        for (let count = 0; count < 60; count += 1) {
          const region = random.below(SUITE_SIZE_BYTES / REGION);
          touched.add(region);
          await device.write(region * REGION, random.bytes(4 * KiB), { fua: false });
        }
      });
    }
    await using tracker = await openEbpfTracker({ device: deviceFacts(disk.path), diskId });
    assert.equal(tracker.trackingId, trackingId);
    await tracker.collect();
    tracker.take();
    const waiting = new Set([...tracker.taken(REGION)].map(({ offset }) => offset / REGION));
    assert.deepEqual(waiting, touched);
    await tracker.end();
  });

  test("what was pinned by halves is not taken for the whole", async () => {
    await using disk = loopDisk(SUITE_SIZE_BYTES);
    const diskId = randomId(nodeRandom);
    const device = deviceFacts(disk.path);
    const folder = `/sys/fs/bpf/leeward/${diskId}`;
    const first = await openEbpfTracker({ device, diskId });
    await first[Symbol.asyncDispose]();
    execFileSync("rm", [`${folder}/link-3`]);
    const second = await openEbpfTracker({ device, diskId });
    assert.notEqual(second.trackingId, first.trackingId);
    assert.equal(first.begunAnewBecause, undefined, "there was nothing");
    assert.equal(second.begunAnewBecause, "what the kernel noted of it is not all there");
    await second[Symbol.asyncDispose]();
    const third = await openEbpfTracker({ device: { ...device, diskSequence: device.diskSequence + 1 }, diskId });
    assert.notEqual(third.trackingId, second.trackingId);
    assert.equal(third.begunAnewBecause, "what the kernel noted was of another disk, or of another size");
    await third.end();
    assert.equal(existsSync(folder), false);
  });

  test("nothing of a tracker stays open in the process", async () => {
    await using disk = loopDisk(SUITE_SIZE_BYTES);
    const count = (): number => readdirSync("/proc/self/fd").length;
    await (await opened(disk.path)).end();
    const before = count();
    for (let time = 0; time < 5; time += 1) {
      const tracker = await opened(disk.path);
      await tracker.collect();
      await tracker.grow(16 * MiB);
      await tracker.end();
    }
    assert.equal(count(), before);
  });
});

describe("eBPF on bios", { skip: skipZram }, () => {
  changeTrackerSuite("a tracker of a zram device", () =>
    kernelRig(zramDisk(16 * MiB), (device, diskId) => openEbpfTracker({ device, diskId }), {
      keeps: true,
      trackedBytes: SUITE_SIZE_BYTES,
    }),
  );

  test("a bio that could not be held makes the tracker incomplete", async () => {
    await using disk = zramDisk(16 * MiB);
    await using tracker = await openEbpfTracker({
      device: deviceFacts(disk.path),
      diskId: randomId(nodeRandom),
      heldMax: 1,
    });
    // On all processors, also where this process keeps to one: there a bio is at its end before another one begins.
    const everywhere = ["--cpu-list", `0-${cpus().length - 1}`];
    const write = ["dd", "if=/dev/zero", `of=${disk.path}`, "bs=4096", "count=4000", "oflag=direct"];
    const incomplete = async (): Promise<boolean> => {
      const writers = [1, 2, 3, 4].map(() => ended(spawn("taskset", [...everywhere, ...write], { stdio: "ignore" })));
      await Promise.all(writers);
      try {
        await tracker.collect();
        return false;
      } catch (error) {
        assert.ok(isFault(error, "tracking-incomplete"));
        assert.ok(Number(error.detail["unheld"]) > 0);
        return true;
      }
    };
    let rounds = 0;
    while (!(await incomplete())) {
      rounds += 1;
      assert.ok(rounds < 50, "with room for one bio some have to find none");
    }
    await tracker.end();
  });
});

function opened(path: string): Promise<ChangeTracker> {
  return openEbpfTracker({ device: deviceFacts(path), diskId: randomId(nodeRandom) });
}

/** Another process collects, takes and gives back without a pause until it is killed, during `work`. Returns the tracking id that it told. */
async function killedWhileItCollects(
  path: string,
  expected: { readonly diskId: string; readonly trackingId: string | undefined },
  work: () => Promise<void>,
): Promise<string> {
  const script = `
    const { deviceFacts } = await import(${JSON.stringify(import.meta.resolve("./node-device-facts.ts"))});
    const { openEbpfTracker } = await import(${JSON.stringify(import.meta.resolve("./node-ebpf-tracker.ts"))});
    const device = deviceFacts(${JSON.stringify(path)});
    const tracker = await openEbpfTracker({ device, diskId: ${JSON.stringify(expected.diskId)} });
    process.stdout.write(tracker.trackingId + "\\n");
    for (;;) {
      await tracker.collect();
      if (tracker.take() > 0) tracker.giveBack();
    }`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const told = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
    child.once("exit", (code, signal) =>
      reject(new Error(`the collecting process ended early: ${signal ?? `exit ${code}`}`)),
    );
  });
  if (expected.trackingId !== undefined) assert.equal(told, expected.trackingId);
  await work();
  const end = ended(child);
  child.kill("SIGKILL");
  await end;
  return told;
}

function ended(child: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve) => child.once("exit", () => resolve()));
}
