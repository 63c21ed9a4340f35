// What was sampled, as the API shows it: steps of one length from an even time on, and null in each of which nothing was heard.
import type { DiskSamples, InstallationSamples, MachineSamples } from "@leeward/api";
import { formatTime, MICROS_PER_SECOND, parseTime } from "@leeward/base";
import { requestInvalid } from "../faults.ts";
import { SAMPLE_HOURS_KEPT, SAMPLE_MINUTES_KEPT, SAMPLES_PER_ANSWER_MAX, SAMPLES_PER_TURN } from "../limits.ts";
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
 * The last day in minutes unless told; over more time, or over many disks, in hours. What is older than anything that is kept is no part of it.
 * @throws Fault `request-invalid`, `time-invalid`
 */
export function sampleRange(
  query: { readonly from?: string; readonly to?: string; readonly step?: number } | undefined,
  of: { readonly nowMicros: number; readonly disks: number },
): SampleRange {
  const disks = Math.max(1, of.disks);
  const nowSeconds = of.nowMicros / MICROS_PER_SECOND;
  const toSeconds =
    query?.to === undefined ? nowSeconds : Math.min(nowSeconds, parseTime(query.to) / MICROS_PER_SECOND);
  const hoursShown = Math.max(1, Math.min(HOURS_SHOWN, Math.floor(SAMPLES_PER_ANSWER_MAX / disks)));
  const fromSeconds =
    query?.from === undefined ? toSeconds - hoursShown * HOUR_SECONDS : parseTime(query.from) / MICROS_PER_SECOND;
  if (fromSeconds > toSeconds) throw requestInvalid("from is later than to");
  const whole = (step: number): SampleRange => {
    const to = Math.floor(toSeconds / step);
    const from = Math.ceil(Math.max(fromSeconds, nowSeconds - keptSeconds(step)) / step);
    return { stepSeconds: step, from: Math.min(from, to), to };
  };
  const fits = (step: number): boolean => disks * samplesEach(whole(step)) <= SAMPLES_PER_ANSWER_MAX;
  const isKept = (step: number): boolean => fromSeconds >= nowSeconds - keptSeconds(step);
  const step = query?.step ?? STEPS.find((each) => fits(each) && isKept(each)) ?? HOUR_SECONDS;
  if (!STEPS.includes(step)) throw requestInvalid(`step is none of ${STEPS.join(", ")}`);
  if (!fits(step)) {
    const most = `${SAMPLES_PER_ANSWER_MAX} samples of ${disks} disks`;
    throw requestInvalid(
      `one answer holds ${most}, and that time has more; ask for less of it, or for steps of an hour`,
    );
  }
  return whole(step);
}

function keptSeconds(step: number): number {
  return step === HOUR_SECONDS ? SAMPLE_HOURS_KEPT * HOUR_SECONDS : SAMPLE_MINUTES_KEPT * MINUTE_SECONDS;
}

/** How many hours or minutes of one disk are read for it. */
function samplesEach({ stepSeconds, from, to }: SampleRange): number {
  return (to - from) * (stepSeconds === HOUR_SECONDS ? 1 : stepSeconds / MINUTE_SECONDS);
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

/** What was sampled, and how others have their turn while much of it is read. */
export interface SampleSource {
  readonly rows: SampleRows;
  readonly turn: () => Promise<void>;
}

export async function machineSamples(
  source: SampleSource,
  disks: readonly DiskRow[],
  range: SampleRange,
): Promise<MachineSamples> {
  const steps = await stepsOf(source, disks, range);
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

export async function installationSamples(
  source: SampleSource,
  disks: readonly DiskRow[],
  range: SampleRange,
): Promise<InstallationSamples> {
  const steps = await stepsOf(source, disks, range);
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
async function stepsOf(
  source: SampleSource,
  disks: readonly DiskRow[],
  range: SampleRange,
): Promise<Map<string, Step>> {
  const ids = disks.map(({ id }) => id);
  const { stepSeconds, from, to } = range;
  if (stepSeconds === HOUR_SECONDS) {
    const hours = await hoursBetween(source, ids, { from, to });
    return new Map(hours.map((hour) => [`${hour.diskId} ${hour.hour}`, hourStep(hour)]));
  }
  const minutes = stepSeconds / MINUTE_SECONDS;
  const between = { from: from * minutes, to: to * minutes };
  const steps = await inTurns(source, { ids, samplesEach: samplesEach(range) }, (some) => {
    const said = source.rows.minutes(some, between);
    const groups = Map.groupBy(said, ({ diskId, minute }) => `${diskId} ${Math.floor(minute / minutes)}`);
    return Array.from(groups, ([key, group]) => [key, minutesStep(group)] as const);
  });
  return new Map(steps);
}

/** The hours of disks, also those whose minutes were not gathered yet. Ids in any order. */
export async function hoursBetween(
  source: SampleSource,
  diskIds: readonly string[],
  { from, to }: { readonly from: number; readonly to: number },
): Promise<HourSample[]> {
  const { rows } = source;
  const rolled = new Map(rows.series().map(({ diskId, rolledHour }) => [diskId, rolledHour]));
  return inTurns(source, { ids: diskIds, samplesEach: to - from }, (ids) => {
    const gathered = rows.hours(ids, { from, to });
    const first = Math.max(from, Math.min(to, ...ids.map((id) => rolled.get(id) ?? to)));
    const since = rows.minutes(ids, { from: first * MINUTES_PER_HOUR, to: to * MINUTES_PER_HOUR });
    const rest = since.filter(({ diskId, minute }) => minute >= (rolled.get(diskId) ?? 0) * MINUTES_PER_HOUR);
    return [...gathered, ...hoursOf(rest)];
  });
}

/** Reads of so many disks at once that it is soon done. */
async function inTurns<R>(
  { turn }: SampleSource,
  of: { readonly ids: readonly string[]; readonly samplesEach: number },
  read: (ids: readonly string[]) => readonly R[],
): Promise<R[]> {
  const count = Math.max(1, Math.floor(SAMPLES_PER_TURN / Math.max(1, of.samplesEach)));
  const found: R[] = [];
  for (let at = 0; at < of.ids.length; at += count) {
    if (at > 0) await turn();
    for (const each of read(of.ids.slice(at, at + count))) found.push(each);
  }
  return found;
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
