import type { Candidate, DeviceLook, LookAtDevice, PlannedDisk } from "@leeward/proto";

/** A device that somebody named to be a disk of the machine from now on. */
export interface NamedDevice {
  readonly path: string;
  readonly capture: LookAtDevice["capture"];
  /** Of the machine's other protected disks. */
  readonly otherPaths: readonly string[];
  /** Whether this agent has the resolved path as the disk that it is to be. */
  readonly isOwn: (path: string) => boolean;
}

/** What the agent knows of its machine. */
export interface Inventory {
  /** What could be protected, and why something cannot. */
  candidates(): Promise<readonly Candidate[]>;
  /** The real path of a disk that may be protected. @throws Fault `disk-not-protectable`, `disk-missing` */
  resolve(path: string, capture: PlannedDisk["capture"]): Promise<string>;
  /** What is on a device that is to be a disk; nothing is written. @throws as `resolve`, and Fault `disk-denied`, `disk-unsuitable`, `disk-read-failed` */
  look(device: NamedDevice): Promise<DeviceLook>;
  /** Host facts as JSON, for people; the newest that were gathered. */
  json(): string;
}

/** No message carries more. */
const CANDIDATES_MAX = 1_000;

export async function candidateListOf(inventory: Inventory): Promise<readonly Candidate[]> {
  return (await inventory.candidates()).slice(0, CANDIDATES_MAX);
}
