import type { Metrics } from "@leeward/daemon";
import type { MasterTargetStatus, TargetDiskStatus } from "@leeward/proto";

/** Makes what was told last readable to whoever scrapes metrics. */
export function gauge(
  metrics: Metrics,
  status: () => Pick<MasterTargetStatus, "disks" | "freeBytes"> | undefined,
): void {
  const sum = (of: (disk: TargetDiskStatus) => number): number =>
    (status()?.disks ?? []).reduce((total, disk) => total + of(disk), 0);
  metrics.gauge({ name: "leeward_journal_bytes", help: "Bytes of journals" }, () => sum((disk) => disk.journalBytes));
  metrics.gauge({ name: "leeward_points", help: "Recovery points, of each disk for itself" }, () =>
    sum((disk) => disk.pointCount),
  );
  metrics.gauge(
    { name: "leeward_journal_free_bytes", help: "Free bytes of the home's file system" },
    () => status()?.freeBytes ?? 0,
  );
  metrics.gauge({ name: "leeward_disk_faults", help: "Faults that stand" }, () => sum((disk) => disk.faults.length));
}
