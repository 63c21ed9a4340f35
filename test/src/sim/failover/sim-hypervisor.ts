// The recovery host of a simulated target: the real one's records and order of steps, over a hypervisor whose machines are the rack's.
import type { MasterTargetOptions } from "@leeward/master-target";
import {
  type GuestStatus,
  type HeldLimits,
  type Hypervisor,
  HypervisorHost,
  type ReplicaPlace,
  type ReplicaRecord,
  ReplicaRecords,
} from "@leeward/recovery-host/testing";
import type { Life } from "../node-kit.ts";
import type { ReplicaGuest } from "./replica-guest.ts";
import type { ReplicaRack } from "./replica-rack.ts";

const FOLDER = "/mt/hosts/qemu";
const TAKES_MS_MAX = 20;
const NEVER = new AbortController().signal;

export function simHosts(life: Life, rack: ReplicaRack): MasterTargetOptions["hosts"] {
  const { files, clock } = life.world;
  return {
    async open() {
      await files.makeFolder(FOLDER);
      await files.syncFolder("/mt/hosts");
      return new HypervisorHost({
        hypervisor: new SimHypervisor(life, rack),
        records: new ReplicaRecords(files, FOLDER),
        clock,
        describe: () => Promise.reject(new Error("nothing is described here")),
      });
    },
    used: async () => ((await files.list("/mt/hosts")).length > 0 ? ["qemu"] : []),
  };
}

/** One life of the target speaks to it; what it was told before that ended stays done. */
class SimHypervisor implements Hypervisor {
  readonly kind = "qemu";
  readonly #life: Life;
  readonly #rack: ReplicaRack;

  constructor(life: Life, rack: ReplicaRack) {
    this.#life = life;
    this.#rack = rack;
  }

  async plan(): Promise<HeldLimits> {
    return { cpu: "none", memory: "none", groups: [] };
  }

  async launch(_: ReplicaPlace, { spec }: ReplicaRecord): Promise<void> {
    await this.#takesTime();
    this.#rack.launch(spec);
    await this.#takesTime();
  }

  async status({ id }: ReplicaPlace): Promise<GuestStatus> {
    await this.#takesTime();
    const guest = this.#rack.guests.get(id);
    return { kind: guest?.state ?? "none" };
  }

  async resume({ id }: ReplicaPlace): Promise<number | undefined> {
    const guest = await this.#guest(id);
    guest?.resume();
    await this.#takesTime();
    return guest?.resumedMicros;
  }

  async pressPower({ id }: ReplicaPlace): Promise<void> {
    (await this.#guest(id))?.press();
  }

  async end({ id }: ReplicaPlace): Promise<void> {
    (await this.#guest(id))?.cut();
    this.#rack.guests.delete(id);
    await this.#takesTime();
  }

  async forget(): Promise<void> {}
  async drain(): Promise<void> {}

  async console(): Promise<string> {
    return "";
  }

  async said(): Promise<string> {
    return "";
  }

  async screen(): Promise<Uint8Array> {
    return new Uint8Array();
  }

  async forwarding(): Promise<string> {
    return "";
  }

  async pingAgent(): Promise<boolean> {
    return false;
  }

  async askAgent(): ReturnType<Hypervisor["askAgent"]> {
    return { kind: "silent" };
  }

  async #guest(id: string): Promise<ReplicaGuest | undefined> {
    await this.#takesTime();
    return this.#rack.guests.get(id);
  }

  /** None of this ends once the target has died. */
  async #takesTime(): Promise<void> {
    const { clock, random } = this.#life.world;
    await clock.sleep(1 + random.below(TAKES_MS_MAX), NEVER);
  }
}
