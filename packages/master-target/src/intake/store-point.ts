import { firstOf } from "@leeward/base";
import type { MachineJournal } from "@leeward/journal";
import type { PointRecord } from "@leeward/proto";
import type { EpochBook } from "./epoch-book.ts";

export interface PointPlace {
  readonly epochs: EpochBook;
  readonly machine: MachineJournal;
  /** Of which disks nothing more will come that the point stands on. */
  readonly isBrought: (diskId: string) => boolean;
}

/**
 * Stores a machine's point once what it stands on is journaled.
 *
 * One of an older epoch is refused, also when all of that was journaled before the epoch rose: nobody can tell from it whether it was made before its
 * machine was shut out. One of a higher epoch is taken, and is not what makes that epoch known: its machine's disks come with it.
 * @throws Fault `epoch-old`, and as MachineJournal.storePoint
 */
export async function storePoint(
  { epochs, machine, isBrought }: PointPlace,
  point: PointRecord,
  signal: AbortSignal,
): Promise<void> {
  const { machineId, epoch } = point;
  epochs.refuseOld(machineId, epoch);
  await firstOf(signal, [
    (inner) => machine.untilCovered(point, inner, isBrought),
    (inner) => epochs.untilOld(machineId, epoch, inner),
  ]);
  await epochs.under(machineId, epoch, () => machine.addCovered(point, signal));
}
