// What needs a person: alerts that stand, and what the server knows that nothing of its own mends. Each with its remedy and the way to it.
import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { useAction } from "../api/use-answer.ts";
import { textsOf, useText } from "../text/language.tsx";
import { useFormat } from "../text/use-format.ts";
import { ActionButton } from "./action-button.tsx";
import type { Concern } from "./concerns.ts";
import { Moment } from "./moment.tsx";
import { Nothing } from "./nothing.tsx";
import { SEVERITY_TONES, StateBadge } from "./state-badge.tsx";

const TEXTS = textsOf({
  en: {
    nothingNeeded: "Nothing needs a person",
    nothingNeededHint: "What comes up appears here at once.",
    acknowledge: "Acknowledge",
    acknowledgeOf: (message: string) => `Acknowledge: ${message}`,
    acknowledged: "Acknowledged",
    seenTo: (by: string) => `${by} sees to it.`,
    moreAttention: (count: string) => `${count} more on the alerts page`,
    warning: "Warning",
    critical: "Critical",
    info: "Note",
    installation: "Installation",
  },
  ko: {
    nothingNeeded: "조치가 필요한 항목이 없습니다",
    nothingNeededHint: "새로운 항목이 생기면 바로 여기에 나타납니다.",
    acknowledge: "확인 처리",
    acknowledgeOf: (message: string) => `확인 처리: ${message}`,
    acknowledged: "확인됨",
    seenTo: (by: string) => `${by}이(가) 처리하고 있습니다.`,
    moreAttention: (count: string) => `경고 페이지에서 ${count}건 더 보기`,
    warning: "주의",
    critical: "심각",
    info: "참고",
    installation: "설치 전체",
  },
});

const SHOWN_MAX = 8;

export function Attention({ concerns }: { readonly concerns: readonly Concern[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  if (concerns.length === 0) return <Nothing title={text.nothingNeeded}>{text.nothingNeededHint}</Nothing>;
  const rest = concerns.length - SHOWN_MAX;
  return (
    <Stack gap="md" component="ul" className="plain-list">
      {concerns.slice(0, SHOWN_MAX).map((concern) => (
        <li key={concern.key}>
          <ConcernLine concern={concern} />
        </li>
      ))}
      {rest > 0 && (
        <li>
          <Anchor component={Link} href="/alerts" size="sm">
            {text.moreAttention(format.count(rest))}
          </Anchor>
        </li>
      )}
    </Stack>
  );
}

function ConcernLine({ concern }: { readonly concern: Concern }) {
  const text = useText(TEXTS);
  const { severity, href, message, remedy, since, alert, acknowledgedBy } = concern;
  const subject = concern.subject ?? (href === null ? null : text.installation);
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <StateBadge tone={SEVERITY_TONES[severity]} label={text[severity]} size="sm" />
        {acknowledgedBy !== undefined && <StateBadge tone="working" label={text.acknowledged} size="sm" />}
        {subject !== null &&
          (href === null ? (
            <Text size="sm" fw={600} className="breakable">
              {subject}
            </Text>
          ) : (
            <Anchor component={Link} href={href} size="sm" fw={600} className="breakable" underline="always">
              {subject}
            </Anchor>
          ))}
        {since !== null && (
          <Text size="xs" c="dimmed" component="span">
            <Moment time={since} />
          </Text>
        )}
      </Group>
      <Text size="sm" className="breakable">
        {message}
      </Text>
      <Text size="sm" c="dimmed" className="breakable">
        {remedy}
      </Text>
      {acknowledgedBy !== undefined && acknowledgedBy !== "" && <Text size="sm">{text.seenTo(acknowledgedBy)}</Text>}
      {alert !== null && <Acknowledge id={alert} message={message} />}
    </Stack>
  );
}

function Acknowledge({ id, message }: { readonly id: string; readonly message: string }) {
  const text = useText(TEXTS);
  const acknowledge = useAction("acknowledgeAlert");
  return (
    <ActionButton
      needs="operator"
      w="fit-content"
      size="compact-xs"
      loading={acknowledge.isRunning}
      label={text.acknowledgeOf(message)}
      onClick={() => void acknowledge.run({ params: { id }, body: {} })}
    >
      {text.acknowledge}
    </ActionButton>
  );
}
