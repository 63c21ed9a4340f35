// Replica machines at this target: each runs on overlays over one recovery point, and changes nothing of the replica.
//
//   start    record "starting" → disks opened for writing, under ids of the record → adjusted, if that is asked for, and recorded so
//            → the host starts it → record "started"
//   halt     record "halting" → the host ends it → disks withheld, durable → record "halted", with where the overlays end
//   restart  record "restarting" → disks served again → the host starts it → record "started"
//   remove   record "removing" → the host removes it → disks closed, overlays and pins gone → the record is removed
//
// A kill between any two leaves a record that says how far it may have come. "removing" is carried on at the next start; "starting", "halting" and
// "restarting" wait to be asked for again or removed; "started" is looked for at its recovery host, whose machines outlive this daemon and wait for their disks.
// Once it is "started", a machine loses its overlays by being removed alone: they may be all that there is of what it wrote.
// Worst outcome if broken: a machine whose disks nobody serves or whose overlays nobody removes; or one that writes after it was said to be halted.
import { assert, Fault, isFault, MICROS_PER_MS, orAborted, type Random, randomId, Waiters } from "@leeward/base";
import type { MachinePoint, OverlayDevice } from "@leeward/journal";
import { formatNbdUri } from "@leeward/nbd";
import {
  type CheckReplica,
  isId,
  type RanInReplica,
  type ReplicaCheckResult,
  type ReplicaHalted,
  type ReplicaStatus,
  type RunInReplica,
  type StartReplica,
} from "@leeward/proto";
import type { Grace, RecoveryHost } from "@leeward/recovery-host";
import type { Clock } from "@leeward/world";
import { adjustGuest } from "../guest/guest-adjustment.ts";
import { adjustedCards } from "../guest/guest-card.ts";
import type { GuestFileSystems } from "../guest/guest-file-system.ts";
import {
  CHECK_SAID_LETTERS_MAX,
  CONSOLE_LETTERS_MAX,
  REPLICA_LOOK_MS,
  REPLICA_RETRY_MS,
  REPLICAS_MAX,
  SCREEN_BYTES_MAX,
} from "../limits.ts";
import type { OpenedPoints } from "../serve/opened-points.ts";
import type { Absorption } from "./absorption.ts";
import { type HostFolders, RecoveryHosts } from "./recovery-hosts.ts";
import { checkReplica } from "./replica-checks.ts";
import {
  replicaDiffers,
  replicaMissing,
  replicaNotHalted,
  replicaRemoving,
  replicaStarting,
  replicasTooMany,
  screenTooLarge,
} from "./replica-machine-faults.ts";
import { type HaltedRecord, haltedAs, movedTo, type ReplicaRecord, type ReplicaRecords } from "./replica-record.ts";
import { replicaSpecOf } from "./replica-spec-of.ts";
import { isOfHost, replicaStatusOf, type Seen } from "./replica-status.ts";
import { ReplicaTurns } from "./replica-turns.ts";

