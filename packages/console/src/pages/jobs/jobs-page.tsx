import type { Job } from "@leeward/api";
import { Button, Group, Select } from "@mantine/core";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { JobBar, JobStateBadge, jobSeconds } from "../../parts/job-progress.tsx";
import { hasJobEnded, JOB_KINDS, JOB_STATES, jobKindText } from "../../parts/job-texts.ts";
import { Moment, useNowMs } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Page } from "../../parts/page.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { JobDrawer } from "./job-drawer.tsx";
import { TEXTS } from "./texts.ts";

const LOOK_MS = 3_000;
const ALL = "all";
const UNDER_WAY = "under-way";

export function JobsPage() {
  const text = useText(TEXTS);
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const jobs = useItems(
    "listJobs",
    {},
    { refreshMs: (items) => (items?.some((job) => !hasJobEnded(job)) === true ? LOOK_MS : 30_000) },
  );
  return (
    <Page
      title={text.title}
      lead={text.lead}
      commands={["leeward job list", "leeward job wait JOB", "leeward job cancel JOB"]}
    >
      <Answered answer={jobs}>{(items) => <JobTable jobs={items} />}</Answered>
      <JobDrawer id={search.get("job")} close={() => go("/jobs")} />
    </Page>
  );
}

function JobTable({ jobs }: { readonly jobs: readonly Job[] }) {
  const text = useText(TEXTS);
  const kinds = useText(JOB_KINDS);
  const states = useText(JOB_STATES);
  const [state, setState] = useState<string>(ALL);
  const [kind, setKind] = useState<string>(ALL);
  const columns = useColumns();
  const present = [...new Set(jobs.map((job) => job.kind))].toSorted();
  const rows = jobs.filter((job) => isInState(job, state) && (kind === ALL || job.kind === kind));
  const isEmpty = jobs.length === 0;
  return (
    <>
      {!isEmpty && (
        <Group gap="sm">
          <Select
            label={text.stateFilter}
            data={[
              { value: ALL, label: text.all },
              { value: UNDER_WAY, label: text.underWay },
              ...Object.entries(states).map(([value, label]) => ({ value, label })),
            ]}
            value={state}
            onChange={(value) => setState(value ?? ALL)}
            allowDeselect={false}
          />
          <Select
            label={text.kindFilter}
            data={[
              { value: ALL, label: text.all },
              ...present.map((value) => ({ value, label: jobKindText(kinds, value) })),
            ]}
            value={kind}
            onChange={(value) => setKind(value ?? ALL)}
            allowDeselect={false}
          />
        </Group>
      )}
      <DataTable
        label={text.list}
        rows={rows}
        columns={columns}
        keyOf={({ id }) => id}
        textOf={(job) => `${job.subject} ${jobKindText(kinds, job.kind)} ${job.id} ${job.error?.code ?? ""}`}
        empty={<Nothing title={text.none}>{isEmpty ? text.noneYet : text.noneMatch}</Nothing>}
      />
    </>
  );
}

function useColumns(): readonly Column<Job>[] {
  const text = useText(TEXTS);
  const kinds = useText(JOB_KINDS);
  const format = useFormat();
  const nowMs = useNowMs();
  return [
    {
      key: "kind",
      title: text.kind,
      order: (job) => jobKindText(kinds, job.kind),
      show: (job) => jobKindText(kinds, job.kind),
    },
    { key: "subject", title: text.subject, order: (job) => job.subject, show: (job) => job.subject },
    {
      key: "state",
      title: text.state,
      isShort: true,
      order: (job) => job.state,
      show: (job) => <JobStateBadge state={job.state} />,
    },
    {
      key: "progress",
      title: text.progress,
      show: (job) => (hasJobEnded(job) ? (job.error?.message ?? "–") : <JobBar job={job} bare />),
    },
    {
      key: "created",
      title: text.created,
      isShort: true,
      order: (job) => Date.parse(job.createdAt),
      show: (job) => <Moment time={job.createdAt} />,
    },
    {
      key: "duration",
      title: text.duration,
      isShort: true,
      order: (job) => jobSeconds(job, nowMs),
      show: (job) => format.duration(jobSeconds(job, nowMs)),
      align: "right",
    },
    {
      key: "more",
      title: text.more,
      isShort: true,
      align: "right",
      show: (job) => (
        <Button
          component={Link}
          href={`/jobs?job=${job.id}`}
          size="xs"
          variant="default"
          aria-label={text.moreOf(`${jobKindText(kinds, job.kind)} ${job.subject}`)}
        >
          {text.more}
        </Button>
      ),
    },
  ];
}

function isInState(job: Job, state: string): boolean {
  if (state === ALL) return true;
  return state === UNDER_WAY ? !hasJobEnded(job) : job.state === state;
}
