import type { PointRecord, PointStored } from "@leeward/proto";
import type { Files } from "@leeward/world";
import { LIMITS } from "../limits.ts";
import { PointFile } from "./point-file.ts";

const SUFFIX = ".points";

interface MachinePoints {
  readonly file: PointFile;
  /** By number; of one number, the entry with the latest validity. */
  readonly pending: Map<number, PointRecord>;
}

/**
 * The points that were taken in and that a target has not stored yet, over restarts.
 *
 * A point that finds its machine's share full is not taken: nothing is lost, since its agent repeats it until it is stored.
 */
export class PointStore implements AsyncDisposable {
  readonly #files: Files;
  readonly #folder: string;
  readonly #machines = new Map<string, Promise<MachinePoints>>();
  readonly #open = new Map<string, MachinePoints>();

  private constructor(files: Files, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  static async open(files: Files, folder: string): Promise<PointStore> {
    await files.makeFolder(folder);
    const store = new PointStore(files, folder);
    for (const name of await files.list(folder)) {
      if (name.endsWith(SUFFIX)) await store.#machine(name.slice(0, -SUFFIX.length));
    }
    return store;
  }

  /** Keeps the point; durable when it settles. Says whether it was news. */
  async put(point: PointRecord): Promise<boolean> {
    const { file, pending } = await this.#machine(point.machineId);
    const known = pending.get(point.number);
    if (known !== undefined && known.validUntilMicros >= point.validUntilMicros) return false;
    if (known === undefined && pending.size >= LIMITS.pendingPointsPerMachineMax) return false;
    pending.set(point.number, point);
    await file.append(point);
    if (file.sizeBytes > LIMITS.pointFileBytesMax / 2) await file.rewrite(() => Array.from(pending.values()));
    return true;
  }

  /** Lets go of what the target holds; a later validity that it does not know yet stays. */
  async settle(stored: PointStored): Promise<void> {
    const machine = this.#open.get(stored.machineId);
    const known = machine?.pending.get(stored.number);
    if (machine === undefined || known === undefined || known.validUntilMicros > stored.validUntilMicros) return;
    machine.pending.delete(stored.number);
    // Rewritten only when it is due: a point that comes back after a crash is sent once more, and that is all.
    if (machine.pending.size === 0 && machine.file.sizeBytes > LIMITS.pointFileIdleBytesMax) {
      await machine.file.rewrite(() => Array.from(machine.pending.values()));
    }
  }

  machines(): Iterable<string> {
    return this.#open.keys();
  }

  /** The machine's points that wait, in the order of their numbers. */
  pendingOf(machineId: string): PointRecord[] {
    return Array.from(this.#open.get(machineId)?.pending.values() ?? []).sort((a, b) => a.number - b.number);
  }

  /** Forgets a machine that is forwarded no longer. */
  async drop(machineId: string): Promise<void> {
    const machine = await this.#machines.get(machineId);
    this.#machines.delete(machineId);
    this.#open.delete(machineId);
    if (machine === undefined) return;
    await machine.file[Symbol.asyncDispose]();
    await this.#files.remove(`${this.#folder}/${machineId}${SUFFIX}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const machine of this.#machines.values()) await (await machine).file[Symbol.asyncDispose]();
  }

  #machine(machineId: string): Promise<MachinePoints> {
    const known = this.#machines.get(machineId);
    if (known !== undefined) return known;
    const opening = this.#openMachine(machineId);
    this.#machines.set(machineId, opening);
    opening.catch(() => this.#machines.delete(machineId));
    return opening;
  }

  async #openMachine(machineId: string): Promise<MachinePoints> {
    const { file, points } = await PointFile.open(this.#files, this.#folder, `${machineId}${SUFFIX}`);
    const machine = { file, pending: new Map(points.map((point) => [point.number, point])) };
    this.#open.set(machineId, machine);
    return machine;
  }
}
