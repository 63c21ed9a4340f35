import type { ProtectionPlan } from "@leeward/api";
import { Accordion, Anchor, Group, Stack, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { Link } from "wouter";
import { useAnswer, useItems } from "../../api/use-answer.ts";
import { Answered } from "../../parts/answered.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Page } from "../../parts/page.tsx";
import { Permitted } from "../../parts/permitted.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { type Format, useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";
import { type Conditions, queryOf, WhatIf } from "./what-if.tsx";

const COMMANDS = ["leeward planner", "leeward planner --retention-days 14 --growth 0.2 --machines 50"];
const DEBOUNCE_MS = 300;

export function PlannerPage() {
  const text = useText(TEXTS);
  return (
    <Page title={text.title} lead={text.lead} commands={COMMANDS}>
      <Permitted calls="planProtection">
        <Planner />
      </Permitted>
    </Page>
  );
}

function Planner() {
  const text = useText(TEXTS);
  const [conditions, setConditions] = useState<Conditions>({});
  const [query] = useDebouncedValue(queryOf(conditions), DEBOUNCE_MS);
  const plan = useAnswer("planProtection", { query }, { keepsFormer: true });
  return (
    <>
      <WhatIf conditions={conditions} change={setConditions} />
      <Answered answer={plan}>
        {(found) => (
          <Stack gap="lg">
            <Needs plan={found} />
            <Observed plan={found} />
            <Section title={text.perMachine}>
              <PerMachine plan={found} />
            </Section>
          </Stack>
        )}
      </Answered>
    </>
  );
}

type NeedName = keyof ProtectionPlan["needs"];

const NEEDS: readonly (readonly [NeedName, (format: Format, value: number) => string])[] = [
  ["bandwidthBytesPerSecond", (format, value) => format.bytesPerSecond(value)],
  ["bandwidthPeakBytesPerSecond", (format, value) => format.bytesPerSecond(value)],
  ["retentionBytes", (format, value) => format.bytes(value)],
  ["masterTargetBytes", (format, value) => format.bytes(value)],
  ["cacheBytes", (format, value) => format.bytes(value)],
  ["processServers", (format, value) => format.count(Math.ceil(value))],
  ["initialSeconds", (format, value) => format.duration(value)],
];

function Needs({ plan }: { readonly plan: ProtectionPlan }) {
  const text = useText(TEXTS);
  const format = useFormat();
  return (
    <Section title={text.needs}>
      <Accordion multiple variant="separated" aria-label={text.needs} order={3}>
        {NEEDS.map(([name, show]) => {
          const value = plan.needs[name];
          return (
            <Accordion.Item key={name} value={name}>
              <Accordion.Control>
                <Group justify="space-between" gap="xs" pr="sm">
                  <Text size="sm">{text.needNames[name]}</Text>
                  <Text fw={650} fs={value === null ? "italic" : undefined} aria-live="polite">
                    {value === null ? text.notLong : show(format, value)}
                  </Text>
                </Group>
              </Accordion.Control>
              <Accordion.Panel>
                <Text size="xs" c="dimmed">
                  {text.howComputed}
                </Text>
                <Text size="sm">{plan.basis[name] ?? "–"}</Text>
              </Accordion.Panel>
            </Accordion.Item>
          );
        })}
      </Accordion>
    </Section>
  );
}

function Observed({ plan: { observed, observedSeconds } }: { readonly plan: ProtectionPlan }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const known = <T,>(value: T | null, show: (value: T) => string): string =>
    value === null ? text.notLong : show(value);
  const { compression, cpuSecondsPerGb } = observed;
  return (
    <Section
      title={text.observed}
      actions={<Text size="sm">{observedSeconds > 0 ? text.observedFor(format.duration(observedSeconds)) : null}</Text>}
    >
      {observedSeconds === 0 && (
        <Text size="sm" mb="md">
          {text.nothingYet}
        </Text>
      )}
      <Facts
        facts={[
          { name: text.machines, value: format.count(observed.machines) },
          { name: text.diskBytes, value: known(observed.diskBytes, format.bytes) },
          { name: text.churnPerDay, value: known(observed.churnBytesPerDay, format.bytes) },
          { name: text.churnP95, value: known(observed.churnP95BytesPerSecond, format.bytesPerSecond) },
          { name: text.churnPeak, value: known(observed.churnPeakBytesPerSecond, format.bytesPerSecond) },
          { name: text.compression, value: known(compression, (value) => `${format.count(round(value))} : 1`) },
          {
            name: text.cpuPerGb,
            value: known(cpuSecondsPerGb, (value) => text.cpuSeconds(format.count(round(value)))),
          },
        ]}
      />
    </Section>
  );
}

function PerMachine({ plan: { perMachine } }: { readonly plan: ProtectionPlan }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const names = new Map((useItems("listMachines", {}).data ?? []).map(({ id, name }) => [id, name]));
  const nameOf = ({ machine }: { readonly machine: string }): string => names.get(machine) ?? machine;
  return (
    <DataTable
      label={text.perMachine}
      rows={perMachine}
      keyOf={({ machine }) => machine}
      textOf={nameOf}
      empty={
        <Nothing
          title={text.noMachines}
          action={
            <Anchor component={Link} href="/protect" size="sm">
              {text.protect}
            </Anchor>
          }
        />
      }
      columns={[
        {
          key: "machine",
          title: text.machine,
          order: nameOf,
          show: (row) => (
            <Anchor component={Link} href={`/machines/${row.machine}`} size="sm">
              {nameOf(row)}
            </Anchor>
          ),
        },
        {
          key: "churn",
          isShort: true,
          title: text.churnPerDay,
          align: "right",
          order: ({ churnBytesPerDay }) => churnBytesPerDay,
          show: ({ churnBytesPerDay }) => (churnBytesPerDay === null ? text.notLong : format.bytes(churnBytesPerDay)),
        },
        {
          key: "journal",
          isShort: true,
          title: text.journal,
          align: "right",
          order: ({ retentionBytes }) => retentionBytes,
          show: ({ retentionBytes }) => (retentionBytes === null ? text.notLong : format.bytes(retentionBytes)),
        },
        {
          key: "observed",
          isShort: true,
          title: text.observedSince,
          align: "right",
          order: ({ observedSeconds }) => observedSeconds,
          show: ({ observedSeconds }) => format.duration(observedSeconds),
        },
      ]}
    />
  );
}

/** Two digits behind the point are enough for a ratio. */
function round(value: number): number {
  return Math.round(value * 100) / 100;
}
