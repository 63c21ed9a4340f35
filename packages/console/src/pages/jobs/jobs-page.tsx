import type { CallOf, Job, Routes } from "@leeward/api";
import { Button, Group, Select } from "@mantine/core";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { REFRESH_MS } from "../../api/api-context.tsx";
import { usePages } from "../../api/use-pages.ts";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { JobBar, JobStateBadge, jobSeconds } from "../../parts/job-progress.tsx";
import {
  hasJobEnded,
  JOB_KIND_NAMES,
  JOB_KINDS,
  JOB_STATE_NAMES,
  JOB_STATES,
  jobKindText,
  NO_JOB_ENDED_BY,
} from "../../parts/job-texts.ts";
import { Moment, useNowMs } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Older } from "../../parts/older.tsx";
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
  const [state, setState] = useState<string>(ALL);
  const [kind, setKind] = useState<string>(ALL);
  const jobs = usePages(
    "listJobs",
    { query: queryOf(state, kind) },
    { refreshMs: (items) => (items?.some((job) => !hasJobEnded(job)) === true ? LOOK_MS : REFRESH_MS) },
  );
  return (
    <Page
      title={text.title}
      lead={text.lead}
      commands={["leeward job list", "leeward job wait JOB", "leeward job cancel JOB"]}
    >
      <Filters state={state} setState={setState} kind={kind} setKind={setKind} />
      <Answered answer={jobs}>
        {(items) => (
          <JobTable
            jobs={state === UNDER_WAY ? items.filter((job) => !hasJobEnded(job)) : items}
            isAll={state === ALL && kind === ALL}
          />
        )}
      </Answered>
      <Older pages={jobs} />
      <JobDrawer id={search.get("job")} close={() => go("/jobs")} />
    </Page>
  );
}

/** What the server is asked for; under way is what had not ended before a time that is still to come. */
function queryOf(state: string, kind: string): NonNullable<CallOf<Routes["listJobs"]>["query"]> {
  const of = JOB_STATE_NAMES.find((each) => each === state);
  const ofKind = JOB_KIND_NAMES.find((each) => each === kind);
  return {
    ...(state === UNDER_WAY && { since: NO_JOB_ENDED_BY }),
    ...(of !== undefined && { state: of }),
    ...(ofKind !== undefined && { kind: ofKind }),
  };
}

function Filters(props: {
  readonly state: string;
  readonly setState: (state: string) => void;
  readonly kind: string;
  readonly setKind: (kind: string) => void;
}) {
  const text = useText(TEXTS);
  const kinds = useText(JOB_KINDS);
  const states = useText(JOB_STATES);
  return (
    <Group gap="sm">
      <Select
        label={text.stateFilter}
        data={[
          { value: ALL, label: text.all },
          { value: UNDER_WAY, label: text.underWay },
          ...JOB_STATE_NAMES.map((value) => ({ value, label: states[value] })),
        ]}
        value={props.state}
        onChange={(value) => props.setState(value ?? ALL)}
        allowDeselect={false}
      />
      <Select
        label={text.kindFilter}
        data={[
          { value: ALL, label: text.all },
          ...JOB_KIND_NAMES.map((value) => ({ value, label: jobKindText(kinds, value) })),
        ]}
        value={props.kind}
        onChange={(value) => props.setKind(value ?? ALL)}
        allowDeselect={false}
      />
    </Group>
  );
}

function JobTable({ jobs, isAll }: { readonly jobs: readonly Job[]; readonly isAll: boolean }) {
  const text = useText(TEXTS);
  const kinds = useText(JOB_KINDS);
  const columns = useColumns();
  return (
    <DataTable
      label={text.list}
      rows={jobs}
      columns={columns}
      keyOf={({ id }) => id}
      textOf={(job) => `${job.subject} ${jobKindText(kinds, job.kind)} ${job.id} ${job.error?.code ?? ""}`}
      empty={<Nothing title={text.none}>{isAll ? text.noneYet : text.noneMatch}</Nothing>}
    />
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
