import type { GuestStatus, Hypervisor, ReplicaPlace } from "../hypervisor.ts";
import type { AgentAnswer } from "../node-guest-agent.ts";
import { onlyDescribed } from "../replica-faults.ts";
import type { HeldLimits, ReplicaRecord } from "../replica-record.ts";
import type { ReplicaSpec } from "../replica-spec.ts";
import type { ReplicaDescription } from "./replica-description.ts";

/** No hypervisor of ours: the machine's disks are exported, and it is described. What runs of it elsewhere is known there alone. */
export class DescribedHypervisor implements Hypervisor {
  readonly kind = "none";
  readonly #describe: (spec: ReplicaSpec) => Promise<ReplicaDescription>;

  constructor(describe: (spec: ReplicaSpec) => Promise<ReplicaDescription>) {
    this.#describe = describe;
  }

  async plan(): Promise<HeldLimits> {
    return { cpu: "none", memory: "none", groups: [] };
  }

  /** Nothing is begun; but what cannot be described cannot be started elsewhere. */
  async launch(_: ReplicaPlace, { spec }: ReplicaRecord): Promise<void> {
    await this.#describe(spec);
  }

  async status(): Promise<GuestStatus> {
    return { kind: "described" };
  }

  async resume(): Promise<undefined> {
    return undefined;
  }

  async pressPower(): Promise<void> {}
  async end(): Promise<void> {}
  async forget(): Promise<void> {}
  async drain(): Promise<void> {}

  async console({ id }: ReplicaPlace): Promise<string> {
    throw onlyDescribed(id);
  }

  async said(): Promise<string> {
    return "";
  }

  async screen({ id }: ReplicaPlace): Promise<Uint8Array> {
    throw onlyDescribed(id);
  }

  async forwarding({ id }: ReplicaPlace): Promise<string> {
    throw onlyDescribed(id);
  }

  async pingAgent({ id }: ReplicaPlace): Promise<boolean> {
    throw onlyDescribed(id);
  }

  async askAgent({ id }: ReplicaPlace): Promise<AgentAnswer> {
    throw onlyDescribed(id);
  }
}
