// Replica machines at this target: each runs on overlays over one recovery point, and changes nothing of the replica.
//
// A kill between any two steps of a machine's life (ReplicaLife) leaves a record that says how far it may have come. "removing" is carried on at the next
// start; "starting", "halting" and "restarting" wait to be asked for again or removed; "started" is looked for at its recovery host, whose machines outlive
// this daemon and wait for their disks.
// Once it is "started", a machine loses its overlays by being removed alone: they may be all that there is of what it wrote.
import { assert, type Fault, isFault, MICROS_PER_MS, orAborted, type Random, Waiters } from "@leeward/base";
import type { MachinePoint, OverlayDevice } from "@leeward/journal";
import { formatNbdUri } from "@leeward/nbd";
import { isId, type ReplicaHalted, type ReplicaStatus, type StartReplica } from "@leeward/proto";
import type { RecoveryHost } from "@leeward/recovery-host";
import type { Clock } from "@leeward/world";
import { daemonStopping } from "../daemon-stopping.ts";
import type { GuestFileSystems } from "../guest/guest-file-system.ts";
import { REPLICA_LOOK_MS, REPLICA_RETRY_MS, REPLICAS_MAX } from "../limits.ts";
import type { OpenedPoints } from "../serve/opened-points.ts";
import type { Absorption } from "./absorption.ts";
import { type HostFolders, RecoveryHosts } from "./recovery-hosts.ts";
import { ReplicaLife } from "./replica-life.ts";
import {
  replicaDiffers,
  replicaNotHalted,
  replicaRemoving,
  replicaStarting,
  replicasTooMany,
} from "./replica-machine-faults.ts";
import { ReplicaQuestions } from "./replica-questions.ts";
import { type HaltedRecord, haltedAs, type ReplicaRecord, type ReplicaRecords } from "./replica-record.ts";
import { replicaStatusOf } from "./replica-status.ts";
import { ReplicaTable } from "./replica-table.ts";
import { ReplicaTurns } from "./replica-turns.ts";
import { ReplicaWatch } from "./replica-watch.ts";

export interface ReplicasOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly home: string;
  readonly records: ReplicaRecords;
  readonly opened: OpenedPoints;
  readonly hosts: HostFolders;
  readonly absorption: Absorption;
  readonly guests: GuestFileSystems;
  /** Told of what went wrong where nobody waits for an answer. */
  readonly onFault: (fault: Fault) => void;
  /** Told of every step when it was done; for tests, which end the process there. */
  readonly onStep?: (step: string) => void;
}

/** A disk of a replica machine, as far as it is told to whoever makes another disk equal to it. */
export interface ReplicaDiskHeld {
  readonly machineId: string;
  readonly overlay: OverlayDevice;
  /** Nothing is written to it any more. */
  readonly isHalted: boolean;
}

export class Replicas {
  /** What can be asked of a machine that runs. */
  readonly questions: ReplicaQuestions;
  readonly #options: ReplicasOptions;
  readonly #hosts: RecoveryHosts;
  readonly #table: ReplicaTable;
  readonly #life: ReplicaLife;
  readonly #watch: ReplicaWatch;
  readonly #turns = new ReplicaTurns();
  readonly #begun = new Waiters();
  readonly #admitted = Promise.withResolvers<void>();
  readonly #resumed = Promise.withResolvers<void>();

