import type { DiskState, StatusItem } from "@leeward/api";
import { formatTime, MICROS_PER_SECOND, remedyOnPage } from "@leeward/base";
import { formatLimit } from "@leeward/daemon";
import { standingFault } from "../api/standing-fault.ts";
import { bandwidthOf, faultsOf, seedFaults } from "../api/views.ts";
import { RPO_INTERVALS_CONCERN, RPO_SECONDS_CONCERN } from "../limits.ts";
import type { InstalledDisk } from "../plans/installation.ts";
import { diskStateOf, rpoSecondsOf } from "../sessions/disk-health.ts";
import type { MemberRow } from "../store/member-rows.ts";
import { isOverdue } from "../verify/pass.ts";
import { type Condition, conditionsOn, type Finding } from "./condition.ts";
import type { ConditionFacts } from "./conditions.ts";
import { historyConcerns } from "./history-concerns.ts";

/** Of a protected disk. */
export function diskConditions(disk: InstalledDisk, facts: ConditionFacts): Condition[] {
  const machine = facts.installation.members.get(disk.machineId);
  if (disk.state !== "protected" || machine === undefined) return [];
  const reports = facts.reports.ofDisk(disk);
  const subject = `${machine.name}/${disk.name}`;
  const state = diskStateOf(reports);
  const stateItem = STATE_ITEMS[state];
  // That a fenced machine is refused is as it should be.
  const isFenced = state === "fenced" || state === "reverse";
  const further = reports.processServer?.further.flatMap(({ faults: items }) => items.map(standingFault)) ?? [];
  const faults = [...faultsOf(reports), ...further, ...seedFaults({ disk, machine }, disk.seed)].filter(
    ({ code, kind }) => kind === "corruption" || (kind === "operator" && !(isFenced && code === "epoch-old")),
  );
  const restsOn = [disk.machineId, disk.processServerId, disk.masterTargetId];
  return conditionsOn({ subjectKind: "disk", subjectId: disk.id, machineId: machine.id, restsOn }, [
    ...(stateItem === undefined
      ? []
      : [{ ...stateItem, subject, message: `${subject} ${stateItem.message}`, since: null }]),
    ...faults.map(({ code, kind, message, since }) => ({
      code,
      rule: "disk-fault" as const,
      severity: kind === "corruption" ? ("critical" as const) : ("warning" as const),
      subject,
      message,
      remedy: remedyOnPage(code),
      since,
    })),
    ...historyFindings({ disk, subject }, facts),
    ...verifyFindings({ disk, subject }, facts),
    ...resyncFindings({ disk, subject }, state, facts),
    ...uploadFindings({ disk, subject }, facts),
    ...pointFindings({ disk, machine, subject }, state, facts),
  ]);
}

function historyFindings(
  { disk, subject }: { disk: InstalledDisk; subject: string },
  facts: ConditionFacts,
): Finding[] {
  const said = facts.reports.ofDisk(disk).masterTarget;
  if (said === undefined || !facts.isOnline(disk.masterTargetId)) return [];
  const { nowMicros } = facts;
  return historyConcerns(said, { subject, policy: disk.policy, nowMicros }).map((concern) => ({
    ...concern,
    severity: "warning",
    subject,
    since: null,
    restsOn: [disk.masterTargetId],
  }));
}

function verifyFindings(of: { disk: InstalledDisk; subject: string }, facts: ConditionFacts): Finding[] {
  const { disk, subject } = of;
  const row = facts.verifyOf(disk.id);
  const unrepaired = Math.max(row.differingBytes - row.repairedBytes, row.lastUnrepairedBytes);
  const { verifyDays = 0 } = facts.installation.policies.get(disk.policy) ?? {};
  const findings: Finding[] = [];
  if (unrepaired > 0) {
    findings.push({
      code: "replica-differs",
      severity: "critical",
      subject,
      message: `The replica of ${subject} differs from its source in blocks of ${unrepaired} bytes, which copying again did not mend.`,
      remedy: `Find out who writes to the disk past Leeward, and copy it again as a whole: \`leeward disk resync\`. A \`leeward disk verify\` that finds it equal ends this.`,
      since: null,
    });
  }
  if (isOverdue(row, { createdMicros: disk.createdMicros, verifyDays, nowMicros: facts.nowMicros })) {
    findings.push({
      code: "verify-overdue",
      severity: "warning",
      subject,
      message: `${subject} should be compared with its replica every ${verifyDays} days, and was not for more than twice that.`,
      remedy: "See `leeward events` for why; `leeward disk verify` compares it now.",
      since: row.lastEndedMicros === null ? null : formatTime(row.lastEndedMicros),
    });
  }
  return findings;
}

