// One job beside the list: how it goes, what it is about, and what happened to the same subject since.
import type { Event, Job } from "@leeward/api";
import { Anchor, Drawer, Group, List, Stack, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { useAnswer, useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { Facts } from "../../parts/facts.tsx";
import { JobCard, useJob } from "../../parts/job-progress.tsx";
import { Moment } from "../../parts/moment.tsx";
import { SEVERITY_TONES, StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { failoverOfJob } from "../failover/failover-of-job.ts";
import { SEVERITIES } from "./severity-texts.ts";
import { TEXTS } from "./texts.ts";

export function JobDrawer({ id, close }: { readonly id: string | null; readonly close: () => void }) {
  const text = useText(TEXTS);
  const job = useJob(id ?? undefined);
  return (
    <Drawer
      opened={id !== null}
      onClose={close}
      position="right"
      size="lg"
      title={text.drawer}
      closeButtonProps={{ "aria-label": text.close }}
    >
      <Answered answer={job}>
        {(data) => (
          <Stack gap="lg">
            <JobCard job={data} />
            <Subject job={data} />
            <JobFacts job={data} />
            <History job={data} />
          </Stack>
        )}
      </Answered>
    </Drawer>
  );
}

/** The ways to what the job is about. */
function Subject({ job }: { readonly job: Job }) {
  const text = useText(TEXTS);
  const isOfFailover = job.kind.startsWith("failover-") && job.machine !== null;
  const failovers = useItems("listFailovers", { query: { machine: job.machine ?? "" } }, { enabled: isOfFailover });
  const failover = isOfFailover ? failoverOfJob(job, failovers.data ?? []) : undefined;
  const ways = [
    ...(job.machine === null ? [] : [{ href: `/machines/${job.machine}`, label: text.machine }]),
    ...(failover === undefined ? [] : [{ href: `/failovers/${failover.id}`, label: text.failover }]),
    ...(job.kind.startsWith("recovery-plan")
      ? [{ href: `/plans/${encodeURIComponent(job.subject)}`, label: text.plan }]
      : []),
    ...(job.kind === "drill" ? [{ href: "/drills", label: text.drill }] : []),
  ];
  if (ways.length === 0) return null;
  return (
    <Group gap="md" component="nav" aria-label={text.about}>
      {ways.map(({ href, label }) => (
        <Anchor key={href} component={Link} href={href} underline="always" size="sm">
          {label} →
        </Anchor>
      ))}
    </Group>
  );
}

function JobFacts({ job }: { readonly job: Job }) {
  const text = useText(TEXTS);
  return (
    <Facts
      columns={2}
      facts={[
        { name: text.id, value: job.id },
        { name: text.asked, value: <Moment time={job.createdAt} exact /> },
        { name: text.begun, value: <Moment time={job.startedAt} exact /> },
        { name: text.ended, value: <Moment time={job.endedAt} exact /> },
        ...(job.result === null ? [] : [{ name: text.result, value: <Result result={job.result} /> }]),
      ]}
    />
  );
}

function Result({ result }: { readonly result: NonNullable<Job["result"]> }) {
  const text = useText(TEXTS);
  const format = useFormat();
  if ("file" in result) return text.saved(format.bytes(result.bytes), result.file);
  return text.verified(
    format.bytes(result.comparedBytes),
    format.bytes(result.differingBytes),
    format.bytes(result.repairedBytes),
  );
}

const EVENTS_SHOWN = 50;

function History({ job }: { readonly job: Job }) {
  const text = useText(TEXTS);
  const events = useAnswer("listEvents", { query: { since: job.createdAt, limit: 1_000 } });
  return (
    <section aria-label={text.history}>
      <Title order={3} size="h5" mb="xs">
        {text.history}
      </Title>
      <Answered answer={events}>
        {({ items }) => <EventList events={items.filter((each) => isOf(each, job))} />}
      </Answered>
    </section>
  );
}

function EventList({ events }: { readonly events: readonly Event[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const severities = useText(SEVERITIES);
  const shown = events.toReversed().slice(0, EVENTS_SHOWN);
  if (shown.length === 0) return <Text c="dimmed">{text.historyNone}</Text>;
  return (
    <>
      {events.length > shown.length && (
        <Text size="xs" c="dimmed" mb="xs">
          {text.historyLead(format.count(shown.length))}
        </Text>
      )}
      <List listStyleType="none" spacing="sm" p={0}>
        {shown.map((event) => (
          <List.Item key={event.id}>
            <Group gap="xs" align="center">
              <StateBadge size="sm" tone={SEVERITY_TONES[event.severity]} label={severities[event.severity]} />
              <Text size="xs" c="dimmed" component="span">
                <Moment time={event.time} exact /> · {event.actor}
              </Text>
            </Group>
            <Text size="sm" className="breakable">
              {event.message}
            </Text>
          </List.Item>
        ))}
      </List>
    </>
  );
}

/** Of the job itself, or of its subject: "web/root" has to do with what is told of "web". */
function isOf({ subject, detail }: Event, job: Job): boolean {
  return detail["job"] === job.id || subject === job.subject || subject === job.subject.split("/", 1)[0];
}
