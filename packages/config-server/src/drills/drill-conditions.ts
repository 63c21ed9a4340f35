import { formatTime } from "@leeward/base";
import { type Condition, conditionsOn, type Finding } from "../health/condition.ts";
import type { DrillRow } from "../store/drill-rows.ts";
import type { DrillScheduleRow } from "../store/drill-schedule-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { drillDueMicros, isDrillOverdue } from "./schedule.ts";
import { isOver } from "./transitions.ts";

/** Machines whose last drill failed, or whose drill is overdue. */
export function drillConditions(store: Store, nowMicros: number): Condition[] {
  const schedules = new Map(store.drillSchedules.list().map((schedule) => [schedule.machineId, schedule]));
  return store.members.present("agent").flatMap((machine) => {
    const newest = store.drills.newestOf(machine.id);
    const schedule = schedules.get(machine.id);
    const { id } = machine;
    return conditionsOn({ subjectKind: "machine", subjectId: id, machineId: id, restsOn: [] }, [
      ...failedFindings(machine, newest),
      ...overdueFindings(machine, { newest, schedule, nowMicros }),
    ]);
  });
}

function failedFindings({ name }: MemberRow, newest: DrillRow | undefined): Finding[] {
  if (newest?.state !== "failed") return [];
  const why = newest.evidence.problems.map(({ message }) => message).join(" ");
  return [
    {
      code: "drill-failed",
      severity: "warning",
      subject: name,
      message: `The last drill of ${name} failed: ${why}`,
      remedy: `See \`leeward drill report ${newest.id}\`; a drill that passes ends this.`,
      since: newest.endedMicros === null ? null : formatTime(newest.endedMicros),
    },
  ];
}

function overdueFindings(
  { name }: MemberRow,
  of: { newest: DrillRow | undefined; schedule: DrillScheduleRow | undefined; nowMicros: number },
): Finding[] {
  const { newest, schedule, nowMicros } = of;
  if (schedule === undefined || (newest !== undefined && !isOver(newest))) return [];
  const dueMicros = drillDueMicros(schedule, newest?.createdMicros);
  const hasMissed = schedule.lookedMicros > dueMicros && schedule.lookedMicros > schedule.setMicros;
  if (!hasMissed && !isDrillOverdue({ dueMicros, everySeconds: schedule.everySeconds, nowMicros })) return [];
  return [
    {
      code: "drill-overdue",
      severity: "warning",
      subject: name,
      message: `A drill of ${name} is due since ${formatTime(dueMicros)} and was not made.`,
      remedy: "See `leeward events` for why; `leeward drill run` makes it now.",
      since: formatTime(dueMicros),
    },
  ];
}
