// A job as it goes: what it is, how far it has come, how long it takes, and what to do where it failed.
import type { ErrorItem, Job } from "@leeward/api";
import { Alert, Button, Card, Code, Group, Progress, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { REFRESH_MS, useMay } from "../api/api-context.tsx";
import { type Answer, useAction, useAnswer } from "../api/use-answer.ts";
import { textsOf, useText } from "../text/language.tsx";
import { useFormat } from "../text/use-format.ts";
import { Answered } from "./answered.tsx";
import { Confirm } from "./confirm.tsx";
import { hasJobEnded, JOB_KINDS, JOB_STATES, JOB_TONES, jobKindText } from "./job-texts.ts";
import { Moment, useNowMs } from "./moment.tsx";
import { StateBadge } from "./state-badge.tsx";

const TEXTS = textsOf({
  en: {
    progressOf: (what: string) => `Progress: ${what}`,
    steps: (done: string, total: string) => `${done} of ${total} steps`,
    bytes: (done: string, total: string) => `${done} of ${total}`,
    left: (duration: string) => `${duration} left`,
    took: (duration: string) => `took ${duration}`,
    since: (duration: string) => `running for ${duration}`,
    begun: "Begun",
    waiting: "It has not begun yet.",
    details: "Job",
    cancel: "Cancel the job",
    cancelTitle: "Cancel this job?",
    cancelWhat: (what: string) => `${what} is ended where it stands.`,
    cancelled: {
      plan: "Nothing more of the plan is begun. Failovers and scripts that run already go on and are named in the run.",
      failover:
        "What the failover has made so far is taken back, and the source goes on, where its state still allows that.",
      other: "What it had begun is taken back where that can be; it can be started again.",
    },
    mayNot: "This needs the role operator.",
    why: "Why it failed",
  },
  ko: {
    progressOf: (what: string) => `진행 상황: ${what}`,
    steps: (done: string, total: string) => `${total}단계 중 ${done}단계`,
    bytes: (done: string, total: string) => `${total} 중 ${done}`,
    left: (duration: string) => `${duration} 남음`,
    took: (duration: string) => `${duration} 걸림`,
    since: (duration: string) => `${duration}째 실행 중`,
    begun: "시작",
    waiting: "아직 시작되지 않았습니다.",
    details: "작업",
    cancel: "작업 취소",
    cancelTitle: "이 작업을 취소하시겠습니까?",
    cancelWhat: (what: string) => `${what} 작업이 지금 상태에서 끝납니다.`,
    cancelled: {
      plan: "계획의 나머지 단계는 시작되지 않습니다. 이미 실행 중인 장애 조치와 스크립트는 계속되며 실행 기록에 표시됩니다.",
      failover: "상태가 허용하면 장애 조치가 지금까지 만든 것을 되돌리고 원본이 계속 실행됩니다.",
      other: "이미 시작된 것은 가능한 범위에서 되돌리며, 다시 시작할 수 있습니다.",
    },
    mayNot: "운영자 역할이 필요합니다.",
    why: "실패한 이유",
  },
});

/** How often a job that runs is looked at, milliseconds. */
const LOOK_MS = 1_500;

/** A job, asked for again and again until it has ended. */
export function useJob(id: string | undefined): Answer<Job> {
  return useAnswer(
    "showJob",
    { params: { id: id ?? "" }, query: {} },
    {
      enabled: id !== undefined,
      refreshMs: (job) => (job !== undefined && hasJobEnded(job) ? REFRESH_MS : LOOK_MS),
    },
  );
}

export interface JobProgressProps {
  readonly id: string;
  /** Below it: what can be done when it has ended. */
  readonly children?: (job: Job) => ReactNode;
}

/** A job with its kind, subject, state, progress, duration, error, and the way to end it. */
export function JobProgress({ id, children }: JobProgressProps) {
  const job = useJob(id);
  return <Answered answer={job}>{(data) => <JobCard job={data}>{children?.(data)}</JobCard>}</Answered>;
}

export function JobCard({ job, children }: { readonly job: Job; readonly children?: ReactNode }) {
  const text = useText(TEXTS);
  const kinds = useText(JOB_KINDS);
  return (
    <Card
      withBorder
      padding="md"
      role="group"
      aria-label={`${text.details}: ${jobKindText(kinds, job.kind)} ${job.subject}`}
    >
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start" gap="xs">
          <Text fw={600} className="breakable" flex={1} miw={160}>
            {jobKindText(kinds, job.kind)} · {job.subject}
          </Text>
          <JobStateBadge state={job.state} />
        </Group>
        <JobBar job={job} />
        {job.error !== null && job.state === "failed" && <JobError error={job.error} />}
        <Group justify="space-between" gap="xs">
          <Text size="xs" c="dimmed" component="div">
            {text.begun} <Moment time={job.startedAt ?? job.createdAt} /> ·{" "}
            <Text component={Link} href={`/jobs?job=${job.id}`} size="xs" td="underline" c="inherit">
              {text.details} {job.id.slice(0, 8)}
            </Text>
          </Text>
          {!hasJobEnded(job) && <CancelJob job={job} />}
        </Group>
        {children}
      </Stack>
    </Card>
  );
}

export function JobStateBadge({ state }: Pick<Job, "state">) {
  const states = useText(JOB_STATES);
  return <StateBadge tone={JOB_TONES[state]} label={states[state]} />;
}

/** How far it has come, in steps or bytes, with what is left; a job that says neither moves and says for how long. */
export function JobBar({ job, bare = false }: { readonly job: Job; readonly bare?: boolean }) {
  const text = useText(TEXTS);
  const kinds = useText(JOB_KINDS);
  const fraction = fractionOf(job);
  const isRunning = job.state === "running";
  return (
    <Stack gap={4}>
      {!(bare && hasJobEnded(job)) && (
        <Progress
          value={100 * (fraction ?? (hasJobEnded(job) || isRunning ? 1 : 0))}
          color={job.state === "failed" ? "red" : job.state === "cancelled" ? "gray" : undefined}
          animated={isRunning}
          striped={isRunning}
          size={bare ? "sm" : "md"}
          aria-label={text.progressOf(`${jobKindText(kinds, job.kind)} ${job.subject}`)}
        />
      )}
      <Text size="xs" c="dimmed" component="div">
        <ProgressWords job={job} />
      </Text>
    </Stack>
  );
}

/** "3 of 5 steps · 1 min left · running for 2 min". */
function ProgressWords({ job }: { readonly job: Job }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs(1_000);
  if (job.startedAt === null && !hasJobEnded(job)) return text.waiting;
  const { progress } = job;
  const words: string[] = [];
  if (progress !== null && progress.totalSteps !== null) {
    words.push(text.steps(format.count(progress.doneSteps), format.count(progress.totalSteps)));
  } else if (progress !== null && progress.totalBytes > 0) {
    words.push(text.bytes(format.bytes(progress.doneBytes), format.bytes(progress.totalBytes)));
  }
  if (progress !== null && progress.etaSeconds !== null) words.push(text.left(format.duration(progress.etaSeconds)));
  const duration = format.duration(jobSeconds(job, nowMs));
  words.push(hasJobEnded(job) ? text.took(duration) : text.since(duration));
  return words.join(" · ");
}

/** What went wrong, and what to do. */
export function JobError({ error }: { readonly error: ErrorItem }) {
  const text = useText(TEXTS);
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle aria-hidden />} title={text.why}>
      <Stack gap={4}>
        <Text size="sm" className="breakable">
          {error.message}
        </Text>
        {error.remedy !== null && (
          <Text size="sm" className="breakable">
            {error.remedy}
          </Text>
        )}
        <Code w="fit-content">{error.code}</Code>
      </Stack>
    </Alert>
  );
}

