import { MICROS_PER_SECOND } from "@leeward/base";
import type { Metrics } from "../metrics.ts";
import type { ThrottleStatus } from "./throttle.ts";

/** Shows whether a limit is what holds a daemon's payload up: then the seconds waited rise by nearly one in each second. */
export function bandwidthGauges(metrics: Metrics, status: () => ThrottleStatus): void {
  metrics.gauge(
    { name: "leeward_bandwidth_limit_bytes_per_second", help: "Limit in force for payload that is sent; 0 is none" },
    () => status().bytesPerSecond,
  );
  metrics.total(
    { name: "leeward_bandwidth_waited_seconds_total", help: "Seconds in which something waited for the limit" },
    () => status().waitedMicros / MICROS_PER_SECOND,
  );
  metrics.total({ name: "leeward_payload_sent_bytes_total", help: "Bytes of payload sent" }, () => status().sentBytes);
}
