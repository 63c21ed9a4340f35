// What a hook is to the agent: an executable of the machine's owner. One that brings applications to rest is called `HOOK --pre` before the moment of a
// point and `HOOK --post` after it; one that makes snapshots `HOOK --make`, and `HOOK --remove`.
import { Fault } from "@leeward/base";
import type { PointOutcome } from "./quiesce.ts";

export interface Hook {
  readonly name: string;
  readonly path: string;
}

/** What lies in the folder of hooks: those that are run, by name, and what is wrong with the others. */
export interface HookFolder {
  readonly hooks: readonly Hook[];
  readonly faults: readonly Fault[];
}

/** One call of a hook. */
export type HookCall = { readonly hook: Hook; readonly machine: string } & (
  | { readonly phase: "pre"; readonly pointId: string }
  | { readonly phase: "post"; readonly pointId: string; readonly outcome: PointOutcome }
  | { readonly phase: "make" | "remove"; readonly snapshot: AskedSnapshot }
);

/** A snapshot of a disk as its hook is told of it. */
export interface AskedSnapshot {
  /** 32 hex digits; another for each that is asked for. */
  readonly snapshotId: string;
  readonly diskId: string;
  readonly diskName: string;
  readonly diskPath: string;
  /** What `--make` said is to be read; empty where that is not known. */
  readonly path: string;
}

/** How a call ended. Whatever it had started is ended too, unless it is `done`. */
export interface HookEnd {
  /** `late`: it exceeded its limit. `stopped`: the signal aborted. `unstarted`: the system could not start it. */
  readonly how: "done" | "failed" | "late" | "stopped" | "unstarted";
  readonly exitCode: number | null;
  /** The first 16 KiB of each. */
  readonly stdout: string;
  /** Whether stdout said more than that. */
  readonly isStdoutCut: boolean;
  readonly stderr: string;
}

export interface HookRunner {
  /** Runs one call to its end, at most for `limitMs` and what ending it by force takes. Never rejects for a fact of life. */
  run(call: HookCall, limitMs: number, signal: AbortSignal): Promise<HookEnd>;
  /** Tells what the hook's `--pre` left running that nobody needs it any more: its descriptor 3 ends. */
  release(hook: Hook): void;
  /**
   * Ends what `--pre` calls left running for the point, or any call for the snapshot: those of an agent that has died, and those that were ended and in which somebody
   * lives on. Whether nobody does any more; takes 4 s at most, and what looking for them takes.
   */
  endLeft(id: string): Promise<boolean>;
}

export function hookRefused(path: string, why: string, cause?: unknown): Fault {
  return new Fault({
    code: "hook-refused",
    kind: "operator",
    message: `The hook ${path} is not run, since ${why}; no point is made with it until that is mended.`,
    remedy:
      "Let it and every folder above it belong to root or to the agent's user, writable by nobody else, and make it executable; or move it away.",
    detail: { path },
    cause,
  });
}

export function hooksMissing(folder: string): Fault {
  return new Fault({
    code: "hooks-missing",
    kind: "operator",
    message: `There is no hook in ${folder} that could bring an application to rest.`,
    remedy: "Put one there, as the mobility agent's README says, or ask for crash-consistent points alone.",
    detail: { folder },
  });
}

/** What a call that was not `done` means for the point. */
export function hookFault(call: HookCall, end: HookEnd): Fault {
  const { hook, phase } = call;
  const detail = { hook: hook.name, phase, exitCode: end.exitCode, stdout: end.stdout, stderr: end.stderr };
  if (end.how === "late") {
    return new Fault({
      code: "hook-late",
      kind: "transient",
      message: `The hook ${hook.name} --${phase} exceeded its time limit and was ended.`,
      detail,
    });
  }
  return new Fault({
    code: "hook-failed",
    kind: "transient",
    message: `The hook ${hook.name} --${phase} ${whyOf(end)}.`,
    detail,
  });
}

/** In words that go on from the call's name. */
export function whyOf({ how, exitCode }: HookEnd): string {
  if (how === "unstarted") return "could not be started";
  if (how === "stopped") return "was ended, since nobody waits for it any more";
  return exitCode === null ? "was ended by a signal" : `exited with ${exitCode}`;
}
