import type { Disk, Policy } from "@leeward/api";
import { Anchor, SimpleGrid } from "@mantine/core";
import { IconArrowLeft, IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import { type Answer, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Page } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { ChangePolicy } from "./change-policy.tsx";
import { GROUPS } from "./policy-settings.ts";
import { useSettingWords } from "./setting-words.ts";
import { TEXTS } from "./texts.ts";

export function PolicyDetail(props: { readonly policy: Policy; readonly disks: Answer<readonly Disk[]> }) {
  const { policy, disks } = props;
  const text = useText(TEXTS);
  const words = useSettingWords();
  const [isChanging, setChanging] = useState(false);
  return (
    <Page
      title={policy.name}
      lead={
        <Anchor component={Link} href="/policies" size="sm">
          <IconArrowLeft aria-hidden size={14} /> {text.all}
        </Anchor>
      }
      commands={[
        `leeward policy show ${policy.name}`,
        `leeward policy set ${policy.name} retention=${policy.retention}`,
      ]}
      actions={
        <ActionButton
          size="sm"
          calls="setPolicy"
          leftSection={<IconPencil aria-hidden size={16} />}
          onClick={() => setChanging(true)}
        >
          {text.change}
        </ActionButton>
      }
    >
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        {GROUPS.map(({ name, keys }) => (
          <Section key={name} title={text.groups[name]}>
            <Facts
              columns={2}
              facts={keys.map((key) => ({ name: text.settings[key].name, value: words.setting(policy, key) }))}
            />
          </Section>
        ))}
      </SimpleGrid>
      <Section title={text.usedBy}>
        <Answered answer={disks}>{(all) => <UsedBy disks={all} />}</Answered>
      </Section>
      {isChanging && <ChangePolicy name={policy.name} disks={disks.data} close={() => setChanging(false)} />}
    </Page>
  );
}

function UsedBy({ disks }: { readonly disks: readonly Disk[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const machines = new Map((useItems("listMachines", {}).data ?? []).map(({ id, name }) => [id, name]));
  const nameOf = ({ machine }: Disk): string => machines.get(machine) ?? machine;
  return (
    <DataTable
      label={text.usedBy}
      rows={disks}
      keyOf={({ id }) => id}
      textOf={(disk) => `${nameOf(disk)} ${disk.name}`}
      empty={
        <Nothing
          title={text.usedByNone}
          action={
            <Anchor component={Link} href="/protect" size="sm">
              {text.protect}
            </Anchor>
          }
        >
          {text.usedByHint}
        </Nothing>
      }
      columns={[
        {
          key: "machine",
          title: text.machine,
          order: nameOf,
          show: (disk) => (
            <Anchor component={Link} href={`/machines/${disk.machine}`} size="sm">
              {nameOf(disk)}
            </Anchor>
          ),
        },
        { key: "disk", title: text.disk, order: ({ name }) => name, show: ({ name }) => name },
        {
          key: "oldest",
          title: text.oldest,
          order: ({ oldestPoint }) => oldestPoint,
          show: ({ oldestPoint }) => <Moment time={oldestPoint} />,
        },
        {
          key: "journal",
          title: text.journal,
          align: "right",
          order: ({ journalBytes }) => journalBytes,
          show: ({ journalBytes }) => format.bytes(journalBytes),
        },
      ]}
    />
  );
}
