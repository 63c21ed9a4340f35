/**
 * One cut: records of the cache become one sealed, encrypted file.
 *
 * ```
 *  memory or cache ─► draft (records up to the first mark) ─► coalesce ─► .part: compressed, encrypted, datasync ─► rename, sync ─► trim
 * ```
 *
 * The payload is what was taken in, as far as memory still has it. The rest is read from the cache when the cut is due, into buffers that the
 * next cut uses again; a cut that failed leaves its own to the garbage collector, since something may still read them.
 * A crash at any place before the rename leaves the cache as it was; see cut-folder.ts for what comes after.
 */
import { KeptBytes } from "@leeward/base";
import { type DataKey, SegmentWriter } from "@leeward/change-log";
import { decodeLogFrame, type FrameCodec } from "@leeward/proto";
import { BufferPool, type World } from "@leeward/world";
import type { HeldBranch } from "../cache/held-branch.ts";
import { LIMITS } from "../limits.ts";
import type { Run } from "./change.ts";
import { coalesce } from "./coalescer.ts";
import { CutDraft } from "./cut-draft.ts";
import type { Cut } from "./cut-folder.ts";

/** Of all cuts. */
const BUFFERS = new BufferPool({
  keptBytesMax: LIMITS.cutsAtOnceMax * (LIMITS.cutBytesMax + 2 * LIMITS.cacheReadBytesMax),
});

export interface CutSettings {
  readonly codec: FrameCodec;
  readonly key: DataKey;
}

/** With the bytes of the records that went into it, before they were coalesced. */
export interface MadeCut extends Cut {
  readonly rawBytes: number;
  /** How long gathering them took, and coalescing, compressing, encrypting and storing. */
  readonly gatherMicros: number;
  readonly sealMicros: number;
}

export interface CutRequest {
  readonly branch: HeldBranch;
  readonly settings: CutSettings;
  /** Cut what there is, although neither a mark nor its size ends it. */
  readonly tail: boolean;
}

/**
 * Makes the branch's next cut; undefined when nothing ends one, or when the target was found to hold it meanwhile.
 * @throws what the cache and the files throw
 */
export async function makeCut(world: World, { branch, settings, tail }: CutRequest): Promise<MadeCut | undefined> {
  const buffers: Uint8Array<ArrayBuffer>[] = [];
  const began = world.clock.monotonicMicros();
  const draft = await gather(branch, buffers);
  const gathered = world.clock.monotonicMicros();
  const cut = await cutOf(world, { branch, settings, tail }, draft);
  const sealMicros = world.clock.monotonicMicros() - gathered;
  for (const buffer of buffers) BUFFERS.give(buffer);
  return cut && { ...cut, rawBytes: draft.bytes, gatherMicros: gathered - began, sealMicros };
}

async function cutOf(world: World, { branch, settings, tail }: CutRequest, draft: CutDraft): Promise<Cut | undefined> {
  if (draft.ended === undefined && !(tail && draft.to >= draft.from)) {
    branch.noteScanned(draft.bytes);
    return undefined;
  }
  const path = await branch.cuts.beginPart();
  const kept = new KeptBytes(branch.memory);
  let cut: Cut | undefined;
  try {
    const { bytes, sha256 } = await writeSegment(world, { branch, settings, draft, path, kept });
    cut = await branch.order.hold(async () => {
      if (branch.isClosed || branch.cutThrough + 1 !== draft.from) return undefined;
      return branch.cuts.commitPart({ from: draft.from, to: draft.to, sha256 }, { sizeBytes: bytes, kept });
    });
  } finally {
    if (cut === undefined || branch.isClosed) kept.drop();
  }
  if (cut !== undefined) branch.noteCut(draft.bytes);
  await branch.trim();
  return cut;
}

/** The records of the cut, as they were taken in or, where memory does not have them, from the cache into buffers that are taken for it. */
async function gather(branch: HeldBranch, buffers: Uint8Array<ArrayBuffer>[]): Promise<CutDraft> {
  const draft = new CutDraft(branch.cutThrough + 1);
  const through = branch.cached;
  while (draft.ended === undefined && draft.to < through) {
    const before = draft.to;
    const recent = branch.recent.framesWith(before + 1);
    if (recent === undefined) await gatherStored(branch, draft, { through, buffers });
    else for (const { to, records } of recent) if (to <= through) for (const { record } of records) draft.add(record);
    if (draft.to === before) break;
  }
  return draft;
}

/** Reads on until what memory has, or the end of the cut. */
async function gatherStored(
  branch: HeldBranch,
  draft: CutDraft,
  { through, buffers }: { readonly through: number; readonly buffers: Uint8Array<ArrayBuffer>[] },
): Promise<void> {
  const take = (bytes: number): Uint8Array => {
    const buffer = BUFFERS.take(bytes);
    buffers.push(buffer);
    return buffer;
  };
  await using cursor = branch.log.cursor(draft.to + 1, { readBytes: LIMITS.cacheReadBytesMax, take });
  const limits = {
    through: Math.min(through, branch.recent.nextAfter(draft.to) - 1),
    bytesMax: LIMITS.cacheReadBytesMax,
  };
  while (draft.ended === undefined) {
    const frames = await cursor.next(limits);
    if (frames === undefined) return;
    for (const frame of frames.frames) {
      for (const { record } of decodeLogFrame(frame, 0).records) draft.add(record);
    }
  }
}

interface Writing {
  readonly branch: HeldBranch;
  readonly settings: CutSettings;
  readonly draft: CutDraft;
  readonly path: string;
  readonly kept: KeptBytes;
}

async function writeSegment(world: World, writing: Writing): Promise<{ bytes: number; sha256: Uint8Array }> {
  const { draft, path, settings, kept } = writing;
  const runs = coalesce(draft.changes(), LIMITS);
  await using writer = await SegmentWriter.create(world, {
    path,
    draft: headerOf(writing, runs),
    codec: settings.codec,
    key: settings.key,
    onPart: (part) => kept.add(part),
  });
  for (const record of draft.kept) if (record.kind !== "mark") await writer.add(record);
  for (const run of runs) {
    const { kind, sequence, timeMicros, offset, length, parts } = run;
    if (kind === "write") await writer.addWrite({ sequence, timeMicros, offset }, parts);
    else await writer.add({ kind, sequence, timeMicros, offset, length });
  }
  for (const record of draft.kept) if (record.kind === "mark") await writer.add(record);
  return await writer.seal();
}

/** A cut covers the whole disk, of the size that it has from the cut's first record on. */
function headerOf({ branch, draft }: Writing, runs: readonly Run[]) {
  const { machineId, diskId, branch: id, parent, sizeBytes, blockBytes, physicalBlockBytes } = branch.offer;
  const resize = draft.kept.find((record) => record.kind === "resize");
  const last = runs.at(-1);
  const diskBytes = resize?.sizeBytes ?? Math.max(sizeBytes, last === undefined ? 0 : last.offset + last.length);
  return {
    kind: "cut",
    machineId,
    diskId,
    branch: id,
    ...(parent !== undefined && { parent }),
    from: draft.from,
    to: draft.to,
    range: { offset: 0, length: diskBytes },
    diskBytes,
    bootId: "0".repeat(32),
    blockBytes,
    physicalBlockBytes,
  } as const;
}
