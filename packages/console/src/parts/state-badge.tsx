// States as a word with a sign: never by colour alone.
import { Badge, type MantineSize } from "@mantine/core";
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleX,
  IconInfoCircle,
  IconLoader2,
} from "@tabler/icons-react";

export type Tone = "good" | "working" | "attention" | "bad" | "off" | "plain";

const TONES = {
  good: { color: "teal", Icon: IconCircleCheck },
  working: { color: "blue", Icon: IconLoader2 },
  attention: { color: "orange", Icon: IconAlertTriangle },
  bad: { color: "red", Icon: IconCircleX },
  off: { color: "gray", Icon: IconCircleDashed },
  plain: { color: "gray", Icon: IconInfoCircle },
} as const;

export interface StateBadgeProps {
  readonly tone: Tone;
  readonly label: string;
  readonly size?: MantineSize;
}

export function StateBadge({ tone, label, size = "md" }: StateBadgeProps) {
  const { color, Icon } = TONES[tone];
  return (
    <Badge
      variant="default"
      size={size}
      tt="none"
      fw={600}
      miw="max-content"
      leftSection={<Icon aria-hidden size={14} color={`var(--mantine-color-${color}-filled)`} />}
    >
      {label}
    </Badge>
  );
}

/** The sign alone, where the word stands beside it or there is no room. */
export function StateSign({ tone, label, size = 18 }: Omit<StateBadgeProps, "size"> & { readonly size?: number }) {
  const { color, Icon } = TONES[tone];
  return (
    <Icon
      role="img"
      aria-label={label}
      size={size}
      color={`var(--mantine-color-${color}-filled)`}
      style={{ flexShrink: 0 }}
    />
  );
}

/** Of an alert or event. */
export const SEVERITY_TONES = { info: "plain", warning: "attention", critical: "bad" } as const;
