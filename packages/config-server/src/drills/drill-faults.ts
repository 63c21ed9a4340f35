import { Fault } from "@leeward/base";
import { operator } from "../operator-fault.ts";

export const drillUnknown = (id: string): Fault =>
  operator(
    "drill-unknown",
    `There is no drill ${JSON.stringify(id)}.`,
    "See `leeward drill list`; the oldest of a machine are forgotten.",
  );

export const drillScheduleUnknown = (machine: string): Fault =>
  operator(
    "drill-schedule-unknown",
    `Drills of ${machine} are not made by schedule.`,
    "See `leeward drill schedules`; `leeward drill schedule MACHINE --every 7d …` has them made.",
  );

export const drillUnderWay = (machine: string, id: string): Fault =>
  operator(
    "drill-under-way",
    `The drill ${id} of ${machine} is under way.`,
    "Wait until it has ended, or cancel its job: `leeward job list`, `leeward job cancel`.",
  );

export const drillsTooMany = (target: string, count: number): Fault =>
  operator(
    "drills-too-many",
    `${count} drills are under way at ${target}, as many as there may be.`,
    "Wait until one has ended: `leeward drill list`.",
  );

export const drillSettingsInvalid = (why: string): Fault =>
  operator(
    "drill-settings-invalid",
    `No drill can be made so: ${why}.`,
    "Correct what the message names; see `leeward drill run --help`.",
  );

export const drillNotReported = (id: string, state: string): Fault =>
  operator(
    "drill-not-reported",
    `The drill ${id} has no report yet: it is ${state}.`,
    "Wait until it has ended: `leeward drill list`.",
  );

export const drillFailed = (id: string, why: string): Fault =>
  operator("drill-failed", `The drill ${id} failed: ${why}`, `See what it found: \`leeward drill report ${id}\`.`);

export const drillChecksFailed = (checks: readonly string[]): Fault =>
  operator(
    "drill-checks-failed",
    `The machine did not show what it was looked at for: ${checks.join(", ")}.`,
    "The report says what each check saw last; `leeward failover test` starts the machine to look at it by hand.",
  );

export const drillMachineGone = (state: string): Fault =>
  operator(
    "drill-machine-gone",
    `Somebody else ended the drill's test failover before it was checked: it is ${state}.`,
    "`leeward events` says who; make the drill again.",
  );

export const drillLeftovers = (failover: string): Fault =>
  operator(
    "drill-leftovers",
    `It could not be confirmed that nothing is left of the test failover ${failover}.`,
    "See `leeward failover show` and the master target's machine.",
  );

export const drillReplicaChanged = (disks: readonly string[]): Fault =>
  new Fault({
    code: "drill-replica-changed",
    kind: "corruption",
    message: `After the drill its recovery point does not hold what it held before: ${disks.join(", ")}.`,
    remedy:
      "Do not rely on that point. Keep the journal as it is, and report it; `leeward disk verify` compares the present with its source.",
  });

export const digestNotWhole = (disk: string): Fault =>
  new Fault({
    code: "drill-digest-short",
    kind: "protocol",
    message: `The master target's digest of a part of ${disk} is not of the part that was asked for.`,
  });
