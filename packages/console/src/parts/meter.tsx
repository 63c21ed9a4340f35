// A value beside the limits from which on it is told of.
import { Group, Progress, Stack, Text } from "@mantine/core";
import { textsOf, useText } from "../text/language.tsx";
import { type Limits, toneOf } from "./limits.ts";
import { StateBadge } from "./state-badge.tsx";

const TEXTS = textsOf({
  en: {
    good: "Good",
    attention: "Warning",
    bad: "Critical",
    off: "Not known",
    warning: { above: (limit: string) => `Warning from ${limit}`, below: (limit: string) => `Warning below ${limit}` },
    critical: {
      above: (limit: string) => `Critical from ${limit}`,
      below: (limit: string) => `Critical below ${limit}`,
    },
    none: "No alert rule has limits for it",
  },
  ko: {
    good: "양호",
    attention: "주의",
    bad: "심각",
    off: "알 수 없음",
    warning: { above: (limit: string) => `${limit} 이상 주의`, below: (limit: string) => `${limit} 미만 주의` },
    critical: { above: (limit: string) => `${limit} 이상 심각`, below: (limit: string) => `${limit} 미만 심각` },
    none: "한도를 정한 경고 규칙이 없습니다",
  },
});

export interface MeterProps {
  readonly name: string;
  readonly value: number | null;
  /** Undefined where nothing says from when on it is bad. */
  readonly limits: Limits | undefined;
  readonly show: (value: number | null) => string;
  /** Where a full bar stands. */
  readonly full: number;
}

const COLORS = { good: "teal", attention: "orange", bad: "red", off: "gray", working: "blue", plain: "gray" } as const;

export function Meter({ name, value, limits, show, full }: MeterProps) {
  const text = useText(TEXTS);
  const tone = toneOf(value, limits);
  return (
    <Stack gap={4}>
      <Text size="sm">{name}</Text>
      <Group justify="space-between" gap="xs">
        <Text fw={650}>{show(value)}</Text>
        {tone !== "plain" && <StateBadge tone={tone} label={text[tone]} size="sm" />}
      </Group>
      <Progress
        aria-label={`${name}: ${show(value)}`}
        value={value === null ? 0 : Math.min(100, (100 * value) / full)}
        color={COLORS[tone]}
        size="sm"
      />
      <Text size="xs" c="dimmed">
        {limits === undefined ? text.none : limitTexts(text, limits, show).join(", ")}
      </Text>
    </Stack>
  );
}

function limitTexts(
  text: (typeof TEXTS)["en"],
  { warning, critical, bad }: Limits,
  show: MeterProps["show"],
): readonly string[] {
  return [
    ...(warning === null ? [] : [text.warning[bad](show(warning))]),
    ...(critical === null ? [] : [text.critical[bad](show(critical))]),
  ];
}
