// How long points are kept, as people write it: `2h:all,24h:5m,30d:1h` is every point of the last 2 hours, one per 5 minutes of the last 24
// hours, one per hour of the last 30 days.
import { Fault } from "@leeward/base";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const UNITS = ["d", "h", "m", "s"] as const;
const TIERS_MAX = 8;
/** Points come late, and what is thinned takes no more of them. */
const ALL_SECONDS_MIN = 60;
const REACH_SECONDS_MAX = 10 * 366 * 86_400;

/** What the text says. */
export interface RetentionTiers {
  /** How far back points are kept. */
  readonly retentionSeconds: number;
  /** Of points older than `afterSeconds` one per step stays, the youngest tier first. */
  readonly thinningTiers: readonly { readonly afterSeconds: number; readonly stepSeconds: number }[];
}

/** @throws Fault `retention-invalid` */
export function parseRetention(text: string): RetentionTiers {
  const parts = text.split(",");
  if (parts.length > TIERS_MAX) throw invalid(text, `it has more than ${TIERS_MAX} tiers`);
  const thinningTiers: { afterSeconds: number; stepSeconds: number }[] = [];
  let reach = 0;
  for (const [index, part] of parts.entries()) {
    const [reachText = "", stepText = "", ...rest] = part.trim().split(":");
    const nextReach = secondsOf(reachText);
    if (nextReach === undefined || rest.length > 0) throw invalid(text, `${JSON.stringify(part)} is not REACH:STEP`);
    if (nextReach <= reach) throw invalid(text, `${reachText} does not reach further back than the tier before it`);
    if (index === 0) {
      if (stepText !== "all") throw invalid(text, "its first tier does not keep all points");
      if (nextReach < ALL_SECONDS_MIN) throw invalid(text, `all points are kept for ${ALL_SECONDS_MIN} s at least`);
    } else thinningTiers.push({ afterSeconds: reach, stepSeconds: stepOf(text, stepText, thinningTiers.at(-1)) });
    if ((thinningTiers.at(-1)?.stepSeconds ?? 0) > nextReach)
      throw invalid(text, `${stepText} is longer than its tier`);
    reach = nextReach;
  }
  if (reach > REACH_SECONDS_MAX) throw invalid(text, "it reaches back further than 10 years");
  return { retentionSeconds: reach, thinningTiers };
}

/** As `parseRetention` takes it, in one form alone. */
export function formatRetention({ retentionSeconds, thinningTiers }: RetentionTiers): string {
  const reaches = [...thinningTiers.map(({ afterSeconds }) => afterSeconds), retentionSeconds];
  const steps = ["all", ...thinningTiers.map(({ stepSeconds }) => formatSeconds(stepSeconds))];
  return reaches.map((reach, index) => `${formatSeconds(reach)}:${steps[index]}`).join(",");
}

/** Whether some age has fewer points under `after` than it has under `before`. */
export function isShorter(before: RetentionTiers, after: RetentionTiers): boolean {
  if (after.retentionSeconds < before.retentionSeconds) return true;
  const ages = [...before.thinningTiers, ...after.thinningTiers].map(({ afterSeconds }) => afterSeconds);
  return ages.some((age) => age < before.retentionSeconds && stepAt(after, age) > stepAt(before, age));
}

/** Seconds between points that are just older than `age`; 0 where all are kept. */
function stepAt({ thinningTiers }: RetentionTiers, age: number): number {
  return thinningTiers.findLast(({ afterSeconds }) => afterSeconds <= age)?.stepSeconds ?? 0;
}

/** What `retentionSeconds` alone has always meant. */
export function allPointsFor(retentionSeconds: number): string {
  return formatRetention({ retentionSeconds, thinningTiers: [] });
}

/** Each step is made of whole steps of the tier before it: else two disks might not choose the same points. */
function stepOf(text: string, stepText: string, before: { readonly stepSeconds: number } | undefined): number {
  const step = secondsOf(stepText);
  if (step === undefined) throw invalid(text, `${JSON.stringify(stepText)} is no step such as 5m or 1h`);
  if (before !== undefined && (step <= before.stepSeconds || step % before.stepSeconds !== 0))
    throw invalid(text, `${stepText} is no multiple of the step before it`);
  return step;
}

function secondsOf(text: string): number | undefined {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const seconds = Number(match?.[1]) * (SECONDS[match?.[2] ?? ""] ?? Number.NaN);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}

function formatSeconds(seconds: number): string {
  const unit = UNITS.find((each) => seconds % (SECONDS[each] ?? 1) === 0) ?? "s";
  return `${seconds / (SECONDS[unit] ?? 1)}${unit}`;
}

function invalid(text: string, why: string): Fault {
  return new Fault({
    code: "retention-invalid",
    kind: "operator",
    message: `${JSON.stringify(text)} does not say how long points are kept: ${why}.`,
    remedy:
      "Write it as `2h:all,24h:5m,30d:1h`: reaches and steps that rise, each step a multiple of the one before it.",
    detail: { text },
  });
}
