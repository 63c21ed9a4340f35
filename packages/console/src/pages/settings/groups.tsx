// Consistency groups: all of them, or the points of the one that the address names.
import type { Group as ConsistencyGroup } from "@leeward/api";
import { Anchor, Group, Stack, Text } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { ChangeGroup, NewGroup } from "./group-dialog.tsx";
import { GroupPoints } from "./group-points.tsx";
import { TEXTS } from "./texts.ts";

export function Groups() {
  const text = useText(TEXTS);
  const groups = useItems("listGroups", {});
  const [search] = useSearchParams();
  const [isMaking, setMaking] = useState(false);
  const shown = groups.data?.find(({ name }) => name === search.get("group"));
  if (shown !== undefined) return <GroupPoints group={shown} />;
  return (
    <Stack>
      <Group justify="space-between">
        <Text size="sm" c="dimmed">
          {text.groupsHint}
        </Text>
        <ActionButton
          size="sm"
          variant="filled"
          calls="setGroup"
          leftSection={<IconPlus aria-hidden size={16} />}
          onClick={() => setMaking(true)}
        >
          {text.newGroup}
        </ActionButton>
      </Group>
      <Answered answer={groups}>{(items) => <GroupTable groups={items} />}</Answered>
      {isMaking && <NewGroup names={(groups.data ?? []).map(({ name }) => name)} close={() => setMaking(false)} />}
    </Stack>
  );
}

function GroupTable({ groups }: { readonly groups: readonly ConsistencyGroup[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const onlineOf = ({ members }: ConsistencyGroup): number => members.filter(({ state }) => state === "online").length;
  return (
    <DataTable
      label={text.groups}
      rows={groups}
      keyOf={({ id }) => id}
      textOf={({ name, members }) => `${name} ${members.map((member) => member.name).join(" ")}`}
      empty={<Nothing title={text.noGroups}>{text.groupsHint}</Nothing>}
      columns={[
        {
          key: "name",
          title: text.groupName,
          order: ({ name }) => name,
          show: ({ name }) => (
            <Anchor component={Link} href={`/settings?tab=groups&group=${encodeURIComponent(name)}`} size="sm">
              {name}
            </Anchor>
          ),
        },
        {
          key: "interval",
          title: text.interval,
          order: ({ intervalSeconds }) => intervalSeconds,
          show: ({ intervalSeconds }) => format.duration(intervalSeconds),
        },
        {
          key: "members",
          title: text.members,
          order: ({ members }) => members.length,
          show: (group) => (
            <Stack gap={2}>
              <Text size="sm" lineClamp={2}>
                {group.members.map(({ name }) => name).join(", ")}
              </Text>
              <Text size="xs" c="dimmed">
                {text.membersOnline(format.count(onlineOf(group)), format.count(group.members.length))}
              </Text>
            </Stack>
          ),
        },
        { key: "actions", title: "", align: "right", show: (group) => <GroupActions group={group} /> },
      ]}
    />
  );
}

function GroupActions({ group }: { readonly group: ConsistencyGroup }) {
  const text = useText(TEXTS);
  const remove = useAction("removeGroup");
  const [dialog, setDialog] = useState<"change" | "remove" | undefined>(undefined);
  const close = (): void => setDialog(undefined);
  const { name } = group;
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      <ActionButton calls="setGroup" label={text.changeGroup(name)} onClick={() => setDialog("change")}>
        {text.change}
      </ActionButton>
      <ActionButton calls="removeGroup" label={`${text.remove}: ${name}`} onClick={() => setDialog("remove")}>
        {text.remove}
      </ActionButton>
      {dialog === "change" && <ChangeGroup name={name} close={close} />}
      <Confirm
        opened={dialog === "remove"}
        close={close}
        title={text.removeGroupTitle(name)}
        action={text.remove}
        danger
        isRunning={remove.isRunning}
        run={() => remove.run({ params: { name } }).then(close)}
      >
        {text.removeGroupHint}
      </Confirm>
    </Group>
  );
}
