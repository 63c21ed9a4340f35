import type { Machine, StatusItem } from "@leeward/api";
import { Button, SimpleGrid } from "@mantine/core";
import { IconActivity, IconClockHour4, IconServer, IconUrgent } from "@tabler/icons-react";
import { Link } from "wouter";
import { type Answer, useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { Attention } from "../../parts/attention.tsx";
import { type Concern, concernsOf, isSeenTo, type StandingAlert } from "../../parts/concerns.ts";
import { FigureCard } from "../../parts/figure-card.tsx";
import { NO_JOB_ENDED_BY } from "../../parts/job-texts.ts";
import { type MachineStanding, standingsOf } from "../../parts/machine-health.ts";
import { useNowMs } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { Permitted } from "../../parts/permitted.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { JobsUnderWay, LastDrills } from "./activity.tsx";
import { dayBefore } from "./day-before.ts";
import { FirstSteps } from "./first-steps.tsx";
import { MachineGrid } from "./machine-grid.tsx";
import { RpoChart } from "./rpo-chart.tsx";
import { StageStrip } from "./stage-strip.tsx";
import { TEXTS } from "./texts.ts";

const COMMANDS = ["leeward status", "leeward machine list", "leeward disk status", "leeward stages"];

export function OverviewPage() {
  const text = useText(TEXTS);
  const machines = useItems("listMachines", {});
  const alerts = useItems("listAlerts", {});
  const status = useItems("status", {});
  return (
    <Page
      title={text.title}
      lead={text.lead}
      commands={COMMANDS}
      actions={
        <Button component={Link} href="/protect">
          {text.protect}
        </Button>
      }
    >
      <Answered answer={machines}>{(all) => <Installation machines={all} alerts={alerts} status={status} />}</Answered>
    </Page>
  );
}

interface InstallationProps {
  readonly machines: readonly Machine[];
  readonly alerts: Answer<readonly StandingAlert[]>;
  readonly status: Answer<readonly StatusItem[]>;
}

function Installation({ machines, alerts, status }: InstallationProps) {
  const text = useText(TEXTS);
  const standings = standingsOf(machines, alerts.data);
  const [standing, items] = [alerts.data, status.data];
  const concerns = standing && items && concernsOf({ machines, alerts: standing, items });
  return (
    <>
      {items !== undefined && <FirstSteps machines={machines} items={items} />}
      <Figures standings={standings} concerns={concerns?.filter((concern) => !isSeenTo(concern))} />
      {machines.length > 0 && (
        <Section title={text.health}>
          <Answered answer={alerts}>{() => <MachineGrid standings={standings} />}</Answered>
        </Section>
      )}
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" verticalSpacing="lg" style={{ alignItems: "start" }}>
        <Section title={text.attention}>
          <Answered answer={alerts}>
            {() => (
              <Answered answer={status}>{() => concerns !== undefined && <Attention concerns={concerns} />}</Answered>
            )}
          </Answered>
        </Section>
        <Section title={text.rpo24}>
          <Permitted calls="installationSamples">
            <RpoChart machines={machines} />
          </Permitted>
        </Section>
      </SimpleGrid>
      <Section title={text.stages}>
        <StageStrip machines={machines} />
      </Section>
      <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="lg" verticalSpacing="lg">
        <JobsUnderWay />
        <LastDrills />
      </SimpleGrid>
    </>
  );
}

function Figures(props: {
  readonly standings: readonly MachineStanding[];
  readonly concerns: readonly Concern[] | undefined;
}) {
  const text = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  const underWay = useItems("listJobs", { query: { since: NO_JOB_ENDED_BY } }).data;
  const since = dayBefore(nowMs);
  const failed = useItems("listJobs", { query: { state: "failed", since } }, { keepsFormer: true }).data;
  const worst = props.standings
    .filter(({ rpoSeconds }) => rpoSeconds !== null)
    .toSorted((one, other) => (other.rpoSeconds ?? 0) - (one.rpoSeconds ?? 0))[0];
  const { concerns } = props;
  const diskCount = props.standings.reduce((count, { machine }) => count + machine.disks.length, 0);
  return (
    <SimpleGrid cols={{ base: 2, lg: 4 }}>
      <FigureCard
        name={text.machines}
        value={format.count(props.standings.length)}
        note={text.machinesNote(diskCount)}
        icon={<IconServer aria-hidden size={18} />}
      />
      <FigureCard
        name={text.worstRpo}
        value={format.duration(worst?.rpoSeconds)}
        note={worst === undefined ? text.noRpo : text.worstRpoNote(worst.machine.name)}
        icon={<IconClockHour4 aria-hidden size={18} />}
      />
      <FigureCard
        name={text.needs}
        value={format.count(concerns?.length)}
        note={text.needsNote(format.count(concerns?.filter(({ severity }) => severity === "critical").length))}
        icon={<IconUrgent aria-hidden size={18} />}
      />
      <FigureCard
        name={text.jobs}
        value={format.count(underWay?.length)}
        note={text.jobsNote(format.count(failed?.length))}
        icon={<IconActivity aria-hidden size={18} />}
      />
    </SimpleGrid>
  );
}
