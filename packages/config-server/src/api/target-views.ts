import type { Disk } from "@leeward/api";
import type { FurtherStatus, TargetDiskStatus } from "@leeward/proto";
import { rpoSecondsOf } from "../sessions/disk-health.ts";
import type { DiskReports, Reports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { FurtherTargetRow } from "../store/further-target-rows.ts";
import { standingFault } from "./standing-fault.ts";

/** What the views of targets are made of. */
export interface TargetFacts {
  readonly reports: Reports;
  readonly isOnline: (memberId: string) => boolean;
  /** Beside the main target. */
  readonly furtherOf: (diskId: string) => readonly FurtherTargetRow[];
  readonly nameOf: (memberId: string) => string;
}

type DiskTarget = NonNullable<Disk["targets"]>[number];

interface Now {
  readonly wallMicros: number;
  readonly clockOffsetMicros: number | null;
}

/** Where the disk goes and is kept, the main target first. */
export function targetViews(disk: DiskRow, told: { now: Now; reports: DiskReports }, facts: TargetFacts): DiskTarget[] {
  const { masterTarget, processServer } = told.reports;
  const isProtected = disk.state === "protected";
  const main = { id: disk.masterTargetId, main: true, state: disk.state === "deleting" ? "deleting" : "kept" } as const;
  return [
    {
      ...targetView(main.id, { said: masterTarget, now: told.now }, facts),
      main: true,
      state: isProtected ? stateOf(main.id, masterTarget, facts) : main.state,
    },
    ...facts.furtherOf(disk.id).map((row) => {
      const said = facts.reports.ofTarget(row.targetId, disk.id);
      const way = processServer?.further.find(({ targetId }) => targetId === row.targetId);
      const view = targetView(row.targetId, { said, way, now: told.now }, facts);
      return { ...view, main: false, state: furtherState(row, { isProtected, said, way }, facts) };
    }),
  ];
}

function targetView(
  id: string,
  { said, way, now }: { said: TargetDiskStatus | undefined; way?: FurtherStatus | undefined; now: Now },
  facts: TargetFacts,
): Omit<DiskTarget, "main" | "state"> {
  return {
    id,
    name: facts.nameOf(id),
    journaled: said?.journaledSequence ?? null,
    rpoSeconds: rpoSecondsOf({ masterTarget: said }, now),
    faults: [...(way?.faults ?? []), ...(said?.faults ?? [])].map(standingFault),
  };
}

function furtherState(
  { state, targetId }: FurtherTargetRow,
  {
    isProtected,
    said,
    way,
  }: { isProtected: boolean; said: TargetDiskStatus | undefined; way: FurtherStatus | undefined },
  facts: TargetFacts,
): DiskTarget["state"] {
  if (state === "deleting") return "deleting";
  if (state === "kept" || !isProtected) return "kept";
  if (way?.state === "left-behind") return "left-behind";
  return stateOf(targetId, said, facts);
}

function stateOf(id: string, said: TargetDiskStatus | undefined, facts: TargetFacts): "away" | "copying" | "following" {
  if (!facts.isOnline(id)) return "away";
  return said === undefined || said.newestPointMicros === 0 || said.history === "gap" ? "copying" : "following";
}
