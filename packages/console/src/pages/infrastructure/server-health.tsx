// How a server is, each value beside the limits that alert rules set for it.
import type { Disk, Server } from "@leeward/api";
import { Anchor, SimpleGrid, Stack, Text } from "@mantine/core";
import { Link } from "wouter";
import { useItems } from "../../api/use-answer.ts";
import { Meter, toneOf } from "../../parts/meter.tsx";
import { Moment, useNowMs } from "../../parts/moment.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { limitsOf, type ServerLimits, type ServerValue } from "./server-limits.ts";
import { TEXTS } from "./texts.ts";

export type ServerHealth = Readonly<Record<ServerValue, number | null>>;

const VALUES = ["cpu", "memory", "free", "rpoSeconds", "silentSeconds"] as const;
/** Where the bar of a value is full whose rule is switched off, seconds. */
const FULL_SECONDS = 3_600;

/** The RPO is that of the worst disk that goes over a process server. */
export function healthOf(server: Server, disks: readonly Disk[], nowMs: number): ServerHealth {
  const { health, freeBytes, totalBytes, lastSeen, role } = server;
  const rpos = disks.flatMap(({ rpoSeconds }) => (rpoSeconds === null ? [] : [rpoSeconds]));
  return {
    cpu: health?.cpuFraction ?? null,
    memory: health?.memoryFraction ?? null,
    free: freeBytes === null || totalBytes === null || totalBytes === 0 ? null : freeBytes / totalBytes,
    rpoSeconds: role === "master-target" || rpos.length === 0 ? null : Math.max(...rpos),
    silentSeconds: lastSeen === null ? null : Math.max(0, (nowMs - Date.parse(lastSeen)) / 1_000),
  };
}

export function useServerLimits({ role }: Server): ServerLimits {
  return limitsOf(role, useItems("listAlertRules", {}).data ?? []);
}

/** The worst of its values. Of a server that is away none says how it is now, but since when it is. */
export function healthTone(
  { state }: Server,
  health: ServerHealth,
  limits: ServerLimits,
): "good" | "attention" | "bad" {
  const tones = VALUES.filter((value) => state === "online" || !isReported(value)).map((value) =>
    toneOf(health[value], limits[value]),
  );
  if (tones.includes("bad")) return "bad";
  return tones.includes("attention") ? "attention" : "good";
}

/** Whether the server itself says it. */
function isReported(value: ServerValue): boolean {
  return value === "cpu" || value === "memory" || value === "free";
}

export function ServerMeters({ server, disks }: { readonly server: Server; readonly disks: readonly Disk[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const limits = useServerLimits(server);
  const health = healthOf(server, disks, useNowMs());
  const isProcessServer = server.role === "process-server";
  const isAway = server.state !== "online";
  const names = { ...text.values, free: isProcessServer ? text.cacheFree : text.free };
  return (
    <Stack gap="sm">
      {isAway && server.lastSeen !== null && (
        <Text size="sm" fw={600}>
          {text.lastSaid} <Moment time={server.lastSeen} />
        </Text>
      )}
      <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
        {VALUES.filter((value) => isProcessServer || value !== "rpoSeconds").map((value) => {
          const isTime = value === "rpoSeconds" || value === "silentSeconds";
          return (
            <Meter
              key={value}
              name={names[value]}
              value={health[value]}
              limits={limits[value]}
              isOld={isAway && isReported(value)}
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
