// Another host takes the place of a failed-over machine's source, where what a path was on the old host says nothing of the new one; or of the host of which it is
// a copy, where disks are at the paths at which they were, and are copied as a whole onto branches of their own.
//
// Invariant: a disk is in no plan of the new host before it was named there, and so looked at. Worst outcome if broken: a disk of the new host that happens to
// have the same path is overwritten, or protected as if it were the machine's.
import type { Actor, EventLog } from "../events/event-log.ts";
import type { Copies } from "../sessions/copies.ts";
import type { FailoverRow } from "../store/failover-rows.ts";
import type { MemberRow } from "../store/member-rows.ts";
import type { Store } from "../store/store.ts";
import { failoverBusy, machineNotTakeable } from "./failover-faults.ts";
import { carrierOf } from "./failover-job.ts";
import { newDiskOf } from "./reverse-progress.ts";
import { moveFailover, noteFailover } from "./transitions.ts";

/** Before the path of a disk whose host is lost; no path that can be named begins with it. */
const LOST = "lost:";

/** The failover of a machine whose source may be given to another host. @throws Fault `machine-not-takeable`, `failover-busy` */
export function takeableFailover(store: Store, machine: MemberRow): FailoverRow {
  const row = store.failovers.standingOf(machine.id);
  if (machine.removedMicros !== null || row === undefined || row.kind === "test")
    throw machineNotTakeable(machine.name);
  const underWay = carrierOf(store, row.id);
  if (row.state === "committed" && underWay === undefined) return row;
  if (row.state === "reversing" && (underWay === undefined || underWay.kind === "failover-reprotect")) return row;
  throw row.state === "committed" || row.state === "reversing" || row.state === "halting"
    ? failoverBusy(row.id, row.state)
    : machineNotTakeable(machine.name);
}

/** A machine that has a copy and is not failed over can be given to it. @throws as `takeableFailover` */
export function requireTakeable({ store, copies }: Pick<Means, "store" | "copies">, machine: MemberRow): void {
  if (!isCopyTakeable({ store, copies }, machine)) takeableFailover(store, machine);
}

function isCopyTakeable({ store, copies }: Pick<Means, "store" | "copies">, machine: MemberRow): boolean {
  const isFree = machine.removedMicros === null && store.failovers.standingOf(machine.id) === undefined;
  return isFree && copies.of(machine.id) !== undefined;
}

interface Means {
  readonly store: Store;
  readonly events: EventLog;
  readonly copies: Copies;
}

/** In the transaction that gives the machine to another host. @throws as `takeableFailover` */
export function moveElsewhere(
  { store, events, copies }: Means,
  machine: MemberRow,
  { actor, address, nowMicros }: { readonly actor: Actor; readonly address: string; readonly nowMicros: number },
): void {
  if (isCopyTakeable({ store, copies }, machine)) {
    events.add(actor, takenEvent(machine, { address }));
    return;
  }
  const row = takeableFailover(store, machine);
  const facts = { elsewhere: true, newDisks: [] };
  const isMoved =
    row.state === "committed"
      ? noteFailover(store, row, facts)
      : moveFailover(store, row, { to: "committed", facts, nowMicros });
  if (!isMoved) throw failoverBusy(row.id, row.state);
  const left: string[] = [];
  for (const disk of store.disks.ofMachine(machine.id)) {
    if (disk.state !== "protected") continue;
    if (!(row.chosen?.diskIds ?? []).includes(disk.id)) {
      store.disks.setState(disk.id, "kept", ["protected"]);
      left.push(disk.name);
    } else if (!disk.path.startsWith(LOST)) store.disks.setPath(disk.id, `${LOST}${disk.name}:${disk.path}`);
  }
  const kept =
    left.length === 0 ? "" : ` Not protected any more, since its replica machine has them not: ${left.join(", ")}.`;
  events.add(actor, takenEvent(machine, { address, failover: row.id, kept }));
}

function takenEvent(
  { name }: MemberRow,
  {
    address,
    failover = null,
    kept = "",
  }: { readonly address: string; readonly failover?: string | null; readonly kept?: string },
): Parameters<EventLog["add"]>[1] {
  return {
    severity: "critical",
    kind: "machine-taken",
    subject: name,
    message: `Another host, at ${address}, is ${name} from now on. The one that it was before is shut out; make sure that it is off.${kept}`,
    detail: { failover, address },
  };
}

/** Whether the machine's host has the disk. */
export function isHere(failover: FailoverRow | undefined, diskId: string): boolean {
  return failover?.facts.elsewhere !== true || newDiskOf(failover.facts, diskId) !== undefined;
}
