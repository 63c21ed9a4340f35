import type { Base } from "./explain.ts";
import type { Operation } from "./history.ts";
import { readSector, SECTOR_BYTES } from "./sector.ts";

const PROBLEMS_MAX = 20;

export interface Survivor {
  readonly operations: readonly Operation[];
  readonly disk: number;
  /** What the disk holds after the loss of power. */
  readonly bytes: Buffer;
  /** What it held before the first operation that counts. */
  readonly base: Base;
}

/**
 * Why a disk that lost its power may not hold what it holds, in words; empty when it may. Each sector shows one of the operations that covered it, or
 * what was there before them all, and nothing that a durable operation on that sector surely came after.
 */
export function unsurvived({ operations, disk, bytes, base }: Survivor): string[] {
  const problems: string[] = [];
  const covering = coveringOf(operations.slice(base.firstOperation), disk);
  const before = base.disks.find((each) => each.disk === disk)?.bytes ?? Buffer.alloc(bytes.length);
  for (let index = 0; index * SECTOR_BYTES < bytes.length && problems.length < PROBLEMS_MAX; index += 1) {
    const covers = covering.get(index) ?? [];
    const [sector, was] = [sectorOf(bytes, index), sectorOf(before, index)];
    if (sector.equals(was) && !covers.some(({ durable }) => durable)) continue;
    const content = readSector(sector, { disk, index });
    const shown = covers.filter((operation) =>
      content.kind === "zero"
        ? operation.kind === "zero"
        : content.kind === "written" && operation.number === content.operation,
    );
    if (shown.some((operation) => !isGone(operation, covers))) continue;
    const last = covers.findLast(({ durable }) => durable)?.number;
    problems.push(`sector ${index} holds ${JSON.stringify(content)}, and operation ${last ?? "none"} there is durable`);
  }
  return problems;
}

/** How many operations had been acknowledged, and show nowhere where they came last: what the loss of power took. */
export function undone({ operations, disk, bytes, base }: Survivor): number {
  const lost = new Set<Operation>();
  for (const [index, covers] of coveringOf(operations.slice(base.firstOperation), disk)) {
    const last = covers.filter(({ acknowledged }) => acknowledged < Number.POSITIVE_INFINITY).at(-1);
    if (last === undefined) continue;
    const content = readSector(sectorOf(bytes, index), { disk, index });
    const isThere = last.kind === "zero" ? content.kind === "zero" : content.kind === "written";
    if (!isThere || (content.kind === "written" && content.operation < last.number)) lost.add(last);
  }
  return lost.size;
}

/** Whether something that is durable was asked for after its acknowledgement. */
function isGone(operation: Operation, covers: readonly Operation[]): boolean {
  return covers.some((other) => other.durable && operation.acknowledged < other.submitted);
}

function coveringOf(operations: readonly Operation[], disk: number): Map<number, Operation[]> {
  const covering = new Map<number, Operation[]>();
  for (const operation of operations) {
    if (operation.disk !== disk) continue;
    for (let index = operation.sector; index < operation.sector + operation.sectors; index += 1) {
      const list = covering.get(index);
      if (list === undefined) covering.set(index, [operation]);
      else list.push(operation);
    }
  }
  return covering;
}

function sectorOf(bytes: Buffer, index: number): Buffer {
  return bytes.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES);
}
