// What is around a master target's process and outlives it: the sockets at which it offers disks, and the replica machines that run on them, as a
// hypervisor has them. A machine whose disk nobody serves waits, and asks again for what was not answered, as QEMU does.
import { isFault, Waiters } from "@leeward/base";
import type { BlockDevice } from "@leeward/block";
import type { DiskListener } from "@leeward/master-target";
import type { ReplicaSpec } from "@leeward/recovery-host";
import type { SimulatedClock } from "@leeward/world/testing";
import type { Life } from "../node-kit.ts";
import { type GuestOptions, ReplicaGuest } from "./replica-guest.ts";

const RETRY_MS = 500;
const NEVER = new AbortController().signal;

interface Offered {
  readonly device: BlockDevice;
  readonly died: Promise<void>;
  readonly underWay: Set<Promise<unknown>>;
}

export class ReplicaRack {
  readonly guests = new Map<string, ReplicaGuest>();
  /** All that there ever were, oldest first. */
  readonly history: ReplicaGuest[] = [];
  readonly #offered = new Map<string, Offered>();
  readonly #changed = new Waiters();
  readonly #clock: SimulatedClock;
  readonly #options: Omit<GuestOptions, "spec" | "rack">;

  constructor(clock: SimulatedClock, options: Omit<GuestOptions, "spec" | "rack">) {
    this.#clock = clock;
    this.#options = options;
  }

  get offeredCount(): number {
    return this.#offered.size;
  }

  /** Offers a disk as one life of the target does; with it, the offer ends. */
  offer({ died, isAlive }: Life, device: BlockDevice, path: string): DiskListener {
    const offered: Offered = { device, died, underWay: new Set() };
    const forget = (): void => {
      if (this.#offered.get(path) === offered) this.#offered.delete(path);
    };
    if (isAlive()) this.#offered.set(path, offered);
    void died.then(forget);
    this.#changed.notify();
    return {
      close: async () => {
        forget();
        await Promise.allSettled(offered.underWay);
      },
    };
  }

  /** Settles when the disk at the socket has done it, over however many lives of its server; undefined once `signal` has aborted. */
  async reach<T>(path: string, work: (device: BlockDevice) => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    while (!signal.aborted) {
      const offered = this.#offered.get(path);
      if (offered === undefined) {
        const changed = this.#changed.next();
        const aborted = Promise.withResolvers<void>();
        signal.addEventListener("abort", () => aborted.resolve(), { once: true });
        await Promise.race([changed, aborted.promise]);
        continue;
      }
      const calling = work(offered.device).then(
        (value) => ({ kind: "done", value }) as const,
        (error: unknown) => ({ kind: "refused", error }) as const,
      );
      offered.underWay.add(calling);
      const outcome = await Promise.race([calling, offered.died]);
      offered.underWay.delete(calling);
      if (outcome?.kind === "done") return outcome.value;
      if (outcome?.kind === "refused") await this.#wait(outcome.error);
    }
    return undefined;
  }

  launch(spec: ReplicaSpec): void {
    // On other overlays it is another machine, whatever its id.
    const before = this.history.findLast((each) => each.hasDisksOf(spec));
    const guest = new ReplicaGuest({ ...this.#options, spec, rack: this }, before);
    this.guests.set(spec.id, guest);
    this.history.push(guest);
  }

  /** A disk that refuses is asked again, as a paused machine is resumed. */
  async #wait(error: unknown): Promise<void> {
    if (!isFault(error)) throw error;
    await this.#clock.sleep(RETRY_MS, NEVER);
  }
}
