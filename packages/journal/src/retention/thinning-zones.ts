import type { RetentionPolicy } from "./drop-plan.ts";
import { bytesWithin, type HistoryProfile } from "./history-profile.ts";

/** Ages that the policy treats alike. */
export interface Zone {
  /** Where it begins: an age. */
  readonly fromMicros: number;
  /** What is left of bytes that come into it; undefined where that was not seen. */
  readonly partLeft: number | undefined;
}

/** So many steps of a tier have to have been thinned, before it is known what that makes of them. */
const STEPS_MIN = 2;

/** The any-point window, each tier from where its first step is thinned, and what is behind them: the youngest first. */
export function zonesOf(profile: HistoryProfile, { windowMicros, tiers = [] }: RetentionPolicy): Zone[] {
  const zones: Zone[] = [{ fromMicros: 0, partLeft: 1 }];
  let [begin, before] = [0, densityOf(profile, 0, tiers[0]?.afterMicros ?? windowMicros)];
  for (const [index, { afterMicros, stepMicros }] of tiers.entries()) {
    if (afterMicros >= windowMicros) break;
    // A step is thinned when all of it is so old: a journal is fullest right before.
    const settled = afterMicros + stepMicros;
    const reach = profile.nowMicros - profile.oldestMicros;
    const end = Math.min(reach, tiers[index + 1]?.afterMicros ?? windowMicros, windowMicros);
    const density = end - settled < STEPS_MIN * stepMicros ? undefined : densityOf(profile, settled, end);
    const partLeft = density === undefined || before === undefined || before === 0 ? undefined : density / before;
    zones.push({ fromMicros: settled, partLeft: partLeft === undefined ? undefined : Math.min(1, partLeft) });
    [begin, before] = [settled, density];
  }
  // Behind a held point nothing becomes part of the base: what is too old is merged with what follows, and nobody knows into how much.
  const { oldestHeldMicros } = profile;
  zones.push({ fromMicros: Math.max(begin, windowMicros), partLeft: oldestHeldMicros === undefined ? 0 : undefined });
  return zones;
}

/** Bytes for each microsecond between two ages; undefined where there is no time between them. */
function densityOf(profile: HistoryProfile, fromMicros: number, toMicros: number): number | undefined {
  const [since, until] = [profile.nowMicros - toMicros, profile.nowMicros - fromMicros];
  const begin = Math.max(since, profile.oldestMicros);
  if (begin >= until) return undefined;
  const bytes = profile.pieces.reduce((sum, piece) => sum + (piece.isHeld ? 0 : bytesWithin(piece, begin, until)), 0);
  return bytes / (until - begin);
}
