import type { Machine } from "@leeward/api";
import { Alert, Button, SimpleGrid, Tabs } from "@mantine/core";
import { Link, useParams, useSearchParams } from "wouter";
import { useAnswer, useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { FigureCard } from "../../parts/figure-card.tsx";
import { HEALTH_TONES, type MachineStanding, standingOf } from "../../parts/machine-health.ts";
import { Moment } from "../../parts/moment.tsx";
import { Page } from "../../parts/page.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { HEALTH_TEXTS } from "../../parts/state-texts.ts";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { DisksTab } from "./disks-tab.tsx";
import { HealthTab } from "./health-tab.tsx";
import { HistoryTab } from "./history-tab.tsx";
import { PointsTab } from "./points-tab.tsx";
import { SettingsTab } from "./settings-tab.tsx";
import { TEXTS } from "./texts.ts";

const TABS = ["health", "disks", "points", "history", "settings"] as const;

export function MachinePage() {
  const { machine = "" } = useParams();
  const answer = useAnswer("showMachine", { params: { machine } });
  const text = useText(TEXTS);
  const name = answer.data?.name ?? machine;
  return (
    <Page
      title={name}
      commands={[
        `leeward machine show ${name}`,
        `leeward disk status ${name}`,
        `leeward point list ${name}`,
        `leeward machine samples ${name}`,
        `leeward machine timeline ${name}`,
      ]}
      actions={
        <>
          <Button component={Link} href={`/protect?machine=${machine}`} variant="default">
            {text.protect}
          </Button>
          <Button component={Link} href={`/machines/${machine}/failover`}>
            {text.failover}
          </Button>
        </>
      }
    >
      <Answered answer={answer}>{(data) => <MachineParts key={data.id} machine={data} />}</Answered>
    </Page>
  );
}

function MachineParts({ machine }: { readonly machine: Machine }) {
  const text = useText(TEXTS);
  const [search, setSearch] = useSearchParams();
  const alerts = useItems("listAlerts", { query: { machine: machine.id } });
  const asked = search.get("tab");
  const tab = TABS.find((each) => each === asked) ?? "health";
  const standing = standingOf(machine, alerts.data);
  return (
    <>
      {machine.state === "removed" && <Alert color="gray">{text.isRemoved}</Alert>}
      <Figures standing={standing} isKnown={alerts.data !== undefined} />
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(next) => setSearch(next === null ? {} : { tab: next }, { replace: true })}
      >
        <Tabs.List aria-label={text.tabs} mb="md">
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {text[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="health">
          <HealthTab machine={machine} alerts={alerts} />
        </Tabs.Panel>
        <Tabs.Panel value="disks">
          <DisksTab machine={machine} />
        </Tabs.Panel>
        <Tabs.Panel value="points">
          <PointsTab machine={machine} />
        </Tabs.Panel>
        <Tabs.Panel value="history">
          <HistoryTab key={machine.id} machine={machine} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab machine={machine} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

/** How healthy it is rests on its alerts: without them that is not known. */
function Figures({ standing, isKnown }: { readonly standing: MachineStanding; readonly isKnown: boolean }) {
  const text = useText(TEXTS);
  const healths = useText(HEALTH_TEXTS);
  const format = useFormat();
  const { machine, health, rpoSeconds, newestPoint } = standing;
  return (
    <SimpleGrid cols={{ base: 2, lg: 4 }}>
      <FigureCard
        name={text.machineHealth}
        value={isKnown ? <StateBadge tone={HEALTH_TONES[health]} label={healths[health]} size="lg" /> : "–"}
      />
      <FigureCard name={text.rpo} value={format.duration(rpoSeconds)} note={text.rpoNote} />
      <FigureCard name={text.newest} value={<Moment time={newestPoint} />} note={format.time(newestPoint)} />
      <FigureCard
        name={text.agent}
        value={text[machine.state]}
        note={
          <>
            {machine.agentVersion ?? "–"} · {text.lastSeen} <Moment time={machine.lastSeen} />
          </>
        }
      />
    </SimpleGrid>
  );
}
