// Which point is meant by the words that only the config server understands; all other words are the master target's.
import { assert } from "@leeward/base";
import type { PointItem } from "@leeward/proto";
import { REVISION_DIGITS } from "../points/group-points.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { GroupRow } from "../store/group-rows.ts";
import { pointMissing } from "./failover-faults.ts";
import { machineNameOf, type StepMeans, targetOf } from "./step.ts";

/** The machine's point at `at`. @throws Fault `point-missing`, and what the master target says */
export async function findPoint(
  means: StepMeans,
  row: FailoverRow,
  { at, signal }: { readonly at: string; readonly signal: AbortSignal },
): Promise<PointItem> {
  const { requests } = means;
  const known =
    at === "latest-application" || at === "latest-group" ? await newestOf(means, row, at, signal) : undefined;
  const word = known?.id ?? (at === "latest-processed" ? "latest" : at);
  return requests.ask(
    targetOf(means, row),
    { kind: "findPoint", value: { machineId: row.machineId, at: word } },
    { signal },
  );
}

async function newestOf(
  means: StepMeans,
  row: FailoverRow,
  at: "latest-application" | "latest-group",
  signal: AbortSignal,
): Promise<PointItem> {
  const points = await pointsOf(means, row.machineId, signal);
  const found =
    at === "latest-application"
      ? points.findLast(
          ({ consistency, missingDiskIds }) => consistency === "application" && missingDiskIds.length === 0,
        )
      : await newestCommon(means, row, points, signal);
  if (found === undefined) throw pointMissing(machineNameOf(means, row), at);
  return found;
}

/** The newest of the machine's group in which every member has its part. */
async function newestCommon(
  means: StepMeans,
  row: FailoverRow,
  points: readonly PointItem[],
  signal: AbortSignal,
): Promise<PointItem | undefined> {
  const group = means.store.groups.list().find(({ revision }) => revision.memberIds.includes(row.machineId));
  if (group === undefined) return undefined;
  const parts = await Promise.all(othersOf(group, row).map((id) => pointsOf(means, id, signal)));
  const sets = parts.map((list) => new Set(list.map(({ id }) => id)));
  const isOfGroup = ({ id, kind }: PointItem): boolean =>
    kind === "group" && id.startsWith(group.revision.id.slice(0, REVISION_DIGITS));
  return points.findLast((point) => isOfGroup(point) && sets.every((set) => set.has(point.id)));
}

function othersOf({ revision }: GroupRow, { machineId }: FailoverRow): string[] {
  return revision.memberIds.filter((id) => id !== machineId);
}

function pointsOf({ store, points }: StepMeans, machineId: string, signal: AbortSignal): Promise<PointItem[]> {
  const machine = store.members.byId(machineId);
  assert(machine !== undefined, "a failover's machine and a group's members stay known");
  return points.list(machine, { fromMicros: 0, toMicros: 0 }, signal);
}
