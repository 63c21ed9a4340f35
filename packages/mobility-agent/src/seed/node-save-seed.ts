import { MiB } from "@leeward/base";
import { openFileDevice } from "@leeward/block";
import { readConfig } from "@leeward/daemon";
import { type SavedSeed, type SeedOrder, saveSeed } from "@leeward/journal";
import type { World } from "@leeward/world";
import { AGENT_SETTINGS } from "../config.ts";
import { NodeInventory } from "../inventory/node-inventory.ts";

export interface SaveDiskOptions {
  readonly world: World;
  /** Of the agent, whose settings say what may be protected. */
  readonly home: string;
  /** The disk, as the config server names it. */
  readonly path: string;
  readonly order: SeedOrder;
  readonly folder: string;
  readonly force: boolean;
  readonly onProgress: (progress: { readonly doneBytes: number; readonly totalBytes: number }) => void;
}

/**
 * As `saveSeed`, of a disk or image file of this machine. What is mounted from a device is read past the page cache, whose copy of it is older.
 * @throws also what `Inventory.resolve` and the device throw
 */
export async function saveDiskSeed(options: SaveDiskOptions, signal: AbortSignal): Promise<SavedSeed> {
  const { world, home, path: named, ...saving } = options;
  const { protectable } = await readConfig({ files: world.files, home, table: AGENT_SETTINGS, overrides: {} });
  const inventory = await NodeInventory.open({ home, protectable: () => protectable });
  const path = await inventory.resolve(named, "splitter");
  const direct = (await world.files.status(path))?.kind === "block-device";
  const reading = direct ? { direct } : { direct, directReadsFrom: MiB };
  await using device = await openFileDevice({ path, readOnly: true, io: "thread-pool", ...reading });
  return await saveSeed(world, { ...saving, device, physicalBlockBytes: device.physicalBlockBytes }, signal);
}
