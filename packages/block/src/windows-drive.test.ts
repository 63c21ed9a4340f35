import assert from "node:assert/strict";
import { test } from "node:test";
import { viewOf } from "@leeward/base";
import fc from "fast-check";
import {
  diskSignature,
  driveDescription,
  isDevicePath,
  lengthBytes,
  logicalSectorBytes,
  physicalSectorBytes,
  volumeExtents,
} from "./windows-drive.ts";

/** A STORAGE_DEVICE_DESCRIPTOR with its texts behind it. */
function descriptor(texts: { vendor: string; product: string; serial: string }): Uint8Array {
  const bytes = new Uint8Array(200);
  const view = viewOf(bytes);
  let at = 36;
  for (const [field, text] of [
    [12, texts.vendor],
    [16, texts.product],
    [24, texts.serial],
  ] as const) {
    if (text === "") continue;
    view.setUint32(field, at, true);
    bytes.set(Buffer.from(`${text}\0`), at);
    at += text.length + 1;
  }
  return bytes.subarray(0, at);
}

test("a drive's texts are read where it says that they are, without the spaces that fill them", () => {
  const { vendor, product, serial, isRemovable } = driveDescription(
    descriptor({ vendor: "Msft    ", product: "Virtual Disk    ", serial: "  6002248 " }),
  );
  assert.deepEqual([vendor, product, serial, isRemovable], ["Msft", "Virtual Disk", "6002248", false]);
  assert.equal(driveDescription(descriptor({ vendor: "", product: "X", serial: "" })).serial, "");
  assert.equal(driveDescription(descriptor({ vendor: "a", product: "b", serial: "\u0007" })).serial, "");
});

test("sizes stand where winioctl.h has them", () => {
  const geometry = new Uint8Array(24);
  viewOf(geometry).setUint32(20, 4096, true);
  assert.equal(logicalSectorBytes(geometry), 4096);
  const alignment = new Uint8Array(28);
  viewOf(alignment).setUint32(16, 512, true);
  viewOf(alignment).setUint32(20, 4096, true);
  assert.equal(physicalSectorBytes(alignment), 4096);
  const length = new Uint8Array(8);
  viewOf(length).setBigUint64(0, 0x2_0000_0000n, true);
  assert.equal(lengthBytes(length), 0x2_0000_0000);
});

test("a partition table gives its disk a name, and no table none", () => {
  const gpt = new Uint8Array(48);
  viewOf(gpt).setUint32(0, 1, true);
  gpt.set(Buffer.from("33221100554477668899aabbccddeeff", "hex"), 8);
  assert.equal(diskSignature(gpt), "gpt:00112233-4455-6677-8899-aabbccddeeff");
  const mbr = new Uint8Array(48);
  viewOf(mbr).setUint32(8, 0xdead, true);
  assert.equal(diskSignature(mbr), "mbr:0000dead");
  viewOf(mbr).setUint32(0, 2, true);
  assert.equal(diskSignature(mbr), "");
});

test("a spanned volume lies on each of its drives, and a count that reaches past the answer is not believed", () => {
  const bytes = new Uint8Array(8 + 2 * 24);
  const view = viewOf(bytes);
  view.setUint32(0, 9, true);
  for (const [index, drive] of [0, 3].entries()) {
    view.setUint32(8 + index * 24, drive, true);
    view.setBigUint64(16 + index * 24, 1_048_576n, true);
    view.setBigUint64(24 + index * 24, 4_096n, true);
  }
  assert.deepEqual(volumeExtents(bytes), [
    { drive: 0, offset: 1_048_576, length: 4_096 },
    { drive: 3, offset: 1_048_576, length: 4_096 },
  ]);
});

test("no answer of a driver, however short or wrong, does more than tell nothing", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      for (const read of [driveDescription, diskSignature, volumeExtents, lengthBytes, physicalSectorBytes])
        read(bytes);
      assert.ok(volumeExtents(bytes).length <= 3);
    }),
  );
});

test("devices are told from files by their paths", () => {
  const devices = [
    "\\\\.\\PhysicalDrive0",
    "\\\\.\\E:",
    "\\\\?\\GLOBALROOT\\Device\\HarddiskVolumeShadowCopy7",
    "\\\\?\\Volume{0e7f3c4a-0000-0000-0000-100000000000}",
  ];
  for (const path of devices) assert.equal(isDevicePath(path), true, path);
  for (const path of ["C:/disks/a.img", "\\\\server\\share\\a.img", "/dev/sda", "\\\\?\\C:\\a.img", ""])
    assert.equal(isDevicePath(path), false, path);
});
