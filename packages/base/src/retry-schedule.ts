const SCHEDULE_MINUTES = [1, 2, 4, 8, 10] as const;
const AFTERWARDS_MINUTES = 30;
const MS_PER_MINUTE = 60_000;

/**
 * How long to wait before attempt `attempt` (1 is the first retry), in milliseconds: 1, 2, 4, 8, 10 minutes, then every 30
 * (the schedule of Azure Site Recovery).
 */
export function retryDelayMs(attempt: number): number {
  return (SCHEDULE_MINUTES[attempt - 1] ?? AFTERWARDS_MINUTES) * MS_PER_MINUTE;
}

/** How long to wait before reconnecting to a peer, in milliseconds: 0.25 s doubled up to 15 s, for faults that end by themselves. */
export function reconnectDelayMs(attempt: number): number {
  return Math.min(15_000, 250 * 2 ** Math.min(attempt - 1, 10));
}
