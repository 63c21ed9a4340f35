// What a replica really holds, as digests, for whoever compares it with its source. It is read as an opened point is: stored bytes, checked,
// decrypted and decompressed; so what they say is what a recovery would get. Worst outcome of anything shorter: a check that cannot fail.
//
// It is nobody's hurry: one request at a time, a piece after another, and a turn of the event loop for intake between two. The point is pinned
// while it is read.
import { MiB, Mutex } from "@leeward/base";
import { type BlockDevice, intersection } from "@leeward/block";
import { type BlockDigests, blockDigests, digestBytesOf, type ReplicaDigests as Request } from "@leeward/proto";
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

  /** Of the newest recoverable point. @throws Fault `disk-unknown`, `point-missing`, `pins-full`, `journal-full`, `disk-read-failed` */
  async of(request: Request, signal: AbortSignal): Promise<BlockDigests> {
    return this.#alone.hold(async () => {
      const { journal } = this.#disks.require(request.machineId, request.diskId);
      const { id, branch, sequence } = journal.resolve({ kind: "latest" });
      await using device = await journal.openPoint(id, { owner: "verify", reason: "compared with its source" });
      const disk = { offset: 0, length: device.sizeBytes };
      const extent = intersection(request, disk) ?? { offset: request.offset, length: 0 };
      const digests = await this.#digestsOf(device, extent, signal);
      return { pointId: id, branch, sequence, diskBytes: device.sizeBytes, length: extent.length, digests };
    });
  }

  async #digestsOf(
    device: BlockDevice,
    { offset, length }: { readonly offset: number; readonly length: number },
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const digests = new Uint8Array(digestBytesOf(length));
    const buffer = new Uint8Array(Math.min(PIECE_BYTES, length));
    for (let at = 0; at < length; at += PIECE_BYTES) {
      signal.throwIfAborted();
      const piece = buffer.subarray(0, Math.min(PIECE_BYTES, length - at));
      await device.read(offset + at, piece);
      digests.set(blockDigests(piece), digestBytesOf(at));
      await this.#clock.sleep(0, signal);
    }
    return digests;
  }
}
