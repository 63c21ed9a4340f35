import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { KiB, MiB, randomId } from "@leeward/base";
import { type BlockDevice, type Extent, ExtentSet } from "@leeward/block";
import { alignedBytes, nodeRandom } from "@leeward/world";
import { openChangeTracker } from "../kernel/node-open-change-tracker.ts";
import { directDevice } from "../testing/node-kernel-rig.ts";
import { freshLoopDisk, reasonToSkip } from "../testing/node-test-disk.ts";
import { BootTrace } from "./node-boot-trace.ts";

const SIZE = 64 * MiB;
const REGION = 64 * KiB;
const EVENT = "events/block/block_rq_complete/enable";

/** An instance of its own that traces as the kernel's command line has the topmost one trace. */
function traceInstance(bufferKib = 4_096): Disposable & { readonly folder: string } {
  const folder = `/sys/kernel/tracing/instances/leeward-boot-${randomId(nodeRandom)}`;
  mkdirSync(folder);
  writeFileSync(join(folder, "buffer_size_kb"), String(bufferKib));
  writeFileSync(join(folder, EVENT), "1");
  return { folder, [Symbol.dispose]: () => rmdirSync(folder) };
}

async function contentOf(device: BlockDevice): Promise<Uint8Array> {
  const all = alignedBytes(device.sizeBytes);
  for (let offset = 0; offset < all.length; offset += MiB)
    await device.read(offset, all.subarray(offset, offset + MiB));
  return all;
}

function changedRegions(before: Uint8Array, after: Uint8Array): Extent[] {
  const regions = Array.from({ length: before.length / REGION }, (_, index) => index * REGION);
  return regions
    .filter((at) => Buffer.compare(before.subarray(at, at + REGION), after.subarray(at, at + REGION)) !== 0)
    .map((offset) => ({ offset, length: REGION }));
}

function useAsBootDoes(path: string): void {
  const folder = mkdtempSync(join(tmpdir(), "leeward-boot-"));
  execFileSync("mkfs.ext4", ["-q", path], { stdio: "pipe" });
  execFileSync("mount", [path, folder]);
  try {
    writeFileSync(join(folder, "file"), Buffer.alloc(3 * MiB, 7));
    execFileSync("sync", ["-f", folder]);
    rmSync(join(folder, "file"));
    writeFileSync(join(folder, "other"), "a boot's");
    execFileSync("fstrim", [folder], { stdio: "pipe" });
  } finally {
    execFileSync("umount", [folder]);
    rmdirSync(folder);
  }
}

describe("the trace of a boot", { skip: reasonToSkip("loop") }, () => {
  test("every region that a file system changed is in it, and proved", async () => {
    using trace = traceInstance();
    await using disk = await freshLoopDisk(SIZE);
    await using device = await directDevice(disk.path);
    const before = await contentOf(device);
    useAsBootDoes(disk.path);
    const changes = await new BootTrace(trace.folder).changesOf(disk.path);
    assert.ok(changes.kind === "proved", JSON.stringify(changes));
    const told = ExtentSet.of(changes.extents);
    const changed = changedRegions(before, await contentOf(device));
    assert.ok(changed.length > 10);
    for (const region of changed) assert.deepEqual([...told.gaps(region)], [], `at ${region.offset}`);
    // It can be read by every disk of the machine.
    assert.deepEqual(await new BootTrace(trace.folder).changesOf(disk.path), changes);
  });

  test("between it and a tracker that is opened under load nothing is missed", async () => {
    using trace = traceInstance(16_384);
    await using disk = await freshLoopDisk(SIZE);
    await using device = await directDevice(disk.path);
    const before = await contentOf(device);
    const script = `i=0; while [ $i -lt 400 ]; do i=$((i+1)); dd if=/dev/urandom of=${disk.path} bs=4k count=1 seek=$((i * 37 % 16384)) oflag=direct conv=notrunc status=none; done`;
    const writer = spawn("sh", ["-c", script], { stdio: "ignore" });
    const ended = once(writer, "exit");
    await using tracker = await openChangeTracker({
      path: disk.path,
      diskId: randomId(nodeRandom),
      backend: "tracefs",
    });
    const changes = await new BootTrace(trace.folder).changesOf(disk.path);
    await ended;
    await tracker.collect();
    const after = await contentOf(device);
    assert.ok(changes.kind === "proved", JSON.stringify(changes));
    const told = ExtentSet.of(changes.extents);
    for (const region of changedRegions(before, after)) {
      assert.ok(tracker.waitsWithin(region) || [...told.gaps(region)].length === 0, `at ${region.offset}`);
    }
  });

  test("a trace from which anything is missing proves nothing", async () => {
    await using disk = await freshLoopDisk(SIZE);
    const write = (at: number): void => {
      const args = [
        "if=/dev/zero",
        `of=${disk.path}`,
        "bs=4k",
        "count=1",
        `seek=${at}`,
        "oflag=direct",
        "conv=notrunc",
      ];
      execFileSync("dd", args, { stdio: "ignore" });
    };
    const shortened: Readonly<Record<string, (folder: string) => void>> = {
      "begun late": () => undefined,
      "switched off for a while": (folder) => {
        writeFileSync(join(folder, EVENT), "0");
        write(3);
        writeFileSync(join(folder, EVENT), "1");
      },
      emptied: (folder) => writeFileSync(join(folder, "trace"), ""),
      paused: (folder) => {
        writeFileSync(join(folder, "tracing_on"), "0");
        write(4);
        writeFileSync(join(folder, "tracing_on"), "1");
      },
    };
    write(1);
    for (const [name, shorten] of Object.entries(shortened)) {
      using trace = traceInstance();
      write(2);
      shorten(trace.folder);
      const changes = await new BootTrace(trace.folder).changesOf(disk.path);
      assert.equal(changes.kind, "unproved", name);
    }
  });

  test("a buffer that was overwritten proves nothing", async () => {
    using trace = traceInstance(8);
    await using disk = await freshLoopDisk(SIZE);
    execFileSync("dd", ["if=/dev/zero", `of=${disk.path}`, "bs=512", "count=2000", "oflag=direct"], {
      stdio: "ignore",
    });
    const boot = new BootTrace(trace.folder);
    assert.ok(boot.lost() > 0);
    const changes = await boot.changesOf(disk.path);
    assert.deepEqual(changes, { kind: "unproved", reason: "the trace had no room for all events" });
  });

  test("once freed it traces nothing more, and gives the memory back unless somebody else traces", () => {
    using trace = traceInstance(8_192);
    const kib = (): number => Number.parseInt(readFileSync(join(trace.folder, "buffer_size_kb"), "utf8"), 10);
    const other = join(trace.folder, "events/sched/sched_process_exit/enable");
    writeFileSync(other, "1");
    new BootTrace(trace.folder).free();
    assert.equal(readFileSync(join(trace.folder, EVENT), "utf8").trim(), "0");
    assert.ok(kib() >= 8_192);
    writeFileSync(other, "0");
    new BootTrace(trace.folder).free();
    assert.ok(kib() < 2_048);
  });
});
