const OURS = Uint8Array.of(0x4c, 0x57, 0x48, 0x52, 0x4c, 0x0d, 0x0a, 0x1a);
/** `msctlog `, of [MS-HRL]. */
const HYPER_V = Uint8Array.of(0x6d, 0x73, 0x63, 0x74, 0x6c, 0x6f, 0x67, 0x20);

/** The first bytes of a segment. */
export const SEGMENT_MAGIC: Uint8Array = OURS;

/** Whose format a file has, by its first 8 bytes: ours, Hyper-V's, or neither. */
export function looksLike(bytes: Uint8Array): "leeward" | "hyper-v" | undefined {
  if (beginsWith(bytes, OURS)) return "leeward";
  return beginsWith(bytes, HYPER_V) ? "hyper-v" : undefined;
}

function beginsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return bytes.length >= magic.length && magic.every((byte, index) => bytes[index] === byte);
}
