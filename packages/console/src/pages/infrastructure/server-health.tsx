// How a server is, each value beside its limits. They are those that users of Azure Site Recovery know.
import type { Disk, Server } from "@leeward/api";
import { SimpleGrid } from "@mantine/core";
import { Meter, toneOf } from "../../parts/meter.tsx";
import { useNowMs } from "../../parts/moment.tsx";
import { useText } from "../../text/language.tsx";
import { useFormat } from "../../text/use-format.ts";
import { TEXTS } from "./texts.ts";

const LOAD = { warning: 0.8, critical: 0.95, bad: "above" } as const;
const FREE = { warning: 0.3, critical: 0.25, bad: "below" } as const;
const UPLOAD = { warning: 30 * 60, critical: 45 * 60, bad: "above" } as const;
const HEARTBEAT = { warning: 15 * 60, critical: 15 * 60, bad: "above" } as const;

export interface ServerHealth {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly free: number | null;
  readonly uploadSeconds: number | null;
  readonly silentSeconds: number | null;
}

/** Of a master target there is no upload. */
export function healthOf(server: Server, disks: readonly Disk[], nowMs: number): ServerHealth {
  const { health, freeBytes, totalBytes, lastSeen, role } = server;
  const rpos = disks.flatMap(({ rpoSeconds }) => (rpoSeconds === null ? [] : [rpoSeconds]));
  return {
    cpu: health?.cpuFraction ?? null,
    memory: health?.memoryFraction ?? null,
    free: freeBytes === null || totalBytes === null || totalBytes === 0 ? null : freeBytes / totalBytes,
    uploadSeconds: role === "master-target" || rpos.length === 0 ? null : Math.max(...rpos),
    silentSeconds: lastSeen === null ? null : Math.max(0, (nowMs - Date.parse(lastSeen)) / 1_000),
  };
}

/** The worst of all its values. */
export function healthTone(health: ServerHealth): "good" | "attention" | "bad" {
  const tones = [
    toneOf(health.cpu, LOAD),
    toneOf(health.memory, LOAD),
    toneOf(health.free, FREE),
    toneOf(health.uploadSeconds, UPLOAD),
    toneOf(health.silentSeconds, HEARTBEAT),
  ];
  if (tones.includes("bad")) return "bad";
  return tones.includes("attention") ? "attention" : "good";
}

export function ServerMeters({ server, disks }: { readonly server: Server; readonly disks: readonly Disk[] }) {
  const text = useText(TEXTS);
  const format = useFormat();
  const health = healthOf(server, disks, useNowMs());
  const isProcessServer = server.role === "process-server";
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
      <Meter name={text.cpu} value={health.cpu} {...LOAD} show={format.fraction} full={1} />
      <Meter name={text.memory} value={health.memory} {...LOAD} show={format.fraction} full={1} />
      <Meter
        name={isProcessServer ? text.cacheFree : text.free}
        value={health.free}
        {...FREE}
        show={format.fraction}
        full={1}
      />
      {isProcessServer && (
        <Meter
          name={text.upload}
          value={health.uploadSeconds}
          {...UPLOAD}
          show={format.duration}
          full={UPLOAD.critical}
        />
      )}
      <Meter
        name={text.heartbeat}
        value={health.silentSeconds}
        critical={HEARTBEAT.critical}
        bad="above"
        show={format.duration}
        full={HEARTBEAT.critical}
      />
    </SimpleGrid>
  );
}
