// Everything that holds now and may need a person, as a pure function of what is known: the status shows it, and alerts are opened of it.
import type { Rotation } from "@leeward/api";
import { type Fault, formatTime, MICROS_PER_SECOND } from "@leeward/base";
import { AUTHORITY_CONCERN_SECONDS } from "../limits.ts";
import type { Installation } from "../plans/installation.ts";
import type { Copies } from "../sessions/copies.ts";
import type { Reports } from "../sessions/reports.ts";
import type { AlertChannelRow } from "../store/alert-channel-rows.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { VerifyRow } from "../store/verify-rows.ts";
import { type Condition, conditionsOn, type Finding, INSTALLATION } from "./condition.ts";
import { diskConditions } from "./disk-conditions.ts";
import { failoverConditions } from "./failover-conditions.ts";
import { memberConditions } from "./member-conditions.ts";

const DAY_SECONDS = 86_400;

export interface ConditionFacts {
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
  /** Those that stand. */
  readonly failovers: readonly FailoverRow[];
  readonly offlineAfterSeconds: number;
  readonly recoveryKey: "held" | "exported" | "lost";
  /** Where a change of authority stands. */
  readonly rotation: Rotation;
  /** When the present authority's certificate ends. */
  readonly authorityEndMicros: number;
  /** When the newest backup was made; undefined when none ever was. */
  readonly backupMicros: number | undefined;
  /** How long what a disk's process server holds has been waiting for its target, seconds. */
  readonly uploadDelayOf: (diskId: string) => number;
  readonly channels: readonly AlertChannelRow[];
  /** What the server itself cannot do: a configuration that is not used. */
  readonly ownFaults: readonly Fault[];
}

/** All of them; those of other parts of the server come beside these. */
export function conditionsOf(facts: ConditionFacts): Condition[] {
  const members = [...facts.installation.members.values()].filter((member) => member.removedMicros === null);
  return [
    ...conditionsOn(INSTALLATION, [
      ...recoveryKeyFindings(facts),
      ...authorityFindings(facts),
      ...backupFindings(facts),
      ...facts.ownFaults.map(ownFaultFinding),
    ]),
    ...facts.channels.flatMap(channelConditions),
    ...members.flatMap((member) => memberConditions(member, facts)),
    ...facts.installation.disks.flatMap((disk) => diskConditions(disk, facts)),
    ...facts.failovers.flatMap((failover) => failoverConditions(failover, facts)),
  ];
}

function recoveryKeyFindings({ recoveryKey }: ConditionFacts): Finding[] {
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

function authorityFindings({ rotation, authorityEndMicros, nowMicros }: ConditionFacts): Finding[] {
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

function ownFaultFinding({ code, message, remedy }: Fault): Finding {
  return {
    code,
    rule: "server-fault",
    severity: "warning",
    subject: null,
    message,
    remedy,
    since: null,
  };
}

/** Only who has begun to make backups is told that one is old. */
function backupFindings({ backupMicros, nowMicros }: ConditionFacts): Finding[] {
  if (backupMicros === undefined) return [];
  const days = (nowMicros - backupMicros) / (DAY_SECONDS * MICROS_PER_SECOND);
  return [
    {
      code: "backup-old",
      severity: "warning",
      subject: null,
      message: `The newest backup of this server is of ${formatTime(backupMicros)}.`,
      remedy: "Make one, and have it made regularly: `leeward config-server backup --to FILE`.",
      since: null,
      measured: days,
      shows: false,
    },
  ];
}

function channelConditions({ name, fault }: AlertChannelRow): Condition[] {
  if (fault === null) return [];
  return conditionsOn({ ...INSTALLATION, subjectId: `channel ${name}` }, [
    {
      code: "alert-channel-failed",
      severity: "warning",
      subject: name,
      message: `Alerts do not get through over the channel ${name}: ${fault.message}`,
      remedy: `Mend its receiver or its settings, and try it: \`leeward alert channel test ${name}\`.`,
      since: formatTime(fault.sinceMicros),
    },
  ]);
}
