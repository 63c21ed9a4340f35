// What the text of a policy's retention says, read as the server reads it, so that a page can put it in words while it is written.
export interface Tier {
  /** How far back it goes, seconds. */
  readonly reachSeconds: number;
  /** One point per so many seconds stays; 0 is every point. */
  readonly stepSeconds: number;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };
const ALL_SECONDS_MIN = 60;
const REACH_SECONDS_MAX = 10 * 366 * 86_400;

/** Undefined when it is no retention: reaches and steps rise, the first tier keeps all, and each step is a multiple of the one before. */
export function tiersOf(text: string): readonly Tier[] | undefined {
  const tiers: Tier[] = [];
  for (const part of text.split(",")) {
    const [reachText = "", stepText = "", ...rest] = part.trim().split(":");
    const before = tiers.at(-1);
    const reachSeconds = secondsOf(reachText);
    const stepSeconds = before === undefined && stepText === "all" ? 0 : secondsOf(stepText);
    if (reachSeconds === undefined || stepSeconds === undefined || rest.length > 0) return undefined;
    if (before === undefined ? stepSeconds !== 0 : !follows(before, { reachSeconds, stepSeconds })) return undefined;
    tiers.push({ reachSeconds, stepSeconds });
  }
  const isWithin = (tiers[0]?.reachSeconds ?? 0) >= ALL_SECONDS_MIN;
  return isWithin && (tiers.at(-1)?.reachSeconds ?? 0) <= REACH_SECONDS_MAX ? tiers : undefined;
}

/** Whether points that stay under one retention would go under the other. */
export function isShorter(from: readonly Tier[], to: readonly Tier[]): boolean {
  const ages = [...from, ...to].map(({ reachSeconds }) => reachSeconds);
  return ages.some((age) => stepAt(to, age) > stepAt(from, age));
}

function follows(before: Tier, { reachSeconds, stepSeconds }: Tier): boolean {
  if (reachSeconds <= before.reachSeconds || stepSeconds > reachSeconds) return false;
  return before.stepSeconds === 0 || (stepSeconds > before.stepSeconds && stepSeconds % before.stepSeconds === 0);
}

function stepAt(tiers: readonly Tier[], ageSeconds: number): number {
  return tiers.find(({ reachSeconds }) => ageSeconds <= reachSeconds)?.stepSeconds ?? Number.POSITIVE_INFINITY;
}

function secondsOf(text: string): number | undefined {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  const seconds = Number(match?.[1]) * (SECONDS[match?.[2] ?? ""] ?? Number.NaN);
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}
