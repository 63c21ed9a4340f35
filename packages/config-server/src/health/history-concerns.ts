// What a limit in bytes does to a disk's history, in words.
import { formatBytes, formatDuration, formatTime, MICROS_PER_SECOND } from "@leeward/base";
import type { HeldExcess, HistoryForecast, PointHolder, TargetDiskStatus } from "@leeward/proto";

/** Something of a disk's history that a person should know before it costs points. */
export interface HistoryConcern {
  readonly code: HistoryConcernCode;
  readonly message: string;
  readonly remedy: string;
}

/** As the status names them, and the events that tell of them. */
const HISTORY_CONCERN_CODES = ["history-forecast", "history-held"] as const;
export type HistoryConcernCode = (typeof HISTORY_CONCERN_CODES)[number];

/** What the master target says of the disk that people call `subject`. */
export function historyConcerns(
  { forecast, heldExcess }: Pick<TargetDiskStatus, "forecast" | "heldExcess">,
  { subject, policy, nowMicros }: { readonly subject: string; readonly policy: string; readonly nowMicros: number },
): HistoryConcern[] {
  const concerns: HistoryConcern[] = [];
  if (forecast !== undefined) {
    concerns.push({
      code: "history-forecast",
      message: forecastMessage(subject, forecast, nowMicros),
      remedy: `Raise \`retentionBytesMax\` of the policy ${policy}, or let its \`retention\` keep less; lock points that must stay: \`leeward point lock\`.`,
    });
  }
  if (heldExcess !== undefined) {
    concerns.push({
      code: "history-held",
      message: heldMessage(subject, heldExcess),
      remedy: `Unlock points that are not needed (\`leeward point unlock\`), close opened ones (\`leeward point opened\`), or raise \`retentionBytesMax\` of the policy ${policy}.`,
    });
  }
  return concerns;
}

function forecastMessage(subject: string, forecast: HistoryForecast, nowMicros: number): string {
  const { atMicros, reachSeconds, reachLeftSeconds, growthBytesPerSecond, bytesMax } = forecast;
  const when = formatDuration(Math.max(0, (atMicros - nowMicros) / MICROS_PER_SECOND));
  const [before, after] = [reachSeconds, reachLeftSeconds].map(formatDuration);
  return `The history of ${subject} will be cut from ${before} to ${after} in ${when}: its journal grows by ${formatBytes(growthBytesPerSecond)}/s and comes to its limit of ${formatBytes(bytesMax)}.`;
}

function heldMessage(subject: string, { bytes, bytesMax, pointCount, holders }: HeldExcess): string {
  const more = pointCount - new Set(holders.map(({ pointId }) => pointId)).size;
  const rest = more > 0 ? `; and ${more} points more` : "";
  return `The journal of ${subject} cannot be kept within its limit of ${formatBytes(bytesMax)}: what leads on from points that are held has ${formatBytes(bytes)}. Held: ${holders.map(holderText).join("; ")}${rest}.`;
}

function holderText({ pointId, timeMicros, kind, owner, reason, untilMicros }: PointHolder): string {
  const until = kind === "pin" ? "" : untilMicros === 0 ? " without end" : ` until ${formatTime(untilMicros)}`;
  const why = reason === "" ? "" : ` (${reason})`;
  return `${pointId} of ${formatTime(timeMicros)}, ${kind === "pin" ? "in use" : "locked"} by ${owner}${until}${why}`;
}
