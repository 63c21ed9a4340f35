import { MICROS_PER_MS } from "@leeward/base";
import type { Clock } from "@leeward/world";
import { SELF } from "../events/event-log.ts";
import { isFailedOver } from "../failover/standing.ts";
import { beginDiskJob, type DiskJobOptions } from "../jobs/disk-job.ts";
import { RESYNC_SCHEDULE_LOOK_MS, RESYNC_SCHEDULE_RETRY_MS } from "../limits.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { JobRow } from "../store/job-rows.ts";
import { resyncInput } from "./resync-work.ts";

const DAY_MICROS = 86_400_000_000;

export interface ScheduledResyncsOptions extends DiskJobOptions {
  readonly world: DiskJobOptions["world"] & { readonly clock: Clock };
  readonly isOnline: (memberId: string) => boolean;
}

/**
 * Has disks read anew as often as their policy's `resyncDays` says. What is due is derived from the jobs that are stored, so that a restart neither
 * forgets a resync nor begins one twice. The job waits for the policy's `resyncWindow` by itself.
 */
export class ScheduledResyncs {
  readonly #options: ScheduledResyncsOptions;

  constructor(options: ScheduledResyncsOptions) {
    this.#options = options;
  }

  /** Begins what is due, until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options.world;
    try {
      for (;;) {
        this.#beginDue();
        await clock.sleep(RESYNC_SCHEDULE_LOOK_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #beginDue(): void {
    const { store, world, isOnline } = this.#options;
    const daysOf = new Map(store.policies.list().map(({ name, settings }) => [name, settings.resyncDays ?? 0]));
    for (const disk of store.disks.list()) {
      const resyncDays = daysOf.get(disk.policy) ?? 0;
      if (resyncDays === 0) continue;
      const machine = store.members.byId(disk.machineId);
      if (machine === undefined || disk.state !== "protected" || !isOnline(machine.id)) continue;
      if (isFailedOver(store, machine.id)) continue;
      const due = this.#dueMicros(disk, resyncDays);
      if (due === undefined || due > world.clock.wallMicros()) continue;
      const message = "is to be read anew, as its policy says";
      beginDiskJob(
        this.#options,
        { kind: "resync", machine, disk, input: resyncInput({ now: false, whole: false }), message },
        SELF,
      );
    }
  }

  #dueMicros(disk: DiskRow, resyncDays: number): number | undefined {
    const { store } = this.#options;
    return resyncDueMicros(store.jobs.newestOf(disk.id, "resync"), { createdMicros: disk.createdMicros, resyncDays });
  }
}

/** When a disk is to be read anew, microseconds; undefined when it is not, or is being read. The days begin with the first copy and with each resync. */
export function resyncDueMicros(
  newest: Pick<JobRow, "state" | "createdMicros" | "endedMicros"> | undefined,
  of: { readonly createdMicros: number; readonly resyncDays: number },
): number | undefined {
  if (of.resyncDays <= 0) return undefined;
  const periodMicros = of.resyncDays * DAY_MICROS;
  if (newest === undefined) return of.createdMicros + periodMicros;
  if (newest.endedMicros === null) return undefined;
  const wait =
    newest.state === "failed" ? Math.min(periodMicros, RESYNC_SCHEDULE_RETRY_MS * MICROS_PER_MS) : periodMicros;
  return newest.endedMicros + wait;
}
