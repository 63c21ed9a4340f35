import { Fault, randomId } from "@leeward/base";
import type { BlockDevice, Extent } from "@leeward/block";
import { endOf } from "@leeward/block";
import type { FileHandle, World } from "@leeward/world";
import type { SavedImage } from "./save-device.ts";

/**
 * Where a point is saved to: called with consecutive extents from 0 on, then `finish` once or `abandon` once.
 * What was begun and not finished leaves no file behind that could be taken for a whole one.
 */
export interface SaveSink {
  /** Whether `finish` reads all of it back and compares. */
  readonly readsBack: boolean;
  write(offset: number, data: Uint8Array): Promise<void>;
  /** The extent reads as zeroes; nothing needs to be stored for it where that is possible. */
  zero(extent: Extent): Promise<void>;
  /** All of it is durable when it settles. */
  finish(
    image: SavedImage,
    options: { readonly signal: AbortSignal; readonly done: (readBytes: number) => void },
  ): Promise<void>;
  /** Also after a `finish` that failed. */
  abandon(): Promise<void>;
}

/**
 * A sparse file at `folder/name`, written aside and renamed when whole.
 * @throws Fault `save-target-exists` when a file is there and `force` is not set
 */
export async function fileSink(
  world: World,
  options: { readonly folder: string; readonly name: string; readonly force: boolean },
): Promise<SaveSink> {
  const path = `${options.folder}/${options.name}`;
  if (!options.force && (await world.files.status(path)) !== undefined) throw targetExists(path);
  const aside = `${options.folder}/.${options.name}.${randomId(world.random)}.partial`;
  const handle = await world.files.open(aside, "create");
  return {
    readsBack: false,
    write: (offset, data) => handle.write([data], offset),
    async zero() {
      // A hole: what is never written reads as zeroes.
    },
    async finish({ bytes }) {
      await handle.truncate(bytes);
      await handle.datasync();
      await handle.close();
      await world.files.rename(aside, path);
      await world.files.syncFolder(options.folder);
    },
    async abandon() {
      await handle.close();
      if ((await world.files.status(aside)) !== undefined) await world.files.remove(aside);
    },
  };
}

/**
 * A disk, overwritten in place; it must be at least as large. Zeroes are written, so that nothing old shows through.
 * @throws Fault `save-target-too-small`
 */
export function deviceSink(device: BlockDevice, sizeBytes: number): SaveSink {
  if (device.sizeBytes < sizeBytes) {
    throw new Fault({
      code: "save-target-too-small",
      kind: "operator",
      message: `The device has ${device.sizeBytes} bytes, the recovery point ${sizeBytes}.`,
      remedy: "Use a device of at least the disk's size, or save to a file.",
      detail: { deviceBytes: device.sizeBytes, pointBytes: sizeBytes },
    });
  }
  return {
    readsBack: false,
    write: (offset, data) => device.write(offset, data, { fua: false }),
    zero: (extent) => device.zero(extent, { fua: false, mayDiscard: true }),
    async finish() {
      await device.flush();
    },
    async abandon() {
      // What was written stays: a device has no other place.
    },
  };
}

/** A block device file that exists (`/dev/…`): written in place, zeroes too. */
export async function blockFileSink(world: World, path: string): Promise<SaveSink> {
  const handle = await world.files.open(path, "update");
  const zeroes = new Uint8Array(1024 * 1024);
  return {
    readsBack: false,
    write: (offset, data) => handle.write([data], offset),
    zero: (extent) => writeZeroes(handle, extent, zeroes),
    async finish() {
      await handle.datasync();
      await handle.close();
    },
    async abandon() {
      await handle.close();
    },
  };
}

async function writeZeroes(handle: FileHandle, extent: Extent, zeroes: Uint8Array): Promise<void> {
  const end = endOf(extent);
  for (let at = extent.offset; at < end; at += zeroes.length) {
    await handle.write([zeroes.subarray(0, Math.min(zeroes.length, end - at))], at);
  }
}

/** The file is there, and nobody said that it may be replaced. */
export function targetExists(path: string): Fault {
  return new Fault({
    code: "save-target-exists",
    kind: "operator",
    message: `${path} exists already and is not overwritten without force.`,
    remedy: "Name another file; `--force` overwrites it, which cannot be undone.",
    detail: { path },
  });
}

/** A folder is not made for a save: a place that is not mounted would be filled. */
export function folderMissing(folder: string): Fault {
  return new Fault({
    code: "save-folder-missing",
    kind: "operator",
    message: `There is no folder ${folder}.`,
    remedy: "Make it first, or name another.",
    detail: { folder },
  });
}
