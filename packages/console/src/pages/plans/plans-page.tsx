import type { PlanSummary } from "@leeward/api";
import { Anchor, Text } from "@mantine/core";
import { Link, useLocation } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Page } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { PlanRuns } from "./plan-runs.tsx";
import { RUN_TONES } from "./plan-words.ts";
import { TEXTS } from "./texts.ts";

export function PlansPage() {
  const text = useText(TEXTS);
  const plans = useItems("listRecoveryPlans", {});
  const columns = useColumns();
  const [, go] = useLocation();
  const create = (
    <ActionButton size="sm" variant="filled" calls="createRecoveryPlan" onClick={() => go("/plans/new/edit")}>
      {text.create}
    </ActionButton>
  );
  return (
    <Page
      title={text.title}
      lead={text.lead}
      actions={create}
      commands={[
        "leeward plan list",
        "leeward plan create PLAN --file FILE",
        "leeward plan dry-run PLAN --kind test",
        "leeward plan run PLAN --kind test",
      ]}
    >
      <Answered answer={plans}>
        {(items) => (
          <DataTable
            label={text.list}
            rows={items}
            columns={columns}
            keyOf={({ id }) => id}
            textOf={({ name, description, actor }) => `${name} ${description} ${actor}`}
            empty={
              <Nothing title={text.none} action={create}>
                {text.noneLead}
              </Nothing>
            }
          />
        )}
      </Answered>
      <Section title={text.runs}>
        <PlanRuns />
      </Section>
    </Page>
  );
}

function useColumns(): readonly Column<PlanSummary>[] {
  const text = useText(TEXTS);
  const format = useFormat();
  return [
    {
      key: "name",
      title: text.name,
      order: ({ name }) => name,
      show: ({ name }) => (
        <Anchor component={Link} href={`/plans/${encodeURIComponent(name)}`} underline="always" inherit>
          {name}
        </Anchor>
      ),
    },
    {
      key: "description",
      title: text.description,
      show: ({ description }) => (
        <Text size="sm" lineClamp={2} component="span">
          {description || "–"}
        </Text>
      ),
    },
    {
      key: "steps",
      title: text.steps,
      align: "right",
      isShort: true,
      order: ({ totalSteps }) => totalSteps,
      show: ({ totalSteps }) => format.count(totalSteps),
    },
    {
      key: "changed",
      title: text.changed,
      order: ({ changedAt }) => Date.parse(changedAt),
      show: ({ changedAt, actor }) => (
        <>
          <Moment time={changedAt} /> {text.by(actor)}
        </>
      ),
    },
    {
      key: "lastRun",
      title: text.lastRun,
      isShort: true,
      order: ({ lastRun }) => lastRun?.state ?? null,
      show: ({ name, lastRun }) =>
        lastRun === null ? (
          text.never
        ) : (
          <Anchor
            component={Link}
            href={`/plan-runs/${lastRun.id}`}
            inherit
            aria-label={`${text.lastRunOf(name)}: ${text.kinds[lastRun.kind]}, ${text.runStates[lastRun.state]}`}
          >
            <StateBadge
              tone={RUN_TONES[lastRun.state]}
              label={`${text.kinds[lastRun.kind]}: ${text.runStates[lastRun.state]}`}
            />
          </Anchor>
        ),
    },
  ];
}
