import type { Timeline } from "@leeward/api";
import { formatTime, isFault } from "@leeward/base";
import type { HistorySpan } from "@leeward/proto";
import type { MemberRequests } from "../sessions/member-requests.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

export interface TimelineMeans {
  readonly store: Store;
  readonly requests: MemberRequests;
}

/** As the main target of each disk knows it now; nothing of it is kept here. One that does not answer is no gap: its disks are unknown. */
export async function timelineOf(
  { store, requests }: TimelineMeans,
  of: { readonly machine: MemberRow; readonly fromMicros: number; readonly toMicros: number },
  signal: AbortSignal,
): Promise<Timeline> {
  const { machine, fromMicros, toMicros } = of;
  const disks = store.disks.ofMachine(machine.id).filter(({ state }) => state !== "deleted");
  const value = { machineId: machine.id, fromMicros, toMicros };
  const byTarget = Map.groupBy(disks, ({ masterTargetId }) => masterTargetId);
  const asked = Array.from(byTarget, async ([targetId, own]): Promise<Timeline["disks"]> => {
    const target = store.members.byId(targetId);
    if (target === undefined) return own.map((disk) => unknown(disk, "Its master target was removed."));
    try {
      const said = await requests.ask(target, { kind: "listHistory", value }, { signal });
      return own.map((disk) => {
        const spans = said.disks.find(({ diskId }) => diskId === disk.id)?.spans ?? [];
        return { disk: disk.id, unknown: null, spans: spans.flatMap((span) => clipped(span, of)) };
      });
    } catch (error) {
      if (!isFault(error)) throw error;
      return own.map((disk) => unknown(disk, error.message));
    }
  });
  const all = (await Promise.all(asked)).flat();
  const spans = all.flatMap((disk) => disk.spans);
  return {
    from: fromMicros === 0 ? earliest(spans.map(({ from }) => from)) : formatTime(fromMicros),
    to:
      toMicros === 0
        ? (spans
            .map(({ to }) => to)
            .toSorted()
            .at(-1) ?? null)
        : formatTime(toMicros),
    disks: disks.flatMap(({ id }) => all.find(({ disk }) => disk === id) ?? []),
  };
}

function unknown({ id }: DiskRow, why: string): Timeline["disks"][number] {
  return { disk: id, unknown: why, spans: [] };
}

/** Its part of what was asked for. */
function clipped(
  { fromMicros, toMicros, state, reason }: HistorySpan,
  asked: { readonly fromMicros: number; readonly toMicros: number },
): Timeline["disks"][number]["spans"] {
  const from = Math.max(fromMicros, asked.fromMicros);
  const to = asked.toMicros === 0 ? toMicros : Math.min(toMicros, asked.toMicros);
  if (to < from) return [];
  return [{ from: formatTime(from), to: formatTime(to), state, reason: reason === "" ? null : reason }];
}

/** Times of one form are in order as texts. */
function earliest(times: readonly string[]): string | null {
  return times.toSorted()[0] ?? null;
}