function CancelJob({ job }: { readonly job: Job }) {
  const text = useText(TEXTS);
  const kinds = useText(JOB_KINDS);
  const may = useMay("operator");
  const cancel = useAction("cancelJob");
  const [isAsked, setAsked] = useState(false);
  return (
    <>
      <Button
        size="xs"
        variant="default"
        disabled={!may}
        title={may ? undefined : text.mayNot}
        onClick={() => setAsked(true)}
      >
        {text.cancel}
      </Button>
      <Confirm
        opened={isAsked}
        close={() => setAsked(false)}
        title={text.cancelTitle}
        action={text.cancel}
        isRunning={cancel.isRunning}
        danger
        run={async () => {
          await cancel.run({ params: { id: job.id } });
          setAsked(false);
        }}
      >
        <Text size="sm">{text.cancelWhat(`${jobKindText(kinds, job.kind)} · ${job.subject}`)}</Text>
        <Text size="sm" mt={4}>
          {text.cancelled[consequenceOf(job.kind)]}
        </Text>
      </Confirm>
    </>
  );
}

/** From its begin until its end or now, seconds; null before it began. */
export function jobSeconds({ startedAt, endedAt }: Job, nowMs: number): number | null {
  if (startedAt === null) return null;
  const end = endedAt === null ? nowMs : Date.parse(endedAt);
  return Math.max(0, (end - Date.parse(startedAt)) / 1_000);
}

/** Null where nothing can be counted. */
function fractionOf({ progress, state }: Job): number | null {
  if (state === "succeeded") return 1;
  if (progress === null) return null;
  const { doneSteps, totalSteps, doneBytes, totalBytes } = progress;
  if (doneSteps !== null && totalSteps !== null) return totalSteps === 0 ? null : doneSteps / totalSteps;
  return totalBytes === 0 ? null : Math.min(1, doneBytes / totalBytes);
}

function consequenceOf(kind: Job["kind"]): "plan" | "failover" | "other" {
  if (kind === "recovery-plan") return "plan";
  return kind === "failover-test" || kind === "failover-planned" || kind === "failover-unplanned"
    ? "failover"
    : "other";
}
