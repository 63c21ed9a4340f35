// Recovery points that are served as NBD disks, each on a Unix socket of its own, read-only or with an overlay that takes writes.
//
// Order: pin (in the journal, durable) → serve → record; closing: stop serving → forget → unpin → remove the overlay. A crash between
// leaves a pin without a record, which the next start sweeps, or a record that is served again.
//
// A point that is a replica machine's disk has that machine as its owner. It is opened under an id that its owner knows before, so that opening may be
// asked for again; it stays recorded also when it cannot be served for now, since the machine waits for its disk; only its owner closes it.
//
// The disks of a machine that is halted are withheld: recorded so → nobody is served any more, and no call is under way → what was written is durable.
// They stay open for this daemon alone, over restarts too. Worst outcome if broken: something is written behind what the source is made equal to.
import { Fault, isFault, Mutex, type Random, randomId } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import type { OverlayDevice } from "@leeward/journal";
import { formatNbdUri, NbdListener, NbdServer, singleExport } from "@leeward/nbd";
import type { OpenedPoint, OpenPoint } from "@leeward/proto";
import type { Clock, Files } from "@leeward/world";
import { OPENED_MAX } from "../limits.ts";
import { openedInUse, openedTooMany, openedUnknown, replicaDiskWaiting } from "./opened-faults.ts";
import type { OpenedRecord, OpenedStore } from "./opened-store.ts";

/** A point as a disk; `overlay` is what takes its writes, below what watches over their room. */
export interface OpenedDisk {
  readonly device: BlockDevice;
  readonly overlay: OverlayDevice | undefined;
}

/** Where points come from, for whoever serves them. */
export interface PointSource {
  /** The point of the disk at `at`. @throws Fault `point-missing`, `point-in-gap`, `disk-unknown` */
  resolve(machineId: string, diskId: string, at: string): string;
  /** The point as a disk; with an overlay folder, one that takes writes. Disposing of it gives back what it holds. */
  open(record: OpenedRecord, overlayFolder: string | undefined): Promise<OpenedDisk>;
  /** Lets go of whatever keeps a point for the record, also where a crash left it. */
  release(record: Pick<OpenedRecord, "id" | "diskId">): Promise<void>;
}

/** Offers a disk at a Unix socket. Closed, it serves nobody, and no call is under way. @throws Fault `nbd-listen-failed` */
export type ServeDisk = (device: BlockDevice, socketPath: string) => Promise<DiskListener>;

export type DiskListener = Pick<NbdListener, "close">;

export interface OpenedPointsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly home: string;
  readonly store: OpenedStore;
  readonly source: PointSource;
  /** By NBD unless told. */
  readonly serve?: ServeDisk;
}

/** A disk of a replica machine: the id under which it is opened, and whose it is. */
export interface OwnedDisk {
  readonly id: string;
  readonly owner: string;
}

interface Served extends OpenedDisk {
  readonly record: OpenedRecord;
  /** None of a disk that is withheld. */
  readonly listener: DiskListener | undefined;
}

interface Lost {
  readonly record: OpenedRecord;
  readonly fault: Fault;
}

export class OpenedPoints {
  readonly #options: OpenedPointsOptions;
  readonly #alone = new Mutex();
  readonly #served = new Map<string, Served>();

  constructor(options: OpenedPointsOptions) {
    this.#options = options;
  }

