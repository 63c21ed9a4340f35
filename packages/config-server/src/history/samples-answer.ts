// What was sampled, as the API shows it: steps of one length from an even time on, and null in each of which nothing was heard.
import type { DiskSamples, InstallationSamples, MachineSamples } from "@leeward/api";
import { formatTime, MICROS_PER_SECOND, parseTime } from "@leeward/base";
import { requestInvalid } from "../faults.ts";
import { SAMPLE_MINUTES_KEPT, SAMPLES_PER_ANSWER_MAX } from "../limits.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { HourSample, MinuteSample, SampleRows } from "../store/sample-rows.ts";
import { hoursOf } from "./hours.ts";
import { heard, median, most } from "./statistics.ts";

const MS_PER_SECOND = 1_000;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const MINUTES_PER_HOUR = 60;
/** Those that minutes make up, and that make up hours. */
const STEPS: readonly number[] = [MINUTE_SECONDS, 300, 900, HOUR_SECONDS];
const HOURS_SHOWN = 24;

/** What is asked for. Steps are whole, and the one under way is not shown. */
export interface SampleRange {
  readonly stepSeconds: number;
  /** Steps since 1970; the last one is not part of it. */
  readonly from: number;
  readonly to: number;
}

/**
 * The last day in minutes unless told; over more time, or over many disks, in the shortest steps that one answer holds.
 * @throws Fault `request-invalid`, `time-invalid`
 */
export function sampleRange(
  query: { readonly from?: string; readonly to?: string; readonly step?: number } | undefined,
  of: { readonly nowMicros: number; readonly disks: number },
): SampleRange {
  const nowSeconds = of.nowMicros / MICROS_PER_SECOND;
  const toSeconds =
    query?.to === undefined ? nowSeconds : Math.min(nowSeconds, parseTime(query.to) / MICROS_PER_SECOND);
  const fromSeconds =
    query?.from === undefined ? toSeconds - HOURS_SHOWN * HOUR_SECONDS : parseTime(query.from) / MICROS_PER_SECOND;
  if (fromSeconds > toSeconds) throw requestInvalid("from is later than to");
  const whole = (step: number): SampleRange => ({
    stepSeconds: step,
    from: Math.ceil(fromSeconds / step),
    to: Math.floor(toSeconds / step),
  });
  const fits = (step: number): boolean => {
    const { from, to } = whole(step);
    return (to - from) * Math.max(1, of.disks) <= SAMPLES_PER_ANSWER_MAX;
  };
  const isKept = (step: number): boolean =>
    step === HOUR_SECONDS || fromSeconds >= nowSeconds - SAMPLE_MINUTES_KEPT * MINUTE_SECONDS;
  const step = query?.step ?? STEPS.find((each) => fits(each) && isKept(each)) ?? HOUR_SECONDS;
  if (!STEPS.includes(step)) throw requestInvalid(`step is none of ${STEPS.join(", ")}`);
  if (!fits(step))
    throw requestInvalid("there are more values in that time than one answer holds; shorten it, or take a longer step");
  return whole(step);
}

/** Of one step of one disk. */
interface Step {
  readonly rpoMs: number | null;
  readonly rpoMsMax: number | null;
  readonly churn: number | null;
  readonly churnMax: number | null;
  /** What was written by the second, over the minutes that were heard. */
  readonly churnMean: number | null;
  readonly logBytes: number | null;
  readonly journalBytes: number | null;
}

const UNHEARD: Step = {
  rpoMs: null,
  rpoMsMax: null,
  churn: null,
  churnMax: null,
  churnMean: null,
  logBytes: null,
  journalBytes: null,
};

export function machineSamples(rows: SampleRows, disks: readonly DiskRow[], range: SampleRange): MachineSamples {
  const steps = stepsOf(rows, disks, range);
  return {
    ...timesOf(range),
    disks: disks.map(({ id }) =>
      diskSamples(
        id,
        Array.from(each(range), (at) => steps.get(`${id} ${at}`) ?? UNHEARD),
      ),
    ),
  };
}

