import assert from "node:assert/strict";
import { test } from "node:test";
import { GiB, MiB, TiB } from "@leeward/base";
import { vhdFooter, vhdLayout } from "./fixed-vhd.ts";

const id = Uint8Array.from({ length: 16 }, (_, index) => index);

test("a disk is rounded up to whole MiB, with one page behind it", () => {
  assert.deepEqual(vhdLayout(1), { virtualBytes: MiB, blobBytes: MiB + 512 });
  assert.deepEqual(vhdLayout(MiB), { virtualBytes: MiB, blobBytes: MiB + 512 });
  assert.deepEqual(vhdLayout(MiB + 512), { virtualBytes: 2 * MiB, blobBytes: 2 * MiB + 512 });
});

test("a disk that no page blob holds is refused", () => {
  assert.equal(vhdLayout(8 * TiB - MiB).virtualBytes, 8 * TiB - MiB);
  assert.throws(() => vhdLayout(8 * TiB - MiB + 512), { code: "disk-too-large-for-azure", kind: "operator" });
});

test("every field of the footer is where the specification has it", () => {
  const footer = vhdFooter({ virtualBytes: 40 * MiB, id, wallMicros: Date.UTC(2000, 0, 1, 0, 1) * 1_000 });
  const view = new DataView(footer.buffer);
  const text = (from: number, to: number): string => Buffer.from(footer.subarray(from, to)).toString("latin1");
  assert.equal(footer.length, 512);
  assert.equal(text(0, 8), "conectix");
  assert.deepEqual([view.getUint32(8), view.getUint32(12)], [2, 0x10000]);
  assert.equal(text(16, 24), "\xff".repeat(8));
  assert.equal(view.getUint32(24), 60);
  assert.deepEqual([view.getBigUint64(40), view.getBigUint64(48)], [40n << 20n, 40n << 20n]);
  assert.equal(view.getUint32(60), 2);
  assert.deepEqual(footer.subarray(68, 84), id);
  assert.ok(footer.subarray(84).every((byte) => byte === 0));
  let sum = 0;
  footer.forEach((byte, at) => (sum += at >= 64 && at < 68 ? 0 : byte));
  assert.equal(view.getUint32(64), ~sum >>> 0);
});

test("the geometry is that of the specification's appendix", () => {
  // What qemu-img writes into images of these sizes, which it takes so that cylinders and size agree.
  const shapes = [
    { bytes: 0x2_80_28_00, shape: [964, 5, 17] },
    { bytes: 0x12_c3_c0_00, shape: [610, 16, 63] },
    { bytes: 0x1f_80_00_00, shape: [1_024, 16, 63] },
    { bytes: 0x40_03_e0_00, shape: [2_081, 16, 63] },
    { bytes: 0x19_00_06_e0_00, shape: [51_401, 16, 255] },
    { bytes: 200 * GiB, shape: [65_535, 16, 255] },
  ];
  for (const { bytes, shape } of shapes) {
    const footer = vhdFooter({ virtualBytes: bytes, id, wallMicros: 0 });
    const view = new DataView(footer.buffer);
    assert.deepEqual([view.getUint16(56), view.getUint8(58), view.getUint8(59)], shape, String(bytes));
  }
});
