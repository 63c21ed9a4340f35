import { formatTime, MICROS_PER_SECOND } from "@leeward/base";
import { agentStatusOf, targetStatusOf } from "../failover/step.ts";
import { ruleOf } from "../failover/transitions.ts";
import { TEST_FAILOVER_SECONDS_CONCERN } from "../limits.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import { type Condition, conditionsOn, type Finding } from "./condition.ts";
import type { ConditionFacts } from "./conditions.ts";

/** What a failover that stands needs of a person. */
export function failoverConditions(failover: FailoverRow, facts: ConditionFacts): Condition[] {
  const { id, machineId, masterTargetId } = failover;
  const subject = facts.installation.members.get(failover.machineId)?.name ?? failover.machineId;
  const own = failover.kind === "test" ? testFindings : placeFindings;
  const of = { subjectKind: "machine", subjectId: id, machineId } as const;
  return [
    ...conditionsOn({ ...of, restsOn: [] }, own(failover, subject, facts)),
    ...conditionsOn({ ...of, restsOn: [masterTargetId] }, pausedFindings(failover, subject, facts)),
  ];
}

function testFindings({ id, createdMicros }: FailoverRow, subject: string, { nowMicros }: ConditionFacts): Finding[] {
  if (nowMicros - createdMicros <= TEST_FAILOVER_SECONDS_CONCERN * MICROS_PER_SECOND) return [];
  return [
    {
      code: "failover-test-standing",
      severity: "warning",
      subject,
      message: `The test failover ${id} of ${subject} stands since ${formatTime(createdMicros)}: history is not cut before its point.`,
      remedy: `End it when it is not needed any more: \`leeward failover cleanup ${id}\`.`,
      since: formatTime(createdMicros),
    },
  ];
}

/** Where the machine runs, and whether somebody could write at its source too. */
function placeFindings(failover: FailoverRow, subject: string, facts: ConditionFacts): Finding[] {
  const { id, state, startedMicros, facts: known } = failover;
  if (known.fence === undefined || !ruleOf(failover).isFenced) return [];
  const said = agentStatusOf(facts, failover)?.fence;
  const isFenced = known.fence === "fenced" || (said?.failoverId === id && said.state === "fenced");
  const since = startedMicros === null ? null : formatTime(startedMicros);
  const place: Finding = {
    code: "failed-over",
    severity: "info",
    subject,
    message: `${subject} runs at its master target, not at its source: the failover ${id} is ${state}.`,
    remedy:
      "What can follow: commit, cancel or change-point while the commit is pending; then `leeward reprotect` and `leeward failback`.",
    since,
  };
  if (isFenced) return [place];
  const open: Finding = {
    code: "source-not-fenced",
    severity: "critical",
    subject,
    message: `${subject} runs at its master target, and ${said?.state === "open" ? "its source's disks can be written past its agent" : "its source did not say that it takes no writes any more"}: what is written there is in no replica.`,
    remedy: "See that nothing runs at the source: power it off, or stop what writes there.",
    since,
  };
  return [open, place];
}

function pausedFindings(failover: FailoverRow, subject: string, facts: ConditionFacts): Finding[] {
  const { id } = failover;
  const replica = targetStatusOf(facts, failover)?.replicas.find(({ replicaId }) => replicaId === id);
  if (replica?.state !== "paused") return [];
  return [
    {
      code: "replica-paused",
      severity: "warning",
      subject,
      message: `The replica machine of the failover ${id} of ${subject} is paused: ${replica.why}.`,
      remedy:
        "See how much room its master target has left: once there is more, the machine goes on by itself. Or end the failover.",
      since: null,
    },
  ];
}
