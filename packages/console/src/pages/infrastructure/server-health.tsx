// How a server is, each value beside the limits that alert rules set for it.
import type { Server } from "@leeward/api";
import { Anchor, SimpleGrid, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { Meter } from "../../parts/meter.tsx";
import { Moment, useNowMs } from "../../parts/moment.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { limitsOf, type ServerLimits } from "./server-limits.ts";
import { healthOf, VALUES } from "./server-values.ts";
import { TEXTS } from "./texts.ts";

/** Where the bar of a value is full whose rule is switched off, seconds. */
const FULL_SECONDS = 3_600;

export function useServerLimits({ role }: Server): ServerLimits {
  return limitsOf(role, useItems("listAlertRules", {}).data ?? []);
}

export function ServerMeters({ server }: { readonly server: Server }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const limits = useServerLimits(server);
  const health = healthOf(server, useNowMs());
  const isProcessServer = server.role === "process-server";
  const isAway = server.state !== "online";
  const names = { ...text.values, free: isProcessServer ? text.cacheFree : text.free };
  return (
    <Stack gap="sm">
      {isAway && server.lastSeen !== null && (
        <Text size="sm" fw={600}>
          {text.lastHeard} <Moment time={server.lastSeen} />
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        {VALUES.filter((value) => isProcessServer || value !== "uploadSeconds").map((value) => {
          const isTime = value === "uploadSeconds" || value === "silentSeconds";
          return (
            <Meter
              key={value}
              name={names[value]}
              value={health[value]}
              limits={limits[value]}
              show={isTime ? format.duration : format.fraction}
              full={isTime ? (limits[value]?.critical ?? FULL_SECONDS) : 1}
            />
          );
        })}
      </SimpleGrid>
      <Anchor component={Link} href="/alerts?tab=rules" size="xs" w="fit-content">
        {text.limitsFrom}
      </Anchor>
    </Stack>
  );
}
