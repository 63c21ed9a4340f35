// Room for what is written over opened points. A machine that writes without end must not take the room that the journals need to take in what is
// protected: overlays are refused writes long before intake is. A refused write reaches no log, so that it can be tried again: a replica machine is
// paused meanwhile, and sees no error.
import { type BlockDevice, diskFull, type Extent, type WriteOptions } from "@leeward/block";
import type { Files } from "@leeward/world";
import { OVERLAY_LOOK_BYTES } from "../limits.ts";

/** Of a record without data, about so many bytes. */
const RECORD_BYTES = 128;

/** What all overlays of a target may still take, together. */
export class OverlayRoom {
  readonly #files: Files;
  readonly #folder: string;
  readonly #floorBytes: number;
  #spareBytes = 0;

  /** `floorBytes` stay free where `folder` lies; 0 for no care. */
  constructor(files: Files, { folder, floorBytes }: { readonly folder: string; readonly floorBytes: number }) {
    this.#files = files;
    this.#folder = folder;
    this.#floorBytes = floorBytes;
  }

  /** @throws Fault `disk-full` */
  async take(bytes: number): Promise<void> {
    if (this.#floorBytes === 0) return;
    this.#spareBytes -= bytes;
    if (this.#spareBytes >= 0) return;
    const { freeBytes } = await this.#files.space(this.#folder);
    const spareBytes = freeBytes - this.#floorBytes - bytes;
    if (spareBytes < 0) throw diskFull({ disk: "the overlay", operation: "write" }, undefined);
    // Others write there too: it is looked again soon.
    this.#spareBytes = Math.min(spareBytes, OVERLAY_LOOK_BYTES);
  }
}

/** The overlay, as long as there is room. */
export function withinRoom(device: BlockDevice, room: OverlayRoom): BlockDevice {
  const { sizeBytes, blockBytes, readOnly } = device;
  return {
    sizeBytes,
    blockBytes,
    readOnly,
    read: (offset, target) => device.read(offset, target),
    async write(offset: number, data: Uint8Array, options: WriteOptions): Promise<void> {
      await room.take(data.length + RECORD_BYTES);
      await device.write(offset, data, options);
    },
    async zero(extent: Extent, options: Parameters<BlockDevice["zero"]>[1]): Promise<void> {
      await room.take(RECORD_BYTES);
      await device.zero(extent, options);
    },
    async discard(extent: Extent, options: WriteOptions): Promise<void> {
      await room.take(RECORD_BYTES);
      await device.discard(extent, options);
    },
    flush: () => device.flush(),
    allocation: (extent) => device.allocation(extent),
    [Symbol.asyncDispose]: () => device[Symbol.asyncDispose](),
  };
}
