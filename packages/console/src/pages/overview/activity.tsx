import type { Drill } from "@leeward/api";
import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { usePages } from "../../api/use-pages.ts";
import { Answered } from "../../parts/answered.tsx";
import { JobProgress } from "../../parts/job-progress.tsx";
import { NO_JOB_ENDED_BY } from "../../parts/job-texts.ts";
import { Moment } from "../../parts/moment.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

const SHOWN_MAX = 5;

export function JobsUnderWay() {
  const text = useText(TEXTS);
  const jobs = useItems("listJobs", { query: { since: NO_JOB_ENDED_BY } });
  return (
    <Section
      title={text.jobs}
      actions={
        <Anchor component={Link} href="/jobs" size="sm">
          {text.allJobs}
        </Anchor>
      }
    >
      <Answered answer={jobs}>
        {(running) =>
          running.length === 0 ? (
            <Text c="dimmed">{text.noJobs}</Text>
          ) : (
            <Stack gap="md">
              {running.slice(0, SHOWN_MAX).map(({ id }) => (
                <JobProgress key={id} id={id} />
              ))}
            </Stack>
          )
        }
      </Answered>
    </Section>
  );
}

export function LastDrills() {
  const text = useText(TEXTS);
  const drills = usePages("listDrills", {});
  return (
    <Section
      title={text.drills}
      actions={
        <Anchor component={Link} href="/drills" size="sm">
          {text.allDrills}
        </Anchor>
      }
    >
      <Answered answer={drills}>
        {(all) =>
          all.length === 0 ? (
            <Text c="dimmed">{text.noDrills}</Text>
          ) : (
            <Stack gap="xs" component="ul" className="plain-list">
              {all.slice(0, SHOWN_MAX).map((drill) => (
                <li key={drill.id}>
                  <DrillLine drill={drill} />
                </li>
              ))}
            </Stack>
          )
        }
      </Answered>
    </Section>
  );
}

function DrillLine({ drill }: { readonly drill: Drill }) {
  const text = useText(TEXTS);
  const outcome = drill.state === "passed" || drill.state === "failed" ? drill.state : "running";
  const tone = outcome === "passed" ? "good" : outcome === "failed" ? "bad" : "working";
  return (
    <Group gap="sm" justify="space-between">
      <Group gap="sm" miw={0}>
        <StateBadge tone={tone} label={text[outcome]} size="sm" />
        <Anchor component={Link} href={`/machines/${drill.machine}`} size="sm" className="breakable">
          {drill.machineName}
        </Anchor>
      </Group>
      <Text size="xs" c="dimmed" component="span">
        <Moment time={drill.endedAt ?? drill.createdAt} />
      </Text>
    </Group>
  );
}