export function installationSamples(
  rows: SampleRows,
  disks: readonly DiskRow[],
  range: SampleRange,
): InstallationSamples {
  const steps = stepsOf(rows, disks, range);
  const machines = Map.groupBy(disks, ({ machineId }) => machineId);
  return {
    ...timesOf(range),
    machines: Array.from(machines, ([machine, own]) => {
      const at = (time: number): Step[] => own.map(({ id }) => steps.get(`${id} ${time}`) ?? UNHEARD);
      return {
        machine,
        rpoSeconds: Array.from(each(range), (time) => seconds(most(heard(at(time).map(({ rpoMsMax }) => rpoMsMax))))),
        churnBytesPerSecond: Array.from(each(range), (time) => sum(heard(at(time).map(({ churnMean }) => churnMean)))),
      };
    }),
  };
}

function diskSamples(disk: string, steps: readonly Step[]): DiskSamples {
  return {
    disk,
    rpoSeconds: steps.map(({ rpoMs }) => seconds(rpoMs)),
    rpoSecondsMax: steps.map(({ rpoMsMax }) => seconds(rpoMsMax)),
    churnBytesPerSecond: steps.map(({ churn }) => churn),
    churnBytesPerSecondMax: steps.map(({ churnMax }) => churnMax),
    logBytes: steps.map(({ logBytes }) => logBytes),
    journalBytes: steps.map(({ journalBytes }) => journalBytes),
  };
}

function timesOf({ stepSeconds, ...range }: SampleRange): Pick<MachineSamples, "stepSeconds" | "times"> {
  const micros = stepSeconds * MICROS_PER_SECOND;
  return { stepSeconds, times: Array.from(each({ stepSeconds, ...range }), (at) => formatTime(at * micros)) };
}

function* each({ from, to }: SampleRange): IterableIterator<number> {
  for (let at = from; at < to; at += 1) yield at;
}

/** By disk and step. */
function stepsOf(rows: SampleRows, disks: readonly DiskRow[], range: SampleRange): Map<string, Step> {
  const ids = disks.map(({ id }) => id);
  const { stepSeconds, from, to } = range;
  if (stepSeconds === HOUR_SECONDS) {
    return new Map(
      hoursBetween(rows, ids, { from, to }).map((hour) => [`${hour.diskId} ${hour.hour}`, hourStep(hour)]),
    );
  }
  const minutes = stepSeconds / MINUTE_SECONDS;
  const said = rows.minutes(ids, { from: from * minutes, to: to * minutes });
  const groups = Map.groupBy(said, ({ diskId, minute }) => `${diskId} ${Math.floor(minute / minutes)}`);
  return new Map(Array.from(groups, ([key, group]) => [key, minutesStep(group)]));
}

/** The hours of disks, also those whose minutes were not gathered yet. Ids in any order. */
export function hoursBetween(
  rows: SampleRows,
  diskIds: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): HourSample[] {
  const gathered = rows.hours(diskIds, { from, to });
  const rolled = new Map(rows.series().map(({ diskId, rolledHour }) => [diskId, rolledHour]));
  const first = Math.max(from, Math.min(to, ...diskIds.map((id) => rolled.get(id) ?? to)));
  const since = rows.minutes(diskIds, { from: first * MINUTES_PER_HOUR, to: to * MINUTES_PER_HOUR });
  const rest = since.filter(({ diskId, minute }) => minute >= (rolled.get(diskId) ?? 0) * MINUTES_PER_HOUR);
  return [...gathered, ...hoursOf(rest)];
}

function hourStep(hour: HourSample): Step {
  const { rpoMs, rpoMsMax, churn, churnMax, logBytes, journalBytes, minutes, writtenBytes } = hour;
  const churnMean = minutes === 0 ? null : writtenBytes / (minutes * MINUTE_SECONDS);
  return { rpoMs, rpoMsMax, churn, churnMax, churnMean, logBytes, journalBytes };
}

function minutesStep(group: readonly MinuteSample[]): Step {
  const of = (value: (sample: MinuteSample) => number | null): number[] => heard(group.map(value));
  const [rpo, churn] = [of(({ rpoMs }) => rpoMs), of((sample) => sample.churn)];
  const written = sum(churn);
  return {
    rpoMs: median(rpo),
    rpoMsMax: most(rpo),
    churn: median(churn),
    churnMax: most(churn),
    churnMean: written === null ? null : written / churn.length,
    logBytes: median(of(({ logBytes }) => logBytes)),
    journalBytes: median(of(({ journalBytes }) => journalBytes)),
  };
}

function sum(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / MS_PER_SECOND;
}
