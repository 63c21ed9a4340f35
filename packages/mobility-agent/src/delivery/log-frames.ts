import { LogCursor } from "@leeward/change-log";
import { type Files, pastPageCache } from "@leeward/world";
import { LOG_READ_BYTES, RECORDS_BYTES_MAX } from "../limits.ts";
import type { FrameSource } from "./disk-feed.ts";

/**
 * A log's frames from a sequence on, read into one buffer again and again: new ones for all that is sent would cost more, in garbage
 * collection, than the sending. So what `next` gives is whole only until the next call, before which it has been sent.
 */
export function logFrames(files: Files, folder: string, from: number): FrameSource {
  let buffer = new Uint8Array(0);
  const take = (bytes: number): Uint8Array => {
    if (buffer.length < bytes) buffer = new Uint8Array(Math.max(bytes, LOG_READ_BYTES));
    return buffer.subarray(0, bytes);
  };
  const cursor = new LogCursor(pastPageCache(files, LOG_READ_BYTES), folder, from, { readBytes: LOG_READ_BYTES, take });
  return {
    next: (through) => cursor.next({ through, bytesMax: RECORDS_BYTES_MAX }),
    [Symbol.asyncDispose]: () => cursor.close(),
  };
}
