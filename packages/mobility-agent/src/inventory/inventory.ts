import type { Candidate, PlannedDisk } from "@leeward/proto";

/** What the agent knows of its machine. */
export interface Inventory {
  /** What could be protected, and why something cannot. */
  candidates(): Promise<readonly Candidate[]>;
  /** The real path of a disk that may be protected. @throws Fault `disk-not-protectable`, `disk-missing` */
  resolve(path: string, capture: PlannedDisk["capture"]): Promise<string>;
  /** Host facts as JSON, for people; the newest that were gathered. */
  json(): string;
}

/** No message carries more. */
const CANDIDATES_MAX = 1_000;

export async function candidateListOf(inventory: Inventory): Promise<readonly Candidate[]> {
  return (await inventory.candidates()).slice(0, CANDIDATES_MAX);
}
