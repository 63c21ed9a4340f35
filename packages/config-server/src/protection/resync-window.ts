import { POLICY_DEFAULT } from "@leeward/api";
import { isInWindow, parseTimeWindow, systemZone } from "@leeward/daemon";
import type { Clock } from "@leeward/world";
import { workingHoursOf } from "../plans/installation.ts";
import type { DiskRow } from "../store/disk-rows.ts";
import type { Store } from "../store/store.ts";

/**
 * Whether a resync of the disk that nobody wants at once may begin now: its policy's window, by this server's clock and zone. It is waited for before
 * the agent is asked, since a disk has no points from a resync's beginning to its end.
 */
export function isResyncAllowedNow(disk: DiskRow, { store, clock }: { store: Store; clock: Clock }): boolean {
  const { resyncWindow } = store.policies.byName(disk.policy)?.settings ?? POLICY_DEFAULT;
  return isInWindow(parseTimeWindow(resyncWindow, workingHoursOf(store.facts)), clock.wallMicros(), systemZone());
}
