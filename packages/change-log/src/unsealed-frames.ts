import { isFault } from "@leeward/base";
import { type DecodedLogFrame, decodeLogFrame, HEADER_BYTES } from "@leeward/proto";
import { FrameScanner } from "./frame-scanner.ts";
import type { RandomAccess } from "./random-access.ts";

/** What ends the whole frames of a log file that is not sealed. */
export type UnsealedEnd = "file-end" | "bad-frame" | "seal-begun";

/**
 * Calls `note` for each frame of a log file that is not sealed, in order, up to the first that is not whole or does not follow
 * the one before it.
 * @throws what the source throws
 */
export async function scanUnsealed(
  source: RandomAccess,
  from: number,
  note: (frame: DecodedLogFrame, position: number) => void,
): Promise<UnsealedEnd> {
  const scanner = new FrameScanner(source, HEADER_BYTES);
  let next = from;
  try {
    for (let scanned = await scanner.next(); scanned !== undefined; scanned = await scanner.next()) {
      // The index of a seal that was interrupted: no record lies behind it.
      if (scanned.frame.head.kind !== "records") return "seal-begun";
      const frame = decodeLogFrame(scanned.frame, 0);
      if (frame.from !== next) return "bad-frame";
      note(frame, scanned.position);
      next = frame.to + 1;
    }
  } catch (error) {
    if (isFault(error, "frame-damaged")) return "bad-frame";
    throw error;
  }
  return scanner.position < (await source.sizeBytes()) ? "bad-frame" : "file-end";
}
