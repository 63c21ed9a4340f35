import { isFault } from "@leeward/base";
import type { ChangeLog } from "@leeward/change-log";
import { decodeFrames, FRAME_BYTES_MAX } from "@leeward/proto";
import { logUnreadable } from "./splitter-fault.ts";
import type { StoredSpan } from "./stored-state.ts";

/**
 * Whether the record that the span's intent was about (its beginning or its end) is in the log. Reads from the sequence after which it
 * would be, so little of the log: an intent is resolved soon.
 *
 * A sealed file is not read when its log is opened, so this may be who finds that it rotted. What cannot be read now cannot be read later: the log is
 * damaged, and the disk's history goes on on another branch.
 * @throws Fault `log-damaged`, and what the files throw
 */
export async function findSpanRecord(log: ChangeLog, span: StoredSpan): Promise<boolean> {
  try {
    return await holdsRecord(log, span);
  } catch (error) {
    if (!isFault(error) || error.kind !== "corruption" || error.code === "log-damaged") throw error;
    throw logUnreadable(log.folder, error);
  }
}

async function holdsRecord(log: ChangeLog, span: StoredSpan): Promise<boolean> {
  const wanted = span.phase === "beginning" ? "span-begin" : "span-end";
  await using cursor = log.cursor(Math.max(span.after + 1, log.firstSequence));
  for (;;) {
    const frames = await cursor.next({ through: log.durableSequence, bytesMax: FRAME_BYTES_MAX });
    if (frames === undefined) return false;
    for (const record of decodeFrames(frames.bytes)) {
      if (record.kind !== wanted) continue;
      const spanId = record.kind === "span-begin" ? record.span.spanId : record.spanId;
      if (spanId === span.spanId) return true;
    }
  }
}
