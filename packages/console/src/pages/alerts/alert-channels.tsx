import type { AlertChannel } from "@leeward/api";
import { Alert, Badge, Card, Group, Loader, SimpleGrid, Stack, Text, Title } from "@mantine/core";
import { IconPlus, IconSend } from "@tabler/icons-react";
import { useState } from "react";
import { useAction, useItems } from "../../api/use-answer.ts";
import { ActionButton } from "../../parts/action-button.tsx";
import { Answered } from "../../parts/answered.tsx";
import { Confirm } from "../../parts/confirm.tsx";
import { type Fact, Facts } from "../../parts/facts.tsx";
import { FaultText } from "../../parts/fault-notice.tsx";
import { Moment, useNowMs } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { ChannelDialog } from "./channel-dialog.tsx";
import { TEXTS } from "./texts.ts";

/** Who is told of alerts, how the last message went, and a message to try it by. */
export function AlertChannels() {
  const text = useText(TEXTS);
  const channels = useItems("listAlertChannels", {});
  const [isMaking, setMaking] = useState(false);
  const make = (
    <ActionButton
      size="sm"
      variant="filled"
      calls="setAlertChannel"
      leftSection={<IconPlus aria-hidden size={16} />}
      onClick={() => setMaking(true)}
    >
      {text.newChannel}
    </ActionButton>
  );
  return (
    <Stack>
      <Answered answer={channels}>
        {(items) =>
          items.length === 0 ? (
            <Nothing title={text.noChannels} action={make}>
              {text.noChannelsHint}
            </Nothing>
          ) : (
            <>
              <Group justify="space-between">
                <Text size="sm" c="dimmed">
                  {text.channelsHint}
                </Text>
                {make}
              </Group>
              <SimpleGrid cols={{ base: 1, lg: 2 }}>
                {items.map((channel) => (
                  <ChannelCard key={channel.name} channel={channel} />
                ))}
              </SimpleGrid>
            </>
          )
        }
      </Answered>
      {isMaking && (
        <ChannelDialog names={(channels.data ?? []).map(({ name }) => name)} close={() => setMaking(false)} />
      )}
    </Stack>
  );
}

function ChannelCard({ channel }: { readonly channel: AlertChannel }) {
  const text = useText(TEXTS);
  return (
    <Card withBorder padding="lg" component="section" aria-label={channel.name}>
      <Stack>
        <Group justify="space-between" align="flex-start">
          <Title order={2} size="h4" className="breakable">
            {channel.name}
          </Title>
          <Group gap="xs">
            <Badge variant="default" tt="none">
              {text.kinds[channel.kind]}
            </Badge>
            <DeliveryState channel={channel} />
          </Group>
        </Group>
        <Facts columns={2} facts={useChannelFacts(channel)} />
        <DeliveryFault channel={channel} />
        <ChannelActions channel={channel} />
      </Stack>
    </Card>
  );
}

function DeliveryState({ channel: { fault, lastDeliveredAt } }: { readonly channel: AlertChannel }) {
  const text = useText(TEXTS);
  if (fault !== null) return <StateBadge tone="bad" label={text.failing} />;
  if (lastDeliveredAt === null) return <StateBadge tone="off" label={text.notTried} />;
  return <StateBadge tone="good" label={text.works} />;
}

function DeliveryFault({ channel: { fault } }: { readonly channel: AlertChannel }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const nowMs = useNowMs();
  if (fault === null) return null;
  return (
    <Alert color="red" variant="light" title={text.faultSince(format.since(fault.since, nowMs))}>
      {fault.message} ({fault.code})
    </Alert>
  );
}

/** The settings that are worth a look; certificates are long, and not among them. */
function useChannelFacts({ kind, severity, settings, hasSecret, lastDeliveredAt }: AlertChannel): readonly Fact[] {
  const text = useText(TEXTS);
  const value = (name: string): string => {
    const found = settings[name];
    return Array.isArray(found) ? found.join(", ") : String(found ?? "–");
  };
  const address = [{ name: text.host, value: `${value("host")}:${value("port")}` }];
  const own = {
    webhook: [{ name: text.url, value: value("url") }],
    smtp: [
      ...address,
      { name: text.security, value: value("security") },
      { name: text.from, value: value("from") },
      { name: text.to, value: value("to") },
    ],
    syslog: [...address, { name: text.transport, value: value("transport").toUpperCase() }],
  } satisfies Record<AlertChannel["kind"], readonly Fact[]>;
  return [
    ...own[kind],
    { name: text.least, value: text.severities[severity] },
    {
      name: text.lastDelivered,
      value: lastDeliveredAt === null ? text.neverDelivered : <Moment time={lastDeliveredAt} />,
    },
    ...(hasSecret ? [{ name: kind === "smtp" ? text.password : text.signingKey, value: text.hasSecret }] : []),
  ];
}

function ChannelActions({ channel }: { readonly channel: AlertChannel }) {
  const text = useText(TEXTS);
  const test = useAction("testAlertChannel", { quiet: true });
  const remove = useAction("removeAlertChannel");
  const [dialog, setDialog] = useState<"change" | "remove" | undefined>(undefined);
  const [isTested, setTested] = useState(false);
  const params = { name: channel.name };
  const close = (): void => setDialog(undefined);
  const send = async (): Promise<void> => {
    setTested(false);
    await test.run({ params });
    setTested(true);
  };
  return (
    <>
      <TestOutcome isRunning={test.isRunning} isTested={isTested} fault={test.fault} />
      <Group gap="xs">
        <ActionButton
          calls="testAlertChannel"
          label={`${text.test}: ${channel.name}`}
          leftSection={<IconSend aria-hidden size={14} />}
          loading={test.isRunning}
          onClick={() => void send()}
        >
          {text.test}
        </ActionButton>
        <ActionButton
          calls="setAlertChannel"
          label={`${text.change}: ${channel.name}`}
          onClick={() => setDialog("change")}
        >
          {text.change}
        </ActionButton>
        <ActionButton
          calls="removeAlertChannel"
          label={`${text.remove}: ${channel.name}`}
          onClick={() => setDialog("remove")}
        >
          {text.remove}
        </ActionButton>
      </Group>
      {dialog === "change" && <ChannelDialog channel={channel} names={[]} close={close} />}
      <Confirm
        opened={dialog === "remove"}
        close={close}
        title={text.removeTitle(channel.name)}
        action={text.remove}
        danger
        isRunning={remove.isRunning}
        run={async () => {
          await remove.run({ params });
          close();
        }}
      >
        {text.removeHint(channel.name)}
      </Confirm>
    </>
  );
}

function TestOutcome(props: { readonly isRunning: boolean; readonly isTested: boolean; readonly fault: Error | null }) {
  const { isRunning, isTested, fault } = props;
  const text = useText(TEXTS);
  return (
    <Stack gap="xs" aria-live="polite">
      {isRunning && (
        <Group gap="xs">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{text.testing}</Text>
        </Group>
      )}
      {isTested && !isRunning && (
        <Alert
          color={fault === null ? "teal" : "red"}
          variant="light"
          title={fault === null ? text.testDone : text.testFailed}
        >
          {fault !== null && <FaultText fault={fault} />}
        </Alert>
      )}
    </Stack>
  );
}
