import type { Bandwidth } from "@leeward/api";
import { formatBytes } from "@leeward/base";

/** Words for people; scripts read `--json`. */
export function plainTime(time: string | null): string {
  return time === null ? "never" : time.replace(/\.(\d{3})\d*Z$/, ".$1Z");
}

export function plainBytes(bytes: number | null): string {
  return bytes === null ? "unknown" : formatBytes(bytes);
}

export function plainSeconds(seconds: number | null): string {
  return seconds === null ? "unknown" : `${seconds.toFixed(1)} s`;
}

/** The limit that is in force, until when, and whether something has waited for it. */
export function plainLimit(bandwidth: Bandwidth | null): string {
  if (bandwidth === null || bandwidth.bytesPerSecond === null) return "unknown";
  const limit = bandwidth.bytesPerSecond === 0 ? "none" : `${formatBytes(bandwidth.bytesPerSecond)}/s`;
  const until = bandwidth.until === null ? "" : ` until ${plainTime(bandwidth.until)}`;
  const waited = bandwidth.waitedSeconds ?? 0;
  return `${limit}${until}${waited === 0 ? "" : `, waited for ${plainSeconds(waited)}`}`;
}
