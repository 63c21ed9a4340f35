// What a replica machine has on a disk that its source has not, for whoever makes the source equal to it.
//
// Invariant: every byte in which the machine's disk differs from what the source's history holds is told, whatever is written meanwhile: a write that was
// acknowledged before the request is among what is told, or has a sequence above the one that is told, so that the next round tells it. What is told or
// given is durable first, so that no loss of power takes back a sequence that was told, or content that was given. Worst outcome if broken: a failback
// ends with a disk that is equal nowhere to what its machine had.
//
// It disturbs the machine as little as it can: a few reads at once, whoever asks, and a turn of the event loop after so many looks.
import { assert, Mutex } from "@leeward/base";
import { type Extent, ExtentSet, endOf, fits } from "@leeward/block";
import type { LaterChanges, OverlayDevice } from "@leeward/journal";
import type { ReplicaContent as Content, ReplicaChangeList, ReplicaChanges, ReplicaRead } from "@leeward/proto";
import type { Clock, Compute } from "@leeward/world";
import type { TargetDisks } from "../keep/target-disks.ts";
import {
  CHANGED_EXTENTS_PER_ANSWER_MAX,
  CHANGES_LOOK_BYTES,
  CHANGES_LOOK_BYTES_MAX,
  CHANGES_LOOKS_PER_TURN,
  REPLICA_READS_AT_ONCE,
} from "../limits.ts";
import type { Replicas } from "../replicas/replicas.ts";
import { extentOutside, overlaySetBack } from "./replica-content-faults.ts";

export interface ReplicaContentOptions {
  readonly clock: Clock;
  readonly compute: Compute;
  readonly disks: TargetDisks;
  readonly replicas: Pick<Replicas, "disk">;
}

interface Changes {
  readonly overlay: OverlayDevice;
  readonly afterSequence: number;
  /** Asked for only where nothing of the machine is known yet. */
  readonly later: LaterChanges | undefined;
}

export class ReplicaContent {
  readonly #options: ReplicaContentOptions;
  readonly #lanes = Array.from({ length: REPLICA_READS_AT_ONCE }, () => new Mutex());
  #lane = 0;

  constructor(options: ReplicaContentOptions) {
    this.#options = options;
  }

  /** @throws Fault `overlay-set-back`, `disk-unknown`, `disk-write-failed`, as `Replicas.disk`, and what reading the journal's indexes throws */
  async changes(request: ReplicaChanges, signal: AbortSignal): Promise<ReplicaChangeList> {
    const { replicaId, diskId, afterSequence, fromOffset } = request;
    const { machineId, overlay, isHalted } = await this.#options.replicas.disk(replicaId, diskId, signal);
    const { journal } = this.#options.disks.require(machineId, diskId);
    const { branch, parent } = overlay.origin;
    assert(parent !== undefined, "a replica machine's disk lies over a recovery point");
    const journaledSequence = journal.position(parent.branch) ?? 0;
    const sequence = await overlay.settle();
    if (afterSequence > sequence) throw overlaySetBack(diskId, { sequence, told: afterSequence });
    const later = afterSequence === 0 ? journal.changesAfter(parent, branch) : undefined;
    const page = await this.#pageOf({ overlay, afterSequence, later }, fromOffset, signal);
    return { sequence, ...page, journaledSequence, halted: isHalted, diskBytes: overlay.sizeBytes };
  }

  /** As the machine has it now. @throws Fault `extent-outside`, `disk-read-failed`, `disk-write-failed`, and as `Replicas.disk` */
  async read({ replicaId, diskId, offset, length }: ReplicaRead, signal: AbortSignal): Promise<Content> {
    this.#lane = (this.#lane + 1) % this.#lanes.length;
    const lane = this.#lanes[this.#lane];
    assert(lane !== undefined, "there is a lane");
    return lane.hold(async () => {
      signal.throwIfAborted();
      const { overlay } = await this.#options.replicas.disk(replicaId, diskId, signal);
      if (!fits(overlay, { offset, length })) throw extentOutside({ offset, length });
      const raw = new Uint8Array(length);
      await overlay.readDurably(offset, raw);
      return { content: (await this.#options.compute.compress("lz4", raw)) ?? raw };
    });
  }

  async #pageOf(
    changes: Changes,
    fromOffset: number,
    signal: AbortSignal,
  ): Promise<Pick<ReplicaChangeList, "extents" | "more">> {
    const { sizeBytes, blockBytes } = changes.overlay;
    const extents: Extent[] = [];
    let step = CHANGES_LOOK_BYTES;
    let looks = 0;
    // An extent that has grown since the last page is gone on with in the middle.
    for (let at = fromOffset - (fromOffset % blockBytes); at < sizeBytes; ) {
      signal.throwIfAborted();
      const stretch = { offset: at, length: Math.min(step, sizeBytes - at) };
      const found = await changedIn(changes, stretch);
      for (const extent of found) join(extents, extent);
      if (extents.length > CHANGED_EXTENTS_PER_ANSWER_MAX)
        return { extents: extents.slice(0, CHANGED_EXTENTS_PER_ANSWER_MAX), more: true };
      at = endOf(stretch);
      step =
        found.count > CHANGED_EXTENTS_PER_ANSWER_MAX ? CHANGES_LOOK_BYTES : Math.min(CHANGES_LOOK_BYTES_MAX, step * 2);
      looks += 1;
      if (looks % CHANGES_LOOKS_PER_TURN === 0) await this.#options.clock.sleep(0, signal);
    }
    return { extents, more: false };
  }
}

async function changedIn({ overlay, afterSequence, later }: Changes, extent: Extent): Promise<ExtentSet> {
  const found = later === undefined ? new ExtentSet() : await later.within(extent);
  // After the wait: what was written meanwhile is in it too.
  found.addAll(overlay.changedWithin(extent, afterSequence));
  return found;
}

/** Adds what follows, in order. */
function join(extents: Extent[], next: Extent): void {
  const last = extents.at(-1);
  if (last !== undefined && endOf(last) === next.offset)
    extents[extents.length - 1] = { offset: last.offset, length: last.length + next.length };
  else extents.push(next);
}
