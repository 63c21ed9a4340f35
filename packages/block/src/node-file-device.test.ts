import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { isFault, MiB } from "@leeward/base";
import { alignedBytes } from "@leeward/world";
import { type FileDeviceOptions, openFileDevice } from "./node-file-device.ts";
import { blockDeviceSuite } from "./testing/block-device-suite.ts";

const folder = mkdtempSync(join(tmpdir(), "leeward-block-"));
after(() => rmSync(folder, { recursive: true, force: true }));
let names = 0;

function image(sizeBytes: number): string {
  names += 1;
  const path = join(folder, `disk-${names}`);
  writeFileSync(path, "");
  truncateSync(path, sizeBytes);
  return path;
}

const BUFFERED = { readOnly: false, io: "thread-pool", direct: false } as const;
const PLAIN = { fua: false } as const;

const VARIANTS: readonly [string, Omit<FileDeviceOptions, "path" | "readOnly">][] = [
  ["a file, on the thread pool", { io: "thread-pool", direct: false }],
  ["a file, inline", { io: "inline", direct: false }],
  ["a file, inline, large reads past the page cache", { io: "inline", direct: false, directReadsFrom: 4096 }],
  ["a file, past the page cache", { io: "thread-pool", direct: true, blockBytes: 4096 }],
];
for (const [name, variant] of VARIANTS) {
  blockDeviceSuite(name, ({ sizeBytes, readOnly }) => openFileDevice({ path: image(sizeBytes), readOnly, ...variant }));
}

test("a discard gives the space of a file back, and a zero that may not keeps it", async () => {
  const path = image(8 * MiB);
  await using device = await openFileDevice({ path, ...BUFFERED });
  await device.write(0, new Uint8Array(8 * MiB).fill(1), { fua: true });
  const full = statSync(path).blocks;
  await device.zero({ offset: 0, length: 4 * MiB }, { fua: true, mayDiscard: false });
  assert.ok(statSync(path).blocks >= full - 8);
  await device.discard({ offset: 0, length: 4 * MiB }, { fua: true });
  assert.ok(statSync(path).blocks < full * 0.6);
  assert.deepEqual(await device.allocation({ offset: 0, length: 8 * MiB }), [
    { kind: "zero", offset: 0, length: 4 * MiB },
    { kind: "data", offset: 4 * MiB, length: 4 * MiB },
  ]);
});

test("direct reads fill aligned memory in place, and see what was written to the file", async () => {
  const path = image(4 * MiB);
  const content = Uint8Array.from({ length: 4 * MiB }, (_, index) => (index * 7 + (index >> 9)) & 255);
  writeFileSync(path, content);
  await using device = await openFileDevice({
    path,
    readOnly: true,
    io: "thread-pool",
    direct: true,
    blockBytes: 4096,
  });
  for (const target of [alignedBytes(3 * MiB), new Uint8Array(3 * MiB)]) {
    await device.read(MiB, target);
    assert.equal(Buffer.compare(target, content.subarray(MiB)), 0);
  }
});

test("large reads past the page cache see every write through it", async () => {
  const path = image(4 * MiB);
  await using device = await openFileDevice({
    path,
    readOnly: false,
    io: "inline",
    direct: false,
    directReadsFrom: MiB,
  });
  const content = new Uint8Array(4 * MiB);
  const target = alignedBytes(4 * MiB);
  for (let round = 1; round <= 50; round += 1) {
    const at = (round * 77_824) % (4 * MiB - 8_192);
    const data = new Uint8Array(512 * (1 + (round % 9))).fill(round);
    await device.write(at, data, PLAIN);
    content.set(data, at);
    await device.read(0, target);
    assert.equal(Buffer.compare(target, content), 0);
  }
});

test("what cannot be a disk is refused by name", async () => {
  const open = (path: string, options: Partial<FileDeviceOptions> = {}) =>
    openFileDevice({ path, ...BUFFERED, ...options });
  await assert.rejects(open(join(folder, "none")), (error) => isFault(error, "disk-missing"));
  await assert.rejects(open(folder), (error) => isFault(error, "disk-unsuitable"));
  await assert.rejects(open(folder, { readOnly: true }), (error) => isFault(error, "disk-unsuitable"));
  await assert.rejects(open("/dev/null"), (error) => isFault(error, "disk-unsuitable"));
  await assert.rejects(open(image(0)), (error) => isFault(error, "disk-unsuitable"));
  await assert.rejects(open(image(1000)), (error) => isFault(error, "disk-unsuitable"));
  await assert.rejects(open(image(512), { blockBytes: 4096 }), (error) => isFault(error, "disk-unsuitable"));
});

test("a disk that was shrunk under us fails its calls and changes nothing else", async () => {
  const path = image(MiB);
  for (const io of ["inline", "thread-pool"] as const) {
    await using device = await openFileDevice({ path, ...BUFFERED, io });
    truncateSync(path, 4096);
    await assert.rejects(device.read(0, new Uint8Array(8192)), (error) => isFault(error, "disk-read-failed"));
    truncateSync(path, MiB);
  }
});

test("identity is that of the open file, and tells when it changed", async () => {
  const path = image(MiB);
  await using device = await openFileDevice({ path, ...BUFFERED });
  const before = await device.identity();
  assert.equal(before.kind, "file");
  assert.equal(before.sizeBytes, MiB);
  assert.equal(before.inode, String(statSync(path).ino));
  assert.deepEqual(await device.identity(), before);
  utimesSync(path, 1, 1);
  assert.notDeepEqual(await device.identity(), before);
});

test("closing waits for the calls under way, and what comes after is refused", async () => {
  const path = image(16 * MiB);
  const device = await openFileDevice({ path, ...BUFFERED });
  const writes = Array.from({ length: 64 }, (_, index) =>
    device.write(index * 256 * 1024, new Uint8Array(256 * 1024).fill(7), PLAIN),
  );
  const closing = device[Symbol.asyncDispose]();
  await assert.rejects(device.flush(), (error) => isFault(error, "disk-closed"));
  await Promise.all([...writes, closing, device[Symbol.asyncDispose]()]);
  assert.ok(readFileSync(path).every((byte) => byte === 7));
});

test("inline calls of a closed disk are refused", async () => {
  const device = await openFileDevice({ path: image(MiB), ...BUFFERED, io: "inline" });
  await device[Symbol.asyncDispose]();
  await assert.rejects(device.read(0, new Uint8Array(512)), (error) => isFault(error, "disk-closed"));
  await assert.rejects(device.write(0, new Uint8Array(512), PLAIN), (error) => isFault(error, "disk-closed"));
  await assert.rejects(device.allocation({ offset: 0, length: 512 }), (error) => isFault(error, "disk-closed"));
});
