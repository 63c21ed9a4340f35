// What needs a person: open alerts, and what the server knows that nothing of its own mends. Each with its remedy and the way to it.
import { Anchor, Button, Group, Stack, Text, Tooltip } from "@mantine/core";
import { Link } from "wouter";
import { useMay } from "../../api/api-context.tsx";
import { useAction } from "../../api/use-answer.ts";
import { Moment } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { SEVERITY_TONES, StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import type { Concern } from "./concerns.ts";
import { TEXTS } from "./texts.ts";

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
  const { severity, subject, href, message, remedy, since, alert } = concern;
  return (
    <Stack gap={4}>
      <Group gap="xs">
        <StateBadge tone={SEVERITY_TONES[severity]} label={text[severity]} size="sm" />
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
      {alert !== null && <Acknowledge id={alert} message={message} />}
    </Stack>
  );
}

function Acknowledge({ id, message }: { readonly id: string; readonly message: string }) {
  const text = useText(TEXTS);
  const may = useMay("operator");
  const acknowledge = useAction("acknowledgeAlert");
  return (
    <Tooltip label={text.operatorOnly} disabled={may}>
      <Button
        w="fit-content"
        size="compact-xs"
        variant="default"
        data-disabled={!may || undefined}
        aria-disabled={!may}
        loading={acknowledge.isRunning}
        aria-label={text.acknowledgeOf(message)}
        onClick={() => {
          if (may) void acknowledge.run({ params: { id }, body: {} });
        }}
      >
        {text.acknowledge}
      </Button>
    </Tooltip>
  );
}
