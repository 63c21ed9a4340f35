import type { Drill, Failover, Machine } from "@leeward/api";
import { Anchor, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { usePages } from "../../api/use-pages.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { JobCard } from "../../parts/job-progress.tsx";
import { hasJobEnded, NO_JOB_ENDED_BY } from "../../parts/job-texts.ts";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Older } from "../../parts/older.tsx";
import { Page } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge, type Tone } from "../../parts/state-badge.tsx";
import { TimeChart } from "../../parts/time-chart.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { rtoSeconds } from "../failover/failover-rules.ts";
import { RunDrillDialog, ScheduleDialog } from "./drill-dialogs.tsx";
import { DrillReportDrawer } from "./drill-report.tsx";
import { DrillSchedules } from "./drill-schedules.tsx";
import { TEXTS } from "./texts.ts";

const LOOK_MS = 3_000;

export function DrillsPage() {
  const text = useText(TEXTS);
  const [, go] = useLocation();
  const [search] = useSearchParams();
  const [asked, setAsked] = useState<"run" | "schedule" | undefined>(undefined);
  const machines = useItems("listMachines", {}).data ?? [];
  const drills = usePages(
    "listDrills",
    {},
    { refreshMs: (items) => (items?.some(({ endedAt }) => endedAt === null) === true ? LOOK_MS : 30_000) },
  );
  const failovers = usePages("listFailovers", {});
  const close = (): void => setAsked(undefined);
  return (
    <Page
      title={text.title}
      lead={text.lead}
      actions={
        <>
          <ActionButton size="sm" needs="operator" onClick={() => setAsked("schedule")}>
            {text.schedule}
          </ActionButton>
          <ActionButton size="sm" variant="filled" needs="operator" onClick={() => setAsked("run")}>
            {text.run}
          </ActionButton>
        </>
      }
      commands={[
        "leeward drill run MACHINE --check console",
        "leeward drill schedule MACHINE --every 7d --check console",
        "leeward drill list",
        "leeward drill report DRILL --html FILE",
        "leeward drill verify FILE",
      ]}
    >
      <UnderWay />
      <Answered answer={drills}>
        {(items) => (
          <Stack gap="lg">
            <DrillTrend drills={items} failovers={failovers.data ?? []} />
            <Section title={text.outcomes}>
              <DrillTable drills={items} failovers={failovers.data ?? []} />
              <Older
                pages={{ ...drills, fetchOlder: () => [drills, failovers].forEach(({ fetchOlder }) => fetchOlder()) }}
              />
            </Section>
          </Stack>
        )}
      </Answered>
      <DrillSchedules machines={machines} />
      {asked === "run" && <RunDrillDialog machines={machines} close={close} />}
      {asked === "schedule" && <ScheduleDialog machines={machines} close={close} />}
      <DrillReportDrawer id={search.get("report")} close={() => go("/drills")} />
    </Page>
  );
}

/** Drills that go on now, whoever began them. */
function UnderWay() {
  const text = useText(TEXTS);
  const jobs = useItems(
    "listJobs",
    { query: { kind: "drill", since: NO_JOB_ENDED_BY } },
    { refreshMs: (items) => (items?.some((job) => !hasJobEnded(job)) === true ? LOOK_MS : 30_000) },
  ).data;
  const running = (jobs ?? []).filter((job) => !hasJobEnded(job));
  if (running.length === 0) return null;
  return (
    <Section title={text.underWay}>
      <Stack gap="sm">
        {running.map((job) => (
          <JobCard key={job.id} job={job} />
        ))}
      </Stack>
    </Section>
  );
}

interface DrillsProps {
  readonly drills: readonly Drill[];
  readonly failovers: readonly Failover[];
}

function rtoOf({ failover }: Drill, failovers: readonly Failover[]): number | null {
  const found = failover === null ? undefined : failovers.find(({ id }) => id === failover);
  return found === undefined ? null : rtoSeconds(found);
}

