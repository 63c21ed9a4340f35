import type { PointMoments } from "@leeward/daemon";

/** When points were taken in here, durably, and when they were sent to their first target. */
export type HandedOn = PointMoments<"received" | "forwarded">;
