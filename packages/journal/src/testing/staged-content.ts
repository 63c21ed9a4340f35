import { type DataKey, SegmentWriter } from "@leeward/change-log";
import type { LogRecord } from "@leeward/proto";
import type { World } from "@leeward/world";
import type { StagedSegment } from "../intake/staged-segment.ts";
import type { JournalIdentity } from "../manifest/manifest-writer.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { giveUp } from "../view/file-removal.ts";

/** What a segment for tests holds. Its records have the sequences from `from` on, one after another. */
export interface SegmentContent extends JournalIdentity {
  readonly branch: string;
  readonly parent?: BranchPosition;
  readonly from: number;
  readonly to: number;
  readonly records: readonly LogRecord[];
  readonly diskBytes: number;
  readonly dataKey: DataKey;
  /** Of a frame, about, in bytes; 8 KiB unless told, so that a small segment has several. */
  readonly framePayloadBytes?: number;
}

/** Writes a sealed segment at `path`, as a process server would have sent it. */
export async function stageSegment(world: World, path: string, content: SegmentContent): Promise<StagedSegment> {
  const { branch, parent, from, to, records, diskBytes, dataKey, machineId, diskId } = content;
  const { framePayloadBytes = 8 * 1024 } = content;
  const writer = await SegmentWriter.create(world, {
    path,
    codec: "lz4",
    key: dataKey,
    draft: {
      kind: "cut",
      machineId,
      diskId,
      branch,
      ...(parent === undefined ? {} : { parent }),
      from,
      to,
      range: { offset: 0, length: diskBytes },
      diskBytes,
      blockBytes: 512,
      physicalBlockBytes: 4096,
      bootId: "0".repeat(32),
    },
    framePayloadBytes,
  });
  try {
    for (const record of records) await writer.add(record);
    const { sha256 } = await writer.seal();
    return { path, branch, from, to, sha256 };
  } catch (error) {
    await giveUp(writer);
    throw error;
  }
}
