/**
 * What was written over a point becomes history: the records of an overlay's log as sealed segments of the overlay's own branch.
 *
 * Invariant: the disk at the end of the branch is byte for byte what the overlay shows, and each sequence is journaled once, however often this is
 * begun. Worst outcome: a source that is failed back to goes on from a disk that its replica machine never had.
 *
 * One file of the log becomes one segment: what its index says of each byte, read in the order of its frames. So memory is that of one file's index and
 * a few frames. Order: segment sealed aside → the journal's own (intake.ts) → the next file. A crash leaves the branch at the end of a
 * file, or where an earlier end of the overlay was: from there it is gone on with, and records before it are left out.
 */
import { assert, Fault } from "@leeward/base";
import { SegmentReader, SegmentWriter, segmentCache } from "@leeward/change-log";
import type { IndexEntry } from "@leeward/proto";
import type { Accepted, StagedSegment } from "../intake/staged-segment.ts";
import type { JournalParts } from "../journal-parts.ts";
import { stateOf } from "../journal-parts.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { giveUp } from "../view/file-removal.ts";
import type { OverlayDevice } from "./overlay-device.ts";

const NO_ID = "0".repeat(32);
const FRAME_CACHE_BYTES = 4 * 1024 * 1024;
const LOG_NAME = /^(\d{16})\.hrl$/;

export interface AbsorberParts {
  readonly parts: JournalParts;
  /** As Intake.accept. */
  readonly accept: (staged: StagedSegment) => Promise<Accepted>;
}

/** A part of the overlay's log that is not journaled yet. */
interface Rest {
  readonly reader: SegmentReader;
  readonly branch: string;
  readonly parent: BranchPosition;
  readonly from: number;
  readonly to: number;
}

/**
 * Nothing is written to the overlay meanwhile. Gives where it ends in the disk's history: where the point below stands, when nothing was written.
 * @throws Fault `overlay-incomplete`, those of segments, and as Intake.accept
 */
export async function absorbOverlay(
  { parts, accept }: AbsorberParts,
  overlay: OverlayDevice,
  signal: AbortSignal,
): Promise<BranchPosition> {
  const { branch, parent } = overlay.origin;
  assert(parent !== undefined, "only what lies over a recovery point becomes history");
  const through = await overlay.settle();
  if (through === 0) return parent;
  for (const name of (await parts.world.files.list(overlay.logFolder)).toSorted()) {
    if (!LOG_NAME.test(name)) continue;
    signal.throwIfAborted();
    await using handle = await parts.world.files.open(`${overlay.logFolder}/${name}`, "read");
    const cache = segmentCache({ frameBytesMax: FRAME_CACHE_BYTES, pageBytesMax: 0 });
    const reader = await SegmentReader.open(handle, { compute: parts.world.compute, cache });
    const held = stateOf(parts).branch(branch)?.sequence ?? 0;
    const { from: first, to } = reader.footer;
    assert(to <= through, "nothing is written to an overlay while it becomes history");
    if (to <= held) continue;
    if (first > held + 1 || reader.header.branch !== branch) throw incomplete(overlay, { held, first });
    await accept(await staged(parts, { reader, branch, parent, from: held + 1, to }, signal));
  }
  const held = stateOf(parts).branch(branch)?.sequence ?? 0;
  if (held !== through) throw incomplete(overlay, { held, first: through + 1 });
  return { branch, sequence: through };
}

async function staged(parts: JournalParts, rest: Rest, signal: AbortSignal): Promise<StagedSegment> {
  const { world, folder, manifest, dataKey } = parts;
  const { reader, branch, parent, from, to } = rest;
  const path = `${folder}/staging/overlay-${branch}`;
  // What an attempt left that was refused.
  if ((await world.files.status(path)) !== undefined) await world.files.remove(path);
  const { diskBytes, blockBytes, physicalBlockBytes } = reader.header;
  const disk = { range: { offset: 0, length: diskBytes }, diskBytes, blockBytes, physicalBlockBytes };
  const writer = await SegmentWriter.create(world, {
    path,
    codec: "lz4",
    key: dataKey,
    draft: { kind: "cut", ...manifest.identity, branch, parent, from, to, ...disk, bootId: NO_ID },
  });
  try {
    await copy(writer, rest, signal);
    const { sha256 } = await writer.seal();
    return { path, branch, from, to, sha256 };
  } catch (error) {
    await giveUp(writer);
    throw error;
  }
}

/** In the order of the frames, so that each is read once. */
async function copy(writer: SegmentWriter, { reader, from }: Rest, signal: AbortSignal): Promise<void> {
  const entries: IndexEntry[] = [];
  for await (const page of reader.entries()) for (const entry of page) if (entry.sequence >= from) entries.push(entry);
  const timeMicros = reader.header.wallMicros;
  for (const entry of entries.sort(byPlace)) {
    signal.throwIfAborted();
    const { kind, sequence, offset, length } = entry;
    if (kind === "write") {
      const data = new Uint8Array(length);
      await reader.read(entry, data);
      await writer.addWrite({ sequence, timeMicros, offset }, [data]);
    } else await writer.add({ kind, sequence, timeMicros, offset, length });
  }
}

function byPlace(a: IndexEntry, b: IndexEntry): number {
  return a.framePosition - b.framePosition || a.rawPosition - b.rawPosition || a.offset - b.offset;
}

function incomplete(
  { logFolder }: OverlayDevice,
  { held, first }: { readonly held: number; readonly first: number },
): Fault {
  return new Fault({
    code: "overlay-incomplete",
    kind: "corruption",
    message: `${logFolder} does not hold what follows on sequence ${held} of the overlay.`,
    remedy:
      "Put the missing file back. Otherwise copy the disk of the replica machine by other means: it can still be read.",
    detail: { folder: logFolder, held, first },
  });
}
