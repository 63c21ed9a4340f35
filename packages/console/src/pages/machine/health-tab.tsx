import type { Machine } from "@leeward/api";
import { Stack, Text } from "@mantine/core";
import { type Answer, useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { Attention } from "../../parts/attention.tsx";
import { concernsOf, type StandingAlert } from "../../parts/concerns.ts";
import { JobProgress } from "../../parts/job-progress.tsx";
import { NO_JOB_ENDED_BY } from "../../parts/job-texts.ts";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { TEXTS } from "./texts.ts";

/** What of this machine needs a person, and what is being done for it. */
export function HealthTab(props: { readonly machine: Machine; readonly alerts: Answer<readonly StandingAlert[]> }) {
  const text = useText(TEXTS);
  const { machine, alerts } = props;
  const status = useItems("status", {});
  return (
    <Stack gap="lg">
      <Section title={text.what}>
        <Answered answer={alerts}>
          {(standing) => (
            <Answered answer={status}>
              {(items) => (
                <Attention
                  concerns={concernsOf({
                    machines: [machine],
                    alerts: standing,
                    items: items.filter(({ subject }) => subject?.split("/")[0] === machine.name),
                  })}
                />
              )}
            </Answered>
          )}
        </Answered>
      </Section>
      <Section title={text.jobs}>
        <MachineJobs machine={machine} />
      </Section>
    </Stack>
  );
}

function MachineJobs({ machine }: { readonly machine: Machine }) {
  const text = useText(TEXTS);
  const jobs = useItems("listJobs", { query: { machine: machine.id, since: NO_JOB_ENDED_BY } });
  return (
    <Answered answer={jobs}>
      {(own) => {
        if (own.length === 0) return <Text c="dimmed">{text.noJobs}</Text>;
        return (
          <Stack gap="md">
            {own.map(({ id }) => (
              <JobProgress key={id} id={id} />
            ))}
          </Stack>
        );
      }}
    </Answered>
  );
}
