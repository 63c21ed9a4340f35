// The steps of one replica machine's life. Every step may have been done before, by a daemon that was killed.
//
//   start    record "starting" → disks opened for writing, under ids of the record → adjusted, if that is asked for, and recorded so
//            → the host starts it → record "started"
//   halt     record "halting" → the host ends it → disks withheld, durable → record "halted", with where the overlays end
//   restart  record "restarting" → disks served again → the host starts it → record "started"
//   remove   record "removing" → the host removes it → disks closed, overlays and pins gone → the record is removed
//
// Worst outcome if broken: a machine whose disks nobody serves or whose overlays nobody removes; or one that writes after it was said to be halted.
import { isFault, type Random, randomId } from "@leeward/base";
import type { OverlayDevice } from "@leeward/journal";
import type { StartReplica } from "@leeward/proto";
import type { Grace, RecoveryHost } from "@leeward/recovery-host";
import type { Clock } from "@leeward/world";
import { adjustGuest } from "../guest/guest-adjustment.ts";
import { adjustedCards } from "../guest/guest-card.ts";
import type { GuestFileSystems } from "../guest/guest-file-system.ts";
import type { OpenedPoints } from "../serve/opened-points.ts";
import type { RecoveryHosts } from "./recovery-hosts.ts";
import { replicaMissing } from "./replica-machine-faults.ts";
import { haltedAs, movedTo, type ReplicaRecord } from "./replica-record.ts";
import { replicaSpecOf } from "./replica-spec-of.ts";
import type { ReplicaTable } from "./replica-table.ts";

export interface ReplicaLifeOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly table: ReplicaTable;
  readonly hosts: RecoveryHosts;
  readonly opened: OpenedPoints;
  readonly guests: GuestFileSystems;
  /** Where an opened point is served. */
  readonly socketPath: (openedId: string) => string;
  /** Does what nobody waits for the answer of. */
  readonly telling: (work: () => Promise<void>) => Promise<void>;
  readonly onStep: (step: string) => void;
}

export class ReplicaLife {
  readonly #options: ReplicaLifeOptions;

  constructor(options: ReplicaLifeOptions) {
    this.#options = options;
  }

  async begin(asked: StartReplica): Promise<ReplicaRecord> {
    const { random } = this.#options;
    const adjusted = adjustedCards(asked).length === 0;
    const openedIds = asked.disks.map(() => randomId(random));
    const record: ReplicaRecord = { step: "starting", asked, openedIds, adjusted };
    await this.#options.table.write(record);
    return record;
  }

  /** One that cannot be started leaves nothing. @throws as `OpenedPoints.open` and the recovery host */
  async bring(record: ReplicaRecord): Promise<void> {
    const { asked } = record;
    try {
      if (!record.adjusted) await this.#closeDisks(record);
      await this.#openDisks(record);
      this.#options.onStep("disks open");
      await this.#startMachine(record.adjusted ? record : await this.#adjust(record));
    } catch (error) {
      if (isFault(error)) await this.undo(asked.replicaId);
      throw error;
    }
  }

  /** On overlays that nothing was written to: an adjustment that a killed daemon began may have left a file system amid a change. */
  async #adjust(record: ReplicaRecord): Promise<ReplicaRecord> {
    const { asked, openedIds } = record;
    const { guests, opened } = this.#options;
    const devices = asked.disks.map(({ diskId }, index) => opened.deviceOf({ id: openedIds[index] ?? "", diskId }));
    await adjustGuest(guests, { id: asked.replicaId, cards: adjustedCards(asked), devices });
    this.#options.onStep("disks adjusted");
    const adjusted = { ...movedTo(record, "starting"), adjusted: true };
    await this.#options.table.write(adjusted);
    return adjusted;
  }

  async #startMachine(record: ReplicaRecord): Promise<void> {
    const { asked, openedIds } = record;
    const host = await this.#options.hosts.of(asked.host);
    const sockets = openedIds.map((id) => this.#options.socketPath(id));
    if (!(await isThere(host, asked.replicaId))) await host.start(replicaSpecOf(asked, sockets));
    this.#options.onStep("machine started");
    await this.#options.table.write(movedTo(record, "started"));
  }

  /** As `bring`, of what was halted, or on its way there: nothing of it is ever removed for not starting. */
  async restart(halted: ReplicaRecord): Promise<void> {
    const record = movedTo(halted, "restarting");
    await this.#options.table.write(record);
    await this.#options.opened.offer(record.asked.replicaId);
    this.#options.onStep("disks served");
    await this.#startMachine(record);
  }

  /** Settles when nothing will be written to its disks. @throws as `RecoveryHost.halt` and `OpenedPoints.withhold` */
  async halt(known: ReplicaRecord, grace: Grace): Promise<ReplicaRecord> {
    const { clock, opened } = this.#options;
    const { replicaId, host, disks } = known.asked;
    const record = movedTo(known, "halting");
    await this.#options.table.write(record);
    const { state } = await (await this.#options.hosts.of(host)).halt(replicaId, grace);
    this.#options.onStep("machine halted");
    await opened.withhold(replicaId);
    this.#options.onStep("disks withheld");
    const overlays = await Promise.all(
      disks.map(async ({ diskId }) => {
        const overlay = this.overlayOf(record, diskId);
        return { branch: overlay.origin.branch, sequence: await overlay.settle() };
      }),
    );
    const orderly = state.kind === "ended" && (state.how === "shut-down" || state.how === "by-itself");
    const halted = haltedAs(record, { orderly, overlays, timeMicros: clock.wallMicros() });
    await this.#options.table.write(halted);
    return halted;
  }

  /** What the machine has of a disk. @throws Fault `replica-unknown` of another disk */
  overlayOf({ asked, openedIds }: ReplicaRecord, diskId: string): OverlayDevice {
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
  async undo(id: string): Promise<void> {
    await this.#options.telling(() => this.remove(id));
  }

  /** Settles when nothing of the machine is left. @throws as the recovery host */
  async remove(id: string): Promise<void> {
    const { table, opened, guests } = this.#options;
    const record = table.find(id);
    if (record !== undefined) await this.#options.table.write(movedTo(record, "removing"));
    await this.#removeMachine(id, record);
    this.#options.onStep("machine removed");
    await guests.sweep(id);
    for (const disk of this.#disksOf(id, record)) await opened.closeOwned(disk);
    this.#options.onStep("disks closed");
    await table.remove(id);
    this.#options.onStep("record removed");
  }

  /** One without a record, or whose record is damaged, is removed wherever it may be. */
  async #removeMachine(id: string, record: ReplicaRecord | undefined): Promise<void> {
    if (record !== undefined) {
      await (await this.#options.hosts.of(record.asked.host)).remove(id);
      return;
    }
    for (const host of await this.#options.hosts.used()) await host.remove(id);
  }

  /** By its record, and by what is open in its name. */
  #disksOf(id: string, record: ReplicaRecord | undefined): { readonly id: string; readonly diskId: string }[] {
    const recorded =
      record?.asked.disks.map(({ diskId }, index) => ({ id: record.openedIds[index] ?? "", diskId })) ?? [];
    const open = this.#options.opened.records().filter(({ owner }) => owner === id);
    return [...recorded, ...open.filter((each) => !recorded.some((known) => known.id === each.id))];
  }
}

/** Whether the host has it already, and it did not end: a daemon was killed between its start and the record of it. */
async function isThere(host: RecoveryHost, id: string): Promise<boolean> {
  const machine = await host.find(id);
  return machine !== undefined && machine.state.kind !== "ended";
}
