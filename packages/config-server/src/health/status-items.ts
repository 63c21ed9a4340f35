// Everything that needs a person, as a pure function of what is known. Nothing here mends itself; what does is not an item.
import type { Rotation, Severity, StatusItem } from "@leeward/api";
import { type Fault, formatTime, MICROS_PER_SECOND, remedyOnPage } from "@leeward/base";
import { formatLimit } from "@leeward/daemon";
import { standingFault } from "../api/standing-fault.ts";
import { bandwidthOf, faultsOf, seedFaults, spaceOf } from "../api/views.ts";
import { identityCopied } from "../faults.ts";
import {
  AUTHORITY_CONCERN_SECONDS,
  CERTIFICATE_CONCERN_SECONDS,
  CLOCK_CONCERN_SECONDS,
  FREE_BYTES_CONCERN,
  FREE_FRACTION_CONCERN,
  RPO_INTERVALS_CONCERN,
  RPO_SECONDS_CONCERN,
} from "../limits.ts";
import type { Installation, InstalledDisk } from "../plans/installation.ts";
import type { Copies } from "../sessions/copies.ts";
import { diskStateOf, rpoSecondsOf } from "../sessions/disk-health.ts";
import type { Reports } from "../sessions/reports.ts";
import type { AlertRows } from "../store/alert-rows.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { MemberRole, MemberRow } from "../store/member-rows.ts";
import type { VerifyRow } from "../store/verify-rows.ts";
import { isOverdue } from "../verify/pass.ts";
import { failoverItems } from "./failover-items.ts";
import { historyConcerns } from "./history-concerns.ts";
import { versionItems } from "./version-items.ts";

export interface StatusFacts {
  readonly nowMicros: number;
  readonly startedMicros: number;
  /** Of the config server. */
  readonly serverVersion: string;
  readonly installation: Installation;
  readonly reports: Reports;
  readonly isOnline: (memberId: string) => boolean;
  /** The copy of a member that was refused lately. */
  readonly copyOf: Copies["of"];
  readonly clockOffsetOf: (member: MemberRow) => number | null;
  /** How far the disk's comparison with its replica is. */
  readonly verifyOf: (diskId: string) => VerifyRow;
  /** Since when it is told of a disk. */
  readonly alertSinceOf: AlertRows["sinceOf"];
  /** Those that stand. */
  readonly failovers: readonly FailoverRow[];
  readonly offlineAfterSeconds: number;
  readonly recoveryKey: "held" | "exported" | "lost";
  /** Where a change of authority stands. */
  readonly rotation: Rotation;
  /** When the present authority's certificate ends. */
  readonly authorityEndMicros: number;
  /** What the server itself cannot do: a configuration that is not used, a webhook that does not answer. */
  readonly ownFaults: readonly Fault[];
}

const SEVERITIES: readonly Severity[] = ["critical", "warning", "info"];

/** The worst first; `more` are those of other parts of the server. */
export function statusItems(facts: StatusFacts, more: readonly StatusItem[] = []): StatusItem[] {
  const members = [...facts.installation.members.values()].filter((member) => member.removedMicros === null);
  const items = [
    ...recoveryKeyItems(facts),
    ...authorityItems(facts),
    ...facts.ownFaults.map(ownFaultItem),
    ...members.flatMap((member) => memberItems(member, facts)),
    ...facts.installation.disks.flatMap((disk) => diskItems(disk, facts)),
    ...facts.failovers.flatMap((failover) => failoverItems(failover, facts)),
    ...more,
  ];
  return items.toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
}

function recoveryKeyItems({ recoveryKey }: StatusFacts): StatusItem[] {
  switch (recoveryKey) {
    case "exported":
      return [];
    case "held":
      return [
        {
          code: "recovery-key-not-exported",
          severity: "warning",
          subject: null,
          message:
            "The private half of the recovery key lies on this server alone: if it is lost with it, no journal can be opened elsewhere.",
          remedy: "Export it with `leeward key export --to FILE` and keep the file somewhere else.",
          since: null,
        },
      ];
    case "lost":
      return [
        {
          code: "recovery-key-lost",
          severity: "critical",
          subject: null,
          message:
            "The private half of the recovery key was never exported and is not on this server: journals open only with a living server.",
          remedy:
            "Find the home that this server was restored from and export the key there, or protect the disks anew.",
          since: null,
        },
      ];
  }
}

