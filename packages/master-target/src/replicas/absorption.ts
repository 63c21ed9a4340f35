// What a halted replica machine wrote becomes part of its disks' journals, with a recovery point at its end.
//
//   the point's time and number → the machine's record → each disk's overlay, on the overlay's own branch (journal) → the point, disk by disk
//
// A kill between any two leaves journals that hold more, and no point of the machine that lacks a member; done again it comes to the same point. The point
// is later than all others of its disks, so that it is the newest: what the source wrote after the point that the machine was started from is older
// than the failback, whatever its clock said. It is crash-consistent: that a guest switched itself off is no proof that its file systems were at rest.
// Worst outcome if broken: the source goes on from a disk that the replica machine did not have.
import {
  MachineJournal,
  type MachinePoint,
  type OverlayDevice,
  type PointMember,
  type PointRecord,
} from "@leeward/journal";
import type { EpochBook } from "../intake/epoch-book.ts";
import type { TargetDisks } from "../keep/target-disks.ts";
import { overlaySetBack } from "../serve/replica-content-faults.ts";
import type { HaltedRecord } from "./replica-record.ts";

/** A disk of the machine, and what was written over it. */
export interface WrittenDisk {
  readonly diskId: string;
  readonly overlay: OverlayDevice;
  /** Where that was said to end. */
  readonly sequence: number;
}

export interface Absorbing {
  readonly machineId: string;
  readonly point: NonNullable<HaltedRecord["point"]>;
  readonly disks: readonly WrittenDisk[];
  /** Told of every step when it was done. */
  readonly onStep: (step: string) => void;
}

export class Absorption {
  readonly #disks: TargetDisks;
  readonly #epochs: EpochBook;

  constructor(disks: TargetDisks, epochs: EpochBook) {
    this.#disks = disks;
    this.#epochs = epochs;
  }

  /** A point behind all that the disks have, and not before the machine was halted. @throws Fault `disk-unknown`, `point-missing` */
  laterPoint(
    id: string,
    of: { readonly machineId: string; readonly diskIds: readonly string[]; readonly haltedMicros: number },
  ): Absorbing["point"] {
    const newest = of.diskIds.map((diskId) =>
      this.#disks.require(of.machineId, diskId).journal.resolve({ kind: "latest" }),
    );
    return {
      id,
      number: Math.max(...newest.map(({ number }) => number)) + 1,
      timeMicros: Math.max(of.haltedMicros, ...newest.map((each) => each.validUntilMicros + 1)),
    };
  }

  /** Settles when the point is recoverable. Done again, it is the same. @throws Fault `overlay-set-back`, and as Journal.absorb and MachineJournal.storePoint */
  async absorb(absorbing: Absorbing, signal: AbortSignal): Promise<MachinePoint> {
    const { machineId, point, disks, onStep } = absorbing;
    const members: PointMember[] = [];
    for (const { diskId, overlay, sequence } of disks) {
      const found = await overlay.settle();
      if (found !== sequence) throw overlaySetBack(diskId, { sequence: found, told: sequence });
      const place = await this.#disks.require(machineId, diskId).journal.absorb(overlay, signal);
      members.push({ diskId, ...place });
      onStep(`disk ${members.length} absorbed`);
    }
    const machine = this.#disks.machine(machineId) ?? new MachineJournal(machineId);
    await machine.storePoint(this.#recordOf(absorbing, members), signal, () => true);
    onStep("point stored");
    return machine.resolve({ kind: "id", id: point.id });
  }

  #recordOf({ machineId, point, disks }: Absorbing, members: readonly PointMember[]): PointRecord {
    const others = this.#disks
      .all()
      .filter(({ plan }) => plan.machineId === machineId && plan.intake)
      .map(({ plan }) => plan.diskId);
    return {
      ...point,
      machineId,
      validUntilMicros: point.timeMicros,
      kind: "mark",
      consistency: "crash",
      epoch: this.#epochs.of(machineId),
      members,
      missingDiskIds: others.filter((diskId) => !disks.some((each) => each.diskId === diskId)),
    };
  }
}
