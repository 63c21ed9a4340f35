import type { Server } from "@leeward/api";
import { Anchor, Card, Group, Stack, Text, Title } from "@mantine/core";
import { Link } from "wouter";
import { useNowMs } from "../../parts/moment.tsx";
import { Nothing } from "../../parts/nothing.tsx";
import { StateBadge } from "../../parts/state-badge.tsx";
import { useText } from "../../text/language.tsx";
import { ServerMeters, useServerLimits } from "./server-health.tsx";
import { healthOf, healthTone } from "./server-values.ts";
import { TEXTS } from "./texts.ts";

/** One server at a glance: its state, its values beside their limits, and what is wrong. */
export function ServerCard({ server }: { readonly server: Server }) {
  const text = useText(TEXTS);
  const href = `/infrastructure?server=${server.id}`;
  return (
    <Card withBorder padding="md" component="article" aria-label={server.name}>
      <Stack>
        <Group justify="space-between" align="flex-start">
          <Title order={3} size="h5" className="breakable">
            <Anchor component={Link} href={href} inherit>
              {server.name}
            </Anchor>
          </Title>
          <ServerState server={server} />
        </Group>
        <ServerMeters server={server} />
        {server.faults.map((fault) => (
          <Text key={fault.code} size="sm" className="breakable">
            {fault.message}
          </Text>
        ))}
        <Anchor component={Link} href={href} size="sm" aria-label={text.detailsOf(server.name)}>
          {text.details}
        </Anchor>
      </Stack>
    </Card>
  );
}

/** Whether it is there, and whether one of its values is past a limit or it says that something is wrong. */
export function ServerState({ server }: { readonly server: Server }) {
  const text = useText(TEXTS);
  const health = healthTone(healthOf(server, useNowMs()), useServerLimits(server));
  const tone = server.faults.length > 0 && health === "good" ? "attention" : health;
  return (
    <Group gap="xs">
      <StateBadge tone={server.state === "online" ? "good" : "bad"} label={text.states[server.state]} />
      {tone !== "good" && <StateBadge tone={tone} label={text.health[tone]} />}
    </Group>
  );
}

export function NoServers() {
  const text = useText(TEXTS);
  return (
    <Nothing
      title={text.noServers}
      action={
        <Anchor component={Link} href="/access?tab=tokens" size="sm">
          {text.toTokens}
        </Anchor>
      }
    >
      {text.noServersHint}
    </Nothing>
  );
}
