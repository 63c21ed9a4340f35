// How old the newest recoverable point is while applications write: at a load that every machine should bear, and at the most that this
// machine's device can bear when each byte is written as often as Leeward writes it here.
import { GiB, KiB, MiB } from "@leeward/base";
import { serveDisk } from "../load/served-disk.ts";
import type { BenchContext } from "../run/bench-context.ts";
import { type Row, skippedRow } from "../run/row.ts";
import { quantile } from "../run/statistics.ts";
import { missingTool } from "../run/tool-run.ts";
import { sequentialRate } from "./device-rate.ts";
import { type Load, type LoadedRpo, watchLoaded } from "./loaded-rpo.ts";

const SUITE = "rpo";
const SMALL = { blockBytes: 4 * KiB, depth: 16, bytesPerSecond: 20e6 };
const LARGE = { blockBytes: 64 * KiB, depth: 16, bytesPerSecond: 100e6 };
/** The rate at which the writes of the large load are counted before it. */
const TRIAL_BYTES_PER_SECOND = 20e6;
const DEVICE_SHARE = 0.8;
const GOAL_SECONDS = 5;
/** A load that got less than this share of its rate was held up. */
const HELD_SHARE = 0.95;

export async function rpoSuite(context: BenchContext): Promise<readonly Row[]> {
  const missing = missingTool("fio");
  if (missing !== undefined) return [skippedRow(SUITE, "RPO under load", missing)];
  const { say, isQuick } = context;
  const deviceRate = await sequentialRate(context);
  const served = await serveDisk(context, isQuick ? 128 * MiB : GiB);
  const phase = isQuick ? { warmSeconds: 2, seconds: 5 } : { warmSeconds: 10, seconds: 60 };
  const small = { ...SMALL, ...phase };
  const smallRpo = await watchLoaded(context, served, small);
  say(
    `4 KiB: p99 ${quantile(smallRpo.rpoSeconds, 0.99).toFixed(2)} s, written ${smallRpo.amplification.toFixed(2)} times`,
  );
  const trial = { ...LARGE, bytesPerSecond: TRIAL_BYTES_PER_SECOND, warmSeconds: 0, seconds: isQuick ? 3 : 15 };
  const { amplification } = await watchLoaded(context, served, trial);
  const bearable = (deviceRate * DEVICE_SHARE) / amplification;
  const large = { ...LARGE, bytesPerSecond: Math.min(LARGE.bytesPerSecond, bearable), ...phase };
  say(`64 KiB: written ${amplification.toFixed(2)} times, the load is ${(large.bytesPerSecond / 1e6).toFixed(1)} MB/s`);
  const largeRpo = await watchLoaded(context, served, large);
  await served.end();
  return [
    { suite: SUITE, name: "the device, sequential", measured: { value: deviceRate / 1e6, unit: "MB/s" } },
    ...rowsOf("4 KiB", small, smallRpo),
    ...rowsOf("64 KiB", large, largeRpo),
  ];
}

function rowsOf(
  blocks: string,
  { bytesPerSecond = 0 }: Load,
  { rpoSeconds, figures, amplification, parts }: LoadedRpo,
): Row[] {
  const load = `${(bytesPerSecond / 1e6).toFixed(0)} MB/s of ${blocks} random writes`;
  const wasHeld = figures.bytesPerSecond < bytesPerSecond * HELD_SHARE;
  const held = wasHeld ? `; the load only got ${(figures.bytesPerSecond / 1e6).toFixed(1)} MB/s` : "";
  return [
    {
      suite: SUITE,
      name: `RPO p99 at ${load}`,
      measured: { value: quantile(rpoSeconds, 0.99), unit: "s" },
      goal: { of: "measured", below: GOAL_SECONDS },
      note: `median ${quantile(rpoSeconds, 0.5).toFixed(2)} s, worst ${Math.max(...rpoSeconds).toFixed(2)} s${held}`,
    },
    {
      suite: SUITE,
      name: `bytes written per byte, ${blocks}`,
      measured: { value: amplification, unit: "" },
      note: [...parts].map(([name, part]) => `${name} ${part.toFixed(1)}`).join(", "),
    },
  ];
}
