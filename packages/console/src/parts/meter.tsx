// A value beside the limits from which on it is told of.
import { Group, Progress, Stack, Text } from "@mantine/core";
import { textsOf, useText } from "../text/language.tsx";
import { StateBadge, type Tone } from "./state-badge.tsx";

const TEXTS = textsOf({
  en: {
    good: "Good",
    attention: "Warning",
    bad: "Critical",
    off: "Not known",
    above: (warning: string, critical: string) => `Warning above ${warning}, critical above ${critical}`,
    below: (warning: string, critical: string) => `Warning below ${warning}, critical below ${critical}`,
    only: (critical: string) => `Critical above ${critical}`,
  },
  ko: {
    good: "양호",
    attention: "주의",
    bad: "심각",
    off: "알 수 없음",
    above: (warning: string, critical: string) => `${warning} 초과 시 주의, ${critical} 초과 시 심각`,
    below: (warning: string, critical: string) => `${warning} 미만 시 주의, ${critical} 미만 시 심각`,
    only: (critical: string) => `${critical} 초과 시 심각`,
  },
});

export interface MeterProps {
  readonly name: string;
  readonly value: number | null;
  /** Undefined: there is no warning before it is critical. */
  readonly warning?: number;
  readonly critical: number;
  /** Which side of the limits is the bad one. */
  readonly bad: "above" | "below";
  readonly show: (value: number | null) => string;
  /** Where a full bar stands. */
  readonly full: number;
}

const COLORS = { good: "teal", attention: "orange", bad: "red", off: "gray", working: "blue", plain: "gray" } as const;

export function Meter({ name, value, warning, critical, bad, show, full }: MeterProps) {
  const text = useText(TEXTS);
  const tone = toneOf(value, { warning: warning ?? critical, critical, bad });
  const limits = warning === undefined ? text.only(show(critical)) : text[bad](show(warning), show(critical));
  return (
    <Stack gap={4}>
      <Text size="sm">{name}</Text>
      <Group justify="space-between" gap="xs">
        <Text fw={650}>{show(value)}</Text>
        <StateBadge tone={tone} label={text[tone]} size="sm" />
      </Group>
      <Progress
        aria-label={`${name}: ${show(value)}`}
        value={value === null ? 0 : Math.min(100, (100 * value) / full)}
        color={COLORS[tone]}
        size="sm"
      />
      <Text size="xs" c="dimmed">
        {limits}
      </Text>
    </Stack>
  );
}

/** How a value stands to its limits. */
export function toneOf(
  value: number | null,
  limits: { readonly warning: number; readonly critical: number; readonly bad: "above" | "below" },
): Extract<Tone, "good" | "attention" | "bad" | "off"> {
  if (value === null) return "off";
  const sign = limits.bad === "above" ? 1 : -1;
  if (sign * (value - limits.critical) > 0) return "bad";
  return sign * (value - limits.warning) > 0 ? "attention" : "good";
}
