import type { Clock } from "@leeward/world";
import type { CopyRate } from "./copy-rate.ts";
import type { DiskHistory } from "./disk-history.ts";
import type { DiskFacts, DiskFault } from "./disk-host.ts";
import type { SourceDisk } from "./source-disk.ts";

export interface OpenDisk {
  readonly history: DiskHistory;
  readonly source: Pick<SourceDisk, "physicalBlockBytes">;
  /** Empty when applications do not reach the disk through the agent. */
  readonly uri: string;
}

/** What there is to know of a disk that is open. */
export function factsOf({ history, source, uri }: OpenDisk, rate: CopyRate, clock: Clock): DiskFacts {
  const { splitter, resync } = history;
  const facts = splitter.facts();
  const { state } = facts;
  const spans = [("catchUp" in state && state.catchUp) || undefined, ("copy" in state && state.copy) || undefined];
  const span = spans.find((each) => each !== undefined);
  return {
    state: shownState(state.kind, { complete: facts.complete, isResync: resync !== undefined }),
    branch: facts.branch,
    ...(history.parent === undefined ? {} : { parent: history.parent }),
    sizeBytes: splitter.sizeBytes,
    blockBytes: splitter.blockBytes,
    physicalBlockBytes: source.physicalBlockBytes,
    nbdUri: uri,
    writtenSequence: facts.writtenSequence,
    sendableSequence: facts.sendableSequence,
    firstSequence: facts.firstSequence,
    logBytes: facts.logBytes,
    writtenBytes: facts.writtenBytes,
    work: facts.work,
    ...(facts.logged !== undefined && { logged: facts.logged }),
    progress: span === undefined ? undefined : rate.progressOf(span),
    faults: faultsOf(history, clock.wallMicros()),
    resync,
  };
}

/** A copy for a further target takes nothing from the disk's protection. */
function shownState(
  kind: DiskFacts["state"],
  { complete, isResync }: { readonly complete: boolean; readonly isResync: boolean },
): DiskFacts["state"] {
  if (kind !== "initial") return kind;
  if (complete) return "protected";
  return isResync ? "resync" : "initial";
}

function faultsOf({ splitter, resync, faults }: DiskHistory, nowMicros: number): DiskFault[] {
  const own = splitter.facts().faults.map((fault) => ({ fault, sinceMicros: nowMicros }));
  const shown: DiskFault[] = [...own, ...faults].map(({ fault: { code, kind, message }, sinceMicros }) => {
    return { code, kind, message, sinceMicros };
  });
  // Why the copy is made stands beside it until it has ended.
  return resync === undefined ? shown : [...shown, { ...resync, kind: "discontinuity" }];
}