  /** Serves again what was opened before; what cannot be is returned with why, and forgotten unless a replica machine waits for it. */
  async resume(): Promise<readonly Lost[]> {
    return this.#alone.hold(async () => {
      const lost = await this.#serveAll(this.#options.store.all());
      const gone = new Set(lost.flatMap(({ record }) => (record.owner === "" ? [record.id] : [])));
      if (gone.size > 0) await this.#remember(this.#options.store.all().filter(({ id }) => !gone.has(id)));
      return lost;
    });
  }

  /** Tries again to serve what replica machines wait for; what still cannot be is returned with why. */
  async retry(): Promise<readonly Lost[]> {
    return this.#alone.hold(() => {
      const waiting = this.#options.store.all().filter(({ id, owner }) => owner !== "" && !this.#served.has(id));
      return this.#serveAll(waiting);
    });
  }

  /**
   * With `owned`, as that machine's disk; one that is open already is answered as it is.
   * @throws Fault `opened-too-many`, `nbd-listen-failed`, and as the source
   */
  async open(request: OpenPoint, owned?: OwnedDisk): Promise<OpenedPoint> {
    return this.#alone.hold(async () => {
      const { store } = this.#options;
      const open = owned === undefined ? undefined : this.#served.get(owned.id);
      if (open !== undefined) return openedPointOf(open);
      if (this.#served.size >= OPENED_MAX) throw openedTooMany(this.#served.size);
      const known = store.all().find(({ id }) => id === owned?.id);
      const served = await this.#serve(known ?? this.#recordOf(request, owned));
      if (known === undefined) await this.#remember([...store.all(), served.record]);
      return openedPointOf(served);
    });
  }

  /** What is served. */
  list(): readonly OpenedPoint[] {
    return [...this.#served.values()].filter(({ listener }) => listener !== undefined).map(openedPointOf);
  }

  /** What is written over the opened point. @throws Fault `replica-disk-waiting` when it is not open for now */
  overlayOf({ id, diskId }: Pick<OpenedRecord, "id" | "diskId">): OverlayDevice {
    const overlay = this.#served.get(id)?.overlay;
    if (overlay === undefined) throw replicaDiskWaiting(diskId);
    return overlay;
  }

  /** The opened point as a disk, as whoever it is served to finds it. @throws Fault `replica-disk-waiting` when it is not open for now */
  deviceOf({ id, diskId }: Pick<OpenedRecord, "id" | "diskId">): BlockDevice {
    const device = this.#served.get(id)?.device;
    if (device === undefined) throw replicaDiskWaiting(diskId);
    return device;
  }

  /**
   * Serves the machine's disks to nobody any more, and makes durable what was written: nothing follows on that.
   * @throws Fault `disk-write-failed`, and as the source of a disk that cannot be opened
   */
  async withhold(owner: string): Promise<void> {
    await this.#alone.hold(async () => {
      await this.#mark(owner, true);
      for (const record of this.#ownedBy(owner)) {
        const { listener, ...served } = this.#served.get(record.id) ?? (await this.#serve(record));
        await listener?.close();
        this.#served.set(record.id, { ...served, record, listener: undefined });
        await served.overlay?.settle();
      }
    });
  }

  /** Serves the machine's disks again, on the same sockets. @throws Fault `nbd-listen-failed`, and as the source */
  async offer(owner: string): Promise<void> {
    await this.#alone.hold(async () => {
      await this.#mark(owner, false);
      for (const record of this.#ownedBy(owner)) {
        const served = this.#served.get(record.id);
        if (served === undefined) await this.#serve(record);
        else if (served.listener === undefined) await this.#listen({ ...served, record });
      }
    });
  }

  /** All that is recorded, also what cannot be served for now. */
  records(): readonly OpenedRecord[] {
    return this.#options.store.all();
  }

  /** @throws Fault `opened-unknown`, `opened-in-use` when a replica machine has it */
  async close(id: string): Promise<void> {
    await this.#alone.hold(async () => {
      const record = this.#options.store.all().find((each) => each.id === id);
      if (record === undefined) throw openedUnknown(id);
      if (record.owner !== "") throw openedInUse(id, record.owner);
      await this.#remove(record);
    });
  }

  /** Closes a disk of a replica machine, which does not run any more, for good. What there is nothing of is left so. */
  async closeOwned(disk: Pick<OpenedRecord, "id" | "diskId">): Promise<void> {
    await this.#alone.hold(async () => {
      const { files } = this.#options;
      await this.#remove(disk);
      // A daemon that was killed left it there; nobody else has a socket of this name.
      const socketPath = this.#socketPath(disk.id);
      if ((await files.status(socketPath)) !== undefined) await files.remove(socketPath);
    });
  }

  /** Stops serving, and remembers what was served for the next start. */
  async suspend(): Promise<void> {
    await this.#alone.hold(async () => {
      for (const served of this.#served.values()) await this.#end(served);
      this.#served.clear();
    });
  }

  #recordOf(request: OpenPoint, owned: OwnedDisk | undefined): OpenedRecord {
    const { random, source } = this.#options;
    const id = owned?.id ?? randomId(random);
    return {
      id,
      machineId: request.machineId,
      diskId: request.diskId,
      pointId: source.resolve(request.machineId, request.diskId, request.at),
      socketPath: request.socketPath === "" ? this.#socketPath(id) : request.socketPath,
      writable: request.writable,
      owner: owned?.owner ?? "",
      withheld: false,
    };
  }

  #ownedBy(owner: string): OpenedRecord[] {
    return this.#options.store.all().filter((record) => record.owner === owner);
  }

  async #mark(owner: string, withheld: boolean): Promise<void> {
    const records = this.#options.store.all();
    if (records.every((each) => each.owner !== owner || each.withheld === withheld)) return;
    await this.#remember(records.map((each) => (each.owner === owner ? { ...each, withheld } : each)));
  }

  async #serveAll(records: readonly OpenedRecord[]): Promise<Lost[]> {
    const lost: Lost[] = [];
    for (const record of records) {
      try {
        await this.#serve(record);
      } catch (fault) {
        if (!isFault(fault)) throw fault;
        lost.push({ record, fault });
      }
    }
    return lost;
  }

  async #serve(record: OpenedRecord): Promise<Served> {
    const { source, files, home } = this.#options;
    const folder = record.writable ? this.#overlayFolder(record.id) : undefined;
    if (folder !== undefined) await files.makeFolder(`${home}/overlays`);
    const disk = await source.open(record, folder);
    const served = { ...disk, record, listener: undefined };
    if (record.withheld) {
      this.#served.set(record.id, served);
      return served;
    }
    try {
      return await this.#listen(served);
    } catch (error) {
      await disk.device[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #listen(disk: Served): Promise<Served> {
    const { clock, serve = serveByNbd(clock) } = this.#options;
    const served = { ...disk, listener: await serve(disk.device, disk.record.socketPath) };
    this.#served.set(disk.record.id, served);
    return served;
  }

  /** Every step may have been done before. */
  async #remove({ id, diskId }: Pick<OpenedRecord, "id" | "diskId">): Promise<void> {
    const { store, source, files, home } = this.#options;
    const served = this.#served.get(id);
    this.#served.delete(id);
    if (served !== undefined) await this.#end(served);
    const others = store.all().filter((each) => each.id !== id);
    if (others.length < store.all().length) await this.#remember(others);
    await source.release({ id, diskId });
    if ((await files.status(this.#overlayFolder(id))) === undefined) return;
    await files.removeFolder(this.#overlayFolder(id));
    await files.syncFolder(`${home}/overlays`);
  }

  async #end({ listener, device }: Served): Promise<void> {
    await listener?.close();
    await device[Symbol.asyncDispose]();
  }

  async #remember(records: readonly OpenedRecord[]): Promise<void> {
    await this.#options.store.replace(records);
  }

  #socketPath(id: string): string {
    return `${this.#options.home}/run/${id}.sock`;
  }

  #overlayFolder(id: string): string {
    return `${this.#options.home}/overlays/${id}`;
  }
}

function serveByNbd(clock: Clock): ServeDisk {
  return (device, path) => NbdListener.open(new NbdServer({ exports: singleExport(device), clock }), { path });
}

function openedPointOf({ record, device }: Served): OpenedPoint {
  return {
    id: record.id,
    pointId: record.pointId,
    diskId: record.diskId,
    nbdUri: formatNbdUri({ address: { path: record.socketPath }, exportName: "", tls: false }),
    readOnly: !record.writable,
    sizeBytes: device.sizeBytes,
    machineId: record.machineId,
  };
}
