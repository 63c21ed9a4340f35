// Recovery points that are served as NBD disks, each on a Unix socket of its own, read-only or with an overlay that takes writes.
//
// Order: pin (in the journal, durable) → record → serve; closing: stop serving → forget → unpin → remove the overlay. A crash between
// leaves a pin without a record, which the next start sweeps, or a record that is served again.
import { Fault, isFault, Mutex, type Random, randomId } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import { formatNbdUri, NbdListener, NbdServer, singleExport } from "@leeward/nbd";
import type { OpenedPoint, OpenPoint } from "@leeward/proto";
import type { Clock, Files } from "@leeward/world";
import { OPENED_MAX } from "../limits.ts";
import type { OpenedRecord, OpenedStore } from "./opened-store.ts";

/** Where points come from, for whoever serves them. */
export interface PointSource {
  /** The point of the disk at `at`. @throws Fault `point-missing`, `point-in-gap`, `disk-unknown` */
  resolve(machineId: string, diskId: string, at: string): string;
  /** The point as a disk; with an overlay folder, one that takes writes. Disposing of it gives back what it holds. */
  open(record: OpenedRecord, overlayFolder: string | undefined): Promise<BlockDevice>;
}

export interface OpenedPointsOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly files: Files;
  readonly home: string;
  readonly store: OpenedStore;
  readonly source: PointSource;
}

interface Served {
  readonly record: OpenedRecord;
  readonly device: BlockDevice;
  readonly listener: NbdListener;
}

export class OpenedPoints {
  readonly #options: OpenedPointsOptions;
  readonly #alone = new Mutex();
  readonly #served = new Map<string, Served>();

  constructor(options: OpenedPointsOptions) {
    this.#options = options;
  }

  /** Serves again what was opened before; what cannot be any more is returned with why, and forgotten. */
  async resume(): Promise<readonly { record: OpenedRecord; fault: Fault }[]> {
    return this.#alone.hold(async () => {
      const lost: { record: OpenedRecord; fault: Fault }[] = [];
      for (const record of this.#options.store.all()) {
        try {
          await this.#serve(record);
        } catch (error) {
          if (!isFault(error)) throw error;
          lost.push({ record, fault: error });
        }
      }
      if (lost.length > 0) await this.#remember();
      return lost;
    });
  }

  /** @throws Fault `opened-too-many`, `nbd-listen-failed`, and as the source */
  async open(request: OpenPoint): Promise<OpenedPoint> {
    return this.#alone.hold(async () => {
      const { random, home, source } = this.#options;
      if (this.#served.size >= OPENED_MAX) {
        throw new Fault({
          code: "opened-too-many",
          kind: "operator",
          message: `${this.#served.size} points are open already, as many as there may be.`,
          remedy: "Close some with `leeward point close`.",
          detail: { open: this.#served.size },
        });
      }
      const id = randomId(random);
      const record: OpenedRecord = {
        id,
        machineId: request.machineId,
        diskId: request.diskId,
        pointId: source.resolve(request.machineId, request.diskId, request.at),
        socketPath: request.socketPath === "" ? `${home}/run/${id}.sock` : request.socketPath,
        writable: request.writable,
      };
      const served = await this.#serve(record);
      await this.#remember();
      return openedPointOf(served);
    });
  }

  list(): readonly OpenedPoint[] {
    return [...this.#served.values()].map(openedPointOf);
  }

  /** @throws Fault `opened-unknown` */
  async close(id: string): Promise<void> {
    await this.#alone.hold(async () => {
      const served = this.#served.get(id);
      if (served === undefined) {
        throw new Fault({
          code: "opened-unknown",
          kind: "operator",
          message: `No opened point ${id}.`,
          remedy: "See `leeward point opened`.",
          detail: { id },
        });
      }
      this.#served.delete(id);
      await this.#end(served);
      await this.#remember();
      if (served.record.writable) await this.#options.files.removeFolder(this.#overlayFolder(id));
    });
  }

  /** Stops serving, and remembers what was served for the next start. */
  async suspend(): Promise<void> {
    await this.#alone.hold(async () => {
      for (const served of this.#served.values()) await this.#end(served);
      this.#served.clear();
    });
  }

  async #serve(record: OpenedRecord): Promise<Served> {
    const { source, clock, files, home } = this.#options;
    const overlay = record.writable ? this.#overlayFolder(record.id) : undefined;
    if (overlay !== undefined) await files.makeFolder(`${home}/overlays`);
    const device = await source.open(record, overlay);
    try {
      const server = new NbdServer({ exports: singleExport(device), clock });
      const listener = await NbdListener.open(server, { path: record.socketPath });
      const served = { record, device, listener };
      this.#served.set(record.id, served);
      return served;
    } catch (error) {
      await device[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #end({ listener, device }: Served): Promise<void> {
    await listener.close();
    await device[Symbol.asyncDispose]();
  }

  async #remember(): Promise<void> {
    await this.#options.store.replace([...this.#served.values()].map(({ record }) => record));
  }

  #overlayFolder(id: string): string {
    return `${this.#options.home}/overlays/${id}`;
  }
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
