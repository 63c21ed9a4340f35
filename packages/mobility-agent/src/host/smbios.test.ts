import assert from "node:assert/strict";
import { test } from "node:test";
import { viewOf } from "@leeward/base";
import { productUuid } from "./smbios.ts";

const UUID = Buffer.from("33221100554477668899aabbccddeeff", "hex");

/** RawSMBIOSData: a structure of the firmware with two texts, then that of the system. */
function table(uuid: Uint8Array): Uint8Array {
  const firmware = [...[0, 5, 0, 0, 1], ...Buffer.from("maker\0version\0\0")];
  const system = [...[1, 27, 1, 0, 0, 0, 0, 0], ...uuid, 6, 0, 0, 0, 0];
  const end = [127, 4, 2, 0, 0, 0];
  const bytes = Uint8Array.from([...new Uint8Array(8), ...firmware, ...system, ...end]);
  viewOf(bytes).setUint32(4, bytes.length - 8, true);
  return bytes;
}

test("the machine's id is found behind structures with texts, in the form that Linux shows it", () => {
  assert.equal(productUuid(table(UUID)), "00112233-4455-6677-8899-aabbccddeeff");
});

test("a table that is cut off, or anything else, names no machine", () => {
  const whole = table(UUID);
  for (let length = 0; length < 40; length += 1)
    assert.equal(productUuid(whole.subarray(0, length)), "", String(length));
  for (let at = 4; at < whole.length; at += 1) {
    for (const value of [0, 1, 3, 0x7f, 0xff])
      assert.match(productUuid(whole.with(at, value)), /^$|^[0-9a-f-]{36}$/, `${at}`);
  }
});
