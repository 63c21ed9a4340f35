import { Fault, orAborted } from "@leeward/base";
import type { ContainerStatus } from "@leeward/cache-account";
import type { AgentPlan, LinkStatus, PlannedCacheAccount, RequestBody } from "@leeward/proto";
import type { Answers, RequestKind } from "@leeward/wire";
import type { AgentDisk } from "../disk-set.ts";
import { notConnected, type OpenedContainer, Uplink, type UplinkOptions } from "./uplink.ts";

export interface UplinksOptions
  extends Pick<
    UplinkOptions,
    "clock" | "random" | "network" | "softwareVersion" | "bootId" | "sender" | "points" | "onEpochOld"
  > {
  readonly plan: () => AgentPlan;
  /** Opens the machine's container for its data to one process server. @throws Fault */
  readonly openContainer?: (account: PlannedCacheAccount, processServerId: string) => Promise<OpenedContainer>;
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
  /** As the plan has it: another way is another uplink. */
  readonly way: string;
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

  /** Of the machine's container, by process server. */
  containers(): ContainerStatus[] {
    return Array.from(this.#running.values(), ({ uplink }) => uplink.containerStatus).filter(
      (status) => status !== undefined,
    );
  }

  /** To each process server that the machine's data go to straight. */
  links(): LinkStatus[] {
    const { plan } = this.#options;
    if (plan().cacheAccount !== undefined) return [];
    return Array.from(this.#running, ([peerId, { uplink }]) => ({ peerId, ...uplink.link }));
  }

  async run(signal: AbortSignal): Promise<never> {
    const { plan, planChanged, mayDeliver = () => true } = this.#options;
    for (;;) {
      const changed = planChanged();
      const wanted = new Set(mayDeliver() ? plan().disks.map((disk) => disk.processServerId) : []);
      const way = JSON.stringify(plan().cacheAccount);
      for (const [id, { controller, ended, way: before }] of this.#running) {
        if (wanted.has(id) && before === way) continue;
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
    const { openContainer = noContainer, ...options } = this.#options;
    const { plan, disks, disksChanged, onFailure } = options;
    const account = plan().cacheAccount;
    const controller = new AbortController();
    const uplink = new Uplink({
      ...options,
      ...(account !== undefined && { openContainer: () => openContainer(account, id) }),
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
    this.#running.set(id, { way: JSON.stringify(account), uplink, controller, ended });
  }

  #note(id: string, fault: Fault | undefined): void {
    if (fault === undefined) this.#faults.delete(id);
    else this.#faults.set(id, fault);
    this.#options.onChange();
  }
}

function noContainer(): never {
  throw new Fault({
    code: "request-unsupported",
    kind: "operator",
    message: "This agent sends through no container.",
    remedy: "Bring both sides to the same release; upgrade the servers first.",
  });
}
