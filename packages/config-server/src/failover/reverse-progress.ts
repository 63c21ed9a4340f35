import type { ReverseStatus } from "@leeward/proto";
import type { Brought, FailoverFacts, FailoverRow, NewDisk, PlaceOfDisk } from "../store/failover-rows.ts";
import { agentStatusOf, type StepMeans } from "./step.ts";

export interface DiskReverse {
  readonly diskId: string;
  readonly status: ReverseStatus;
}

/** How far the source said that its disks are brought to what the replica machine's are; those of which it said something. */
export function reverseOf(means: Pick<StepMeans, "reports">, row: FailoverRow): readonly DiskReverse[] {
  const disks = agentStatusOf(means, row)?.disks ?? [];
  return disks.flatMap(({ diskId, reverse }) =>
    reverse === undefined || !isOf(row, diskId, reverse) ? [] : [{ diskId, status: reverse }],
  );
}

/** Not of another failover, and not of the device that was the disk before. */
function isOf({ id, facts }: FailoverRow, diskId: string, { failoverId, placeId }: ReverseStatus): boolean {
  return failoverId === id && placeId === (newDiskOf(facts, diskId)?.placeId ?? "");
}

/** The device that takes the place of the disk's source, where there is one. */
export function newDiskOf({ newDisks = [] }: FailoverFacts, diskId: string): NewDisk | undefined {
  return newDisks.find((each) => each.diskId === diskId);
}

/** For people: as the source said last, or as it was when it was complete. */
export function broughtOf(means: Pick<StepMeans, "reports">, row: FailoverRow): readonly Brought[] {
  const { brought } = row.facts;
  if (brought !== undefined) return brought;
  return reverseOf(means, row).map(({ diskId, status: { method, setBytes, broughtBytes, complete } }) => ({
    diskId,
    method,
    setBytes,
    broughtBytes,
    complete,
  }));
}

/** Whether every disk holds all that the machine had written at some moment after its start. */
export function isBrought(means: Pick<StepMeans, "reports">, row: FailoverRow): boolean {
  const said = reverseOf(means, row);
  const isDone = (diskId: string): boolean =>
    said.some((each) => each.diskId === diskId && (each.status.following || each.status.complete));
  return (row.chosen?.diskIds ?? []).every(isDone);
}

/** Whether the disk equals what the halted machine left. */
export function isCompleteAt(
  means: Pick<StepMeans, "reports">,
  row: FailoverRow,
  { diskId, sequence }: PlaceOfDisk,
): boolean {
  return reverseOf(means, row).some(
    (each) => each.diskId === diskId && each.status.complete && each.status.sequence >= sequence,
  );
}
