import { Anchor, Button, NativeSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { Link } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { type Column, DataTable } from "../../parts/data-table.tsx";
import { FaultPanel } from "../../parts/fault-notice.tsx";
import { HEALTH_TONES, MACHINE_HEALTHS, type MachineStanding, standingsOf } from "../../parts/machine-health.ts";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Page } from "../../parts/page.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { HEALTH_TEXTS } from "../../parts/state-texts.ts";
import { useText } from "../../text/language.tsx";
import { type Format, useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

const COMMANDS = ["leeward machine list", "leeward disk status", "leeward machine show MACHINE"];

export function MachinesPage() {
  const text = useText(TEXTS);
  const machines = useItems("listMachines", {});
  const alerts = useItems("listAlerts", {});
  return (
    <Page
      title={text.title}
      lead={text.lead}
      commands={COMMANDS}
      actions={
        <Button component={Link} href="/protect">
          {text.add}
        </Button>
      }
    >
      {alerts.data === undefined && alerts.fault !== null && <FaultPanel fault={alerts.fault} retry={alerts.refresh} />}
      <Answered answer={machines}>{(all) => <MachineTable standings={standingsOf(all, alerts.data)} />}</Answered>
    </Page>
  );
}

/** Of every machine, or of those in one state; the worst first until it is sorted by something. */
function MachineTable({ standings }: { readonly standings: readonly MachineStanding[] }) {
  const text = useText(TEXTS);
  const healths = useText(HEALTH_TEXTS);
  const format = useFormat();
  const [choice, setChoice] = useState("all");
  const chosen = choice === "all" ? standings : standings.filter(({ health }) => health === choice);
  const countOf = (health: string): number => standings.filter((each) => each.health === health).length;
  return (
    <Stack gap="sm">
      {standings.length > 0 && (
        <NativeSelect
          label={text.show}
          w={{ base: "100%", xs: 280 }}
          value={choice}
          onChange={(event) => setChoice(event.currentTarget.value)}
          data={[
            { value: "all", label: text.byState(text.all, format.count(standings.length)) },
            ...MACHINE_HEALTHS.filter((health) => countOf(health) > 0 || health === choice).map((health) => ({
              value: health,
              label: text.byState(healths[health], format.count(countOf(health))),
            })),
          ]}
        />
      )}
      <DataTable
        label={text.title}
        rows={chosen}
        columns={columnsOf(text, healths, format)}
        keyOf={({ machine }) => machine.id}
        textOf={({ machine, health }) =>
          `${machine.name} ${healths[health]} ${machine.agentVersion ?? ""} ${policiesOf(machine.disks)}`
        }
        empty={
          standings.length > 0 ? (
            <Text c="dimmed">{text.noneMatch}</Text>
          ) : (
            <Nothing
              title={text.none}
              action={
                <Button component={Link} href="/protect">
                  {text.add}
                </Button>
              }
            >
              {text.noneHint}
            </Nothing>
          )
        }
      />
    </Stack>
  );
}

function columnsOf(
  text: (typeof TEXTS)["en"],
  healths: (typeof HEALTH_TEXTS)["en"],
  format: Format,
): readonly Column<MachineStanding>[] {
  return [
    {
      key: "name",
      title: text.name,
      show: ({ machine }) => (
        <Anchor component={Link} href={`/machines/${machine.id}`} fw={600} size="sm" display="block" miw={120}>
          {machine.name}
        </Anchor>
      ),
      order: ({ machine }) => machine.name,
    },
    {
      key: "health",
      isShort: true,
      title: text.health,
      show: ({ health }) => <StateBadge tone={HEALTH_TONES[health]} label={healths[health]} />,
      order: ({ health }) => MACHINE_HEALTHS.indexOf(health),
    },
    {
      key: "agent",
      isShort: true,
      title: text.agent,
      show: ({ machine }) => [text[machine.state], machine.agentVersion ?? []].flat().join(" · "),
      order: ({ machine }) => `${machine.state} ${machine.agentVersion ?? ""}`,
    },
    {
      key: "disks",
      isShort: true,
      title: text.disks,
      align: "right",
      show: ({ machine }) => format.count(machine.disks.length),
      order: ({ machine }) => machine.disks.length,
    },
    {
      key: "rpo",
      isShort: true,
      title: text.rpo,
      align: "right",
      show: ({ rpoSeconds }) => format.duration(rpoSeconds),
      order: ({ rpoSeconds }) => rpoSeconds,
    },
    {
      key: "newest",
      isShort: true,
      title: text.newest,
      show: ({ newestPoint }) => <Moment time={newestPoint} />,
      order: ({ newestPoint }) => newestPoint,
    },
    ...detailColumns(text, format),
  ];
}

function detailColumns(text: (typeof TEXTS)["en"], format: Format): readonly Column<MachineStanding>[] {
  return [
    {
      key: "policy",
      title: text.policy,
      show: ({ machine }) => policiesOf(machine.disks) || "–",
      order: ({ machine }) => policiesOf(machine.disks) || null,
    },
    {
      key: "alerts",
      isShort: true,
      title: text.alerts,
      align: "right",
      show: ({ alertCount }) => format.count(alertCount),
      order: ({ alertCount }) => alertCount,
    },
    {
      key: "seen",
      isShort: true,
      title: text.lastSeen,
      show: ({ machine }) => <Moment time={machine.lastSeen} />,
      order: ({ machine }) => machine.lastSeen,
    },
  ];
}

function policiesOf(disks: MachineStanding["machine"]["disks"]): string {
  return [...new Set(disks.map(({ policy }) => policy))].toSorted().join(", ");
}
