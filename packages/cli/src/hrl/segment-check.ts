// What can be said of one segment file, by what is at hand: with the key (or where none is needed) every byte is decoded and checked;
// without it the checksums of header and frames are, which tell rot and truncation, and not a forgery.
import { Fault, isFault } from "@leeward/base";
import { type DataKey, FrameScanner, type RandomAccess, SegmentReader } from "@leeward/change-log";
import {
  decodeHeader,
  decodeTrailer,
  HEADER_BYTES,
  looksLike,
  type SegmentFooter,
  type SegmentHeader,
  TRAILER_BYTES,
} from "@leeward/proto";
import type { Compute } from "@leeward/world";

/** What a fault means to whoever asked for the file. */
export interface FileFault {
  readonly code: string;
  readonly kind: Fault["kind"];
  readonly message: string;
}

export interface SegmentCheck {
  readonly format: "leeward" | "hyper-v" | null;
  readonly header: SegmentHeader | undefined;
  /** undefined where it could not be read: encrypted, damaged. */
  readonly footer: SegmentFooter | undefined;
  readonly sealed: boolean;
  /** Whether contents were checked, or only checksums; null when neither could be. */
  readonly checked: "contents" | "checksums" | null;
  readonly ok: boolean;
  readonly faults: readonly FileFault[];
}

/** @throws what the source throws but Faults of its content */
export async function checkSegment(
  source: RandomAccess,
  options: { readonly compute: Compute; readonly key: DataKey | undefined },
): Promise<SegmentCheck> {
  const first = new Uint8Array(HEADER_BYTES);
  const got = await source.read(first, 0);
  const format = looksLike(first.subarray(0, got)) ?? null;
  const nothing = { format, header: undefined, footer: undefined, sealed: false, checked: null, ok: false };
  let header: SegmentHeader;
  try {
    header = decodeHeader(first.subarray(0, got));
  } catch (error) {
    return { ...nothing, faults: [faultOf(error)] };
  }
  const sealed = await hasTrailer(source, header);
  const known = { ...nothing, header, sealed };
  const decodes = header.kind !== "manifest" && (header.encryption === undefined || options.key !== undefined);
  try {
    if (!decodes) {
      const faults = await checkFrames(source, { sealed });
      return { ...known, checked: "checksums", ok: true, faults };
    }
    const reader = await SegmentReader.open(source, {
      compute: options.compute,
      ...(options.key === undefined ? {} : { key: options.key }),
    });
    const { footer } = reader;
    const content = { ...known, footer, checked: "contents" } as const;
    try {
      await reader.verify();
      return { ...content, ok: true, faults: sealed ? [] : await checkFrames(source, { sealed }) };
    } catch (error) {
      return { ...content, faults: [faultOf(error)] };
    }
  } catch (error) {
    return { ...known, faults: [faultOf(error)] };
  }
}

/**
 * Passes every frame by its checksum. What a stop cut off at the end of a file that is not sealed is told, and is no damage.
 * @throws Fault `frame-damaged`, `segment-damaged`
 */
async function checkFrames(source: RandomAccess, { sealed }: { readonly sealed: boolean }): Promise<FileFault[]> {
  const end = (await source.sizeBytes()) - (sealed ? TRAILER_BYTES : 0);
  const scanner = new FrameScanner(source, HEADER_BYTES);
  while (scanner.position < end && (await scanner.next()) !== undefined);
  const restBytes = end - scanner.position;
  if (restBytes <= 0) return [];
  if (sealed) throw cutOff(restBytes, "corruption");
  return [faultOf(cutOff(restBytes, "discontinuity"))];
}

function cutOff(bytes: number, kind: Fault["kind"]): Fault {
  return new Fault({
    code: "segment-tail-torn",
    kind,
    message: `The last ${bytes} bytes are not a whole frame: a stop cut it off, or it is being written now.`,
    remedy:
      "None for a file that is still written, or was when its machine stopped: it is cut off at the next start. A sealed file is damaged; take it from another copy.",
    detail: { bytes },
  });
}

async function hasTrailer(source: RandomAccess, header: SegmentHeader): Promise<boolean> {
  const fileBytes = await source.sizeBytes();
  if (fileBytes < HEADER_BYTES + TRAILER_BYTES) return false;
  const bytes = new Uint8Array(TRAILER_BYTES);
  await source.read(bytes, fileBytes - TRAILER_BYTES);
  const trailer = decodeTrailer(bytes);
  return trailer !== undefined && trailer.fileId === header.fileId && trailer.fileBytes === fileBytes;
}

/** A Fault of the content as it is printed; anything else, and what the storage refuses, goes on. */
function faultOf(error: unknown): FileFault {
  if (!isFault(error) || isFault(error, "io-failed", "file-denied")) throw error;
  const { code, kind, message } = error;
  return { code, kind, message };
}
