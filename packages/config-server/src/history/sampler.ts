// Stores, once in a minute, what was reported of each protected disk, and gathers minutes into hours.
//
// Invariant: what is stored was heard in that minute. Of a minute in which nobody spoke, or in which this server was down, nothing is stored but null or no
// row, and nothing is drawn across it. One transaction in a minute stores all disks; the hours of a sixtieth of them are gathered in it, so that no
// minute has more to do than another. Worst outcome if broken: a curve that shows a day of which nobody knows anything.
import { MICROS_PER_MS, MICROS_PER_SECOND } from "@leeward/base";
import type { DiskStatus, TargetDiskStatus } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import { SAMPLE_HEARD_MS_MAX, SAMPLE_HOURS_KEPT, SAMPLE_MINUTES_KEPT, SAMPLE_RATE_MS_MAX } from "../limits.ts";
import { rpoSecondsOf } from "../sessions/disk-health.ts";
import type { Reports } from "../sessions/reports.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { MinuteSample } from "../store/sample-rows.ts";
import type { Store } from "../store/store.ts";
import { hoursOf } from "./hours.ts";

const MINUTE_MICROS = 60 * MICROS_PER_SECOND;
const MINUTES_PER_HOUR = 60;
/** What is waited beyond the minute's end at least: a clock that wakes early stores no minute twice. */
const AFTER_MS = 50;

export interface SamplerOptions {
  readonly store: Pick<Store, "samples" | "transaction">;
  /** Those that are to be protected. */
  readonly disks: () => readonly DiskRow[];
  readonly clock: Clock;
  readonly reports: Reports;
  /** Each machine's clock minus ours, microseconds; null while unknown. */
  readonly clockOffsets: () => ReadonlyMap<string, number | null>;
}

/** How much was written up to when, as it was heard last. */
interface Tally {
  readonly writtenBytes: number;
  readonly atMicros: number;
}

export class Sampler {
  readonly #options: SamplerOptions;
  readonly #tallies = new Map<string, Tally>();

  constructor(options: SamplerOptions) {
    this.#options = options;
  }

  /** Samples at each minute's end until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      for (;;) {
        const intoMicros = clock.wallMicros() % MINUTE_MICROS;
        await clock.sleep((MINUTE_MICROS - intoMicros) / MICROS_PER_MS + AFTER_MS, signal);
        this.sample();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Stores the minute that has just ended. */
  sample(): void {
    const { store, clock } = this.#options;
    const nowMicros = clock.wallMicros();
    const minute = Math.floor(nowMicros / MINUTE_MICROS) - 1;
    const said = this.#heardLately(nowMicros);
    const disks = this.#options.disks();
    store.transaction(() => {
      store.samples.putMinutes(disks.map((disk) => this.#sampleOf(disk, minute, said)));
      this.#gather(minute);
    });
    const ids = new Set(disks.map(({ id }) => id));
    for (const id of this.#tallies.keys()) if (!ids.has(id)) this.#tallies.delete(id);
  }

  #sampleOf({ id: diskId, machineId, masterTargetId }: DiskRow, minute: number, said: Heard): MinuteSample {
    const agent = said.agents.get(`${machineId} ${diskId}`);
    const target = said.targets.get(`${masterTargetId} ${diskId}`);
    const now = { wallMicros: said.nowMicros, clockOffsetMicros: said.offsets.get(machineId) ?? null };
    const rpoSeconds = rpoSecondsOf({ masterTarget: target }, now);
    return {
      diskId,
      minute,
      rpoMs: rpoSeconds === null ? null : Math.round(rpoSeconds * 1_000),
      churn: this.#churnOf(diskId, agent),
      logBytes: agent?.status.logBytes ?? null,
      journalBytes: target?.journalBytes ?? null,
    };
  }

  /** Null for a count that began anew, and for what was written while nobody said so: when that was is not known. */
  #churnOf(diskId: string, agent: HeardDisk | undefined): number | null {
    const before = this.#tallies.get(diskId);
    if (agent === undefined || agent.status.state === "stopped") {
      this.#tallies.delete(diskId);
      return null;
    }
    const { writtenBytes } = agent.status;
    this.#tallies.set(diskId, { writtenBytes, atMicros: agent.atMicros });
    if (before === undefined || writtenBytes < before.writtenBytes) return null;
    const micros = agent.atMicros - before.atMicros;
    if (micros <= 0 || micros > SAMPLE_RATE_MS_MAX * MICROS_PER_MS) return null;
    return Math.round(((writtenBytes - before.writtenBytes) * MICROS_PER_SECOND) / micros);
  }

  /** Each series' turn comes once in an hour, when the hour before has ended. */
  #gather(minute: number): void {
    const { samples } = this.#options.store;
    const hour = Math.floor((minute + 1) / MINUTES_PER_HOUR);
    const turn = (minute + 1) % MINUTES_PER_HOUR;
    for (const series of samples.series()) {
      if (series.number % MINUTES_PER_HOUR !== turn) continue;
      const within = { from: series.rolledHour * MINUTES_PER_HOUR, to: hour * MINUTES_PER_HOUR };
      const hours = hoursOf(samples.minutes([series.diskId], within));
      const firstMinute = minute - SAMPLE_MINUTES_KEPT;
      const firstHour = hour - SAMPLE_HOURS_KEPT;
      samples.roll(series, hours, { rolledHour: Math.max(hour, series.rolledHour), firstMinute, firstHour });
      samples.removeEmpty(series);
    }
  }

  #heardLately(nowMicros: number): Heard {
    const agents = new Map<string, HeardDisk>();
    const targets = new Map<string, TargetDiskStatus>();
    for (const { memberId, receivedMicros, status } of this.#options.reports.all()) {
      const ageMicros = nowMicros - receivedMicros;
      // Less than nothing: the clock was set back since, and when that was said is not known.
      if (ageMicros < 0 || ageMicros > SAMPLE_HEARD_MS_MAX * MICROS_PER_MS) continue;
      if (status.kind === "agentStatus") {
        for (const disk of status.value.disks)
          agents.set(`${memberId} ${disk.diskId}`, { status: disk, atMicros: receivedMicros });
      } else if (status.kind === "masterTargetStatus") {
        for (const disk of status.value.disks) targets.set(`${memberId} ${disk.diskId}`, disk);
      }
    }
    return { agents, targets, nowMicros, offsets: this.#options.clockOffsets() };
  }
}

interface HeardDisk {
  readonly status: DiskStatus;
  readonly atMicros: number;
}

/** By member and disk. */
interface Heard {
  readonly agents: ReadonlyMap<string, HeardDisk>;
  readonly targets: ReadonlyMap<string, TargetDiskStatus>;
  readonly nowMicros: number;
  readonly offsets: ReadonlyMap<string, number | null>;
}