/** In the home: scripts that checks may name. */
const CHECK_SCRIPTS = "check-scripts";

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
  readonly #options: ReplicasOptions;
  readonly #hosts: RecoveryHosts;
  readonly #turns = new ReplicaTurns();
  readonly #records = new Map<string, ReplicaRecord>();
  readonly #seen = new Map<string, Seen>();
  readonly #begun = new Waiters();
  readonly #admitted = Promise.withResolvers<void>();
  readonly #resumed = Promise.withResolvers<void>();

  constructor(options: ReplicasOptions) {
    this.#options = options;
    this.#hosts = new RecoveryHosts(options.hosts, ({ faults }) => {
      for (const { fault } of faults) options.onFault(fault);
    });
  }

  /** Opened points are served again: what is asked for, and what was begun before, can be done. */
  admit(): void {
    this.#admitted.resolve();
  }

  /** Finds what runs, and carries on what was being removed. */
  async #resume(): Promise<void> {
    const { records } = this.#options;
    for (const id of await records.ids()) {
      await this.#telling(async () => {
        const record = await records.read(id);
        if (record !== undefined) this.#records.set(id, record);
      });
    }
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
      const known = this.#records.get(asked.replicaId);
      if (known === undefined && this.#records.size >= REPLICAS_MAX) throw replicasTooMany(this.#records.size);
      if (known?.step === "removing") throw replicaRemoving(asked.replicaId);
      if (known !== undefined && !isSame(known.asked, asked)) throw replicaDiffers(asked.replicaId);
      if (known === undefined || known.step === "starting") await this.#bring(known ?? (await this.#begin(asked)));
      else if (known.step !== "started") await this.#restart(known);
      await this.#lookAt(asked.replicaId);
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
      const known = this.#present(id);
      if (known.step === "starting") throw replicaStarting(id);
      const record = known.halted === undefined ? await this.#halt(known, { graceSeconds, signal }) : known;
      await this.#lookAt(id);
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
      const record = this.#present(id);
      const { halted, asked } = record;
      if (halted === undefined) throw replicaNotHalted(id);
      const point = halted.point?.id === pointId ? halted.point : await this.#notePoint(record, pointId);
      const disks = asked.disks.map(({ diskId }, index) => {
        const sequence = halted.overlays[index]?.sequence ?? 0;
        return { diskId, overlay: this.#overlayOf(record, diskId), sequence };
      });
      const onStep = (step: string): void => this.#step(step);
      return this.#options.absorption.absorb({ machineId: asked.machineId, point, disks, onStep }, signal);
    });
  }

  /** @throws Fault `replica-unknown` also of another disk, `replica-removing`, `replica-starting`, `replica-disk-waiting` */
  async disk(id: string, diskId: string, signal: AbortSignal): Promise<ReplicaDiskHeld> {
    await orAborted(this.#resumed.promise, signal);
    const record = this.#present(id);
    if (record.step === "starting") throw replicaStarting(id);
    const overlay = this.#overlayOf(record, diskId);
    return { machineId: record.asked.machineId, overlay, isHalted: record.step === "halted" };
  }

  /** Settles when nothing of the machine is left. One that is not there is left so. @throws as the recovery host */
  async remove(id: string): Promise<void> {
    await this.#resumed.promise;
    if (!isId(id)) return;
    this.#turns.stop(id, replicaRemoving(id));
    await this.#turns.alone(id, () => this.#removeAll(id));
  }

  /** What the machine wrote to its console, the end of it. @throws Fault `replica-unknown` and as the recovery host */
  async console(id: string): Promise<string> {
    const { host } = await this.#find(id);
    return (await host.console(id)).slice(-CONSOLE_LETTERS_MAX);
  }

  /** Looks for what shows that the machine works; one that does not look so is no fault. @throws Fault `replica-unknown` */
  async check(request: CheckReplica, signal: AbortSignal): Promise<ReplicaCheckResult[]> {
    const { clock, home } = this.#options;
    const { replicaId: id, limitSeconds } = request;
    const { host, asked } = await this.#find(id);
    const scriptFolder = `${home}/${CHECK_SCRIPTS}`;
    return checkReplica(request, { host, id, asked, clock, limitSeconds, scriptFolder, signal });
  }

  /** Runs a script inside of the machine, by its guest agent; the signal ends the waiting alone. @throws Fault `replica-unknown`, `guest-agent-silent`, and as the recovery host */
  async runScript(
    { replicaId, script, environment, limitSeconds }: RunInReplica,
    signal: AbortSignal,
  ): Promise<RanInReplica> {
    const { host } = await this.#find(replicaId);
    const named: Record<string, string> = {};
    for (const each of environment) {
      const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(each) ?? [];
      named[name] = value;
    }
    const { exitCode, said } = await host.runScript(
      replicaId,
      { content: script, environment: named, limitSeconds },
      signal,
    );
    return { exitCode, said: said.slice(-CHECK_SAID_LETTERS_MAX) };
  }

  /** What its screen shows, as PNG. @throws Fault `replica-unknown`, `screen-too-large` and as the recovery host */
  async screen(id: string): Promise<Uint8Array> {
    const { host } = await this.#find(id);
    const png = await host.screen(id);
    if (png.length > SCREEN_BYTES_MAX) throw screenTooLarge(id, png.length);
    return png;
  }

  /** As last seen. */
  statuses(): ReplicaStatus[] {
    return [...this.#records.keys()].map((id) => this.#statusOf(id));
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
      if (this.#records.size === 0) await orAborted(begun, signal);
      for (const host of this.#hosts.opened()) if (!consoles.has(host)) consoles.set(host, host.run(signal));
      if (clock.monotonicMicros() >= retryMicros) {
        await this.#finishRemovals();
        await this.#serveWaiting();
        await this.#resumePaused();
        retryMicros = clock.monotonicMicros() + REPLICA_RETRY_MS * MICROS_PER_MS;
      }
      await this.#look();
      await clock.sleep(REPLICA_LOOK_MS, signal);
    }
  }

  async #find(id: string): Promise<{ readonly host: RecoveryHost; readonly asked: StartReplica }> {
    await this.#resumed.promise;
    const record = this.#records.get(id);
    if (record === undefined) throw replicaMissing(id);
    return { host: await this.#hosts.of(record.asked.host), asked: record.asked };
  }

  async #begin(asked: StartReplica): Promise<ReplicaRecord> {
    const { random } = this.#options;
    const adjusted = adjustedCards(asked).length === 0;
    const openedIds = asked.disks.map(() => randomId(random));
    const record: ReplicaRecord = { step: "starting", asked, openedIds, adjusted };
    await this.#write(record);
    this.#begun.notify();
    return record;
  }

  /** Every step may have been done before, by a daemon that was killed. */
  async #bring(record: ReplicaRecord): Promise<void> {
    const { asked } = record;
    try {
      if (!record.adjusted) await this.#closeDisks(record);
      await this.#openDisks(record);
      this.#step("disks open");
      await this.#startMachine(record.adjusted ? record : await this.#adjust(record));
    } catch (error) {
      if (isFault(error)) await this.#undo(asked.replicaId);
      throw error;
    }
  }

  /** On overlays that nothing was written to: an adjustment that a killed daemon began may have left a file system amid a change. */
  async #adjust(record: ReplicaRecord): Promise<ReplicaRecord> {
    const { asked, openedIds } = record;
    const { guests, opened } = this.#options;
    const devices = asked.disks.map(({ diskId }, index) => opened.deviceOf({ id: openedIds[index] ?? "", diskId }));
    await adjustGuest(guests, { id: asked.replicaId, cards: adjustedCards(asked), devices });
    this.#step("disks adjusted");
    const adjusted = { ...movedTo(record, "starting"), adjusted: true };
    await this.#write(adjusted);
    return adjusted;
  }

  async #startMachine(record: ReplicaRecord): Promise<void> {
    const { asked, openedIds } = record;
    const host = await this.#hosts.of(asked.host);
    const sockets = openedIds.map((id) => this.#socketPath(id));
    if (!(await isThere(host, asked.replicaId))) await host.start(replicaSpecOf(asked, sockets));
    this.#step("machine started");
    await this.#write(movedTo(record, "started"));
  }

  /** As `#bring`, of what was halted, or on its way there: nothing of it is ever removed for not starting. */
  async #restart(halted: ReplicaRecord): Promise<void> {
    const record = movedTo(halted, "restarting");
    await this.#write(record);
    await this.#options.opened.offer(record.asked.replicaId);
    this.#step("disks served");
    await this.#startMachine(record);
  }

  /** Every step may have been done before, by a daemon that was killed. */
  async #halt(known: ReplicaRecord, grace: Grace): Promise<ReplicaRecord> {
    const { clock, opened } = this.#options;
    const { replicaId, host, disks } = known.asked;
    const record = movedTo(known, "halting");
    await this.#write(record);
    const { state } = await (await this.#hosts.of(host)).halt(replicaId, grace);
    this.#step("machine halted");
    await opened.withhold(replicaId);
    this.#step("disks withheld");
    const overlays = await Promise.all(
      disks.map(async ({ diskId }) => {
        const overlay = this.#overlayOf(record, diskId);
        return { branch: overlay.origin.branch, sequence: await overlay.settle() };
      }),
    );
    const orderly = state.kind === "ended" && (state.how === "shut-down" || state.how === "by-itself");
    const halted = haltedAs(record, { orderly, overlays, timeMicros: clock.wallMicros() });
    await this.#write(halted);
    return halted;
  }

  async #notePoint(record: ReplicaRecord, id: string): Promise<NonNullable<HaltedRecord["point"]>> {
    const { halted, asked } = record;
    assert(halted !== undefined, "only a halted machine's writes become history");
    const diskIds = asked.disks.map(({ diskId }) => diskId);
    const { machineId } = asked;
    const point = this.#options.absorption.laterPoint(id, { machineId, diskIds, haltedMicros: halted.timeMicros });
    await this.#write(haltedAs(record, { ...halted, point }));
    return point;
  }

  #present(id: string): ReplicaRecord {
    const record = this.#records.get(id);
    if (record === undefined) throw replicaMissing(id);
    if (record.step === "removing") throw replicaRemoving(id);
    return record;
  }

  #overlayOf({ asked, openedIds }: ReplicaRecord, diskId: string): OverlayDevice {
    const id = openedIds[asked.disks.findIndex((disk) => disk.diskId === diskId)];
    if (id === undefined) throw replicaMissing(asked.replicaId);
    return this.#options.opened.overlayOf({ id, diskId });
  }

  async #openDisks({ asked, openedIds }: ReplicaRecord): Promise<void> {
    const { opened } = this.#options;
    for (const [index, { diskId }] of asked.disks.entries()) {
      const id = openedIds[index] ?? "";
      const at = { machineId: asked.machineId, diskId, at: asked.pointId, socketPath: "", writable: true };
      await opened.open(at, { id, owner: asked.replicaId });
    }
  }

  async #closeDisks({ asked, openedIds }: ReplicaRecord): Promise<void> {
    const { opened, guests } = this.#options;
    await guests.sweep(asked.replicaId);
    for (const [index, { diskId }] of asked.disks.entries())
      await opened.closeOwned({ id: openedIds[index] ?? "", diskId });
  }

  /** After a start that failed, whose reason is what is told; that something is left stands in its record, and is tried again. */
  async #undo(id: string): Promise<void> {
    await this.#telling(() => this.#removeAll(id));
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

  async #removeAll(id: string): Promise<void> {
    const { records, opened, guests } = this.#options;
    const record = this.#records.get(id);
    if (record !== undefined) await this.#write(movedTo(record, "removing"));
    await this.#removeMachine(id, record);
    this.#step("machine removed");
    await guests.sweep(id);
    for (const disk of this.#disksOf(id, record)) await opened.closeOwned(disk);
    this.#step("disks closed");
    await records.remove(id);
    this.#records.delete(id);
    this.#seen.delete(id);
    this.#step("record removed");
  }

  /** One without a record, or whose record is damaged, is removed wherever it may be. */
  async #removeMachine(id: string, record: ReplicaRecord | undefined): Promise<void> {
    if (record !== undefined) {
      await (await this.#hosts.of(record.asked.host)).remove(id);
      return;
    }
    for (const host of await this.#hosts.used()) await host.remove(id);
  }

  /** By its record, and by what is open in its name. */
  #disksOf(id: string, record: ReplicaRecord | undefined): { readonly id: string; readonly diskId: string }[] {
    const recorded =
      record?.asked.disks.map(({ diskId }, index) => ({ id: record.openedIds[index] ?? "", diskId })) ?? [];
    const open = this.#options.opened.records().filter(({ owner }) => owner === id);
    return [...recorded, ...open.filter((each) => !recorded.some((known) => known.id === each.id))];
  }

  async #finishRemovals(): Promise<void> {
    for (const { step, asked } of [...this.#records.values()]) {
      if (step === "removing") await this.#turns.alone(asked.replicaId, () => this.#undo(asked.replicaId));
    }
  }

  /** Disks whose journal did not open when this daemon started: their machines wait. */
  async #serveWaiting(): Promise<void> {
    for (const { fault } of await this.#options.opened.retry()) this.#options.onFault(fault);
  }

  /** A machine is paused when its disk refused what it asked for; if it still does, it is paused again. */
  async #resumePaused(): Promise<void> {
    for (const [id, { step, asked }] of [...this.#records]) {
      if (step !== "started") continue;
      const seen = await this.#see(asked);
      if (typeof seen !== "object" || seen.state.kind !== "paused") continue;
      await this.#telling(async () => (await this.#hosts.of(asked.host)).resume(id));
    }
  }

  /** Side by side: one whose hypervisor does not answer keeps nobody from seeing the others. */
  async #look(): Promise<void> {
    await Promise.all([...this.#records.keys()].map((id) => this.#lookAt(id)));
  }

  async #lookAt(id: string): Promise<void> {
    const record = this.#records.get(id);
    if (record === undefined || !isOfHost(record.step)) return;
    const seen = await this.#see(record.asked);
    if (this.#records.has(id)) this.#seen.set(id, seen);
  }

  async #see(asked: StartReplica): Promise<Seen> {
    try {
      return await (await this.#hosts.of(asked.host)).find(asked.replicaId);
    } catch (error) {
      if (!isFault(error)) throw error;
      return error.message;
    }
  }

  #statusOf(id: string): ReplicaStatus {
    const record = this.#records.get(id);
    if (record === undefined) throw replicaMissing(id);
    const uris = record.openedIds.map((each) =>
      formatNbdUri({ address: { path: this.#socketPath(each) }, exportName: "", tls: false }),
    );
    return replicaStatusOf(record, this.#seen.get(id), uris);
  }

  async #write(record: ReplicaRecord): Promise<void> {
    await this.#options.records.write(record);
    this.#records.set(record.asked.replicaId, record);
    this.#step(`recorded ${record.step}`);
  }

  /** Where an opened point is served unless told. */
  #socketPath(openedId: string): string {
    return `${this.#options.home}/run/${openedId}.sock`;
  }

  #step(step: string): void {
    this.#options.onStep?.(step);
  }
}

/** Whether the host has it already, and it did not end: a daemon was killed between its start and the record of it. */
async function isThere(host: RecoveryHost, id: string): Promise<boolean> {
  const machine = await host.find(id);
  return machine !== undefined && machine.state.kind !== "ended";
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

function daemonStopping(): Fault {
  return new Fault({ code: "daemon-stopping", kind: "transient", message: "The daemon is stopping." });
}
