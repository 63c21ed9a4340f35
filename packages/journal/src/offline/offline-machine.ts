import { Fault, isFault } from "@leeward/base";
import type { World } from "@leeward/world";
import type { JournalLimits } from "../limits.ts";
import { machinePointAt } from "../machine/machine-choice.ts";
import { type MachinePoint, machinePoints } from "../machine/machine-point.ts";
import { readPointer } from "../manifest/current-pointer.ts";
import type { PointAt, TimeRange } from "../recovery-point.ts";
import { dataKeyOf, readKeyFile, type Unlock } from "./key-file.ts";
import { OfflineJournal } from "./offline-journal.ts";

export interface OfflineOptions {
  /** Absolute: a disk's journal, or a machine's folder with the journals of its disks. */
  readonly folder: string;
  readonly unlock: Unlock;
  readonly limits?: Partial<JournalLimits>;
}

/** A disk of the folder that could not be opened, and why. */
export interface RefusedDisk {
  readonly folder: string;
  readonly fault: Fault;
}

/**
 * Opens what lies in a folder with nothing but the folder and the key. A disk that does not open is named and holds up no other.
 * @throws Fault `journal-missing` when there is no journal at all, and the fault of the only disk when none opens
 */
export async function openOffline(world: World, options: OfflineOptions): Promise<OfflineMachine> {
  const disks: OfflineJournal[] = [];
  const refused: RefusedDisk[] = [];
  let machineName: string | undefined;
  for (const folder of await diskFolders(world, options.folder)) {
    try {
      const keyFile = await readKeyFile(world.files, folder);
      const dataKey = await dataKeyOf(keyFile, options.unlock, folder);
      const limits = options.limits ?? {};
      disks.push(await OfflineJournal.open(world, { folder, dataKey, name: keyFile?.diskName, limits }));
      machineName ??= keyFile?.machineName;
    } catch (error) {
      if (!isFault(error)) throw error;
      refused.push({ folder, fault: error });
    }
  }
  const [first] = disks;
  if (first === undefined) throw refused[0]?.fault ?? nothingThere(options.folder);
  return new OfflineMachine({ machineId: first.machineId, name: machineName ?? first.machineId, disks, refused });
}

/** A machine's journals without their server. */
export class OfflineMachine implements AsyncDisposable {
  readonly machineId: string;
  readonly name: string;
  readonly disks: readonly OfflineJournal[];
  readonly refused: readonly RefusedDisk[];

  constructor(parts: {
    readonly machineId: string;
    readonly name: string;
    readonly disks: readonly OfflineJournal[];
    readonly refused: readonly RefusedDisk[];
  }) {
    this.machineId = parts.machineId;
    this.name = parts.name;
    this.disks = parts.disks.filter((disk) => disk.machineId === parts.machineId);
    this.refused = parts.refused;
  }

  /** By id or name. */
  disk(nameOrId: string): OfflineJournal | undefined {
    return this.disks.find(({ diskId, name }) => diskId === nameOrId || name === nameOrId);
  }

  /** Points that all their members hold, oldest first. */
  points(range: TimeRange = {}): MachinePoint[] {
    return machinePoints(this.machineId, this.#holders(), range);
  }

  /** As machinePointAt. */
  resolve(at: PointAt): MachinePoint {
    return machinePointAt(this.machineId, this.#holders(), at);
  }

  async close(): Promise<void> {
    for (const disk of this.disks) await disk.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #holders(): ReadonlyMap<string, OfflineJournal> {
    return new Map(this.disks.map((disk) => [disk.diskId, disk]));
  }
}

async function diskFolders({ files }: World, folder: string): Promise<string[]> {
  if ((await readPointer(files, folder)) !== undefined) return [folder];
  const found: string[] = [];
  for (const name of await files.list(folder)) {
    const path = `${folder}/${name}`;
    if ((await files.status(path))?.kind === "folder" && (await files.status(`${path}/CURRENT`)) !== undefined)
      found.push(path);
  }
  return found;
}

function nothingThere(folder: string): Fault {
  return new Fault({
    code: "journal-missing",
    kind: "operator",
    message: `${folder} holds no journal.`,
    remedy: "Name one machine's folder in HOME/journal of a master target, or one disk's.",
    detail: { folder },
  });
}
