import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32, inflateSync } from "node:zlib";
import { isFault } from "@leeward/base";
import { isPng, pngOf } from "./png.ts";

const DOTS = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9);

test("a picture of QEMU becomes a PNG with the same dots", () => {
  const png = Buffer.from(pngOf(Buffer.concat([Buffer.from("P6\n3 2\n255\n"), DOTS])));
  assert.ok(isPng(png));
  const data = new Map<string, Buffer>();
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    const body = png.subarray(at + 4, at + 8 + length);
    assert.equal(png.readUInt32BE(at + 8 + length), crc32(body));
    data.set(body.toString("latin1", 0, 4), body.subarray(4));
    at += length + 12;
  }
  assert.deepEqual([...data.keys()], ["IHDR", "IDAT", "IEND"]);
  assert.deepEqual([data.get("IHDR")?.readUInt32BE(0), data.get("IHDR")?.readUInt32BE(4)], [3, 2]);
  const lines = inflateSync(data.get("IDAT") ?? Buffer.alloc(0));
  assert.deepEqual([...lines], [0, ...DOTS.subarray(0, 9), 0, ...DOTS.subarray(9)]);
});

test("a PNG stays as it is, and what is no whole picture is refused", () => {
  const png = pngOf(Buffer.concat([Buffer.from("P6 3 2 255 "), DOTS]));
  assert.equal(pngOf(png), png);
  for (const bad of ["", "P6 3 2 255 short", "P5 3 2 255 ", "P6 99999 99999 255 ", "P6 0 2 255 "]) {
    assert.throws(
      () => pngOf(Buffer.from(bad)),
      (error) => isFault(error, "replica-silent"),
      bad,
    );
  }
});
