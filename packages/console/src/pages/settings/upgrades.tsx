import type { Job, UpgradedMachine } from "@leeward/api";
import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Link, useSearchParams } from "wouter";
import { useAnswer } from "../../api/use-answer.ts";
import { usePages } from "../../api/use-pages.ts";
import { Answered } from "../../parts/answered.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { JobError, JobProgress, JobStateBadge } from "../../parts/job-progress.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Older } from "../../parts/older.tsx";
import { Permitted } from "../../parts/permitted.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const LOOK_MS = 1_500;
const STATE_TONES = {
  waiting: "off",
  ordered: "working",
  upgraded: "good",
  failed: "bad",
  skipped: "attention",
} as const;

/** Upgrades that were begun; the one that the address names, else one that runs, machine by machine as it goes. */
export function Upgrades() {
  const text = useText(TEXTS);
  const jobs = usePages("listJobs", { query: { kind: "agent-upgrade" } });
  const [search] = useSearchParams();
  const wanted = search.get("upgrade");
  return (
    <Section title={text.upgrades}>
      <Answered answer={jobs}>
        {(items) => {
          const shown = wanted ?? items.find(({ state }) => state === "running" || state === "queued")?.id;
          return (
            <Stack>
              {shown !== undefined && (
                <Permitted calls="showUpgrade">
                  <Upgrade key={shown} id={shown} />
                </Permitted>
              )}
              <JobTable jobs={items} />
            </Stack>
          );
        }}
      </Answered>
      <Older pages={jobs} />
    </Section>
  );
}

function Upgrade({ id }: { readonly id: string }) {
  const text = useText(TEXTS);
  const upgrade = useAnswer("showUpgrade", { params: { id } }, { refreshMs: LOOK_MS });
  return (
    <JobProgress id={id}>
      {() => (
        <Answered answer={upgrade}>
          {({ version, machines }) => (
            <Stack>
              <Text fw={600}>{text.upgradeTo(version)}</Text>
              <DataTable
                label={text.upgradeTo(version)}
                rows={machines}
                keyOf={({ machine }) => machine}
                textOf={({ name, state }) => `${name} ${state}`}
                empty={null}
                columns={[
                  {
                    key: "machine",
                    title: text.machine,
                    order: ({ name }) => name,
                    show: ({ machine, name }) => (
                      <Anchor component={Link} href={`/machines/${machine}`} size="sm">
                        {name}
                      </Anchor>
                    ),
                  },
                  { key: "from", title: text.fromVersion, order: ({ from }) => from, show: ({ from }) => from ?? "–" },
                  {
                    key: "state",
                    title: text.state,
                    order: ({ state }) => state,
                    show: (machine) => <State of={machine} />,
                  },
                ]}
              />
            </Stack>
          )}
        </Answered>
      )}
    </JobProgress>
  );
}

function State({ of }: { readonly of: UpgradedMachine }) {
  const text = useText(TEXTS);
  return (
    <Stack gap="xs" align="flex-start">
      <StateBadge tone={STATE_TONES[of.state]} label={text.upgradeStates[of.state]} />
      {of.error !== null && <JobError error={of.error} />}
    </Stack>
  );
}

function JobTable({ jobs }: { readonly jobs: readonly Job[] }) {
  const text = useText(TEXTS);
  return (
    <DataTable
      label={text.upgrades}
      rows={jobs}
      keyOf={({ id }) => id}
      empty={<Nothing title={text.noUpgrades} />}
      columns={[
        {
          key: "subject",
          title: text.upgrades,
          show: ({ id, subject }) => (
            <Group gap="xs">
              <Anchor component={Link} href={`/settings?tab=releases&upgrade=${id}`} size="sm">
                {subject}
              </Anchor>
            </Group>
          ),
        },
        {
          key: "state",
          title: text.state,
          order: ({ state }) => state,
          show: ({ state }) => <JobStateBadge state={state} />,
        },
        {
          key: "time",
          title: text.time,
          order: ({ createdAt }) => createdAt,
          show: ({ createdAt }) => <Moment time={createdAt} />,
        },
      ]}
    />
  );
}
