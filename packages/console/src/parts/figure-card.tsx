import { Card, Group, Text } from "@mantine/core";
import type { ReactNode } from "react";

/** One figure with its name, and what it rests on. */
export function FigureCard(props: {
  readonly name: string;
  readonly value: ReactNode;
  readonly note?: ReactNode;
  readonly icon?: ReactNode;
}) {
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" c="dimmed">
          {props.name}
        </Text>
        {props.icon}
      </Group>
      <Text fz={28} fw={700} lh={1.3} component="div" className="breakable">
        {props.value}
      </Text>
      {props.note !== undefined && (
        <Text size="xs" c="dimmed" component="div" className="breakable">
          {props.note}
        </Text>
      )}
    </Card>
  );
}
