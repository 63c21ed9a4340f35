import type { Credentials } from "./credentials.ts";
import type { Reach } from "./machine/probe.ts";
import type { ShellTarget } from "./shell/secure-shell.ts";

/** What becomes of a machine's agent. */
export type PushKind = "push" | "upgrade" | "uninstall";

/**
 * - `look`: what the machine is, and whether it can be done there
 * - `change`: do it; what fails is taken back at once where that can be reached
 * - `undo`: take back what the push has put there, from wherever it stopped
 * - `settle`: it has come to stay
 */
export type PushStep = "look" | "change" | "undo" | "settle";

export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** One step at one machine. */
export interface PushOrder {
  readonly pushId: string;
  readonly kind: PushKind;
  readonly step: PushStep;
  readonly target: ShellTarget;
  readonly jump: ShellTarget | undefined;
  readonly credentials: Credentials;
  /** As machines reach them. */
  readonly server: HostAndPort;
  readonly data: HostAndPort;
  /** Empty for the newest. */
  readonly version: string;
  /** What the machine is called; empty while that is not settled. */
  readonly name: string;
  readonly token: string;
  readonly protectable: readonly string[];
  /** Starts the agent where there is no systemd; empty when there is none. */
  readonly startCommand: string;
  /** Pushes of that host that failed and may have left something. */
  readonly stale: readonly string[];
  /** Pushes of that host that are done, and may have left their record. */
  readonly settled: readonly string[];
}

/** What was found and done. */
export interface PushReport {
  readonly hostKey: string;
  readonly jumpHostKey: string;
  readonly hostname: string;
  readonly distribution: string;
  readonly kernel: string;
  readonly rungs: readonly string[];
  /** Of the agent that is there now; empty when none is. */
  readonly agentVersion: string;
  /** The package that is to be installed, or was; empty when none is. */
  readonly package: string;
  readonly serverReach: Reach;
  readonly dataReach: Reach;
  /** What a person should know: that nothing starts the agent after a reboot, or what could not be found out. */
  readonly notes: readonly string[];
}
