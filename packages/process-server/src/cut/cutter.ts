import { Fault, orAborted, reconnectDelayMs, retryDelayMs } from "@leeward/base";
import type { WorkMeter, World } from "@leeward/world";
import type { HeldBranch } from "../cache/held-branch.ts";
import { type CutSettings, type MadeCut, makeCut } from "./cut-maker.ts";
import type { Slots } from "./slots.ts";

/** What the cutter sees of its disk. */
export interface CutSource {
  /** The next branch of which something is to be cut, and whether also without a mark; undefined when nothing is due. */
  nextToCut(): { readonly branch: HeldBranch; readonly tail: boolean } | undefined;
  /** Resolves when that may have changed. */
  changed(): Promise<void>;
  settings(): Promise<CutSettings>;
  /** Of making cuts; waiting for a slot counts, too. */
  readonly work: WorkMeter;
  onCut(cut: MadeCut, branch: HeldBranch): void;
  onFault(fault: Fault): void;
}

/**
 * Makes the cuts of one disk, one after another, while they are due. All disks share a few slots. A fault is told and tried again: what is
 * not cut stays in the cache. Only a broken log ends the cutter, since it has to be opened anew.
 */
export async function runCutter(
  { world, slots, source }: { readonly world: World; readonly slots: Slots; readonly source: CutSource },
  signal: AbortSignal,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const changed = source.changed();
    const next = source.nextToCut();
    if (next === undefined) {
      await orAborted(changed, signal);
      continue;
    }
    try {
      const settings = await source.settings();
      const cut = await source.work.during(() => slots.hold(() => makeCut(world, { ...next, settings }), signal));
      failures = 0;
      if (cut !== undefined) source.onCut(cut, next.branch);
    } catch (error) {
      if (!(error instanceof Fault) || signal.aborted || error.code === "log-failed") throw error;
      if (next.branch.isClosed) continue;
      failures += 1;
      if (error.kind === "corruption") next.branch.noteDamage({ fault: error, after: next.branch.cutThrough });
      source.onFault(error);
      const delayMs = error.kind === "transient" ? reconnectDelayMs(failures) : retryDelayMs(failures);
      await world.clock.sleep(delayMs, signal);
    }
  }
}
