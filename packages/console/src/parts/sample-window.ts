import { useState } from "react";
import { useNowMs } from "./moment.tsx";

export const SAMPLE_RANGES = { "24h": 86_400, "7d": 7 * 86_400, "30d": 30 * 86_400 } as const;
export type SampleRange = keyof typeof SAMPLE_RANGES;

/** The window's begin moves in steps, so that the same answer serves for a while. */
const STEP_MS = 60_000;

/** RFC 3339: so many seconds ago, to the minute. */
export function useSince(seconds: number): string {
  const nowMs = useNowMs(STEP_MS);
  return new Date(Math.floor(nowMs / STEP_MS) * STEP_MS - seconds * 1_000).toISOString();
}

/** Which range of samples is looked at. */
export function useSampleRange(): readonly [SampleRange, (text: string) => void] {
  const [range, setRange] = useState<SampleRange>("24h");
  return [range, (text) => setRange(isRange(text) ? text : "24h")];
}

function isRange(text: string): text is SampleRange {
  return Object.hasOwn(SAMPLE_RANGES, text);
}
