import { serverUnknown } from "../faults.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

export interface ServerChoice {
  readonly role: "process-server" | "master-target";
  /** Name or id; undefined leaves the choice. */
  readonly asked: string | undefined;
  readonly isOnline: (memberId: string) => boolean;
}

/** The server that was asked for; else one that is there before one that is away, and of these the one with the fewest disks. */
export function chooseServer(store: Store, { role, asked, isOnline }: ServerChoice): MemberRow | undefined {
  if (asked !== undefined) {
    const found = store.members.find(role, asked);
    if (found === undefined || found.removedMicros !== null) throw serverUnknown(asked);
    return found;
  }
  const disks = store.disks.countsOf(role);
  const rank = ({ id }: MemberRow): number => (isOnline(id) ? 0 : 1_000_000) + (disks.get(id) ?? 0);
  return store.members.present(role).toSorted((a, b) => rank(a) - rank(b))[0];
}
