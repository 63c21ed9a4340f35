// How a server is, in values. Of one that is away nothing is known now but since when it was not heard of.
import type { Server } from "@leeward/api";
import { toneOf } from "../../parts/limits.ts";
import type { ServerLimits, ServerValue } from "./server-limits.ts";

export type ServerHealth = Readonly<Record<ServerValue, number | null>>;

export const VALUES = ["cpu", "memory", "free", "uploadSeconds", "silentSeconds"] as const;

/** `nowMs` is by the server's clock, as `lastSeen` is. */
export function healthOf(server: Server, nowMs: number): ServerHealth {
  const { health, freeBytes, totalBytes, lastSeen, uploadDelaySeconds } = server;
  return {
    cpu: health?.cpuFraction ?? null,
    memory: health?.memoryFraction ?? null,
    free: freeBytes === null || totalBytes === null || totalBytes === 0 ? null : freeBytes / totalBytes,
    uploadSeconds: uploadDelaySeconds,
    silentSeconds: lastSeen === null ? null : Math.max(0, (nowMs - Date.parse(lastSeen)) / 1_000),
  };
}

/** The worst of its values; what is not known makes none worse. */
export function healthTone(health: ServerHealth, limits: ServerLimits): "good" | "attention" | "bad" {
  const tones = VALUES.map((value) => toneOf(health[value], limits[value]));
  if (tones.includes("bad")) return "bad";
  return tones.includes("attention") ? "attention" : "good";
}
