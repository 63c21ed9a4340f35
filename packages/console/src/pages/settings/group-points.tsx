import type { Group as ConsistencyGroup, GroupPoint } from "@leeward/api";
import { Anchor, Group, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "wouter";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { DataTable } from "../../parts/data-table.tsx";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { Section } from "../../parts/section.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

const SHOWN_MAX = 500;

/** The points of a group, the newest first, and one made now. */
export function GroupPoints({ group }: { readonly group: ConsistencyGroup }) {
  const text = useText(TEXTS);
  const params = { name: group.name };
  const points = useItems("listGroupPoints", { params });
  const create = useAction("createGroupPoint");
  const make = async (): Promise<void> => {
    const made = await create.run({ params, body: {} });
    if (made !== undefined) notifications.show({ message: text.pointMade, color: "teal" });
  };
  return (
    <Stack>
      <Anchor component={Link} href="/settings?tab=groups" size="sm">
        <IconArrowLeft aria-hidden size={14} /> {text.back}
      </Anchor>
      <Section
        title={text.pointsOf(group.name)}
        actions={
          <ActionButton needs="operator" loading={create.isRunning} onClick={() => void make()}>
            {text.createPoint}
          </ActionButton>
        }
      >
        <Answered answer={points}>{(items) => <PointTable group={group} points={items} />}</Answered>
      </Section>
    </Stack>
  );
}

function PointTable(props: { readonly group: ConsistencyGroup; readonly points: readonly GroupPoint[] }) {
  const { group, points } = props;
  const text = useText(TEXTS);
  const format = useFormat();
  return (
    <Stack>
      {points.length > SHOWN_MAX && (
        <Text size="sm" c="dimmed">
          {text.newestOf(format.count(SHOWN_MAX), format.count(points.length))}
        </Text>
      )}
      <DataTable
        label={text.pointsOf(group.name)}
        rows={points.slice(-SHOWN_MAX).toReversed()}
        keyOf={({ id }) => id}
        empty={<Nothing title={text.noPoints} />}
        columns={[
          {
            key: "time",
            title: text.time,
            order: ({ time }) => time,
            show: ({ time }) => <Moment time={time} exact />,
          },
          {
            key: "consistency",
            title: text.consistency,
            order: ({ consistency }) => consistency,
            show: ({ consistency }) => text.consistencies[consistency],
          },
          {
            key: "state",
            title: text.state,
            order: ({ complete }) => Number(complete),
            show: ({ complete, missing }) => (
              <Group gap="xs">
                <StateBadge tone={complete ? "good" : "attention"} label={complete ? text.complete : text.incomplete} />
                {!complete && text.missing(missing.map(({ name }) => name).join(", "))}
              </Group>
            ),
          },
          {
            key: "machines",
            title: text.machines,
            show: ({ machines }) => machines.map(({ name }) => name).join(", "),
          },
        ]}
      />
    </Stack>
  );
}
