import type { Fault } from "@leeward/base";
import type { Endpoint } from "@leeward/world";
import type { ReplicaDescription } from "./described/replica-description.ts";
import type { GuestScript, GuestScriptEnd } from "./guest-script.ts";
import type { ReplicaSpec } from "./replica-spec.ts";

/** What runs replica machines. */
export type HostKind = "qemu" | "libvirt" | "none";

/** How an order to stop is carried out: the current is cut, or the guest is asked and given time. */
export type StopWay = "power-off" | "shut-down";

/**
 * How a machine ended.
 *
 * - `powered-off`, `shut-down`: by order.
 * - `by-itself`: the guest switched itself off.
 * - `lost`: its process ended unasked, or the host was started anew.
 * - `not-started`: it was being started anew when the daemon ended.
 */
export type EndWay = "powered-off" | "shut-down" | "by-itself" | "lost" | "not-started";

/**
 * - `described`: for a hypervisor that is not ours; nothing of it runs here.
 * - `unknown`: its hypervisor does not answer, or its record is damaged; it can be removed.
 */
export type ReplicaState =
  | { readonly kind: "running" }
  | { readonly kind: "paused"; readonly why: string }
  | { readonly kind: "ended"; readonly how: EndWay; readonly said: string }
  | { readonly kind: "described" }
  | { readonly kind: "unknown"; readonly why: string };

/** What holds a machine to its limits: a control group (of systemd, version 2, or version 1), libvirt, less priority and fewer threads, or nothing. */
export type LimitsBy = "systemd" | "cgroup2" | "cgroup1" | "libvirt" | "nice" | "none";

/** A machine as its host has it. */
export interface ReplicaMachine {
  readonly id: string;
  readonly name: string;
  readonly host: HostKind;
  readonly state: ReplicaState;
  /** Who holds it to its share of the processors, and who to its memory. */
  readonly limits: { readonly cpu: LimitsBy; readonly memory: LimitsBy };
  /** When its processor began to run, microseconds since 1970; undefined before. */
  readonly resumedMicros: number | undefined;
}

/** How long a guest is given to shut down. */
export interface Grace {
  /** Seconds; 0 cuts the current at once. */
  readonly graceSeconds: number;
  readonly signal: AbortSignal;
}

/** What a start of the daemon found. */
export interface Recovered {
  /** What runs, or has ended and was not removed. */
  readonly machines: readonly ReplicaMachine[];
  /** Ids of machines of whose start or removal something was left; nothing of them is any more. */
  readonly swept: readonly string[];
  /** What could not be told or done, and was left as it is. */
  readonly faults: readonly { readonly id: string; readonly fault: Fault }[];
}

/**
 * Machines that run on disks which are served at a recovery point.
 *
 * Invariant: whatever of a machine may exist is named by its folder, which is made durable before anything else is, and removed after
 * everything else. A guest runs no instruction before it is recorded as running. So at any moment, also after a kill of the daemon or a power cut,
 * `recover` finds every machine, or sweeps it away. Worst outcome if broken: a machine that nobody knows of writes to an overlay, or answers in the
 * network in the place of the one that was protected.
 *
 * Machines outlive the daemon; they end by order, or by themselves. One process at a time uses a folder.
 */
export interface RecoveryHost {
  readonly kind: HostKind;
  /** Before anything else, once after the daemon's start. */
  recover(): Promise<Recovered>;
  /**
   * Settles when the machine's processor runs. One that has ended is started anew, with the variables of its firmware.
   * @throws Fault `replica-spec-invalid`, `replica-exists`, `replica-not-started`, `hypervisor-missing`, `firmware-missing`
   */
  start(spec: ReplicaSpec): Promise<ReplicaMachine>;
  find(id: string): Promise<ReplicaMachine | undefined>;
  list(): Promise<readonly ReplicaMachine[]>;
  /** Lets a paused machine go on, after what its disk had refused was put right. @throws Fault `replica-unknown`, `replica-ended` */
  resume(id: string): Promise<void>;
  /**
   * Settles when it has ended; one that had ended is left so. A guest that does not shut down within the limit (default: 120 s) runs on.
   * @throws Fault `replica-unknown`, `replica-not-shut-down`
   */
  stop(id: string, way: StopWay, limitSeconds?: number): Promise<ReplicaMachine>;
  /**
   * Settles when it has ended for certain: the guest is asked to shut down, and after the grace, or when its hypervisor does not answer, its current
   * is cut. One that had ended is left so; of a described one nothing runs here. The signal ends the waiting, and the machine may run on.
   * @throws Fault `replica-unknown`, `replica-process-left`
   */
  halt(id: string, grace: Grace): Promise<ReplicaMachine>;
  /** Powers it off, and removes all that there is of it. One that is not there is left so. */
  remove(id: string): Promise<void>;
  /** What the machine wrote to its serial console since it was started: the last 1 MiB at least. @throws Fault `replica-unknown` */
  console(id: string): Promise<string>;
  /** How a machine like it is started elsewhere, from the same disks. @throws Fault `replica-unknown`, `nbd-unreachable` */
  describe(id: string): Promise<ReplicaDescription>;
  /** What its screen shows, as PNG. @throws Fault `replica-unknown`, `replica-ended` */
  screen(id: string): Promise<Uint8Array>;
  /** Where a forwarded port of the guest is reached. @throws Fault `replica-unknown`, `replica-ended`, `replica-port-unknown` */
  endpoint(id: string, guestPort: number): Promise<Endpoint>;
  /**
   * Whether the guest itself has accepted a connection to the forwarded port that still lasts. Who connects to the endpoint is accepted by QEMU before the
   * guest is asked. @throws Fault `replica-unknown`, `replica-ended`
   */
  hasAccepted(id: string, guestPort: number): Promise<boolean>;
  /** Whether the guest agent answered within the limit. @throws Fault `replica-unknown`, `replica-ended` */
  pingAgent(id: string, limitMs: number): Promise<boolean>;
  /**
   * Runs a script inside of the machine by its guest agent, once it is there. What ends the waiting does not end the script.
   * @throws Fault `replica-unknown`, `replica-ended`, `guest-agent-silent`, `guest-agent-refused`, `guest-script-lost`
   */
  runScript(id: string, script: GuestScript, signal: AbortSignal): Promise<GuestScriptEnd>;
  /** Reads what machines write to their consoles, until the signal aborts. Without it, what is beyond the last 1 MiB is lost between two looks. */
  run(signal: AbortSignal): Promise<void>;
}
