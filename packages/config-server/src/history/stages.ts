import { type DiskStages, StageName } from "@leeward/api";
import type { StageStatus } from "@leeward/proto";
import type { DiskReports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";

/** Along the way of a write. */
const STAGES: readonly StageName[] = StageName.enum;
/** What waits only as long as it takes is no queue: more than this, and more than the stage does in so many seconds, is one. */
const QUEUE_BYTES_MIN = 1024 * 1024;
const QUEUE_SECONDS = 5;

type Stage = DiskStages["stages"][number];

/** What each daemon of a disk's way said of it last. `reports` hold only what was heard lately. */
export function diskStages({ id, machineId }: DiskRow, reports: DiskReports): DiskStages {
  const { agent, processServer, masterTarget } = reports;
  const said = [agent, processServer, masterTarget].flatMap((status) => status?.stages ?? []);
  const stages = STAGES.map((name) =>
    stageOf(
      name,
      said.find(({ stage }) => stage === name),
    ),
  );
  return { disk: id, machine: machineId, stages, bottleneck: bottleneckOf(stages) };
}

/** The last stage along the way before which more waits than it does by and by: what it holds up piles up before those before it, too, and never behind it. */
export function bottleneckOf(stages: readonly Stage[]): StageName | null {
  const isQueued = ({ waitingBytes, bytesPerSecond }: Stage): boolean =>
    waitingBytes !== null && waitingBytes > Math.max(QUEUE_BYTES_MIN, QUEUE_SECONDS * (bytesPerSecond ?? 0));
  return stages.findLast(isQueued)?.stage ?? null;
}

function stageOf(stage: StageName, said: StageStatus | undefined): Stage {
  if (said === undefined) {
    return { stage, busyFraction: null, bytesPerSecond: null, outBytesPerSecond: null, waitingBytes: null };
  }
  const { busyFraction, bytesPerSecond, outBytesPerSecond, waitingBytes } = said;
  return {
    stage,
    busyFraction,
    bytesPerSecond,
    outBytesPerSecond,
    waitingBytes: waitingBytes < 0 ? null : waitingBytes,
  };
}
