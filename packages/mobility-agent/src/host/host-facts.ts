/** What tells a host from others. */
export interface HostFacts {
  /** Of the installed system; a copy of the system has the same one. null where there is none. */
  readonly machineId: string | null;
  /** Of the board, or of the virtual machine; null where it does not say, or may not be read. */
  readonly productUuid: string | null;
  /** What disks say of themselves; those that say nothing are not here. */
  readonly disks: readonly string[];
}

/**
 * Whether both are of one host. Hardware decides as far as it says anything: the same board, or at least half of the disks, is the same host, so that neither a new
 * board nor new disks alone make another one. Where hardware says nothing, the system's id does.
 */
export function isSameHost(before: HostFacts, now: HostFacts): boolean {
  const board = compared(before.productUuid, now.productUuid);
  const disks = comparedDisks(before.disks, now.disks);
  if (board === "same" || disks === "same") return true;
  if (board === "other" || disks === "other") return false;
  return compared(before.machineId, now.machineId) !== "other";
}

/** Whether nothing at all is another. */
export function isEqualHost(one: HostFacts, other: HostFacts): boolean {
  return textOf(one) === textOf(other);
}

type Comparison = "same" | "other" | "unknown";

function compared(before: string | null, now: string | null): Comparison {
  if (before === null || now === null) return "unknown";
  return before === now ? "same" : "other";
}

function comparedDisks(before: readonly string[], now: readonly string[]): Comparison {
  if (before.length === 0 || now.length === 0) return "unknown";
  const kept = before.filter((disk) => now.includes(disk));
  return kept.length * 2 >= before.length ? "same" : "other";
}

function textOf({ machineId, productUuid, disks }: HostFacts): string {
  return JSON.stringify([machineId, productUuid, disks.toSorted()]);
}
