import type { TargetDiskStatus } from "@leeward/proto";

type Named = Pick<TargetDiskStatus, "diskId" | "newestPointId">;

/** Ids of points that a target's status names as the newest of disks and the one before did not. Targets name their disks in one order from status to status. */
export function newestPointsIn(now: readonly Named[], before: readonly Named[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [index, { diskId, newestPointId }] of now.entries()) {
    const known = before[index];
    const isKnown = known?.diskId === diskId && known.newestPointId === newestPointId;
    if (!isKnown && newestPointId !== "") found.add(newestPointId);
  }
  return found;
}
