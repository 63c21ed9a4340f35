// A failover as it goes: where it stands, what can follow, what it measured, its jobs, its machine's console.
import type { Failover } from "@leeward/api";
import { Alert, Stack } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { JobCard } from "../../parts/job-progress.tsx";
import { hasJobEnded } from "../../parts/job-texts.ts";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { FailoverActions } from "./failover-actions.tsx";
import { FailoverFacts, FailoverFault, FailoverFigures, ReverseProgress } from "./failover-facts.tsx";
import { hasFailoverEnded } from "./failover-rules.ts";
import { FailoverWay } from "./failover-way.tsx";
import { FAILOVER_STATES, failoverTone } from "./failover-words.ts";
import { ReplicaConsole } from "./replica-console.tsx";
import { TEXTS } from "./texts.ts";
import { useJobsOf } from "./use-failover.ts";

export function FailoverBody({ failover }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  const states = useText(FAILOVER_STATES);
  const jobs = useJobsOf(failover);
  const underWay = jobs?.filter((job) => !hasJobEnded(job)) ?? [];
  return (
    <Stack gap="lg">
      <Section
        title={text.way}
        actions={<StateBadge tone={failoverTone(failover)} label={states[failover.state]} size="lg" />}
      >
        <FailoverWay failover={failover} />
      </Section>
      {failover.forced && (
        <Alert color="orange" variant="light" icon={<IconAlertTriangle aria-hidden />}>
          {text.forced}
        </Alert>
      )}
      <FailoverFault failover={failover} />
      {underWay.map((job) => (
        <JobCard key={job.id} job={job} />
      ))}
      <FailoverActions failover={failover} isBusy={underWay.length > 0} />
      <FailoverFigures failover={failover} />
      <ReverseProgress failover={failover} />
      {!hasFailoverEnded(failover) && failover.host !== "none" && <ReplicaConsole failover={failover} />}
      <FailoverFacts failover={failover} />
      {jobs !== undefined && jobs.length > underWay.length && (
        <Section title={text.jobs}>
          <Stack gap="sm">
            {jobs
              .filter((job) => hasJobEnded(job))
              .map((job) => (
                <JobCard key={job.id} job={job} />
              ))}
          </Stack>
        </Section>
      )}
    </Stack>
  );
}
