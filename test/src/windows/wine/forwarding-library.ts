// A library for Windows that is nothing but names of other libraries' functions: for what Windows 10 has and an older Wine lacks.
import { viewOf } from "@leeward/base";

const FILE_ALIGNMENT = 0x200;
const SECTION_AT = 0x1000;
const PE_AT = 0x40;
const OPTIONAL_HEADER_BYTES = 240;
const EXPORTS_BYTES = 40;
const encoder = new TextEncoder();

/**
 * The bytes of NAME.dll, in which `from` stands for `to` ("LIBRARY.Function"). A PE32+ image of one section, which holds the export directory, as
 * Microsoft's «PE Format» has it; a function whose address lies in that directory is a forwarder, and the address that of the forwarder's name.
 */
export function forwardingLibrary(
  name: string,
  { from, to }: { readonly from: string; readonly to: string },
): Uint8Array {
  const exports = exportsOf(name, from, to);
  const image = new Uint8Array(2 * FILE_ALIGNMENT);
  const view = viewOf(image);
  const u16 = (at: number, value: number): void => view.setUint16(at, value, true);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, true);
  image.set(encoder.encode("MZ"), 0);
  u32(0x3c, PE_AT);
  image.set(encoder.encode("PE\0\0"), PE_AT);
  const coff = PE_AT + 4;
  u16(coff, 0x8664);
  u16(coff + 2, 1);
  u16(coff + 16, OPTIONAL_HEADER_BYTES);
  // An executable image, large addresses, a library.
  u16(coff + 18, 0x2022);
  const optional = coff + 20;
  u16(optional, 0x20b);
  view.setBigUint64(optional + 24, 0x1_8000_0000n, true);
  u32(optional + 32, SECTION_AT);
  u32(optional + 36, FILE_ALIGNMENT);
  u16(optional + 40, 6);
  u16(optional + 48, 6);
  u32(optional + 56, 2 * SECTION_AT);
  u32(optional + 60, FILE_ALIGNMENT);
  u16(optional + 68, 2);
  // May lie anywhere, and holds no code.
  u16(optional + 70, 0x140);
  u32(optional + 108, 16);
  u32(optional + 112, SECTION_AT);
  u32(optional + 116, exports.length);
  const section = optional + OPTIONAL_HEADER_BYTES;
  image.set(encoder.encode(".edata"), section);
  u32(section + 8, exports.length);
  u32(section + 12, SECTION_AT);
  u32(section + 16, FILE_ALIGNMENT);
  u32(section + 20, FILE_ALIGNMENT);
  u32(section + 36, 0x4000_0040);
  image.set(exports, FILE_ALIGNMENT);
  return image;
}

function exportsOf(name: string, from: string, to: string): Uint8Array {
  const texts = [`${name}.dll`, from, to].map((text) => encoder.encode(`${text}\0`));
  const tables = EXPORTS_BYTES + 4 + 4 + 2;
  const bytes = new Uint8Array(tables + texts.reduce((sum, text) => sum + text.length, 0));
  const view = viewOf(bytes);
  const places: number[] = [];
  let at = tables;
  for (const text of texts) {
    bytes.set(text, at);
    places.push(SECTION_AT + at);
    at += text.length;
  }
  const [nameAt = 0, fromAt = 0, toAt = 0] = places;
  view.setUint32(12, nameAt, true);
  view.setUint32(16, 1, true);
  view.setUint32(20, 1, true);
  view.setUint32(24, 1, true);
  view.setUint32(28, SECTION_AT + EXPORTS_BYTES, true);
  view.setUint32(32, SECTION_AT + EXPORTS_BYTES + 4, true);
  view.setUint32(36, SECTION_AT + EXPORTS_BYTES + 8, true);
  view.setUint32(EXPORTS_BYTES, toAt, true);
  view.setUint32(EXPORTS_BYTES + 4, fromAt, true);
  return bytes;
}
