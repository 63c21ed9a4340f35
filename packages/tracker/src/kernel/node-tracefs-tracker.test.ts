import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, test } from "node:test";
import { isFault, KiB, MiB, randomId } from "@leeward/base";
import { nodeRandom } from "@leeward/world";
import { changeTrackerSuite, SUITE_SIZE_BYTES } from "../testing/change-tracker-suite.ts";
import { kernelRig } from "../testing/node-kernel-rig.ts";
import { loopDisk, reasonToSkip, zramDisk } from "../testing/node-test-disk.ts";
import { deviceFacts } from "./node-device-facts.ts";
import { openChangeTracker } from "./node-open-change-tracker.ts";
import { openTracefsTracker } from "./node-tracefs-tracker.ts";

describe("tracefs", { skip: reasonToSkip("loop") }, () => {
  changeTrackerSuite("a tracker of a loop device by tracefs", () =>
    kernelRig(loopDisk(SUITE_SIZE_BYTES), (device, diskId) => openTracefsTracker({ device, diskId }), { keeps: false }),
  );

  test("a discard of gigabytes is noted whole", async () => {
    const sizeBytes = 12 * 1_024 * MiB;
    await using disk = loopDisk(sizeBytes);
    await using tracker = await openTracefsTracker({ device: deviceFacts(disk.path), diskId: randomId(nodeRandom) });
    execFileSync("blkdiscard", [disk.path]);
    await tracker.collect();
    assert.equal(tracker.waitingCount, sizeBytes / (64 * KiB));
  });

  test("a buffer that overflows makes the tracker incomplete, and nothing is left of it", async () => {
    await using disk = loopDisk(SUITE_SIZE_BYTES);
    const diskId = randomId(nodeRandom);
    const tracker = await openTracefsTracker({ device: deviceFacts(disk.path), diskId, bufferKib: 8 });
    // Nothing is read of the buffer while this process waits for the other.
    execFileSync("dd", ["if=/dev/zero", `of=${disk.path}`, "bs=512", "count=8000", "oflag=direct"], {
      stdio: "ignore",
    });
    await assert.rejects(tracker.collect(), (error) => isFault(error, "tracking-incomplete"));
    await tracker.end();
    assert.equal(existsSync(`/sys/kernel/tracing/instances/leeward-${diskId}`), false);
  });
});

describe("the choice of a backend", { skip: reasonToSkip("zram") }, () => {
  test("what can be tracked is by eBPF first, and by another when asked", async () => {
    await using disk = loopDisk(SUITE_SIZE_BYTES);
    const diskId = randomId(nodeRandom);
    for (const [backend, expected] of [
      [undefined, "ebpf"],
      ["tracefs", "tracefs"],
    ] as const) {
      const chosen = backend === undefined ? {} : { backend };
      const tracker = await openChangeTracker({ path: disk.path, diskId, ...chosen });
      assert.equal(tracker.backend, expected);
      await tracker.end();
    }
  });

  test("what cannot be tracked is refused with the reason", async () => {
    await using disk = zramDisk(SUITE_SIZE_BYTES);
    const diskId = randomId(nodeRandom);
    const refused = (error: unknown): boolean => isFault(error, "tracking-unsupported");
    await assert.rejects(openChangeTracker({ path: disk.path, diskId, backend: "tracefs" }), refused);
    await assert.rejects(openChangeTracker({ path: "/dev/null", diskId }), refused);
    await assert.rejects(openChangeTracker({ path: "/dev/nothing", diskId }), refused);
  });
});
