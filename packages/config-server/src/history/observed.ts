import { MICROS_PER_SECOND } from "@leeward/base";
import type { ProcessServerStatus } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { requestInvalid } from "../faults.ts";
import { PLANNED_HOURS_MAX } from "../limits.ts";
import type { Reports } from "../sessions/reports.ts";
import type { Store } from "../store/store.ts";
import type { Observed } from "./planner.ts";
import { hoursBetween, type SampleSource } from "./samples-answer.ts";

const HOUR_SECONDS = 3_600;
const HOURS_PER_DAY = 24;
/** How far back churn is looked at, unless told. */
const DAYS = 7;

/**
 * What planning rests on: samples of the last days, as far back as the hours of so many disks can be looked at, and what members said last.
 * @throws Fault `request-invalid` for days that are told and too many
 */
export async function observedOf(
  {
    store,
    world,
    reports,
  }: { readonly store: Store; readonly world: { readonly clock: Clock }; readonly reports: Reports },
  { days, source }: { readonly days: number | undefined; readonly source: SampleSource },
): Promise<Observed> {
  const hourNow = world.clock.wallMicros() / MICROS_PER_SECOND / HOUR_SECONDS;
  const disks = store.disks.list().filter(({ state }) => state === "protected");
  const daysMax = PLANNED_HOURS_MAX / Math.max(1, disks.length) / HOURS_PER_DAY;
  if (days !== undefined && days > daysMax) {
    throw requestInvalid(`of ${disks.length} disks no more than ${daysMax.toFixed(1)} days can be looked at at once`);
  }
  const from = Math.floor(hourNow - (days ?? Math.min(DAYS, daysMax)) * HOURS_PER_DAY);
  const ids = disks.map(({ id }) => id);
  const hours = Map.groupBy(
    await hoursBetween(source, ids, { from, to: Math.floor(hourNow) + 1 }),
    ({ diskId }) => diskId,
  );
  const policies = new Map(store.policies.list().map(({ name, settings }) => [name, settings]));
  const servers = Array.from(reports.all(), ({ status }) => status).flatMap((status) =>
    status.kind === "processServerStatus" ? [status.value] : [],
  );
  return {
    disks: disks.flatMap((disk) => {
      const policy = policies.get(disk.policy);
      const sizeBytes = reports.ofDisk(disk).agent?.sizeBytes ?? null;
      return policy === undefined
        ? []
        : [
            {
              machineId: disk.machineId,
              sizeBytes: sizeBytes === 0 ? null : sizeBytes,
              policy,
              hours: hours.get(disk.id) ?? [],
            },
          ];
    }),
    cutRawBytes: sumOf(servers, (disk) => disk.cutRawBytes),
    cutSealedBytes: sumOf(servers, (disk) => disk.cutSealedBytes),
    receivedBytes: sumOf(servers, (disk) => disk.receivedBytes),
    cpuSeconds: servers.reduce((sum, { health }) => sum + health.cpuMicros, 0) / MICROS_PER_SECOND,
    limitBytesPerSecond: limitOf(servers),
  };
}

function sumOf(
  servers: readonly ProcessServerStatus[],
  of: (disk: ProcessServerStatus["disks"][number]) => number,
): number {
  return servers.reduce((sum, { disks }) => disks.reduce((own, disk) => own + of(disk), sum), 0);
}

/** Null as soon as one has none: it sends what the line takes, and nobody has measured that. */
function limitOf(servers: readonly ProcessServerStatus[]): number | null {
  const limits = servers.map(({ bandwidth }) => bandwidth?.bytesPerSecond ?? 0);
  return limits.length === 0 || limits.includes(0) ? null : limits.reduce((sum, limit) => sum + limit, 0);
}
