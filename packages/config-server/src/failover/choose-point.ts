// Which point a machine is started from, and on which disks: all of them from one moment and from one master target, none left out unless that is allowed.
import type { PointItem } from "@leeward/proto";
import type { DiskRow } from "../store/disk-rows.ts";
import type { ChosenPoint, FailoverSettings } from "../store/failover-rows.ts";
import { failoverIncomplete, failoverTargetsSeveral, machineNotProtected } from "./failover-faults.ts";

/** The disks that a machine could be started on: those that are protected, else those whose points were kept. */
export function startableDisks(machine: string, disks: readonly DiskRow[]): readonly DiskRow[] {
  const isProtected = disks.filter(({ state }) => state === "protected");
  const found = isProtected.length > 0 ? isProtected : disks.filter(({ state }) => state === "kept");
  if (found.length === 0) throw machineNotProtected(machine);
  return found;
}

/** The one master target that has them all. @throws Fault `failover-targets-several` */
export function targetIdOf(machine: string, disks: readonly DiskRow[]): string {
  const [first, ...others] = new Set(disks.map(({ masterTargetId }) => masterTargetId));
  if (first === undefined || others.length > 0) throw failoverTargetsSeveral(machine, others.length + 1);
  return first;
}

/**
 * The point's disks, what is booted from first, and those that have no part in it. A disk that was unprotected since has its part in an older point.
 * @throws Fault `failover-incomplete`, naming the disks that are missing, unless that is allowed
 */
export function chosenPoint(
  point: PointItem,
  {
    machine,
    disks,
    settings,
  }: { readonly machine: string; readonly disks: readonly DiskRow[]; readonly settings: FailoverSettings },
): ChosenPoint {
  const isIn = ({ id }: DiskRow): boolean => point.members.some(({ diskId }) => diskId === id);
  const isFirst = ({ id }: DiskRow): number => (id === settings.bootDiskId ? 0 : 1);
  const used = disks.filter((disk) => isIn(disk) && (disk.state === "protected" || disk.state === "kept"));
  const left = disks.filter((disk) => disk.state === "protected" && !isIn(disk)).map(({ id }) => id);
  const missingDiskIds = [...new Set([...point.missingDiskIds, ...left])];
  const isBootDiskMissing = settings.bootDiskId !== "" && !used.some(({ id }) => id === settings.bootDiskId);
  if (used.length === 0 || isBootDiskMissing || (missingDiskIds.length > 0 && !settings.allowMissing)) {
    const names = missingDiskIds.map((id) => disks.find((disk) => disk.id === id)?.name ?? id);
    throw failoverIncomplete({ machine, pointId: point.id, missing: names });
  }
  const diskIds = used.toSorted((a, b) => isFirst(a) - isFirst(b)).map(({ id }) => id);
  const members = point.members.filter(({ diskId }) => diskIds.includes(diskId)).map((member) => ({ ...member }));
  return { pointId: point.id, timeMicros: point.timeMicros, diskIds, missingDiskIds, members };
}
