import type { HistoryInterval, MachineJournal } from "@leeward/journal";
import type { HistoryList, HistorySpan, ListHistory } from "@leeward/proto";
import { HISTORY_SPANS_MAX } from "../limits.ts";

/** How well each stretch of the asked time of a machine's disks can be recovered; of each disk the newest stretches where there are more. */
export function historyList(machine: MachineJournal | undefined, request: ListHistory): HistoryList {
  const range = { fromMicros: request.fromMicros, ...(request.toMicros === 0 ? {} : { toMicros: request.toMicros }) };
  const disks = machine?.history(range) ?? [];
  return {
    disks: disks.map(({ diskId, intervals }) => ({ diskId, spans: intervals.slice(-HISTORY_SPANS_MAX).map(spanOf) })),
  };
}

function spanOf({ kind, fromMicros, toMicros, reason }: HistoryInterval): HistorySpan {
  return { fromMicros, toMicros, state: kind, reason: reason ?? (kind === "reduced" ? "few-points" : "") };
}