const STATE_ITEMS: Partial<Record<string, Pick<StatusItem, "code" | "severity" | "message" | "remedy">>> = {
  stopped: {
    code: "disk-stopped",
    severity: "critical",
    message: "is not being captured.",
    remedy: "See the disk's faults with `leeward disk status`.",
  },
  gap: {
    code: "disk-gap",
    severity: "warning",
    message: "is in a gap: changes are not being kept as recovery points now.",
    remedy: "See the disk's faults with `leeward disk status`.",
  },
};

/** How old the newest point is, by the clock and in intervals of the disk. */
function pointFindings(
  of: { disk: InstalledDisk; machine: MemberRow; subject: string },
  state: DiskState,
  facts: ConditionFacts,
): Finding[] {
  const { disk, machine, subject } = of;
  if (state === "fenced" || state === "reverse" || !facts.isOnline(disk.masterTargetId)) return [];
  const now = { wallMicros: facts.nowMicros, clockOffsetMicros: facts.clockOffsetOf(machine) };
  const rpo = rpoSecondsOf(facts.reports.ofDisk(disk), now);
  if (rpo === null) return [];
  const interval = intervalSecondsOf(disk, facts);
  const age = `The newest recovery point of ${subject} is ${Math.round(rpo)} s old`;
  const point: Finding = {
    code: "no-recent-point",
    severity: "critical",
    subject,
    message: `${age}: what was written since could not be recovered.`,
    remedy:
      "See whether its machine, process server and master target run and reach one another: `leeward disk status`.",
    since: null,
    // What cannot have points as often is late by its own interval.
    measured: rpo > 2 * interval ? rpo / 60 : 0,
    shows: false,
    restsOn: [disk.masterTargetId],
  };
  if (state !== "protected" || !facts.isOnline(machine.id)) return [point];
  const late: Finding = {
    code: "rpo-exceeded",
    severity: "warning",
    subject,
    message: `${age}; its interval is ${interval} s.${limitsOn(disk, facts)}`,
    remedy: "See that the process server and the master target keep up: `leeward disk status`.",
    since: null,
    measured: rpo > RPO_SECONDS_CONCERN ? rpo / Math.max(1, interval) : 0,
    shows: rpo > Math.max(RPO_SECONDS_CONCERN, interval * RPO_INTERVALS_CONCERN),
  };
  return [late, point];
}

/** A copy that has not begun by itself waits for something. */
function resyncFindings(
  of: { disk: InstalledDisk; subject: string },
  state: DiskState,
  facts: ConditionFacts,
): Finding[] {
  const { disk, subject } = of;
  const said = facts.reports.ofDisk(disk).masterTarget;
  if (said?.copyNeeded !== true || state === "resync" || state === "initial") return [];
  return [
    {
      code: "resync-needed",
      severity: "warning",
      subject,
      message: `${subject} has to be copied again, and that has not begun: its newer changes are no recovery points.`,
      remedy: "See the window of its policy (`resyncWindow`); `leeward disk resync` begins it now.",
      since: null,
      shows: false,
    },
  ];
}

function uploadFindings({ disk, subject }: { disk: InstalledDisk; subject: string }, facts: ConditionFacts): Finding[] {
  const { processServerId } = disk;
  if (!facts.isOnline(processServerId)) return [];
  const minutes = facts.uploadDelayOf(disk.id) / 60;
  const server = facts.installation.members.get(processServerId)?.name ?? processServerId;
  return [
    {
      code: "upload-delay",
      severity: "warning",
      subject,
      message: `What the process server ${server} holds of ${subject} has been waiting for its target for ${Math.floor(minutes)} min.${limitsOn(disk, facts)}`,
      remedy: "See that the master target and the link to it keep up.",
      since: null,
      measured: minutes,
      shows: false,
      restsOn: [processServerId],
    },
  ];
}

/** Between points of the disk, as far as it can keep to its policy: one that is rescanned rests for as long as it was read. */
function intervalSecondsOf(disk: InstalledDisk, { installation, reports }: ConditionFacts): number {
  const policy = installation.policies.get(disk.policy);
  if (disk.capture === "splitter") return policy?.pointIntervalSeconds ?? 0;
  const tookSeconds = (reports.ofDisk(disk).agent?.rescan?.tookMicros ?? 0) / MICROS_PER_SECOND;
  return Math.max(policy?.trackerPointIntervalSeconds ?? 0, Math.ceil(2 * tookSeconds));
}

/** The limits in force on the disk's way: where there is one, it is the first thing to look at. */
function limitsOn({ machineId, processServerId }: InstalledDisk, { reports, installation }: ConditionFacts): string {
  const texts = [machineId, processServerId].flatMap((id) => {
    const limit = bandwidthOf(reports.of(id)?.status);
    if (limit === undefined || limit.bytesPerSecond === 0) return [];
    const until = limit.untilMicros === 0 ? "" : ` until ${formatTime(limit.untilMicros)}`;
    return [` ${installation.members.get(id)?.name ?? id} sends at most ${formatLimit(limit.bytesPerSecond)}${until}.`];
  });
  return texts.join("");
}
