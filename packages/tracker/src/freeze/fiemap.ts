/**
 * The bytes of FS_IOC_FIEMAP (linux/fiemap.h), little-endian.
 *
 * ```
 *   request  0 start u64 │ 8 length u64 │ 16 flags u32 │ 20 mapped u32 │ 24 room u32 │ 28 reserved
 *   extent   0 logical u64 │ 8 physical u64 │ 16 length u64 │ 24 reserved 16 │ 40 flags u32 │ 44 reserved 12
 * ```
 */
import { NUMBER_MAX, readUint64, viewOf, writeUint64 } from "@leeward/base";
import type { Extent } from "@leeward/block";

const REQUEST_BYTES = 32;
const EXTENT_BYTES = 56;
const EXTENTS_PER_CALL = 512;

const LAST = 0x1;
const UNKNOWN = 0x2;
const DELALLOC = 0x4;
const ENCODED = 0x8;
const DATA_ENCRYPTED = 0x80;
const NOT_ALIGNED = 0x100;
const DATA_INLINE = 0x200;
const DATA_TAIL = 0x400;
const SHARED = 0x2000;
/** Has no place yet, a place that holds something else than the file's bytes alone, or that holds another file's too (SHARED). */
const NOT_ITS_OWN = UNKNOWN | DELALLOC | ENCODED | DATA_ENCRYPTED | NOT_ALIGNED | DATA_INLINE | DATA_TAIL | SHARED;

export interface FileExtents {
  /** Where the file lies on the device of its file system, in the order of the file, and no other file's bytes with it. */
  readonly extents: readonly Extent[];
  /** Whether that is all of the file; else some of it lies elsewhere. */
  readonly whole: boolean;
}

/** Asks by `call` (the ioctl; false when it was refused) until the whole file is told; undefined when it is not. */
export function fileExtents(call: (request: Uint8Array) => boolean): FileExtents | undefined {
  const bytes = new Uint8Array(REQUEST_BYTES + EXTENTS_PER_CALL * EXTENT_BYTES);
  const view = viewOf(bytes);
  const extents: Extent[] = [];
  let whole = true;
  let start = 0;
  for (;;) {
    bytes.fill(0);
    writeUint64(view, 0, start);
    // To the end of any file. No FIEMAP_FLAG_SYNC: asking must not write.
    writeUint64(view, 8, NUMBER_MAX - start);
    view.setUint32(24, EXTENTS_PER_CALL, true);
    if (!call(bytes)) return undefined;
    const count = Math.min(view.getUint32(20, true), EXTENTS_PER_CALL);
    let isLast = count === 0;
    for (let index = 0; index < count; index += 1) {
      const at = REQUEST_BYTES + index * EXTENT_BYTES;
      const logical = readUint64(view, at);
      const offset = readUint64(view, at + 8);
      const length = readUint64(view, at + 16);
      const flags = view.getUint32(at + 40, true);
      // Numbers that no disk has; or an answer that does not lead on, which would be asked for again without end.
      if (logical === undefined || offset === undefined || length === undefined || logical + length <= start) {
        return undefined;
      }
      start = logical + length;
      isLast ||= (flags & LAST) !== 0;
      if ((flags & NOT_ITS_OWN) === 0 && length > 0) extents.push({ offset, length });
      else whole = false;
    }
    if (isLast) return { extents, whole };
  }
}
