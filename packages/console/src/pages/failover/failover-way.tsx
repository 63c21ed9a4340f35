import type { Failover } from "@leeward/api";
import { Group, Stack, Text, ThemeIcon, VisuallyHidden } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconCircle, IconCircleFilled } from "@tabler/icons-react";
import { useText } from "../../text/language.tsx";
import { wayOf } from "./failover-rules.ts";
import { FAILOVER_STATES, STATE_MEANINGS } from "./failover-words.ts";
import { TEXTS } from "./texts.ts";

const SIGNS = {
  past: { Icon: IconCheck, color: "teal", variant: "light" },
  here: { Icon: IconCircleFilled, color: undefined, variant: "filled" },
  ahead: { Icon: IconCircle, color: "gray", variant: "default" },
} as const;

/** The way of a failover, drawn as its steps in order, with the one that it is at and what that means. */
export function FailoverWay({ failover }: { readonly failover: Failover }) {
  const text = useText(TEXTS);
  const states = useText(FAILOVER_STATES);
  const meanings = useText(STATE_MEANINGS);
  return (
    <Stack gap="sm">
      <Group component="ol" gap="xs" p={0} m={0} aria-label={text.way} style={{ listStyle: "none" }}>
        {wayOf(failover).map(({ state, place }) => {
          const { Icon, color, variant } = state === "failed" ? FAILED : SIGNS[place];
          return (
            <Group
              key={state}
              component="li"
              gap={6}
              wrap="nowrap"
              mr="sm"
              aria-current={place === "here" ? "step" : undefined}
            >
              <ThemeIcon size="sm" radius="xl" color={color} variant={variant}>
                <Icon aria-hidden size={12} />
              </ThemeIcon>
              <Text size="sm" fw={place === "here" ? 700 : 400} c={place === "ahead" ? "dimmed" : undefined}>
                {states[state]}
                <VisuallyHidden> ({text[place]})</VisuallyHidden>
              </Text>
            </Group>
          );
        })}
      </Group>
      <Text size="sm">{meanings[failover.state]}</Text>
    </Stack>
  );
}

const FAILED = { Icon: IconAlertTriangle, color: "red.8", variant: "filled" } as const;
