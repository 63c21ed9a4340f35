import { crc32, deflateSync } from "node:zlib";
import { SCREEN_BYTES_MAX } from "../limits.ts";
import { replicaSilent } from "../replica-faults.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const DOT_BYTES = 3;
const TRUE_COLOUR = 2;

/** Whether it begins as a PNG does, with its width and height. */
export function isPng(bytes: Uint8Array): boolean {
  return bytes.length > SIGNATURE.length && SIGNATURE.every((byte, index) => bytes[index] === byte);
}

/**
 * A picture of QEMU (PPM: "P6 WIDTH HEIGHT 255" and three bytes for each dot; netpbm's ppm(5)) as PNG (RFC 2083).
 * @throws Fault `replica-silent` for what is neither
 */
export function pngOf(picture: Uint8Array): Uint8Array {
  if (isPng(picture)) return picture;
  const head = /^P6\s+(?:#[^\n]*\n\s*)*(\d{1,5})\s+(\d{1,5})\s+255\s/.exec(
    Buffer.from(picture.subarray(0, 512)).toString("latin1"),
  );
  const [all = "", width, height] = head ?? [];
  const size = { width: Number(width), height: Number(height) };
  const dots = picture.subarray(all.length);
  const bytes = size.width * size.height * DOT_BYTES;
  if (head === null || bytes === 0 || bytes > SCREEN_BYTES_MAX || dots.length < bytes) {
    throw replicaSilent("what it gives as its screen is no picture");
  }
  return encoded(dots, size);
}

function encoded(dots: Uint8Array, { width, height }: { readonly width: number; readonly height: number }): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, TRUE_COLOUR, 0, 0, 0], 8);
  // Each line begins with its filter: none.
  const lines = Buffer.alloc((width * DOT_BYTES + 1) * height);
  for (let line = 0; line < height; line += 1) {
    const from = line * width * DOT_BYTES;
    lines.set(dots.subarray(from, from + width * DOT_BYTES), line * (width * DOT_BYTES + 1) + 1);
  }
  const parts = [chunk("IHDR", header), chunk("IDAT", deflateSync(lines)), chunk("IEND", new Uint8Array(0))];
  return Buffer.concat([SIGNATURE, ...parts]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(data.length, 0);
  whole.set(body, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
