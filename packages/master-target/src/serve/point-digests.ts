// Digests of a disk at a recovery point, part by part, for whoever proves that it is what it was: a drill. It is read as an opened point is: stored bytes,
// checked, decrypted and decompressed, and of what was read for an earlier part nothing is remembered; so equal digests say that a recovery would get the
// same bytes.
//
// The point is held, by a durable pin in the holder's name, from the first part until the holder releases it, so that retention does not take it in
// between. A start of this daemon takes such pins away: the next part holds it anew, or is refused when the point went meanwhile.
//
// It is nobody's hurry: one part at a time, and a turn of the event loop for intake after each piece.
import { createHash } from "node:crypto";
import { Fault, MiB, Mutex } from "@leeward/base";
import { endOf, intersection } from "@leeward/block";
import type { Journal, PointDevice } from "@leeward/journal";
import type { PointDigested, PointDigest as Request } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { TargetDisks } from "../keep/target-disks.ts";

/** Read and digested in one go: about a millisecond of a core. */
const PIECE_BYTES = MiB;
const ZEROES = new Uint8Array(PIECE_BYTES);
const REASON = "compared before and after a drill";

export class PointDigests {
  readonly #clock: Clock;
  readonly #disks: TargetDisks;
  readonly #alone = new Mutex();

  constructor(clock: Clock, disks: TargetDisks) {
    this.#clock = clock;
    this.#disks = disks;
  }

  /** @throws Fault `disk-unknown`, `point-missing`, `point-withdrawn`, `pins-full`, `journal-full`, `disk-read-failed` */
  async of({ machineId, diskId, pointId, holder, ...part }: Request, signal: AbortSignal): Promise<PointDigested> {
    return this.#alone.hold(async () => {
      const { journal } = this.#disks.require(machineId, diskId);
      await hold(journal, pointId, holder);
      await using device = await journal.openPointAnew(pointId, { owner: holder, reason: REASON });
      const extent = intersection(part, { offset: 0, length: device.sizeBytes });
      if (extent === undefined) throw behindEnd(diskId, part.offset);
      const sha256 = await this.#digestOf(device, extent, signal);
      return { diskBytes: device.sizeBytes, length: extent.length, sha256 };
    });
  }

  /** Lets go of every point of the machine that the holder holds. */
  async release(machineId: string, holder: string): Promise<void> {
    const journals = this.#disks.all().filter(({ journal }) => journal.machineId === machineId);
    for (const { journal } of journals) await journal.sweepPins(({ owner }) => owner === holder);
  }

  async #digestOf(
    device: PointDevice,
    extent: { readonly offset: number; readonly length: number },
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const hash = createHash("sha256");
    const buffer = new Uint8Array(PIECE_BYTES);
    for (const run of await device.allocation(extent)) {
      for (let at = run.offset; at < endOf(run); at += PIECE_BYTES) {
        signal.throwIfAborted();
        const length = Math.min(PIECE_BYTES, endOf(run) - at);
        const piece = (run.kind === "zero" ? ZEROES : buffer).subarray(0, length);
        if (run.kind === "data") await device.read(at, piece);
        hash.update(piece);
        await this.#clock.sleep(0, signal);
      }
    }
    return hash.digest();
  }
}

/** Once for a holder, however often it asks. */
async function hold(journal: Journal, pointId: string, owner: string): Promise<void> {
  if (journal.pins().some((pin) => pin.owner === owner && pin.pointId === pointId)) return;
  await journal.pinPoint(pointId, { owner, reason: REASON });
}

function behindEnd(diskId: string, offset: number): Fault {
  return new Fault({
    code: "part-behind-end",
    kind: "operator",
    message: `The disk ${diskId} ends before ${offset} at that point.`,
    remedy: "Ask for the disk's own size first; the answer to a part tells it.",
    detail: { disk: diskId, offset },
  });
}
