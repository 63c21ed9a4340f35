import { formatTime, MICROS_PER_SECOND } from "@leeward/base";
import { spaceOf } from "../api/views.ts";
import { identityCopied } from "../faults.ts";
import {
  CERTIFICATE_CONCERN_SECONDS,
  CLOCK_CONCERN_SECONDS,
  FREE_BYTES_CONCERN,
  FREE_FRACTION_CONCERN,
} from "../limits.ts";
import type { MemberRole, MemberRow } from "../store/member-rows.ts";
import { type Condition, conditionsOn, type Finding } from "./condition.ts";
import type { ConditionFacts } from "./conditions.ts";
import { versionFindings } from "./version-findings.ts";

const DAY_SECONDS = 86_400;

const NAMES: Record<MemberRole, string> = {
  agent: "machine",
  "process-server": "process server",
  "master-target": "master target",
};

/** Of a machine or server that is a member. */
export function memberConditions(member: MemberRow, facts: ConditionFacts): Condition[] {
  const { id } = member;
  const own =
    member.role === "agent"
      ? ({ subjectKind: "machine", machineId: id } as const)
      : ({ subjectKind: "server", machineId: null } as const);
  return conditionsOn({ ...own, subjectId: id, restsOn: [id] }, [
    ...copyFindings(member, facts),
    ...offlineFindings(member, facts),
    ...certificateFindings(member, facts),
    ...clockFindings(member, facts),
    ...versionFindings(member, facts.serverVersion),
    ...spaceFindings(member, facts),
    ...processServerFindings(member, facts),
  ]);
}

function copyFindings(member: MemberRow, { copyOf, failovers }: ConditionFacts): Finding[] {
  const seen = copyOf(member.id);
  // A replica machine has the agent's home as its disks have it: that it is refused is as it should be.
  if (seen === undefined || failovers.some(({ machineId }) => machineId === member.id)) return [];
  const { code, message, remedy } = identityCopied(member.name, seen);
  return [{ code, severity: "critical", subject: member.name, message, remedy, since: formatTime(seen.sinceMicros) }];
}

function offlineFindings(member: MemberRow, facts: ConditionFacts): Finding[] {
  if (facts.isOnline(member.id)) return [];
  const seen = Math.max(member.lastSeenMicros ?? member.enrolledMicros, facts.startedMicros);
  const awaySeconds = (facts.nowMicros - seen) / MICROS_PER_SECOND;
  const what = NAMES[member.role];
  const code = member.role === "agent" ? "machine-offline" : (`${member.role}-offline` as const);
  return [
    {
      code,
      severity: "critical",
      subject: member.name,
      message: `The ${what} ${member.name} has no session to this server.`,
      remedy: `Start it on its machine, and see that it reaches this server's port.`,
      since: member.lastSeenMicros === null ? null : formatTime(member.lastSeenMicros),
      measured: awaySeconds / 60,
      shows: awaySeconds >= facts.offlineAfterSeconds,
    },
  ];
}

function certificateFindings(member: MemberRow, { nowMicros }: ConditionFacts): Finding[] {
  const leftSeconds = (member.certificateEndMicros - nowMicros) / MICROS_PER_SECOND;
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
      measured: leftSeconds / DAY_SECONDS,
      shows: leftSeconds <= CERTIFICATE_CONCERN_SECONDS,
    },
  ];
}

function clockFindings(member: MemberRow, facts: ConditionFacts): Finding[] {
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

function spaceFindings(member: MemberRow, { reports }: ConditionFacts): Finding[] {
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

/** How loaded a process server is, as far as it was heard lately. */
function processServerFindings(member: MemberRow, { reports, isOnline }: ConditionFacts): Finding[] {
  const status = reports.of(member.id)?.status;
  if (status?.kind !== "processServerStatus" || !isOnline(member.id)) return [];
  const { health, cacheFreeBytes, cacheTotalBytes } = status.value;
  const { name } = member;
  const cpu = Math.round(health.cpuFraction * 100);
  const memory = Math.round(health.memoryFraction * 100);
  const measured = { severity: "warning", subject: name, since: null, shows: false } as const;
  const findings: Finding[] = [
    {
      ...measured,
      code: "process-server-cpu",
      message: `The processors of the process server ${name} are busy by ${cpu} %.`,
      remedy: "See what else runs there; give it more processors, or some of its disks another process server.",
      measured: health.cpuFraction * 100,
    },
    {
      ...measured,
      code: "process-server-memory",
      message: `The memory of the process server ${name} is in use by ${memory} %.`,
      remedy: "See what else runs there; give it more memory, or some of its disks another process server.",
      measured: health.memoryFraction * 100,
    },
  ];
  if (cacheTotalBytes > 0) {
    const free = (cacheFreeBytes / cacheTotalBytes) * 100;
    findings.push({
      ...measured,
      code: "cache-free-low",
      message: `The cache of the process server ${name} has ${Math.floor(free)} % of its space left.`,
      remedy: "See that its master target and the link to it keep up, or give the cache more space.",
      measured: free,
    });
  }
  return findings;
}
