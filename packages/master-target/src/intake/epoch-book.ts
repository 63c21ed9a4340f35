// The highest epoch that this target knows of each machine: its authority. Whoever comes with an older one is refused, also without the
// config server.
//
// Invariants: what is known never falls, and is durable before anything rests on it; nothing that began under an older epoch ends after a higher one
// was taken. Worst outcome if broken: what a source wrote that had been shut out gets into what its successor has.
//
// Order of a raise: nothing older begins any more → durable → known → what had begun has ended → settles. A crash before "durable" leaves the epoch as it
// was, and nobody was told otherwise; after it, whoever asks again with the same claim is answered as the first time.
import { Fault, Mutex, Waiters } from "@leeward/base";
import type { RaiseEpoch } from "@leeward/proto";
import type { Files } from "@leeward/world";
import { type KnownEpoch, readEpochs, writeEpochs } from "./epoch-file.ts";

const NEVER = new AbortController().signal;

export class EpochBook {
  readonly #files: Files;
  readonly #folder: string;
  readonly #alone = new Mutex();
  readonly #changed = new Waiters();
  #epochs: ReadonlyMap<string, KnownEpoch>;
  /** What is being made durable: nothing that is older begins. */
  readonly #coming = new Map<string, number>();
  readonly #underWay = new Set<{ readonly machineId: string; readonly epoch: number }>();

  private constructor(files: Files, folder: string, epochs: ReadonlyMap<string, KnownEpoch>) {
    this.#files = files;
    this.#folder = folder;
    this.#epochs = epochs;
  }

  /** @throws Fault `epochs-damaged`, `epochs-newer` */
  static async open(files: Files, folder: string): Promise<EpochBook> {
    return new EpochBook(files, folder, await readEpochs(files, folder));
  }

  of(machineId: string): number {
    return this.#epochs.get(machineId)?.epoch ?? 0;
  }

  /** @throws Fault `epoch-old` */
  refuseOld(machineId: string, epoch: number): void {
    const known = Math.max(this.of(machineId), this.#coming.get(machineId) ?? 0);
    if (epoch >= known) return;
    throw new Fault({
      code: "epoch-old",
      kind: "operator",
      message: `Machine ${machineId} comes with epoch ${epoch}, but epoch ${known} is known: another side has taken over.`,
      remedy: "Reprotect or fail back from the side that has the newer epoch.",
      detail: { machine: machineId, epoch, known },
    });
  }

  /** Waits until a higher epoch is known. */
  untilOld(machineId: string, epoch: number, signal: AbortSignal): Promise<void> {
    return this.#changed.until(() => epoch < this.of(machineId), signal);
  }

  /** Takes an epoch that a peer has; durable when it settles. @throws Fault `epoch-old` */
  async see(machineId: string, epoch: number): Promise<void> {
    this.refuseOld(machineId, epoch);
    await this.adopt(machineId, epoch);
    this.refuseOld(machineId, epoch);
  }

  /** Takes an epoch that is said to be the machine's, when it is higher than what is known; durable when it settles. */
  async adopt(machineId: string, epoch: number): Promise<void> {
    if (epoch <= this.of(machineId)) return;
    await this.#alone.hold(async () => {
      if (epoch > this.of(machineId)) await this.#put(machineId, { epoch });
    });
    await this.#olderEnded(machineId, epoch);
  }

  /**
   * Does what is right only for who has the epoch, which is not adopted: a higher one that is taken meanwhile waits for the end of `work`, which is
   * short. @throws Fault `epoch-old`
   */
  async under<T>(machineId: string, epoch: number, work: () => Promise<T>): Promise<T> {
    this.refuseOld(machineId, epoch);
    const mine = { machineId, epoch };
    this.#underWay.add(mine);
    try {
      return await work();
    } finally {
      this.#underWay.delete(mine);
      this.#changed.notify();
    }
  }

  /**
   * Raises the epoch from the one that is known, for a claim. From when it settles nothing of an older one is taken, whatever was under way.
   * @throws Fault `epoch-contested`, `epoch-not-higher`, and what the file throws
   */
  async raise({ machineId, from, to, claimId }: RaiseEpoch): Promise<void> {
    if (to <= from) throw notHigher(machineId, from, to);
    await this.#alone.hold(async () => {
      const known = this.#epochs.get(machineId) ?? { epoch: 0 };
      if (known.epoch === to && known.claimId === claimId) return;
      if (known.epoch !== from) throw contested(machineId, known, { from, to });
      await this.#put(machineId, { epoch: to, claimId });
    });
    await this.#olderEnded(machineId, to);
  }

  async #put(machineId: string, known: KnownEpoch): Promise<void> {
    this.#coming.set(machineId, known.epoch);
    try {
      const next = new Map(this.#epochs).set(machineId, known);
      await writeEpochs(this.#files, this.#folder, next);
      this.#epochs = next;
      this.#changed.notify();
    } finally {
      this.#coming.delete(machineId);
    }
  }

  async #olderEnded(machineId: string, epoch: number): Promise<void> {
    const isOlder = (each: { readonly machineId: string; readonly epoch: number }): boolean =>
      each.machineId === machineId && each.epoch < epoch;
    await this.#changed.until(() => !Array.from(this.#underWay).some(isOlder), NEVER);
  }
}

function contested(
  machineId: string,
  { epoch: known, claimId }: KnownEpoch,
  asked: { readonly from: number; readonly to: number },
): Fault {
  const by = claimId === undefined ? "by nobody that this target knows of: it was seen" : `by failover ${claimId}`;
  return new Fault({
    code: "epoch-contested",
    kind: "operator",
    message: `The epoch of machine ${machineId} is ${known} and not ${asked.from}, so it is not raised to ${asked.to}; ${known} was raised ${by}.`,
    remedy:
      "Look at `leeward failover list`: another failover of the machine, or an earlier step of this one, has the epoch. Go on from there, or begin anew.",
    detail: { machine: machineId, known, claim: claimId ?? "", ...asked },
  });
}

function notHigher(machineId: string, from: number, to: number): Fault {
  return new Fault({
    code: "epoch-not-higher",
    kind: "protocol",
    message: `The epoch of machine ${machineId} cannot be raised from ${from} to ${to}.`,
    detail: { machine: machineId, from, to },
  });
}
