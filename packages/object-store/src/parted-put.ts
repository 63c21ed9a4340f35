import { anySignal, MiB, Mutex } from "@leeward/base";
import type { BufferPool } from "@leeward/world";
import type { ObjectSource } from "./object-store.ts";

/** Parts are about so large, all of an object alike, or larger where it would have too many of them. A last one of a few bytes would be a request of its own. */
const PART_BYTES = 8 * MiB;
/** Parts that are under way at once, each of which is held in memory. */
const AT_ONCE = 4;

export interface PartsOptions {
  readonly source: ObjectSource;
  readonly partsMax: number;
  /** For parts while they are under way; those of a put that fails are not given back, for its requests may still read them. */
  readonly buffers: BufferPool;
  readonly signal: AbortSignal;
}

/** Sends an object in parts, a few at a time, and gives what each was answered with, in order. When one fails the others are ended, and it rejects as that one did. */
export async function putInParts(
  { source, partsMax, buffers, signal }: PartsOptions,
  putPart: (index: number, bytes: Uint8Array, signal: AbortSignal) => Promise<string>,
): Promise<string[]> {
  const count = Math.min(partsMax, Math.max(1, Math.round(source.sizeBytes / PART_BYTES)));
  const partBytes = Math.ceil(source.sizeBytes / count);
  const parts: string[] = [];
  const failed = new AbortController();
  const either = anySignal([signal, failed.signal]);
  // A source is one file or one cursor: it is read by one at a time.
  const reading = new Mutex();
  const taken: Uint8Array<ArrayBuffer>[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    const buffer = buffers.take(partBytes);
    taken.push(buffer);
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
  for (const buffer of taken) buffers.give(buffer);
  return parts;
}
