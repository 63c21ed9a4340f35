// Which versions agents have, which the config server has for them, and upgrades with what they have come to.
import type { ReleaseFile } from "@leeward/api";
import { Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "wouter";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Facts } from "../../parts/facts.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Command } from "../../parts/page.tsx";
import { Section } from "../../parts/section.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";
import { UpgradeDialog } from "./upgrade-dialog.tsx";
import { Upgrades } from "./upgrades.tsx";

const ADD = "leeward release add leeward-VERSION-linux-x64.tar.gz";

export function Releases() {
  const text = useText(TEXTS);
  const releases = useItems("listReleases", {});
  const [, setSearch] = useSearchParams();
  const [isUpgrading, setUpgrading] = useState(false);
  const versions = [...new Set((releases.data ?? []).map(({ version }) => version))];
  return (
    <Stack gap="lg">
      <AgentVersions />
      <Section
        title={text.releases}
        actions={
          <ActionButton
            calls="upgradeAgents"
            refusal={versions.length === 0 ? text.upgradeNoRelease : undefined}
            onClick={() => setUpgrading(true)}
          >
            {text.upgrade}
          </ActionButton>
        }
      >
        <Stack>
          <Text size="sm" c="dimmed">
            {text.releasesHint}
          </Text>
          <Answered answer={releases}>{(items) => <ReleaseTable releases={items} />}</Answered>
        </Stack>
      </Section>
      <Upgrades />
      {isUpgrading && (
        <UpgradeDialog
          versions={versions}
          begun={(job) => setSearch({ tab: "releases", upgrade: job })}
          close={() => setUpgrading(false)}
        />
      )}
    </Stack>
  );
}

function AgentVersions() {
  const text = useText(TEXTS);
  const format = useFormat();
  const machines = useItems("listMachines", {});
  return (
    <Section title={text.agentVersions}>
      <Answered answer={machines}>
        {(items) => (
          <Facts
            facts={[...Map.groupBy(items, ({ agentVersion }) => agentVersion ?? text.unknownVersion)].map(
              ([name, of]) => ({ name, value: text.agentsOf(format.count(of.length)) }),
            )}
          />
        )}
      </Answered>
    </Section>
  );
}

function ReleaseTable({ releases }: { readonly releases: readonly ReleaseFile[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  return (
    <DataTable
      label={text.releases}
      rows={releases}
      keyOf={({ file }) => file}
      textOf={({ file, version }) => `${file} ${version}`}
      empty={
        <Nothing title={text.noReleases} action={<Command command={ADD} />}>
          {text.noReleasesHint}
        </Nothing>
      }
      columns={[
        { key: "version", title: text.release, order: ({ version }) => version, show: ({ version }) => version },
        { key: "file", title: text.file, order: ({ file }) => file, show: ({ file }) => file },
        {
          key: "size",
          title: text.size,
          align: "right",
          order: ({ bytes }) => bytes,
          show: ({ bytes }) => format.bytes(bytes),
        },
        {
          key: "sum",
          title: text.sha256,
          show: ({ sha256 }) => (
            <Text size="xs" ff="monospace" className="breakable">
              {sha256}
            </Text>
          ),
        },
        {
          key: "added",
          title: text.added,
          order: ({ addedAt }) => addedAt,
          show: ({ addedAt }) => <Moment time={addedAt} />,
        },
        { key: "actions", title: "", align: "right", show: ({ version }) => <RemoveRelease version={version} /> },
      ]}
    />
  );
}

function RemoveRelease({ version }: { readonly version: string }) {
  const text = useText(TEXTS);
  const remove = useAction("removeRelease");
  const [isAsking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <Group justify="flex-end">
      <ActionButton calls="removeRelease" label={text.removeRelease(version)} onClick={() => setAsking(true)}>
        {text.remove}
      </ActionButton>
      <Confirm
        opened={isAsking}
        close={close}
        title={text.removeRelease(version)}
        action={text.remove}
        danger
        isRunning={remove.isRunning}
        run={() => remove.run({ params: { version } }).then(close)}
      >
        {text.removeReleaseHint}
      </Confirm>
    </Group>
  );
}
