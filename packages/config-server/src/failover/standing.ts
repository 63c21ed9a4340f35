import { failoverStanding } from "../faults.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";

/** @throws Fault `failover-standing` */
export function checkNoFailover({ failovers }: Store, machine: MemberRow): void {
  const standing = failovers.standingOf(machine.id);
  if (standing !== undefined) throw failoverStanding(machine.name, standing.id);
}
