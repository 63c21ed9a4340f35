// Small files and folders in the inode itself: 60 bytes where the block map would be, the rest in the extended attribute system.data.
import { damaged } from "../faults.ts";
import type { Inode } from "./inode.ts";

const ATTRIBUTES_MAGIC = 0xea02_0000;
const SYSTEM_INDEX = 7;
const ENTRY_BYTES = 16;

/** The content of an inode that holds it itself, in its two parts. @throws Fault `file-system-damaged` */
export function inlineParts(inode: Inode): readonly [Buffer, Buffer] {
  return [inode.block, attributeData(inode)];
}

function attributeData({ bytes, number }: Inode): Buffer {
  const none = Buffer.alloc(0);
  if (bytes.length <= 128) return none;
  const start = 128 + bytes.readUInt16LE(0x80);
  if (start + 4 > bytes.length || bytes.readUInt32LE(start) !== ATTRIBUTES_MAGIC) return none;
  const body = bytes.subarray(start + 4);
  for (let at = 0; at + 4 <= body.length && body.readUInt32LE(at) !== 0; ) {
    if (at + ENTRY_BYTES > body.length) break;
    const nameBytes = body[at] ?? 0;
    const name = body.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameBytes).toString("latin1");
    if (body[at + 1] === SYSTEM_INDEX && name === "data") {
      const [from, length] = [body.readUInt16LE(at + 2), body.readUInt32LE(at + 8)];
      if (body.readUInt32LE(at + 4) !== 0 || from + length > body.length)
        throw damaged("ext file system", `the attributes of inode ${number} are broken`);
      return body.subarray(from, from + length);
    }
    at += ENTRY_BYTES + Math.ceil(nameBytes / 4) * 4;
  }
  return none;
}
