import type { AgentPlan, PlannedDisk } from "@leeward/proto";
import {
  GROUP_INTERVAL_MS_MIN,
  POINT_INTERVAL_MS_DEFAULT,
  POINT_INTERVAL_MS_MIN,
  TRACKER_INTERVAL_SECONDS_DEFAULT,
} from "../limits.ts";

const MS_PER_SECOND = 1_000;

/** Milliseconds between the machine's points: as often as the disk wants them that wants most. */
export function pointIntervalMs({ disks }: AgentPlan): number {
  const wanted = disks.map((disk) => disk.policy.pointIntervalSeconds * MS_PER_SECOND);
  return Math.max(POINT_INTERVAL_MS_MIN, wanted.length === 0 ? POINT_INTERVAL_MS_DEFAULT : Math.min(...wanted));
}

/** Milliseconds between points for which tracked disks are held still, while holds go well. */
export function heldIntervalMs({ disks }: AgentPlan): number {
  const tracked = disks.filter(({ capture }) => capture === "tracker");
  return tracked.length === 0
    ? TRACKER_INTERVAL_SECONDS_DEFAULT * MS_PER_SECOND
    : Math.min(...tracked.map(livePointIntervalMsOf));
}

/** Milliseconds between points of one disk that others write to: also from one rescan to the next. */
export function livePointIntervalMsOf({ policy: { trackerPointIntervalSeconds: named } }: PlannedDisk): number {
  // A config server of an earlier release names none.
  return (named > 0 ? named : TRACKER_INTERVAL_SECONDS_DEFAULT) * MS_PER_SECOND;
}

/** Milliseconds between points for which applications are brought to rest; 0 while no disk's policy asks for any. */
export function applicationIntervalMs({ disks }: AgentPlan): number {
  const seconds = disks.map(({ policy }) => policy.applicationPointIntervalSeconds);
  const wanted = seconds.filter((each) => each > 0);
  return wanted.length === 0 ? 0 : Math.min(...wanted) * MS_PER_SECOND;
}

/** Milliseconds between points of the machine's consistency group. */
export function groupIntervalMs({ group }: AgentPlan): number {
  return Math.max(GROUP_INTERVAL_MS_MIN, (group?.intervalSeconds ?? 0) * MS_PER_SECOND);
}
