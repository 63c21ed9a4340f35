import { anySignal, Fault, orAborted, type Random, randomId } from "@leeward/base";
import { CacheContainer, type CacheLink, Depositor, workOnCourse } from "@leeward/cache-account";
import { MemoryStore, type MemoryStoreHooks } from "@leeward/object-store/testing";
import { helloOf } from "@leeward/wire";
import { type SimulatedClock, simulatedCompute } from "@leeward/world/testing";
import type { ScriptedAgentOptions } from "./scripted-agent.ts";

/** What an agent's home knows of its runs, newest last, and whether the config server knows its host. */
export interface TestHome {
  runs: string[];
  isConfirmed: boolean;
}

type Converse = NonNullable<ScriptedAgentOptions["converse"]>;

export interface TestContainerOptions {
  readonly clock: SimulatedClock;
  readonly random: Random;
  readonly bytesMax: number;
}

/** A machine's container in memory, with a network before it; each end has hooks of its own. */
export class TestContainer {
  readonly store: MemoryStore;
  readonly link: CacheLink;
  /** What happens to requests of either end; changed while they run. */
  readonly hooks: { agent: MemoryStoreHooks; server: MemoryStoreHooks } = { agent: {}, server: {} };
  /** What was in the agent's way, newest last. */
  readonly faults: string[] = [];
  /** What is in its way now. */
  fault: string | undefined;
  onDeposited: (diskId: string, branch: string, sequence: number) => void = () => undefined;
  readonly #options: TestContainerOptions;
  #crash: AbortController | undefined;
  #depositor: Depositor | undefined;

  constructor(link: CacheLink, options: TestContainerOptions) {
    this.link = link;
    this.#options = options;
    this.store = new MemoryStore({ clock: options.clock });
  }

  /** The agent's course, while there is one. */
  get depositor(): Depositor | undefined {
    return this.#depositor;
  }

  /** Keys of deposits. */
  get deposits(): string[] {
    return this.store.keys.filter((key) => key.includes("/deposits/"));
  }

  /** The newest that was ever put. */
  lastDeposit: string | undefined;

  /** The agent's process ends, and begins anew. */
  crashAgent(): void {
    this.home.runs.push(randomId(this.#options.random));
    this.#crash?.abort(new Fault({ code: "peer-lost", kind: "transient", message: "The agent was killed." }));
  }

  /** The container as a server that starts now sees it, until it dies. */
  openServer(): { readonly opened: CacheContainer; readonly die: () => void } {
    const life = { isOver: false };
    return { opened: this.#open("server", life), die: () => (life.isOver = true) };
  }

  /** The home of the machine's agent. */
  readonly home: TestHome = { runs: ["first"], isConfirmed: false };
  readonly converse = this.converseAs(this.home);

  converseAs(home: TestHome): Converse {
    return (epoch, work, signal) => this.#converse(home, { epoch, work }, signal);
  }

  async #converse(
    home: TestHome,
    { epoch, work }: { readonly epoch: number; readonly work: Parameters<Converse>[1] },
    signal: AbortSignal,
  ): Promise<void> {
    const instance = home.runs.at(-1) ?? "";
    const runs = {
      isOwn: (run: string) => home.runs.includes(run),
      isConfirmed: () => home.isConfirmed,
      contested: async () => {
        home.runs = home.runs.slice(-1);
      },
    };
    const { clock, bytesMax } = this.#options;
    const crash = new AbortController();
    const either = anySignal([signal, crash.signal]);
    const life = { isOver: false };
    crash.signal.addEventListener("abort", () => (life.isOver = true));
    this.#crash = crash;
    const conversing = async (): Promise<void> => {
      const depositor = await Depositor.open(
        {
          container: this.#open("agent", life),
          clock,
          bytesMax,
          runs,
          hello: helloOf({ clock, softwareVersion: "test", epoch, sender: { instance, hostName: "", isCopy: false } }),
          onFault: (fault) => {
            this.fault = fault?.code;
            if (fault !== undefined) this.faults.push(fault.code);
          },
          onDeposited: (...place) => this.onDeposited(...place),
        },
        either,
      );
      this.#depositor = depositor;
      await workOnCourse(depositor, either, work);
    };
    // What is dead waits for ever.
    await orAborted(conversing(), either);
  }

  #open(end: "agent" | "server", life: { readonly isOver: boolean }): CacheContainer {
    const { clock, random } = this.#options;
    const never = new AbortController().signal;
    const before: MemoryStoreHooks["before"] = async (operation, key) => {
      // Whoever is dead hears nothing more, and does nothing more.
      if (life.isOver) await new Promise<never>(() => undefined);
      await clock.sleep(1 + random.below(20), never);
      if (life.isOver) await new Promise<never>(() => undefined);
      await this.hooks[end].before?.(operation, key);
    };
    const door = this.store.door({
      before,
      after: (operation, key) => {
        if (operation === "put" && key.includes("/deposits/")) this.lastDeposit = key;
        return this.hooks[end].after?.(operation, key);
      },
      listed: (keys) => this.hooks[end].listed?.(keys) ?? keys,
    });
    return new CacheContainer(door, this.link, { compute: simulatedCompute(), random });
  }
}
