import { type Fault, orAborted } from "@leeward/base";
import type { AgentPlan, RequestBody } from "@leeward/proto";
import type { Answers, RequestKind } from "@leeward/wire";
import type { AgentDisk } from "../disk-set.ts";
import { notConnected, Uplink, type UplinkOptions } from "./uplink.ts";

export interface UplinksOptions
  extends Pick<
    UplinkOptions,
    "clock" | "random" | "network" | "softwareVersion" | "bootId" | "sender" | "points" | "onEpochOld"
  > {
  readonly plan: () => AgentPlan;
  /** Whether anything may be sent at all; always, unless told. */
  readonly mayDeliver?: () => boolean;
  /** Resolves when the plan, or what may be sent, is another. */
  readonly planChanged: () => Promise<void>;
  readonly disks: () => readonly AgentDisk[];
  /** Resolves when a disk came or went. */
  readonly disksChanged: () => Promise<void>;
  /** Told when a fault of an uplink comes or goes. */
  readonly onChange: () => void;
  /** A mistake of ours ended an uplink. */
  readonly onFailure: (error: unknown) => void;
}

interface Running {
  readonly uplink: Uplink;
  readonly controller: AbortController;
  readonly ended: Promise<void>;
}

/**
 * One uplink to each process server that the plan names. One that the plan names no more has ended before another is started.
 *
 * They outlive `run`, until `close`: what waits is sent on while disks are being closed.
 */
export class Uplinks {
  readonly #options: UplinksOptions;
  readonly #running = new Map<string, Running>();
  readonly #faults = new Map<string, Fault>();

  constructor(options: UplinksOptions) {
    this.#options = options;
  }

  /** What keeps the process server from being reached now. */
  faultOf(processServerId: string): Fault | undefined {
    return this.#faults.get(processServerId);
  }

  /** Asks a process server. @throws Fault `peer-lost` when there is no session, what it answers, or what ends the session */
  async ask<Kind extends RequestKind>(
    processServerId: string,
    body: Extract<RequestBody, { kind: Kind }>,
    signal: AbortSignal,
  ): Promise<Answers[Kind]> {
    const running = this.#running.get(processServerId);
    if (running === undefined) throw notConnected();
    return running.uplink.ask(body, signal);
  }

  async run(signal: AbortSignal): Promise<never> {
    const { plan, planChanged, mayDeliver = () => true } = this.#options;
    for (;;) {
      const changed = planChanged();
      const wanted = new Set(mayDeliver() ? plan().disks.map((disk) => disk.processServerId) : []);
      for (const [id, { controller, ended }] of this.#running) {
        if (wanted.has(id)) continue;
        controller.abort();
        await ended;
        this.#running.delete(id);
        this.#faults.delete(id);
      }
      for (const id of wanted) if (!this.#running.has(id)) this.#start(id);
      await orAborted(changed, signal);
    }
  }

  /** Ends all of them. `run` has ended. */
  async close(): Promise<void> {
    for (const { controller } of this.#running.values()) controller.abort();
    await Promise.all([...this.#running.values()].map(({ ended }) => ended));
  }

  #start(id: string): void {
    const { plan, disks, disksChanged, onFailure } = this.#options;
    const controller = new AbortController();
    const uplink = new Uplink({
      ...this.#options,
      endpoints: () => plan().disks.find((disk) => disk.processServerId === id)?.processServerAddresses ?? [],
      epoch: () => plan().epoch,
      feeds: () =>
        disks()
          .filter(({ planned }) => planned.processServerId === id)
          .map(({ feed }) => feed),
      feedsChanged: disksChanged,
      onFault: (fault) => this.#note(id, fault),
    });
    const ended = uplink.run(controller.signal).catch((error: unknown) => onFailure(error));
    this.#running.set(id, { uplink, controller, ended });
  }

  #note(id: string, fault: Fault | undefined): void {
    if (fault === undefined) this.#faults.delete(id);
    else this.#faults.set(id, fault);
    this.#options.onChange();
  }
}
