import type { Metrics } from "@leeward/daemon";
import type { ForwardStatus, ProcessServerStatus } from "@leeward/proto";

/** Makes what the status tells readable to whoever scrapes metrics. */
export function gauge(metrics: Metrics, status: () => ProcessServerStatus): void {
  const sum = (of: (disk: ForwardStatus) => number): number =>
    status().disks.reduce((total, disk) => total + of(disk), 0);
  metrics.gauge(
    { name: "leeward_cache_free_bytes", help: "Free bytes of the cache's file system" },
    () => status().cacheFreeBytes,
  );
  metrics.gauge({ name: "leeward_cache_bytes", help: "Bytes of caches and cuts" }, () =>
    sum((disk) => disk.cacheBytes),
  );
  metrics.gauge({ name: "leeward_received_bytes", help: "Raw bytes taken in since the start" }, () =>
    sum((disk) => disk.receivedBytes),
  );
  metrics.gauge({ name: "leeward_forwarded_bytes", help: "Sealed bytes sent since the start" }, () =>
    sum((disk) => disk.forwardedBytes),
  );
  metrics.total(
    { name: "leeward_cut_raw_bytes_total", help: "Raw bytes of records that were cut, before compression" },
    () => sum((disk) => disk.cutRawBytes),
  );
  metrics.total(
    { name: "leeward_cut_sealed_bytes_total", help: "Bytes that they became, compressed and encrypted" },
    () => sum((disk) => disk.cutSealedBytes),
  );
  metrics.gauge({ name: "leeward_disk_faults", help: "Faults that stand" }, () => sum((disk) => disk.faults.length));
}
