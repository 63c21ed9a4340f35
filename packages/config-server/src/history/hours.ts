import type { HourSample, MinuteSample } from "../store/sample-rows.ts";
import { heard, median, most, quantile } from "./statistics.ts";

const MINUTES_PER_HOUR = 60;
const SECONDS_PER_MINUTE = 60;

/** The hours of minutes that are in order of disk and time; an hour without one is not there. */
export function hoursOf(minutes: readonly MinuteSample[]): HourSample[] {
  const groups = Map.groupBy(minutes, ({ diskId, minute }) => `${diskId} ${hourOf(minute)}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [gathered(first, group)];
  });
}

function gathered({ diskId, minute }: MinuteSample, group: readonly MinuteSample[]): HourSample {
  const of = (value: (sample: MinuteSample) => number | null): number[] => heard(group.map(value));
  const [rpo, churn] = [of(({ rpoMs }) => rpoMs), of((sample) => sample.churn)];
  return {
    diskId,
    hour: hourOf(minute),
    minutes: churn.length,
    rpoMs: median(rpo),
    rpoMsMax: most(rpo),
    churn: median(churn),
    churnP95: quantile(churn, 0.95),
    churnMax: most(churn),
    writtenBytes: churn.reduce((sum, rate) => sum + rate * SECONDS_PER_MINUTE, 0),
    logBytes: median(of((sample) => sample.logBytes)),
    journalBytes: median(of((sample) => sample.journalBytes)),
  };
}

function hourOf(minute: number): number {
  return Math.floor(minute / MINUTES_PER_HOUR);
}
