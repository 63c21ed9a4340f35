import { ByteBudget, Fault, isFault, reconnectDelayMs, retryDelayMs } from "@leeward/base";
import type { CacheContainer } from "@leeward/cache-account";
import type { CollectedMachine, ProcessServerPlan } from "@leeward/proto";
import type { Clock } from "@leeward/world";
import type { HeldDisk } from "../cache/held-disk.ts";
import { Crew } from "../crew.ts";
import { LIMITS } from "../limits.ts";
import { MachineCollector, type MachineCollectorOptions } from "./machine-collector.ts";

export interface CollectorsOptions extends Pick<MachineCollectorOptions, "door" | "trace" | "onRefused" | "isPending"> {
  readonly clock: Clock;
  /** Opens a machine's container; its store is closed with it. @throws Fault */
  readonly openContainer: (machine: CollectedMachine) => Promise<CacheContainer>;
  readonly answerOf: (machineId: string) => MachineCollectorOptions["answer"];
  /** What deposits that wait to be taken again may have in memory, in bytes; as LIMITS unless told. */
  readonly collectedBytesMax?: number;
  readonly disks: () => Iterable<HeldDisk>;
}

/** A collector for each machine whose data come through a container, as the plan has it. */
export class Collectors {
  readonly #options: CollectorsOptions;
  readonly #memory: ByteBudget;
  readonly #crew = new Crew<string>();
  readonly #running = new Map<string, string>();

  constructor(options: CollectorsOptions) {
    this.#options = options;
    this.#memory = new ByteBudget(options.collectedBytesMax ?? LIMITS.collectedBytesMax);
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#crew.run(signal);
  }

  /** Those that the plan names no more have ended when it settles. */
  async follow({ collected }: ProcessServerPlan): Promise<void> {
    const wanted = new Map((collected?.items ?? []).map((item) => [item.machine.peerId, item]));
    for (const [id, how] of this.#running) {
      const item = wanted.get(id);
      if (item !== undefined && JSON.stringify(item) === how) continue;
      this.#running.delete(id);
      await this.#crew.end(id);
    }
    for (const [id, item] of wanted) {
      if (this.#running.has(id)) continue;
      this.#running.set(id, JSON.stringify(item));
      this.#crew.start(id, (signal) => this.#keepCollecting(item, signal));
    }
  }

  /** Whatever the store says may be mended: it is said at the machine's disks, and tried again. */
  async #keepCollecting(machine: CollectedMachine, signal: AbortSignal): Promise<void> {
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await this.#collect(machine, () => (attempt = 1), signal);
      } catch (error) {
        if (signal.aborted || !isFault(error)) throw error;
        this.#options.trace.warn("Nothing is collected now.", { machine: machine.machine.peerId, fault: error });
        this.#tell(machine, error);
        const isSoon = error.kind === "transient" || attempt <= 3;
        await this.#options.clock.sleep(isSoon ? reconnectDelayMs(attempt + 2) : retryDelayMs(1), signal);
      }
    }
  }

  async #collect(machine: CollectedMachine, onOpen: () => void, signal: AbortSignal): Promise<void> {
    const { peerId: id } = machine.machine;
    const container = await this.#options.openContainer(machine);
    await using _ = container.store;
    const collector = new MachineCollector({
      ...this.#options,
      container,
      memory: this.#memory,
      peer: { role: "agent", id, fingerprint: "" },
      answer: this.#options.answerOf(id),
      onReached: () => {
        onOpen();
        this.#tell(machine, undefined);
      },
    });
    await collector.run(signal);
  }

  #tell({ machine }: CollectedMachine, fault: Fault | undefined): void {
    for (const { plan, faults } of this.#options.disks()) {
      if (plan.machineId !== machine.peerId) continue;
      if (fault === undefined) faults.clear("container");
      else faults.raise("container", fault);
    }
  }
}