function authorityItems({ rotation, authorityEndMicros, nowMicros }: StatusFacts): StatusItem[] {
  const { phase, since, behind } = rotation;
  if (phase === "none") {
    if (authorityEndMicros - nowMicros > AUTHORITY_CONCERN_SECONDS * MICROS_PER_SECOND) return [];
    const message = `The certificate authority ends at ${formatTime(authorityEndMicros)}.`;
    const remedy = "Bring in another one: `leeward ca rotate`.";
    return [{ code: "authority-ending", severity: "critical", subject: null, message, remedy, since: null }];
  }
  if (behind.length === 0) return [];
  const what =
    phase === "introducing" ? "do not know the new authority yet" : "have no certificate of the new authority yet";
  return [
    {
      code: "authority-changing",
      severity: "warning",
      subject: null,
      message: `${behind.map(({ name }) => name).join(", ")} ${what}.`,
      remedy:
        "Start them; remove those that are gone; or go on without them: `leeward ca rotate --force`, `leeward ca retire --force`.",
      since,
    },
  ];
}

function ownFaultItem({ code, message, remedy }: Fault): StatusItem {
  return {
    code,
    severity: "warning",
    subject: null,
    message,
    remedy,
    since: null,
  };
}

const NAMES: Record<MemberRole, string> = {
  agent: "machine",
  "process-server": "process server",
  "master-target": "master target",
};

function memberItems(member: MemberRow, facts: StatusFacts): StatusItem[] {
  return [
    ...copyItems(member, facts),
    ...offlineItems(member, facts),
    ...certificateItems(member, facts),
    ...clockItems(member, facts),
    ...versionItems(member, facts.serverVersion),
    ...spaceItems(member, facts),
  ];
}

function copyItems(member: MemberRow, { copyOf, failovers }: StatusFacts): StatusItem[] {
  const seen = copyOf(member.id);
  // A replica machine has the agent's home as its disks have it: that it is refused is as it should be.
  if (seen === undefined || failovers.some(({ machineId }) => machineId === member.id)) return [];
  const { code, message, remedy } = identityCopied(member.name, seen);
  return [{ code, severity: "critical", subject: member.name, message, remedy, since: formatTime(seen.sinceMicros) }];
}

function offlineItems(member: MemberRow, facts: StatusFacts): StatusItem[] {
  if (facts.isOnline(member.id)) return [];
  const seen = Math.max(member.lastSeenMicros ?? member.enrolledMicros, facts.startedMicros);
  if (facts.nowMicros - seen < facts.offlineAfterSeconds * MICROS_PER_SECOND) return [];
  const what = NAMES[member.role];
  return [
    {
      code: `${member.role === "agent" ? "machine" : member.role}-offline`,
      severity: "critical",
      subject: member.name,
      message: `The ${what} ${member.name} has no session to this server.`,
      remedy: `Start it on its machine, and see that it reaches this server's port.`,
      since: member.lastSeenMicros === null ? null : formatTime(member.lastSeenMicros),
    },
  ];
}

function certificateItems(member: MemberRow, { nowMicros }: StatusFacts): StatusItem[] {
  if (member.certificateEndMicros - nowMicros > CERTIFICATE_CONCERN_SECONDS * MICROS_PER_SECOND) return [];
  const over = member.certificateEndMicros <= nowMicros;
  return [
    {
      code: "certificate-ending",
      severity: over ? "critical" : "warning",
      subject: member.name,
      message: `The certificate of ${member.name} ${over ? "ended" : "ends"} at ${formatTime(member.certificateEndMicros)} and was not renewed.`,
      remedy: over
        ? "Start it, and see that it reaches this server: it renews by itself for as long as `renewalGraceDays` allows."
        : "See that it reaches this server: it renews by itself then.",
      since: null,
    },
  ];
}

function clockItems(member: MemberRow, facts: StatusFacts): StatusItem[] {
  const offset = facts.clockOffsetOf(member);
  if (offset === null || !facts.isOnline(member.id)) return [];
  const seconds = Math.round(Math.abs(offset) / MICROS_PER_SECOND);
  if (seconds <= CLOCK_CONCERN_SECONDS) return [];
  return [
    {
      code: "clock-differs",
      severity: "warning",
      subject: member.name,
      message: `The clock of ${member.name} is ${seconds} s ${offset > 0 ? "ahead of" : "behind"} this server's. Nothing is lost by it, but times of its points are its own, and a difference of more than two days shuts it out.`,
      remedy: "Set the clock that is wrong, and have both kept by NTP.",
      since: null,
    },
  ];
}

function spaceItems(member: MemberRow, { reports }: StatusFacts): StatusItem[] {
  const { freeBytes, totalBytes } = spaceOf(reports.of(member.id)?.status);
  if (freeBytes === null || totalBytes === null || freeBytes >= FREE_BYTES_CONCERN) return [];
  if (freeBytes >= totalBytes * FREE_FRACTION_CONCERN) return [];
  return [
    {
      code: "space-low",
      severity: "warning",
      subject: member.name,
      message: `The ${NAMES[member.role]} ${member.name} has ${freeBytes} of ${totalBytes} bytes left.`,
      remedy: "Give it more space, or keep points for a shorter time.",
      since: null,
    },
  ];
}

