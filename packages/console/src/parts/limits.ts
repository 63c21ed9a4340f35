// From when on a value is told of.
import type { Tone } from "./state-badge.tsx";

export interface Limits {
  /** Null: there is none. */
  readonly warning: number | null;
  readonly critical: number | null;
  /** Which side of the limits is the bad one; the limit itself is bad above, and good below. */
  readonly bad: "above" | "below";
}

/** How a value stands to its limits. */
export function toneOf(
  value: number | null,
  limits: Limits | undefined,
): Extract<Tone, "good" | "attention" | "bad" | "off" | "plain"> {
  if (value === null) return "off";
  if (limits === undefined) return "plain";
  const isPast = (limit: number | null): boolean =>
    limit !== null && (limits.bad === "below" ? value < limit : value >= limit);
  if (isPast(limits.critical)) return "bad";
  return isPast(limits.warning) ? "attention" : "good";
}
