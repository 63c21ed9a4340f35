import type { JournalState } from "../history/journal-state.ts";
import { holdingPins, type ShownPin } from "../points/pins.ts";
import type { RetentionPolicy } from "./drop-plan.ts";
import { forecastCut, type HistoryForecast } from "./forecast.ts";
import { type HistoryProfile, historyProfile } from "./history-profile.ts";

/** Held points that alone keep a journal above its limit in bytes. */
export interface HeldExcess {
  /** What leads on from them: no dropping of other points makes room of it. */
  readonly bytes: number;
  /** Who holds what, the oldest point first. */
  readonly pins: readonly ShownPin[];
}

/** What the policy's limit in bytes is going to do to the history, and what keeps it from doing its work. */
export interface HistoryOutlook {
  /** What the journal takes for the present; it stands still while no point comes. */
  readonly nowMicros: number;
  /** Whether nothing waits to be merged. */
  readonly isMerged: boolean;
  /** Undefined when no cut is seen, or too little is known. */
  readonly forecast: HistoryForecast | undefined;
  /** Undefined when the limit can be kept, or when that is not known before more is merged. */
  readonly heldExcess: HeldExcess | undefined;
}

/** Undefined while there is no limit, or no point that may go. */
export function outlookOf(
  state: JournalState,
  policy: RetentionPolicy,
  { wallMicros, isMerged }: { readonly wallMicros: number; readonly isMerged: boolean },
): HistoryOutlook | undefined {
  const profile = policy.bytesMax === 0 ? undefined : historyProfile(state, wallMicros);
  if (profile === undefined) return undefined;
  // What waits to be merged is more than will be left of it.
  const heldExcess = isMerged ? heldExcessOf(state, profile, { bytesMax: policy.bytesMax, wallMicros }) : undefined;
  const forecast = heldExcess === undefined ? forecastCut(profile, policy) : undefined;
  return { nowMicros: profile.nowMicros, isMerged, forecast, heldExcess };
}

function heldExcessOf(
  state: JournalState,
  { pieces }: HistoryProfile,
  { bytesMax, wallMicros }: { readonly bytesMax: number; readonly wallMicros: number },
): HeldExcess | undefined {
  const bytes = pieces.reduce((sum, piece) => sum + (piece.isHeld ? piece.bytes : 0), 0);
  if (bytes <= bytesMax) return undefined;
  const timeOf = ({ pointId }: ShownPin): number => state.points.byId(pointId)?.timeMicros ?? 0;
  const pins = holdingPins(state, wallMicros).toSorted((a, b) => timeOf(a) - timeOf(b));
  return { bytes, pins };
}
