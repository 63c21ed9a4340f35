/** Bytes that can be read at any place: an open file, a blob, a part of memory. */
export interface RandomAccess {
  /** Fills `target` from `position`; returns how many bytes there were, fewer only at the end. */
  read(target: Uint8Array, position: number): Promise<number>;
  sizeBytes(): Promise<number>;
}

/** Where bytes are read into: a buffer of so many bytes, with anything in them. */
export type TakeBuffer = (bytes: number) => Uint8Array;

/** `length` bytes from `position`, fewer only at the end. */
export async function readBytes(
  source: RandomAccess,
  position: number,
  length: number,
  take: TakeBuffer = Buffer.allocUnsafe,
): Promise<Uint8Array> {
  const bytes = take(length);
  const got = await source.read(bytes, position);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, got);
}
