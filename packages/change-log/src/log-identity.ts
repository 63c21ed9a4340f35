import { type Random, randomId } from "@leeward/base";
import type { SegmentHeader } from "@leeward/proto";
import type { Clock } from "@leeward/world";

/** Whose log it is: what the header of each of its files says. Ids are 32 hex digits. */
export interface LogIdentity {
  readonly machineId: string;
  readonly diskId: string;
  readonly branch: string;
  /** Where the branch began; none for a first branch. */
  readonly parent?: { readonly branch: string; readonly sequence: number };
  /** Of the machine that appends, this boot. */
  readonly bootId: string;
  readonly diskBytes: number;
  /** 512 or 4096. */
  readonly blockBytes: number;
  readonly physicalBlockBytes: number;
}

/** The header of a log file that begins now. */
export function logHeader(
  identity: LogIdentity,
  { from, diskBytes, clock, random }: { from: number; diskBytes: number; clock: Clock; random: Random },
): SegmentHeader {
  return {
    kind: "log",
    fileId: randomId(random),
    ...identity,
    from,
    range: { offset: 0, length: diskBytes },
    diskBytes,
    wallMicros: clock.wallMicros(),
    monotonicMicros: clock.monotonicMicros(),
    codec: "none",
  };
}

/** Whether a file's header says that it belongs to this log; boot, sizes and times may differ. */
export function belongsTo(header: SegmentHeader, identity: LogIdentity): boolean {
  return (
    header.kind === "log" &&
    header.machineId === identity.machineId &&
    header.diskId === identity.diskId &&
    header.branch === identity.branch
  );
}
