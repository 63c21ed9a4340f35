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