  constructor(options: ReplicasOptions) {
    const { clock, random, home, opened, guests, onStep = () => undefined } = options;
    this.#options = options;
    this.#hosts = new RecoveryHosts(options.hosts, ({ faults }) => {
      for (const { fault } of faults) options.onFault(fault);
    });
    this.#table = new ReplicaTable(options.records, onStep);
    this.#watch = new ReplicaWatch(this.#table, this.#hosts);
    this.questions = new ReplicaQuestions({ clock, home, find: (id) => this.#find(id) });
    const means = { clock, random, opened, guests, onStep, table: this.#table, hosts: this.#hosts };
    const telling = (work: () => Promise<void>): Promise<void> => this.#telling(work);
    this.#life = new ReplicaLife({ ...means, telling, socketPath: (id) => this.#socketPath(id) });
  }

  /** Opened points are served again: what is asked for, and what was begun before, can be done. */
  admit(): void {
    this.#admitted.resolve();
  }

  /** Finds what runs, and carries on what was being removed. */
  async #resume(): Promise<void> {
    await this.#table.load(this.#options.onFault);
    await this.#telling(async () => void (await this.#hosts.used()));
    this.#resumed.resolve();
  }

  /**
   * Settles when the machine runs; asked again for the same, with how it is. One that cannot be started leaves nothing. One that is halted is started
   * again on what it has written; if it cannot be, it stays as it is.
   * @throws Fault `replica-removing`, `replica-order-differs`, `replicas-too-many`, and as `OpenedPoints.open` and the recovery host
   */
  async start(asked: StartReplica): Promise<ReplicaStatus> {
    await this.#resumed.promise;
    return this.#turns.alone(asked.replicaId, async () => {
      const known = this.#table.find(asked.replicaId);
      if (known === undefined && this.#table.size >= REPLICAS_MAX) throw replicasTooMany(this.#table.size);
      if (known?.step === "removing") throw replicaRemoving(asked.replicaId);
      if (known !== undefined && !isSame(known.asked, asked)) throw replicaDiffers(asked.replicaId);
      if (known === undefined || known.step === "starting") await this.#life.bring(known ?? (await this.#begin(asked)));
      else if (known.step !== "started") await this.#life.restart(known);
      await this.#watch.lookAt(asked.replicaId);
      return this.#statusOf(asked.replicaId);
    });
  }

  /**
   * Settles when the machine has ended and nothing will be written to its disks; asked again, with the same.
   * @throws Fault `replica-unknown`, `replica-removing`, `replica-starting`, and as `RecoveryHost.halt` and `OpenedPoints.withhold`
   */
  async halt(id: string, graceSeconds: number): Promise<ReplicaHalted> {
    await this.#resumed.promise;
    return this.#turns.alone(id, async (signal) => {
      const known = this.#table.present(id);
      if (known.step === "starting") throw replicaStarting(id);
      const record = known.halted === undefined ? await this.#life.halt(known, { graceSeconds, signal }) : known;
      await this.#watch.lookAt(id);
      return haltedTold(record);
    });
  }

  /**
   * Settles when what the halted machine wrote is part of its disks' histories, with a point of this id at its end.
   * @throws Fault `replica-unknown`, `replica-removing`, `replica-not-halted`, and as `Absorption.absorb`
   */
  async absorb(id: string, pointId: string): Promise<MachinePoint> {
    await this.#resumed.promise;
    return this.#turns.alone(id, async (signal) => {
      const record = this.#table.present(id);
      const { halted, asked } = record;
      if (halted === undefined) throw replicaNotHalted(id);
      const point = halted.point?.id === pointId ? halted.point : await this.#notePoint(record, pointId);
      const disks = asked.disks.map(({ diskId }, index) => {
        const sequence = halted.overlays[index]?.sequence ?? 0;
        return { diskId, overlay: this.#life.overlayOf(record, diskId), sequence };
      });
      const { absorption, onStep = () => undefined } = this.#options;
      return absorption.absorb({ machineId: asked.machineId, point, disks, onStep }, signal);
    });
  }

  /** @throws Fault `replica-unknown` also of another disk, `replica-removing`, `replica-starting`, `replica-disk-waiting` */
  async disk(id: string, diskId: string, signal: AbortSignal): Promise<ReplicaDiskHeld> {
    await orAborted(this.#resumed.promise, signal);
    const record = this.#table.present(id);
    if (record.step === "starting") throw replicaStarting(id);
    const overlay = this.#life.overlayOf(record, diskId);
    return { machineId: record.asked.machineId, overlay, isHalted: record.step === "halted" };
  }

  /** Settles when nothing of the machine is left. One that is not there is left so. @throws as the recovery host */
  async remove(id: string): Promise<void> {
    await this.#resumed.promise;
    if (!isId(id)) return;
    this.#turns.stop(id, replicaRemoving(id));
    await this.#turns.alone(id, () => this.#life.remove(id));
  }

  /** As last seen. */
  statuses(): ReplicaStatus[] {
    return this.#table.ids().map((id) => this.#statusOf(id));
  }

  /** Looks after machines, and reads their consoles, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const consoles = new Map<RecoveryHost, Promise<void>>();
    try {
      await orAborted(this.#admitted.promise, signal);
      await this.#resume();
      await this.#lookAfterAll(consoles, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await this.#turns.end(daemonStopping());
      await Promise.all(consoles.values());
    }
  }

  async #lookAfterAll(consoles: Map<RecoveryHost, Promise<void>>, signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    let retryMicros = 0;
    for (;;) {
      const begun = this.#begun.next();
      if (this.#table.size === 0) await orAborted(begun, signal);
      for (const host of this.#hosts.opened()) if (!consoles.has(host)) consoles.set(host, host.run(signal));
      if (clock.monotonicMicros() >= retryMicros) {
        await this.#finishRemovals();
        await this.#serveWaiting();
        await this.#resumePaused();
        retryMicros = clock.monotonicMicros() + REPLICA_RETRY_MS * MICROS_PER_MS;
      }
      await this.#watch.look();
      await clock.sleep(REPLICA_LOOK_MS, signal);
    }
  }

  async #find(id: string): Promise<{ readonly host: RecoveryHost; readonly asked: StartReplica }> {
    await this.#resumed.promise;
    const { asked } = this.#table.get(id);
    return { host: await this.#hosts.of(asked.host), asked };
  }

  async #begin(asked: StartReplica): Promise<ReplicaRecord> {
    const record = await this.#life.begin(asked);
    this.#begun.notify();
    return record;
  }

  async #notePoint(record: ReplicaRecord, id: string): Promise<NonNullable<HaltedRecord["point"]>> {
    const { halted, asked } = record;
    assert(halted !== undefined, "only a halted machine's writes become history");
    const diskIds = asked.disks.map(({ diskId }) => diskId);
    const { machineId } = asked;
    const point = this.#options.absorption.laterPoint(id, { machineId, diskIds, haltedMicros: halted.timeMicros });
    await this.#table.write(haltedAs(record, { ...halted, point }));
    return point;
  }

  /** Does what nobody waits for the answer of. */
  async #telling(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFault(error)) throw error;
      this.#options.onFault(error);
    }
  }

  async #finishRemovals(): Promise<void> {
    for (const { step, asked } of this.#table.all()) {
      if (step === "removing") await this.#turns.alone(asked.replicaId, () => this.#life.undo(asked.replicaId));
    }
  }

  /** Disks whose journal did not open when this daemon started: their machines wait. */
  async #serveWaiting(): Promise<void> {
    for (const { fault } of await this.#options.opened.retry()) this.#options.onFault(fault);
  }

  /** A machine is paused when its disk refused what it asked for; if it still does, it is paused again. */
  async #resumePaused(): Promise<void> {
    for (const { step, asked } of this.#table.all()) {
      if (step !== "started") continue;
      const seen = await this.#watch.see(asked);
      if (typeof seen !== "object" || seen.state.kind !== "paused") continue;
      await this.#telling(async () => (await this.#hosts.of(asked.host)).resume(asked.replicaId));
    }
  }

  #statusOf(id: string): ReplicaStatus {
    const record = this.#table.get(id);
    const uris = record.openedIds.map((each) =>
      formatNbdUri({ address: { path: this.#socketPath(each) }, exportName: "", tls: false }),
    );
    return replicaStatusOf(record, this.#watch.seen(id), uris);
  }

  /** Where an opened point is served unless told. */
  #socketPath(openedId: string): string {
    return `${this.#options.home}/run/${openedId}.sock`;
  }
}

function isSame(one: StartReplica, other: StartReplica): boolean {
  const disks = ({ disks: all }: StartReplica): string => all.map(({ diskId }) => diskId).join(" ");
  return one.machineId === other.machineId && one.pointId === other.pointId && disks(one) === disks(other);
}

function haltedTold({ asked, halted }: ReplicaRecord): ReplicaHalted {
  assert(halted !== undefined, "only of a halted machine it is told how it ended");
  const overlays = asked.disks.flatMap(({ diskId }, index) => {
    const overlay = halted.overlays[index];
    return overlay === undefined ? [] : [{ diskId, ...overlay }];
  });
  return { overlays, orderly: halted.orderly };
}
