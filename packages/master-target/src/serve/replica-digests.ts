// What a replica really holds, as digests, for whoever compares it with its source. It is read as an opened point is: stored bytes, checked,
// decrypted and decompressed; so what they say is what a recovery would get. Worst outcome of anything shorter: a check that cannot fail.
//
// A comparison is told what the newest recoverable point holds, or nothing. A resync is told what all that is held makes of the disk, where the journal
// ends: it is asked for inside of the resync's own span, too. What cannot be read then has no digest, so that the source sends it again. Of a replica machine's
// disk it is told what the machine has there now, and where its overlay stood before that was read.
//
// It is nobody's hurry: one request at a time, a piece after another, and a turn of the event loop for intake between two. The point is pinned
// while it is read.
import { isFault, MiB, Mutex } from "@leeward/base";
import { type BlockDevice, type Extent, fits, intersection } from "@leeward/block";
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
import type { Replicas } from "../replicas/replicas.ts";
import { extentOutside, replicaOther } from "./replica-content-faults.ts";

/** Read and digested in one go: about a millisecond of a core. */
const PIECE_BYTES = MiB;

export class ReplicaDigests {
  readonly #clock: Clock;
  readonly #disks: TargetDisks;
  readonly #replicas: Pick<Replicas, "disk">;
  readonly #alone = new Mutex();

  constructor(clock: Clock, disks: TargetDisks, replicas: Pick<Replicas, "disk">) {
    this.#clock = clock;
    this.#disks = disks;
    this.#replicas = replicas;
  }

  /**
   * Of the newest recoverable point, of the present, or of a replica machine's disk.
   * @throws Fault `extent-outside`, `disk-unknown`, `point-missing`, `pins-full`, `journal-full`, of a point `disk-read-failed`, and as `Replicas.disk`
   */
  async of(request: Request, signal: AbortSignal): Promise<BlockDigests> {
    return this.#alone.hold(() =>
      request.replicaId === "" ? this.#ofHistory(request, signal) : this.#ofReplica(request, signal),
    );
  }

  async #ofHistory(request: Request, signal: AbortSignal): Promise<BlockDigests> {
    const { present } = request;
    const { journal } = this.#disks.require(request.machineId, request.diskId);
    const { pointId, opened } = await (present ? openPresent(journal) : openNewest(journal));
    await using device = opened;
    const extent = withinDisk(request, device);
    const read = present ? digestsOfReadable : digestsOfAll;
    const digests = await this.#digestsOf(extent, (piece, buffer) => read(device, piece, buffer), signal);
    return { pointId, ...device.place, diskBytes: device.sizeBytes, length: extent.length, digests };
  }

  async #ofReplica(request: Request, signal: AbortSignal): Promise<BlockDigests> {
    const { machineId, diskId, replicaId } = request;
    const held = await this.#replicas.disk(replicaId, diskId, signal);
    if (held.machineId !== machineId) throw replicaOther(replicaId, machineId);
    const { overlay } = held;
    const { branch } = overlay.origin;
    const sequence = await overlay.settle();
    const extent = withinDisk(request, overlay);
    const read = async (piece: number, buffer: Uint8Array): Promise<Uint8Array> => {
      await overlay.readDurably(piece, buffer);
      return blockDigests(buffer);
    };
    const digests = await this.#digestsOf(extent, read, signal);
    return { pointId: "", branch, sequence, diskBytes: overlay.sizeBytes, length: extent.length, digests };
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

/** What of it the disk has; of no length behind its end. @throws Fault `extent-outside` when it cannot be read in blocks */
function withinDisk({ offset, length }: Extent, device: BlockDevice): Extent {
  const within = intersection({ offset, length }, { offset: 0, length: device.sizeBytes });
  if (within === undefined) return { offset, length: 0 };
  if (offset % DIGEST_BLOCK_BYTES !== 0 || !fits(device, within)) throw extentOutside({ offset, length });
  return within;
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
