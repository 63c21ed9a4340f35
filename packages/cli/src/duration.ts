import { InvalidArgumentError } from "commander";

const SECONDS: Readonly<Record<string, number>> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400 };

/** "30m", "24h", "7d", or seconds, as whole seconds. */
export function durationSeconds(text: string): number {
  const match = /^(\d{1,9})([smhd]?)$/.exec(text);
  const unit = SECONDS[match?.[2] ?? "none"];
  const seconds = Number(match?.[1]) * (unit ?? Number.NaN);
  if (!Number.isSafeInteger(seconds) || seconds <= 0)
    throw new InvalidArgumentError("It is not a duration such as 30m, 24h or 7d.");
  return seconds;
}
