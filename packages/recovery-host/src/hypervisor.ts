import type { AgentAnswer, AgentCommand } from "./node-guest-agent.ts";
import type { HostKind } from "./recovery-host.ts";
import type { HeldLimits, ReplicaRecord } from "./replica-record.ts";
import type { ReplicaSpec } from "./replica-spec.ts";

/** Which machine, and the folder that all of its files and sockets are in. */
export interface ReplicaPlace {
  readonly id: string;
  readonly folder: string;
}

/**
 * What a hypervisor says of a machine.
 *
 * - `none`: it has nothing of it that runs, for certain.
 * - `fresh`: no instruction of the guest has run yet.
 * - `off`: the guest has switched itself off, and what ran it is still there.
 * - `described`: it is not for this host to know.
 */
export type GuestStatus =
  | { readonly kind: "none" | "fresh" | "running" | "off" | "described" }
  | { readonly kind: "paused"; readonly why: string };

/**
 * What runs machines, without any memory of its own of what should run: `HypervisorHost` keeps that, and calls these one at a time for each machine.
 * Every method but `launch` may be called again after any of them was cut off by a kill, and then finishes.
 */
export interface Hypervisor {
  readonly kind: HostKind;
  /** What will hold the machine to its limits. It is recorded before it is made. @throws Fault `hypervisor-missing`, `firmware-missing` */
  plan(spec: ReplicaSpec): Promise<HeldLimits>;
  /** Makes the machine up to before its first instruction. It is not there, and its record is stored. @throws Fault `replica-not-started` */
  launch(place: ReplicaPlace, record: ReplicaRecord): Promise<void>;
  status(place: ReplicaPlace): Promise<GuestStatus>;
  /** Lets its processor run; when that began, in microseconds since 1970, where that is known. */
  resume(place: ReplicaPlace): Promise<number | undefined>;
  /** Presses the power button; what the guest does then is its own matter. */
  pressPower(place: ReplicaPlace): Promise<void>;
  /** Cuts the current. Nothing of it runs any more when it settles, for certain. @throws Fault `replica-process-left` */
  end(place: ReplicaPlace): Promise<void>;
  /** Removes what the hypervisor has outside of the folder; it has ended. `record` is undefined where there is none. */
  forget(place: ReplicaPlace, record: ReplicaRecord | undefined): Promise<void>;
  /** Brings what its console said into the console's file, as far as the hypervisor does not do so by itself. */
  drain(place: ReplicaPlace): Promise<void>;
  console(place: ReplicaPlace): Promise<string>;
  /** What the hypervisor's process itself wrote, its end. */
  said(place: ReplicaPlace): Promise<string>;
  screen(place: ReplicaPlace): Promise<Uint8Array>;
  /** What QEMU says of the machine's own networks: `info usernet`. */
  forwarding(place: ReplicaPlace): Promise<string>;
  pingAgent(place: ReplicaPlace, limitMs: number): Promise<boolean>;
  askAgent(place: ReplicaPlace, command: AgentCommand, limitMs: number): Promise<AgentAnswer>;
}
