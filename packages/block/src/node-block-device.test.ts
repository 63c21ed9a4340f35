import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import type { BlockDevice } from "./block-device.ts";
import { type FileDevice, type FileDeviceOptions, openFileDevice } from "./node-file-device.ts";
import { blockDeviceSuite } from "./testing/block-device-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "leeward-loop-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let names = 0;

interface Loop extends AsyncDisposable {
  readonly path: string;
  readonly file: string;
}

/** A loop device over a fresh file of zeroes. */
function attach(sizeBytes: number, blockBytes = 512): Loop {
  names += 1;
  const file = join(folder, `disk-${names}`);
  writeFileSync(file, "");
  truncateSync(file, sizeBytes);
  const path = execFileSync("losetup", ["--find", "--show", "--sector-size", String(blockBytes), file], {
    encoding: "utf8",
  }).trim();
  return {
    path,
    file,
    async [Symbol.asyncDispose]() {
      execFileSync("losetup", ["--detach", path]);
    },
  };
}

function reasonToSkip(): string | false {
  try {
    execFileSync("losetup", ["--detach", attach(MiB).path]);
    return false;
  } catch {
    return "loop devices need root and a kernel that has them";
  }
}

describe("block devices", { skip: reasonToSkip() }, () => {
  for (const [name, variant] of [
    ["a block device past the page cache", { io: "thread-pool", direct: true }],
    ["a block device through the page cache, inline", { io: "inline", direct: false }],
  ] as const) {
    blockDeviceSuite(name, async ({ sizeBytes, readOnly }) => opened(attach(sizeBytes), { readOnly, ...variant }));
  }

  test("a block device tells its size and blocks, and may be taken for oneself alone", async () => {
    await using loop = attach(8 * MiB, 4096);
    const options = { path: loop.path, readOnly: false, io: "thread-pool", direct: false } as const;
    {
      await using device = await openFileDevice({ ...options, exclusive: true });
      assert.deepEqual(
        { kind: device.kind, size: device.sizeBytes, block: device.blockBytes },
        { kind: "block-device", size: 8 * MiB, block: 4096 },
      );
      assert.equal((await device.identity()).device, `7:${loop.path.replace("/dev/loop", "")}`);
      await assert.rejects(openFileDevice({ ...options, exclusive: true }), (error) => isFault(error, "disk-busy"));
    }
    await using again = await openFileDevice({ ...options, exclusive: true });
    assert.equal(again.blockBytes, 4096);
  });

  test("a discard of a block device reads as zeroes and gives the space back", async () => {
    await using loop = attach(8 * MiB);
    await using device = await openFileDevice({ path: loop.path, readOnly: false, io: "thread-pool", direct: false });
    await device.write(0, new Uint8Array(8 * MiB).fill(1), { fua: true });
    const full = statSync(loop.file).blocks;
    await device.discard({ offset: 0, length: 8 * MiB }, { fua: true });
    const found = new Uint8Array(8 * MiB).fill(1);
    await device.read(0, found);
    assert.ok(found.every((byte) => byte === 0));
    assert.ok(statSync(loop.file).blocks < full / 2);
  });
});

async function opened(loop: Loop, options: Omit<FileDeviceOptions, "path">): Promise<BlockDevice> {
  const device: FileDevice = await openFileDevice({ path: loop.path, ...options });
  return {
    sizeBytes: device.sizeBytes,
    blockBytes: device.blockBytes,
    readOnly: device.readOnly,
    read: (offset, target) => device.read(offset, target),
    write: (offset, data, how) => device.write(offset, data, how),
    zero: (extent, how) => device.zero(extent, how),
    discard: (extent, how) => device.discard(extent, how),
    flush: () => device.flush(),
    allocation: (extent) => device.allocation(extent),
    async [Symbol.asyncDispose]() {
      await device[Symbol.asyncDispose]();
      await loop[Symbol.asyncDispose]();
    },
  };
}
