import { inconsistent } from "../history/inconsistent.ts";
import { type JournalParts, stateOf } from "../journal-parts.ts";
import type { BranchPosition } from "../recovery-point.ts";
import { PointDevice } from "./point-device.ts";

/** The disk at a place where a segment ends; `onClose` runs once, when the device is disposed. */
export function openView(parts: JournalParts, place: BranchPosition, onClose: () => Promise<void>): PointDevice {
  const branch = stateOf(parts).stretchOf(place);
  const number = branch?.numberEndingAt(place.sequence);
  if (branch === undefined || number === undefined) throw inconsistent("a point stands where no segment ends");
  return new PointDevice(parts, { branch, sequence: place.sequence, diskBytes: branch.diskBytesAt(number) }, onClose);
}