function diskItems(disk: InstalledDisk, facts: StatusFacts): StatusItem[] {
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
  return [
    ...(stateItem === undefined
      ? []
      : [{ ...stateItem, subject, message: `${subject} ${stateItem.message}`, since: null }]),
    ...faults.map(({ code, kind, message, since }) => ({
      code,
      severity: kind === "corruption" ? ("critical" as const) : ("warning" as const),
      subject,
      message,
      remedy: remedyOnPage(code),
      since,
    })),
    ...historyItems({ disk, subject }, facts),
    ...verifyItems({ disk, subject }, facts),
    ...(state === "protected" && facts.isOnline(machine.id) ? rpoItems({ disk, machine, subject }, facts) : []),
  ];
}

function historyItems({ disk, subject }: { disk: InstalledDisk; subject: string }, facts: StatusFacts): StatusItem[] {
  const said = facts.reports.ofDisk(disk).masterTarget;
  if (said === undefined || !facts.isOnline(disk.masterTargetId)) return [];
  const { nowMicros } = facts;
  return historyConcerns(said, { subject, policy: disk.policy, nowMicros }).map(({ code, message, remedy }) => {
    const since = facts.alertSinceOf(disk.id, code);
    return {
      code,
      severity: "warning",
      subject,
      message,
      remedy,
      since: since === undefined ? null : formatTime(since),
    };
  });
}

function verifyItems(of: { disk: InstalledDisk; subject: string }, facts: StatusFacts): StatusItem[] {
  const { disk, subject } = of;
  const row = facts.verifyOf(disk.id);
  const unrepaired = Math.max(row.differingBytes - row.repairedBytes, row.lastUnrepairedBytes);
  const { verifyDays = 0 } = facts.installation.policies.get(disk.policy) ?? {};
  const items: StatusItem[] = [];
  if (unrepaired > 0) {
    items.push({
      code: "replica-differs",
      severity: "critical",
      subject,
      message: `The replica of ${subject} differs from its source in blocks of ${unrepaired} bytes, which copying again did not mend.`,
      remedy: `Find out who writes to the disk past Leeward, and copy it again as a whole: \`leeward disk resync\`. A \`leeward disk verify\` that finds it equal ends this.`,
      since: null,
    });
  }
  if (isOverdue(row, { createdMicros: disk.createdMicros, verifyDays, nowMicros: facts.nowMicros })) {
    items.push({
      code: "verify-overdue",
      severity: "warning",
      subject,
      message: `${subject} should be compared with its replica every ${verifyDays} days, and was not for more than twice that.`,
      remedy: "See `leeward events` for why; `leeward disk verify` compares it now.",
      since: row.lastEndedMicros === null ? null : formatTime(row.lastEndedMicros),
    });
  }
  return items;
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

function rpoItems(of: { disk: InstalledDisk; machine: MemberRow; subject: string }, facts: StatusFacts): StatusItem[] {
  const { disk, machine, subject } = of;
  const now = { wallMicros: facts.nowMicros, clockOffsetMicros: facts.clockOffsetOf(machine) };
  const rpo = rpoSecondsOf(facts.reports.ofDisk(disk), now);
  const interval = intervalSecondsOf(disk, facts);
  const bound = Math.max(RPO_SECONDS_CONCERN, interval * RPO_INTERVALS_CONCERN);
  if (rpo === null || rpo <= bound) return [];
  return [
    {
      code: "rpo-exceeded",
      severity: "warning",
      subject,
      message: `The newest recovery point of ${subject} is ${Math.round(rpo)} s old; its interval is ${interval} s.${limitsOn(disk, facts)}`,
      remedy: "See that the process server and the master target keep up: `leeward disk status`.",
      since: null,
    },
  ];
}

/** Between points of the disk, as far as it can keep to its policy: one that is rescanned rests for as long as it was read. */
function intervalSecondsOf(disk: InstalledDisk, { installation, reports }: StatusFacts): number {
  const policy = installation.policies.get(disk.policy);
  if (disk.capture === "splitter") return policy?.pointIntervalSeconds ?? 0;
  const tookSeconds = (reports.ofDisk(disk).agent?.rescan?.tookMicros ?? 0) / MICROS_PER_SECOND;
  return Math.max(policy?.trackerPointIntervalSeconds ?? 0, Math.ceil(2 * tookSeconds));
}

/** The limits in force on the disk's way: where there is one, it is the first thing to look at. */
function limitsOn({ machineId, processServerId }: InstalledDisk, { reports, installation }: StatusFacts): string {
  const texts = [machineId, processServerId].flatMap((id) => {
    const limit = bandwidthOf(reports.of(id)?.status);
    if (limit === undefined || limit.bytesPerSecond === 0) return [];
    const until = limit.untilMicros === 0 ? "" : ` until ${formatTime(limit.untilMicros)}`;
    return [` ${installation.members.get(id)?.name ?? id} sends at most ${formatLimit(limit.bytesPerSecond)}${until}.`];
  });
  return texts.join("");
}
