import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { failoverStanding, lastPointImpossible } from "./failover-faults.ts";

/** Its source is not to be changed while the machine runs at its master target, or may. @throws Fault `failover-standing` */
export function checkNotFailedOver({ failovers }: Pick<Store, "failovers">, machine: MemberRow): void {
  if (isFailedOver({ failovers }, machine.id)) checkNoFailover({ failovers }, machine);
}

/** Whether the machine runs at its master target, or may. */
export function isFailedOver({ failovers }: Pick<Store, "failovers">, machineId: string): boolean {
  const standing = failovers.standingOf(machineId);
  return standing !== undefined && standing.kind !== "test";
}

/** @throws Fault `failover-standing` */
export function checkNoFailover({ failovers }: Pick<Store, "failovers">, machine: MemberRow): void {
  const standing = failovers.standingOf(machine.id);
  if (standing !== undefined) throw failoverStanding(machine.name, standing.id);
}

/** A planned failover starts at a last point that has all disks. @throws Fault `last-point-impossible` */
export function checkLastPoint({ disks }: Pick<Store, "disks">, machine: MemberRow): void {
  const rescanned = disks
    .ofMachine(machine.id)
    .find(({ state, capture }) => state === "protected" && capture === "rescan");
  if (rescanned !== undefined) throw lastPointImpossible(machine.name, rescanned.name);
}
