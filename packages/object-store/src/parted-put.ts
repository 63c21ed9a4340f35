import { anySignal, ceilTo, MiB, Mutex } from "@leeward/base";
import type { ObjectSource } from "./object-store.ts";

/** Parts are so large, or larger where an object would have too many of them. */
const PART_BYTES = 8 * MiB;
/** Parts that are under way at once, each of which is held in memory. */
const AT_ONCE = 3;

export interface PartsOptions {
  readonly source: ObjectSource;
  readonly partsMax: number;
  readonly signal: AbortSignal;
}

/** Sends an object in parts, a few at a time, and gives what each was answered with, in order. When one fails the others are ended, and it rejects as that one did. */
export async function putInParts(
  { source, partsMax, signal }: PartsOptions,
  putPart: (index: number, bytes: Uint8Array, signal: AbortSignal) => Promise<string>,
): Promise<string[]> {
  const partBytes = Math.max(PART_BYTES, ceilTo(Math.ceil(source.sizeBytes / partsMax), MiB));
  const count = Math.max(1, Math.ceil(source.sizeBytes / partBytes));
  const parts: string[] = [];
  const failed = new AbortController();
  const either = anySignal([signal, failed.signal]);
  // A source is one file or one cursor: it is read by one at a time.
  const reading = new Mutex();
  let next = 0;
  const work = async (): Promise<void> => {
    const buffer = new Uint8Array(Math.min(partBytes, source.sizeBytes));
    for (let index = next++; index < count; index = next++) {
      const at = index * partBytes;
      const bytes = buffer.subarray(0, Math.min(partBytes, source.sizeBytes - at));
      await reading.hold(() => source.read(bytes, at));
      either.throwIfAborted();
      parts[index] = await putPart(index, bytes, either);
    }
  };
  const workers = Array.from({ length: Math.min(AT_ONCE, count) }, async () => {
    try {
      await work();
    } catch (error) {
      // The first one's reason becomes that of the others.
      failed.abort(error);
    }
  });
  await Promise.all(workers);
  either.throwIfAborted();
  return parts;
}
