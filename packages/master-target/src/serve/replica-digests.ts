// What a replica really holds, as digests, for whoever compares it with its source. It is read as an opened point is: stored bytes, checked,
// decrypted and decompressed; so what they say is what a recovery would get. Worst outcome of anything shorter: a check that cannot fail.
//
// A comparison is told what the newest recoverable point holds, or nothing. A resync is told what all that is held makes of the disk, where the journal
// ends: it is asked for inside of the resync's own span, too. What cannot be read then has no digest, so that the source sends it again.
//
// It is nobody's hurry: one request at a time, a piece after another, and a turn of the event loop for intake between two. The point is pinned
// while it is read.
import { isFault, MiB, Mutex } from "@leeward/base";
import { type BlockDevice, intersection } from "@leeward/block";
import type { Journal, PointDevice } from "@leeward/journal";
import {
  type BlockDigests,
  blockDigests,
  DIGEST_BLOCK_BYTES,
  digestBytesOf,
  type ReplicaDigests as Request,
} from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { TargetDisks } from "../keep/target-disks.ts";

/** Read and digested in one go: about a millisecond of a core. */
const PIECE_BYTES = MiB;

export class ReplicaDigests {
  readonly #clock: Clock;
  readonly #disks: TargetDisks;
  readonly #alone = new Mutex();

  constructor(clock: Clock, disks: TargetDisks) {
    this.#clock = clock;
    this.#disks = disks;
  }

  /**
   * Of the newest recoverable point, or of the present.
   * @throws Fault `disk-unknown`, `point-missing`, `pins-full`, `journal-full`, and of a point `disk-read-failed`
   */
  async of(request: Request, signal: AbortSignal): Promise<BlockDigests> {
    return this.#alone.hold(async () => {
      const { present } = request;
      const { journal } = this.#disks.require(request.machineId, request.diskId);
      const { pointId, opened } = await (present ? openPresent(journal) : openNewest(journal));
      await using device = opened;
      const disk = { offset: 0, length: device.sizeBytes };
      const extent = intersection(request, disk) ?? { offset: request.offset, length: 0 };
      const read = present ? digestsOfReadable : digestsOfAll;
      const digests = await this.#digestsOf(extent, (piece, buffer) => read(device, piece, buffer), signal);
      return { pointId, ...device.place, diskBytes: device.sizeBytes, length: extent.length, digests };
    });
  }

  async #digestsOf(
    { offset, length }: { readonly offset: number; readonly length: number },
    read: (offset: number, into: Uint8Array) => Promise<Uint8Array>,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const digests = new Uint8Array(digestBytesOf(length));
    const buffer = new Uint8Array(Math.min(PIECE_BYTES, length));
    for (let at = 0; at < length; at += PIECE_BYTES) {
      signal.throwIfAborted();
      const piece = buffer.subarray(0, Math.min(PIECE_BYTES, length - at));
      digests.set(await read(offset + at, piece), digestBytesOf(at));
      await this.#clock.sleep(0, signal);
    }
    return digests;
  }
}

interface Opened {
  readonly pointId: string;
  readonly opened: PointDevice;
}

async function openNewest(journal: Journal): Promise<Opened> {
  const { id } = journal.resolve({ kind: "latest" });
  return { pointId: id, opened: await journal.openPoint(id, { owner: "verify", reason: "compared with its source" }) };
}

async function openPresent(journal: Journal): Promise<Opened> {
  return { pointId: "", opened: await journal.openHead({ owner: "resync", reason: "compared with its source" }) };
}

async function digestsOfAll(device: BlockDevice, offset: number, into: Uint8Array): Promise<Uint8Array> {
  await device.read(offset, into);
  return blockDigests(into);
}

/** As `digestsOfAll`; zeroes stand for each block that cannot be read. */
async function digestsOfReadable(device: BlockDevice, offset: number, into: Uint8Array): Promise<Uint8Array> {
  try {
    return await digestsOfAll(device, offset, into);
  } catch (error) {
    if (!isFault(error, "disk-read-failed")) throw error;
    if (into.length <= DIGEST_BLOCK_BYTES) return new Uint8Array(digestBytesOf(into.length));
  }
  const digests = new Uint8Array(digestBytesOf(into.length));
  for (let at = 0; at < into.length; at += DIGEST_BLOCK_BYTES) {
    const block = into.subarray(at, at + DIGEST_BLOCK_BYTES);
    digests.set(await digestsOfReadable(device, offset + at, block), digestBytesOf(at));
  }
  return digests;
}
