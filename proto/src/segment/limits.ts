import { KiB, MiB } from "@leeward/base";

/** Rises with every change of proto/segment.md that changes bytes. */
export const SEGMENT_VERSION = 1;

/** Bytes. */
export const HEADER_BYTES = 4 * KiB;
/** Bytes in the clear before the stored bytes of a frame. */
export const FRAME_HEAD_BYTES = 32;
/** How much of the frame head the checksum and the AAD cover: all but the checksum. */
export const FRAME_HEAD_CHECKED_BYTES = 28;
/** Bytes. */
export const RECORD_HEAD_BYTES = 40;
/** Count and reserved, before the record heads. */
export const RECORDS_PRELUDE_BYTES = 8;
/** Payload bytes of one frame, and so of one record. */
export const FRAME_PAYLOAD_BYTES_MAX = MiB;
export const FRAME_RECORDS_MAX = 4_096;
/** Bytes of a frame after decryption and decompression. */
export const FRAME_RAW_BYTES_MAX =
  RECORDS_PRELUDE_BYTES + FRAME_RECORDS_MAX * RECORD_HEAD_BYTES + FRAME_PAYLOAD_BYTES_MAX;
/** Bytes that the cipher adds to a frame. */
export const CIPHER_TAG_BYTES = 16;
/** Bytes of a whole frame, head and tag included. */
export const FRAME_BYTES_MAX = FRAME_HEAD_BYTES + FRAME_RAW_BYTES_MAX + CIPHER_TAG_BYTES;

/** Bytes. */
export const INDEX_ENTRY_BYTES = 56;
/** Bytes. */
export const INDEX_REFERENCE_BYTES = 32;
/** Level and count, before the items of an index page. */
export const INDEX_PAGE_PRELUDE_BYTES = 8;
export const INDEX_PAGE_ITEMS_MAX = 4_096;
/** Levels of an index above its leaves: more than 2^53 entries ever need. */
export const INDEX_LEVEL_MAX = 16;

/** Marks, and span beginnings and ends, that a footer lists. */
export const FOOTER_ITEMS_MAX = 1_024;
/** Bytes. */
export const TRAILER_BYTES = 64;
