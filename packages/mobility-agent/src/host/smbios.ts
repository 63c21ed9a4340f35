// The machine's own id out of its firmware's tables (DMTF DSP0134, «System Management BIOS»).
import { viewOf } from "@leeward/base";
import { guidOf } from "@leeward/block";

/** Windows' head before the table: how it was got, versions, and the table's length. */
const HEAD_BYTES = 8;
const SYSTEM_INFORMATION = 1;
const UUID_AT = 8;
const UUID_BYTES = 16;

/** The id that the board, or the virtual machine, says that it has, in small letters; empty where it says none. */
export function productUuid(table: Uint8Array): string {
  if (table.length < HEAD_BYTES) return "";
  const length = viewOf(table).getUint32(4, true);
  const bytes = table.subarray(HEAD_BYTES, HEAD_BYTES + length);
  for (let at = 0; at + 4 <= bytes.length; ) {
    const [kind = 0, structureBytes = 0] = bytes.subarray(at, at + 2);
    if (structureBytes < 4) return "";
    if (kind === SYSTEM_INFORMATION && structureBytes >= UUID_AT + UUID_BYTES) {
      const uuid = bytes.subarray(at + UUID_AT, at + UUID_AT + UUID_BYTES);
      return uuid.length === UUID_BYTES ? guidOf(uuid) : "";
    }
    at = afterTexts(bytes, at + structureBytes);
  }
  return "";
}

/** A structure's texts follow it, each with a zero behind it, and one more behind all; where there are none, two zeroes. */
function afterTexts(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at + 1 < bytes.length && (bytes[at] !== 0 || bytes[at + 1] !== 0)) at += 1;
  return at + 2;
}
