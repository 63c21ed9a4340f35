// What a plan does on the config server's own machine.
import type { PlanStep } from "@leeward/api";

/** How it ended, and what it said last. */
export interface ActionEnd {
  readonly ok: boolean;
  readonly said: string;
}

export interface ScriptOrder {
  readonly file: string;
  readonly limitSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** Executables of the folder that an administrator owns. */
export interface Scripts {
  /** @throws Fault `plan-script-missing` when it is none that may be run */
  check(file: string): Promise<void>;
  /**
   * Runs it once, to its end or its limit, whatever becomes of the run that asked for it; a stop of the server ends it.
   * @throws Fault `plan-script-missing`, or the stop's reason
   */
  run(order: ScriptOrder): Promise<ActionEnd>;
  /** What it is, for whoever runs it elsewhere. @throws Fault `plan-script-missing` */
  content(file: string): Promise<Uint8Array>;
}

/** Runs a script once in the replica machine of a failover, by its guest agent. @throws Fault `guest-agent-silent`, and what its master target says */
export type GuestScripts = (
  failoverId: string,
  script: Omit<ScriptOrder, "file"> & { readonly content: Uint8Array },
  signal: AbortSignal,
) => Promise<ActionEnd>;

/** Looks again and again until it passes, or its limit is reached. */
export type HealthCheck = (health: NonNullable<PlanStep["health"]>, signal: AbortSignal) => Promise<ActionEnd>;
