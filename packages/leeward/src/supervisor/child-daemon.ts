import type { ReadyFacts } from "@leeward/daemon";

/** A daemon that runs as a process of its own. */
export interface ChildDaemon {
  readonly pid: number;
  readonly ready: ReadyFacts;
  /** Settles when the process has ended: with its exit code, or undefined after a signal. */
  readonly ended: Promise<number | undefined>;
  /** Asks it to drain and end. */
  stop(): void;
}

export interface ChildStart {
  readonly role: string;
  /** Arguments after the executable. */
  readonly args: readonly string[];
}

/** Starts a daemon; settles when it is ready. @throws Fault `daemon-not-ready` when it ends before */
export type StartChild = (start: ChildStart) => Promise<ChildDaemon>;