/** How long it took to start one machine, drill after drill. */
function DrillTrend({ drills, failovers }: DrillsProps) {
  const text = useText(TEXTS);
  const format = useFormat();
  const [chosen, setChosen] = useState<string | null>(null);
  const machines = machinesOf(drills);
  const machine = machines.find(({ id }) => id === chosen) ?? machines[0];
  if (machine === undefined) return null;
  const measured = drills
    .filter((drill) => drill.machine === machine.id)
    .map((drill) => ({ time: drill.createdAt, rto: rtoOf(drill, failovers) }))
    .filter(({ rto }) => rto !== null)
    .toReversed();
  return (
    <Section
      title={text.trend}
      actions={
        <Select
          aria-label={text.machine}
          data={machines.map(({ id, name }) => ({ value: id, label: name }))}
          value={machine.id}
          allowDeselect={false}
          searchable
          onChange={setChosen}
        />
      }
    >
      {measured.length < 2 ? (
        <Text c="dimmed" size="sm">
          {text.trendFew}
        </Text>
      ) : (
        <TimeChart
          label={text.trendOf(machine.name)}
          times={measured.map(({ time }) => time)}
          series={[{ key: "rto", label: text.rto, values: measured.map(({ rto }) => rto) }]}
          show={format.duration}
        />
      )}
    </Section>
  );
}

/** Of whose drills there are, those with the most first. */
function machinesOf(drills: readonly Drill[]): readonly Pick<Machine, "id" | "name">[] {
  const counts = Map.groupBy(drills, ({ machine }) => machine);
  return [...counts]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([id, of]) => ({ id, name: of[0]?.machineName ?? id }));
}

function DrillTable({ drills, failovers }: DrillsProps) {
  const text = useText(TEXTS);
  const columns = useColumns(failovers);
  return (
    <DataTable
      label={text.drills}
      rows={drills}
      columns={columns}
      keyOf={({ id }) => id}
      textOf={(drill) => `${drill.machineName} ${text.states[drill.state]} ${drill.actor} ${drill.id}`}
      empty={<Nothing title={text.none}>{text.noneLead}</Nothing>}
    />
  );
}

function useColumns(failovers: readonly Failover[]): readonly Column<Drill>[] {
  const text = useText(TEXTS);
  const format = useFormat();
  return [
    {
      key: "machine",
      title: text.machine,
      order: ({ machineName }) => machineName,
      show: ({ machine, machineName }) => (
        <Anchor component={Link} href={`/machines/${machine}`} underline="always" inherit>
          {machineName}
        </Anchor>
      ),
    },
    {
      key: "outcome",
      title: text.outcome,
      isShort: true,
      order: ({ state }) => state,
      show: ({ state }) => <StateBadge tone={toneOf(state)} label={text.states[state]} />,
    },
    {
      key: "problems",
      title: text.problems,
      show: ({ problems }) => problems.map(({ message }) => message).join(" ") || "–",
    },
    {
      key: "rto",
      title: text.rto,
      isShort: true,
      align: "right",
      order: (drill) => rtoOf(drill, failovers),
      show: (drill) => format.duration(rtoOf(drill, failovers)),
    },
    {
      key: "by",
      title: text.by,
      order: ({ scheduled, actor }) => (scheduled ? "" : actor),
      show: ({ scheduled, actor }) => (scheduled ? text.bySchedule : actor),
    },
    {
      key: "begun",
      title: text.begun,
      isShort: true,
      order: ({ createdAt }) => Date.parse(createdAt),
      show: ({ createdAt }) => <Moment time={createdAt} />,
    },
    {
      key: "report",
      title: text.report,
      isShort: true,
      show: ({ id, endedAt, machineName, createdAt }) =>
        endedAt === null ? (
          text.reportWaits
        ) : (
          <Anchor
            component={Link}
            href={`/drills?report=${id}`}
            underline="always"
            inherit
            aria-label={text.reportOf(machineName, format.time(createdAt))}
          >
            {text.report}
          </Anchor>
        ),
    },
  ];
}

function toneOf(state: Drill["state"]): Tone {
  if (state === "passed") return "good";
  return state === "failed" ? "bad" : "working";
}
