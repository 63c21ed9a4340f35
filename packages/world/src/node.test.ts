import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { nodeClock } from "./node-clock.ts";
import { nodeCompute } from "./node-compute.ts";
import { nodeFiles } from "./node-files.ts";
import { clockSuite } from "./testing/clock-suite.ts";
import { computeSuite } from "./testing/compute-suite.ts";
import { filesSuite } from "./testing/files-suite.ts";

clockSuite("nodeClock", () => ({ clock: nodeClock, run: (work) => work() }));

computeSuite("nodeCompute", () => nodeCompute());

for (const [io, bypassCache] of [
  ["thread-pool", false],
  ["inline", false],
  ["thread-pool", true],
  ["inline", true],
] as const) {
  filesSuite(`nodeFiles ${io}${bypassCache ? " past the page cache" : ""}`, async () => {
    const folder = await mkdtemp(`${tmpdir()}/leeward-files-`);
    const files = nodeFiles({ io });
    return {
      files: { ...files, open: (path, mode) => files.open(path, mode, bypassCache ? { bypassCacheFrom: 1 } : {}) },
      folder,
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  });
}

test("nodeFiles: a device that is full says disk-full, and is neither file nor folder", async () => {
  for (const io of ["thread-pool", "inline"] as const) {
    const files = nodeFiles({ io });
    await using handle = await files.open("/dev/full", "update");
    const full = { code: "disk-full", kind: "transient", detail: { path: "/dev/full", errno: "ENOSPC" } };
    await assert.rejects(handle.write([new Uint8Array(10)], 0), full);
    assert.equal((await files.status("/dev/full"))?.kind, "other");
  }
});

test("nodeClock: the wall clock is the system's, to the millisecond", () => {
  for (let round = 0; round < 1_000; round += 1) {
    const [before, wall, after] = [Date.now(), nodeClock.wallMicros(), Date.now()];
    assert.equal(wall >= before * 1_000 && wall < (after + 1) * 1_000, true);
  }
});

/** The C library is nobody's dependency: where someone has built it, it passes the same suite. */
if (isInstalled("lz4")) computeSuite("nodeCompute with C lz4", () => nodeCompute({ lz4: "lz4" }));
else {
  test("nodeCompute: a C library that is not there is lz4-missing", () => {
    assert.throws(() => nodeCompute({ lz4: "lz4" }), { code: "lz4-missing", kind: "operator" });
  });
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch (error) {
    assert.equal(error instanceof Error && "code" in error && error.code, "MODULE_NOT_FOUND");
    return false;
  }
}
