import type { Files } from "../files.ts";
import { NameTree } from "./name-tree.ts";
import { type OperationHook, SimulatedDisk, type SimulatedDiskOptions } from "./simulated-disk.ts";
import { SimulatedView } from "./simulated-view.ts";
import type { Survival } from "./stored-file.ts";

/**
 * A disk with one file system, and one process's view of it. What is written is lost with the power until datasync, a name until
 * syncFolder; see StoredFile and NameTree for what a loss of power may leave.
 */
export interface SimulatedFiles extends Files {
  onOperation: OperationHook | undefined;
  capacityBytes: number;
  /** How many operations there were so far. */
  readonly operations: number;
  /** Another process's view of the same disk. */
  share(): SimulatedFiles;
  /** Ends this process: none of its calls settles any more. The kernel lives: nothing that was written is lost. Returns a new view. */
  kill(): SimulatedFiles;
  /** Cuts the power: no call of any view settles any more. Returns a view of what survived, by chance unless told. */
  crash(survival?: Survival): SimulatedFiles;
  /** Flips one bit of a file where it is stored, as a rotting disk does. */
  rot(path: string, position: number): void;
}

export function simulatedFiles(options: SimulatedDiskOptions): SimulatedFiles {
  return new SimulatedView(new SimulatedDisk(options), new NameTree());
}
