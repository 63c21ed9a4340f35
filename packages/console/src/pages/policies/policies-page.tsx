// Under which settings disks are protected: all policies, or the one that the address names.
import type { Disk, Policy } from "@leeward/api";
import { Anchor, Badge, Group } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Page } from "../../parts/page.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { NewPolicy } from "./new-policy.tsx";
import { PolicyDetail } from "./policy-detail.tsx";
import { useSettingWords } from "./setting-words.ts";
import { TEXTS } from "./texts.ts";

const COMMANDS = [
  "leeward policy list",
  "leeward policy show default",
  "leeward policy set nightly pointIntervalSeconds=60 retention=2h:all,1d:5m,30d:1h",
];

export function PoliciesPage() {
  const text = useText(TEXTS);
  const policies = useItems("listPolicies", {});
  const disks = useItems("listDisks", {});
  const [search] = useSearchParams();
  const [isMaking, setMaking] = useState(false);
  const shown = policies.data?.find(({ name }) => name === search.get("policy"));
  if (shown !== undefined)
    return <PolicyDetail policy={shown} disks={{ ...disks, data: disks.data?.filter(isUnder(shown)) }} />;
  return (
    <Page
      title={text.title}
      lead={text.lead}
      commands={COMMANDS}
      actions={
        <ActionButton
          size="sm"
          variant="filled"
          calls="setPolicy"
          leftSection={<IconPlus aria-hidden size={16} />}
          onClick={() => setMaking(true)}
        >
          {text.create}
        </ActionButton>
      }
    >
      <Answered answer={policies}>{(items) => <PolicyTable policies={items} disks={disks.data} />}</Answered>
      {isMaking && <NewPolicy policies={policies.data ?? []} close={() => setMaking(false)} />}
    </Page>
  );
}

function PolicyTable(props: { readonly policies: readonly Policy[]; readonly disks: readonly Disk[] | undefined }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const words = useSettingWords();
  const used = (policy: Policy): number | null => props.disks?.filter(isUnder(policy)).length ?? null;
  return (
    <DataTable
      label={text.title}
      rows={props.policies}
      keyOf={({ name }) => name}
      textOf={({ name, retention, codec }) => `${name} ${retention} ${codec}`}
      empty={<Nothing title={text.noPolicies} />}
      columns={[
        { key: "name", title: text.name, order: ({ name }) => name, show: (policy) => <PolicyName policy={policy} /> },
        {
          key: "every",
          title: text.pointEvery,
          order: ({ pointIntervalSeconds }) => pointIntervalSeconds,
          show: ({ pointIntervalSeconds }) => format.duration(pointIntervalSeconds),
        },
        {
          key: "kept",
          title: text.kept,
          order: ({ retentionSeconds }) => retentionSeconds,
          show: ({ retention }) => words.retention(retention),
        },
        {
          key: "bytes",
          title: text.journalMax,
          order: ({ retentionBytesMax }) => retentionBytesMax || Number.MAX_SAFE_INTEGER,
          show: ({ retentionBytesMax }) => words.amount("retentionBytesMax", retentionBytesMax),
        },
        {
          key: "codec",
          title: text.codec,
          order: ({ codec }) => codec,
          show: (policy) => words.setting(policy, "codec"),
        },
        { key: "disks", title: text.disks, align: "right", order: used, show: (policy) => format.count(used(policy)) },
      ]}
    />
  );
}

function PolicyName({ policy }: { readonly policy: Policy }) {
  const text = useText(TEXTS);
  return (
    <Group gap="xs" component="span">
      <Anchor component={Link} href={`/policies?policy=${encodeURIComponent(policy.name)}`} size="sm">
        {policy.name}
      </Anchor>
      {policy.builtIn && (
        <Badge variant="default" size="sm" tt="none">
          {text.builtIn}
        </Badge>
      )}
    </Group>
  );
}

const isUnder =
  ({ name }: Policy) =>
  ({ policy }: Disk): boolean =>
    policy === name;
