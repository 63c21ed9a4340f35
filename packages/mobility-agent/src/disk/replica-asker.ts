// What the target of one disk holds, for the disk's resync: asked until it is told, waited for, or given up.
//
// The way leads over the config server to the master target. While that is broken the resync waits, since what it would send otherwise is the whole disk; but
// not for long, since a disk has no points until its resync has ended, and the data path does not need the config server. After that it sends all, window
// by window, and asks once before each: when the way is there again, the rest is compared. A target that answers that it holds nothing, or does
// not know the disk, is not waited for.
import { Fault, formatTime, isFault, MICROS_PER_MS, reconnectDelayMs, type Waiters } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { BlockDigests, ReplicaDigests } from "@leeward/proto";
import type { HeldDigests } from "@leeward/splitter";
import type { Clock } from "@leeward/world";
import { REPLICA_WAIT_MS_MAX } from "../limits.ts";
import type { DiskSettings } from "./disk-host.ts";

/** Asks once what the target holds. @throws Fault by name, also when nobody can be asked now, or the signal's reason */
export type AskReplica = (extent: Extent, signal: AbortSignal) => Promise<HeldDigests>;

/** Puts the question to the config server. */
export type AskServer = (request: ReplicaDigests, signal: AbortSignal) => Promise<BlockDigests>;

/** Asks for one disk, what its target holds now. */
export function askThrough(server: AskServer, of: Pick<DiskSettings, "machineId" | "diskId">): AskReplica {
  const { machineId, diskId } = of;
  return async ({ offset, length }, signal) => {
    const answer = await server({ machineId, diskId, offset, length, present: true, replicaId: "" }, signal);
    const { branch, sequence, digests } = answer;
    return { branch, sequence, extent: { offset, length: answer.length }, digests };
  };
}

export interface ReplicaAskerOptions {
  readonly clock: Clock;
  readonly settings: Pick<DiskSettings, "name" | "diskId">;
  readonly ask: AskReplica;
  /** Notified when `waiting` is another. */
  readonly changed: Waiters;
}

export interface UnknownReplica {
  readonly fault: Fault;
  readonly sinceMicros: number;
}

export class ReplicaAsker {
  readonly #options: ReplicaAskerOptions;
  /** Since when nothing was told, by the monotonic clock. */
  #silentSince: number | undefined;
  #unknown: UnknownReplica | undefined;

  constructor(options: ReplicaAskerOptions) {
    this.#options = options;
  }

  /** What stands in the way of asking; undefined when the last answer was one. */
  get unknown(): UnknownReplica | undefined {
    return this.#unknown;
  }

  /** As Splitter's `askTarget`. */
  async held(extent: Extent, signal: AbortSignal): Promise<HeldDigests | undefined> {
    const { ask, clock } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const held = await ask(extent, signal);
        this.#silentSince = undefined;
        this.#show(undefined);
        return held;
      } catch (error) {
        signal.throwIfAborted();
        if (!isFault(error)) throw error;
        const leftMs = error.kind === "transient" ? this.#leftMs() : 0;
        this.#show(replicaUnknown(this.#options, { fault: error, leftMs }));
        if (leftMs <= 0) return undefined;
        await clock.sleep(Math.min(leftMs, reconnectDelayMs(attempt)), signal);
      }
    }
  }

  #leftMs(): number {
    const now = this.#options.clock.monotonicMicros();
    this.#silentSince ??= now;
    return REPLICA_WAIT_MS_MAX - (now - this.#silentSince) / MICROS_PER_MS;
  }

  #show(fault: Fault | undefined): void {
    if (fault === undefined && this.#unknown === undefined) return;
    const sinceMicros = this.#unknown?.sinceMicros ?? this.#options.clock.wallMicros();
    this.#unknown = fault && { fault, sinceMicros };
    this.#options.changed.notify();
  }
}

function replicaUnknown(
  { clock, settings: { name, diskId } }: ReplicaAskerOptions,
  { fault: cause, leftMs }: { readonly fault: Fault; readonly leftMs: number },
): Fault {
  const until = formatTime(clock.wallMicros() + Math.round(leftMs) * MICROS_PER_MS);
  const what = leftMs > 0 ? `waits for that until ${until}, and sends everything from then on` : "sends everything";
  return new Fault({
    code: "replica-content-unknown",
    kind: "transient",
    message: `What the target holds of ${name} cannot be told now (${cause.code}), so its resync ${what}: ${cause.message}`,
    detail: { disk: diskId, why: cause.code },
    cause,
  });
}
