/** A DataView over exactly the bytes of `bytes`: for offset tables with explicit endianness. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The largest number that an offset, length or sequence may have: 2^53 - 1. */
export const NUMBER_MAX = Number.MAX_SAFE_INTEGER;

/** An unsigned 64-bit little-endian integer; undefined when it is above 2^53 - 1, which no honest writer makes. */
export function readUint64(view: DataView, position: number): number | undefined {
  const value = view.getUint32(position + 4, true) * 2 ** 32 + view.getUint32(position, true);
  return value <= NUMBER_MAX ? value : undefined;
}

/** Writes a whole number in [0, 2^53 - 1] as 64 bits, little-endian. */
export function writeUint64(view: DataView, position: number, value: number): void {
  view.setUint32(position, value % 2 ** 32, true);
  view.setUint32(position + 4, Math.floor(value / 2 ** 32), true);
}
