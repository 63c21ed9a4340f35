import type { Metrics } from "@leeward/daemon";
import type { AgentStatus, DiskStatus } from "@leeward/proto";

/** Makes what the status tells readable to whoever scrapes metrics. */
export function gauge(metrics: Metrics, status: () => Pick<AgentStatus, "disks">): void {
  const sum = (of: (disk: DiskStatus) => number): number => status().disks.reduce((total, disk) => total + of(disk), 0);
  const gauges: readonly (readonly [name: string, help: string, read: () => number])[] = [
    ["leeward_disks", "Disks of the plan", () => status().disks.length],
    [
      "leeward_disks_protected",
      "Disks whose history is whole",
      () => sum(({ state }) => (state === "protected" ? 1 : 0)),
    ],
    ["leeward_log_bytes", "Bytes of change logs", () => sum(({ logBytes }) => logBytes)],
    [
      "leeward_written_bytes",
      "Bytes that applications wrote since their disk was opened",
      () => sum((disk) => disk.writtenBytes),
    ],
    [
      "leeward_unsent_records",
      "Records that the process server does not hold yet",
      () => sum((disk) => Math.max(0, disk.writtenSequence - disk.cachedSequence)),
    ],
    [
      "leeward_unjournaled_records",
      "Records that the master target does not hold yet",
      () => sum((disk) => Math.max(0, disk.writtenSequence - disk.journaledSequence)),
    ],
    [
      "leeward_copy_remaining_bytes",
      "Bytes that open copies still have to look at",
      () => sum(({ progress }) => (progress === undefined ? 0 : progress.totalBytes - progress.doneBytes)),
    ],
    ["leeward_disk_faults", "Faults that stand", () => sum((disk) => disk.faults.length)],
  ];
  for (const [name, help, read] of gauges) metrics.gauge({ name, help }, read);
}

/** Counts each fault once, when it begins: called whenever the status may be another. */
export function faultCounter(metrics: Metrics): (status: Pick<AgentStatus, "disks">) => void {
  let stood: ReadonlySet<string> = new Set();
  return ({ disks }) => {
    const now = new Map(
      disks.flatMap(({ diskId, faults }) => faults.map((fault) => [`${diskId} ${fault.code}`, fault])),
    );
    for (const [key, fault] of now) if (!stood.has(key)) metrics.fault(fault);
    stood = new Set(now.keys());
  };
}
