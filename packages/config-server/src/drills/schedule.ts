import type { DrillScheduleRow } from "../store/drill-schedule-rows.ts";

const SECOND_MICROS = 1_000_000;
/** Windows begin and end at full minutes; one of less than this is not seen. */
const LOOK_EVERY_MICROS = 10 * 60 * SECOND_MICROS;
/** Farther back nothing is looked for: whoever was away for so long is told by what is overdue. */
const LOOK_BACK_MICROS_MAX = 14 * 86_400 * SECOND_MICROS;

/** When the next drill of the schedule is due: its time counts from the machine's last drill, whoever asked for that, else from when it was set. */
export function drillDueMicros(
  { everySeconds, setMicros }: Pick<DrillScheduleRow, "everySeconds" | "setMicros">,
  lastMicros: number | undefined,
): number {
  // One that was set is due at once, so that the first report is there before it is needed.
  return lastMicros === undefined ? setMicros : lastMicros + everySeconds * SECOND_MICROS;
}

/** Whether it is so late that a person should know. */
export function isDrillOverdue({
  dueMicros,
  everySeconds,
  nowMicros,
}: {
  readonly dueMicros: number;
  readonly everySeconds: number;
  readonly nowMicros: number;
}): boolean {
  return nowMicros > dueMicros + everySeconds * SECOND_MICROS;
}

/**
 * The end of the last window that has gone by between two moments, microseconds; undefined when none has. A window that is open at `toMicros` has not.
 */
export function windowGoneBy(
  { fromMicros, toMicros }: { readonly fromMicros: number; readonly toMicros: number },
  isOpenAt: (micros: number) => boolean,
): number | undefined {
  if (isOpenAt(toMicros)) {
    // Back to before it opened: only one before it can have gone by.
    let opened = toMicros;
    while (opened > fromMicros && isOpenAt(opened) && toMicros - opened < LOOK_BACK_MICROS_MAX)
      opened -= LOOK_EVERY_MICROS;
    return isOpenAt(opened) || opened <= fromMicros
      ? undefined
      : windowGoneBy({ fromMicros, toMicros: opened }, isOpenAt);
  }
  const least = Math.max(fromMicros, toMicros - LOOK_BACK_MICROS_MAX);
  for (let at = toMicros - LOOK_EVERY_MICROS; at >= least; at -= LOOK_EVERY_MICROS) {
    if (isOpenAt(at)) return at;
  }
  return undefined;
}
