import { MiB } from "@leeward/base";
import type { PolicySettings } from "./shapes/policy.ts";

/** The policy of a disk that names none. */
export const POLICY_DEFAULT: PolicySettings = {
  pointIntervalSeconds: 2,
  applicationPointIntervalSeconds: 0,
  trackerPointIntervalSeconds: 300,
  logBytesMax: 4 * 1024 * MiB,
  copyBytesPerSecondMax: 0,
  retentionSeconds: 30 * 86_400,
  retention: "2h:all,1d:5m,30d:1h",
  retentionBytesMax: 0,
  codec: "lz4",
  cacheBytesMax: 8 * 1024 * MiB,
  resyncWindow: "outside-working-hours",
  resyncDays: 0,
  verifyDays: 7,
};
