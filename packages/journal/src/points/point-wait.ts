import { Fault, firstOf } from "@leeward/base";
import { type JournalParts, stateOf } from "../journal-parts.ts";
import type { BranchPosition } from "../recovery-point.ts";

/** So long a point waits for the first segment of a branch of which the journal knows nothing, milliseconds. */
const BRANCH_AWAITED_MS_MAX = 600_000;

/** Whether all up to the position has arrived. */
export function isCovered(parts: JournalParts, { branch, sequence }: BranchPosition): boolean {
  return (stateOf(parts).newest(branch)?.sequence ?? -1) >= sequence;
}

/**
 * Waits until all up to the position has arrived.
 *
 * A process server sends a disk's branches one after another: once a later one has begun, nothing more comes of those before. So whoever
 * waits for that would wait for ever, and hold up every point behind.
 * @throws Fault `point-lost` when it never will arrive, or nothing of its branch has come for long
 */
export async function untilCovered(
  parts: JournalParts,
  { position, expects }: { readonly position: BranchPosition; readonly expects: () => boolean },
  signal: AbortSignal,
): Promise<void> {
  const isKnown = (): boolean =>
    stateOf(parts).newest(position.branch) !== undefined || stateOf(parts).wasDropped(position.branch);
  const isLost = (): boolean =>
    !expects() || (isKnown() && stateOf(parts).current?.name !== position.branch && !isCovered(parts, position));
  const isSettled = (): boolean => isCovered(parts, position) || isLost();
  if (!isSettled() && !isKnown()) {
    await firstOf(signal, [
      (either) => parts.changed.until(() => isKnown() || isLost(), either),
      (either) => parts.world.clock.sleep(BRANCH_AWAITED_MS_MAX, either),
    ]);
  }
  if (isKnown()) await parts.changed.until(isSettled, signal);
  if (!isCovered(parts, position)) throw pointLost(parts, position);
}

function pointLost(parts: JournalParts, { branch, sequence }: BranchPosition): Fault {
  return new Fault({
    code: "point-lost",
    kind: "operator",
    message: "Not all that the recovery point stands on has arrived, and the rest never will.",
    remedy: "None: it is dropped, and the points before and after it stay.",
    detail: { disk: parts.manifest.identity.diskId, branch, sequence },
  });
}
