import type { PlanRunSummary } from "@leeward/api";
import { Anchor } from "@mantine/core";
import { Link } from "wouter";
import { usePages } from "../../api/use-pages.ts";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { useNowMs } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Older } from "../../parts/older.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { RUN_TONES, secondsOf } from "./plan-words.ts";
import { TEXTS } from "./texts.ts";

const LOOK_MS = 3_000;

/** Runs of one plan, or of all. */
export function PlanRuns({ plan }: { readonly plan?: string }) {
  const text = useText(TEXTS);
  const columns = useColumns(plan === undefined);
  const runs = usePages(
    "listPlanRuns",
    { query: plan === undefined ? {} : { plan } },
    { refreshMs: (items) => (items?.some(({ state }) => state === "running") === true ? LOOK_MS : 30_000) },
  );
  return (
    <>
      <Answered answer={runs}>
        {(items) => (
          <DataTable
            label={text.runsList}
            rows={items}
            columns={columns}
            keyOf={({ id }) => id}
            textOf={(run) => `${run.plan} ${text.kinds[run.kind]} ${text.runStates[run.state]} ${run.actor} ${run.id}`}
            empty={<Nothing title={text.noRuns}>{text.noRunsLead}</Nothing>}
          />
        )}
      </Answered>
      <Older pages={runs} />
    </>
  );
}

function useColumns(isOfAll: boolean): readonly Column<PlanRunSummary>[] {
  const text = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  const name: Column<PlanRunSummary> = {
    key: "plan",
    title: text.name,
    order: ({ plan }) => plan,
    show: ({ plan }) => plan,
  };
  return [
    ...(isOfAll ? [name] : []),
    {
      key: "begun",
      title: text.begun,
      isShort: true,
      order: ({ createdAt }) => Date.parse(createdAt),
      show: ({ id, plan, createdAt }) => (
        <Anchor
          component={Link}
          href={`/plan-runs/${id}`}
          underline="always"
          inherit
          aria-label={text.openRun(plan, format.time(createdAt))}
        >
          {format.time(createdAt)}
        </Anchor>
      ),
    },
    { key: "kind", title: text.kind, isShort: true, order: ({ kind }) => kind, show: ({ kind }) => text.kinds[kind] },
    {
      key: "state",
      title: text.state,
      isShort: true,
      order: ({ state }) => state,
      show: ({ state }) => <StateBadge tone={RUN_TONES[state]} label={text.runStates[state]} />,
    },
    {
      key: "cleanup",
      title: text.cleanups.done,
      isShort: true,
      show: ({ kind, cleanup }) => (kind === "test" ? text.cleanups[cleanup] : "–"),
    },
    {
      key: "steps",
      title: text.progress,
      align: "right",
      isShort: true,
      order: ({ endedSteps }) => endedSteps,
      show: ({ endedSteps, totalSteps }) => text.ofSteps(format.count(endedSteps), format.count(totalSteps)),
    },
    {
      key: "duration",
      title: text.duration,
      align: "right",
      isShort: true,
      order: (run) => secondsOf(run.createdAt, run.endedAt, nowMs),
      show: (run) => format.duration(secondsOf(run.createdAt, run.endedAt, nowMs)),
    },
  ];
}
