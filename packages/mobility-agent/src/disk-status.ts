import type { Fault } from "@leeward/base";
import type { DiskStatus, FaultItem, StageStatus } from "@leeward/proto";
import type { WorkRates } from "@leeward/world";
import type { DiskFeed } from "./delivery/disk-feed.ts";
import type { DiskFacts } from "./disk/disk-host.ts";
import type { AgentDisk } from "./disk-set.ts";

/** What the agent reports of one disk: what the disk says of itself, and how far its delivery is. */
export function diskStatusOf({ planned, keeper, feed }: AgentDisk, nowMicros: number): DiskStatus {
  const facts = keeper.facts();
  const { cached, journaled } = feed.position;
  const faults: FaultItem[] = (facts?.faults ?? []).map(({ code, kind, message, sinceMicros }) => ({
    code,
    kind,
    message,
    sinceMicros,
  }));
  for (const fault of [keeper.fault, feed.fault]) if (fault !== undefined) faults.push(faultItemOf(fault, nowMicros));
  return {
    diskId: planned.diskId,
    state: facts?.state ?? "stopped",
    sizeBytes: facts?.sizeBytes ?? 0,
    capture: planned.capture,
    nbdUri: facts?.nbdUri ?? "",
    branch: facts?.branch ?? "",
    writtenSequence: facts?.writtenSequence ?? 0,
    cachedSequence: cached,
    journaledSequence: journaled,
    ...(facts?.progress === undefined
      ? {}
      : {
          progress: {
            doneBytes: facts.progress.doneBytes,
            totalBytes: facts.progress.totalBytes,
            etaSeconds: facts.progress.etaSeconds ?? -1,
          },
        }),
    faults,
    logBytes: facts?.logBytes ?? 0,
    writtenBytes: facts?.writtenBytes ?? 0,
    stages: facts === undefined ? [] : stagesOf(facts, feed),
    ...(facts?.rescan === undefined ? {} : { rescan: facts.rescan }),
    ...(facts?.reverse === undefined ? {} : { reverse: facts.reverse }),
  };
}

function stagesOf({ work, progress }: DiskFacts, feed: DiskFeed): StageStatus[] {
  const copying = progress === undefined ? 0 : progress.totalBytes - progress.doneBytes;
  return [
    ...(work === undefined ? [] : [stageOf("read", work.read, copying)]),
    ...(work?.log === undefined ? [] : [stageOf("log", work.log, undefined)]),
    stageOf("network", feed.sending.rates(), feed.waitingBytes),
  ];
}

function stageOf(stage: StageStatus["stage"], rates: WorkRates, waitingBytes = -1): StageStatus {
  return { stage, ...rates, waitingBytes };
}

function faultItemOf({ code, kind, message }: Fault, sinceMicros: number): FaultItem {
  return { code, kind, message, sinceMicros };
}
