import { Fault } from "@leeward/base";
import type { JournalPoint, PointAt } from "../recovery-point.ts";
import { type MachinePoint, machinePoints, type PointHolder } from "./machine-point.ts";

/** A disk's journal that can also say which point is meant. */
export interface PointChooser extends PointHolder {
  /** As choosePoint. */
  resolve(at: PointAt): JournalPoint;
}

/**
 * The machine's point that `at` means.
 * @throws Fault `point-missing`, `point-withdrawn`, `point-in-gap`: as a member's journal says
 */
export function machinePointAt(
  machineId: string,
  holders: ReadonlyMap<string, PointChooser>,
  at: PointAt,
): MachinePoint {
  const found = newestOf(machinePoints(machineId, holders, at.kind === "time" ? { toMicros: at.micros } : {}), at);
  // A gap of one member is a gap of the machine; and who asks for what is not there is told by whoever knows most.
  const members = found === undefined ? [...holders.keys()] : found.members.map(({ diskId }) => diskId);
  if (found === undefined || at.kind === "time") for (const diskId of members) holders.get(diskId)?.resolve(at);
  if (found !== undefined) return found;
  throw new Fault({
    code: "point-missing",
    kind: "operator",
    message: "The machine has no recovery point that all its disks hold and that is meant by this.",
    remedy: "See `leeward point list MACHINE`; older points may have gone by the policy's retention.",
    detail: { machine: machineId },
  });
}

function newestOf(points: readonly MachinePoint[], at: PointAt): MachinePoint | undefined {
  return at.kind === "id" ? points.find(({ id }) => id === at.id) : points.at(-1);
}
