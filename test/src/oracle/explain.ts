import { seededRandom } from "@leeward/base";
import type { MarkInterval, Operation } from "./history.ts";
import { readSector, SECTOR_BYTES } from "./sector.ts";

const ATTEMPTS = 200;
const PROBLEMS_MAX = 20;

/** The content of one disk at a recovery point. */
export interface RecoveredDisk {
  readonly disk: number;
  readonly bytes: Buffer;
}

export interface Scene {
  readonly operations: readonly Operation[];
  readonly interval: MarkInterval;
  readonly disks: readonly RecoveredDisk[];
  /** What the disks held before the first operation that counts; zeroes when left out. */
  readonly base?: Base;
}

/** The disks at a moment from which on operations count, such as after a loss of power, which may have undone what was not flushed. */
export interface Base {
  /** The number of the first operation that counts. */
  readonly firstOperation: number;
  readonly disks: readonly RecoveredDisk[];
}

/** What a sector shows: an operation, zeroes of whatever origin, or what it held before any operation that counts. */
type Shown = Operation | "zero" | "base";

/**
 * Why no order of the operations explains the recovered disks, in words; empty when one does.
 *
 * What is asked for: a set S of operations and one total order of S, such that
 *  - every operation acknowledged before the mark was requested is in S, none submitted after it returned;
 *  - S holds with each operation all that happened before it, on every disk;
 *  - the order keeps what happened before what;
 *  - each sector holds what the last operation of S on it, in that order, left there.
 *
 * The smallest S is what must be in, what the sectors show, and all before these. Each sector then gives edges "covers this sector
 * → is the last on it", and an order exists exactly when those edges and happened-before have no cycle.
 */
export function unexplained(scene: Scene): string[] {
  const { interval } = scene;
  const operations = scene.operations.slice(scene.base?.firstOperation ?? 0);
  const problems: string[] = [];
  const shown = shownOperations(scene, problems);
  if (problems.length > 0) return problems;

  const inside = new Set<Operation>();
  let latestSubmission = 0;
  for (const operation of operations) if (operation.acknowledged < interval.requested) inside.add(operation);
  for (const operation of shown.values()) {
    if (typeof operation === "string") continue;
    inside.add(operation);
    latestSubmission = Math.max(latestSubmission, operation.submitted);
    if (operation.submitted > interval.returned) {
      problems.push(`operation ${operation.number} is in the point, but was submitted after it returned`);
    }
  }
  // Whatever was acknowledged before anything in S was submitted happened before it.
  for (const operation of operations) if (operation.acknowledged < latestSubmission) inside.add(operation);
  if (problems.length > 0) return problems.slice(0, PROBLEMS_MAX);
  return orderProblems(scene, shown, inside);
}

/** For each sector (disk, index) what it shows. */
function shownOperations(scene: Scene, problems: string[]): Map<string, Shown> {
  const shown = new Map<string, Shown>();
  const first = scene.base?.firstOperation ?? 0;
  for (const { disk, bytes } of scene.disks) {
    for (let index = 0; index * SECTOR_BYTES < bytes.length; index += 1) {
      const content = readSector(bytes.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES), { disk, index });
      const where = `disk ${disk} sector ${index}`;
      if (content.kind === "broken") problems.push(`${where} holds what nobody wrote: ${content.why}`);
      else if (content.kind === "zero")
        shown.set(`${disk}/${index}`, isZeroIn(scene.base, disk, index) ? "base" : "zero");
      else if (content.operation < first) {
        if (isSameIn(scene.base, disk, bytes, index)) shown.set(`${disk}/${index}`, "base");
        else problems.push(`${where} shows operation ${content.operation}, which was gone before`);
      } else {
        const operation = scene.operations[content.operation];
        if (operation === undefined)
          problems.push(`${where} shows operation ${content.operation}, which was never submitted`);
        else shown.set(`${disk}/${index}`, operation);
      }
      if (problems.length >= PROBLEMS_MAX) return shown;
    }
  }
  return shown;
}

/**
 * A sector of zeroes does not say which of several zeroings was its last, so one is preferred: first the one acknowledged last, then
 * others at random. A point is refused when none of the tries is explained; a try that is explained proves the point.
 */
function isZeroIn(base: Base | undefined, disk: number, index: number): boolean {
  const sector = sectorOf(base, disk, index);
  return sector === undefined || readSector(sector, { disk, index }).kind === "zero";
}

function isSameIn(base: Base | undefined, disk: number, bytes: Buffer, index: number): boolean {
  const sector = sectorOf(base, disk, index);
  return sector?.equals(bytes.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES)) === true;
}

function sectorOf(base: Base | undefined, disk: number, index: number): Buffer | undefined {
  const bytes = base?.disks.find((each) => each.disk === disk)?.bytes;
  return bytes?.subarray(index * SECTOR_BYTES, (index + 1) * SECTOR_BYTES);
}

function orderProblems(scene: Scene, shown: Map<string, Shown>, inside: Set<Operation>): string[] {
  const covering = coveringBySector(scene.operations.slice(scene.base?.firstOperation ?? 0), scene.interval);
  const random = seededRandom(scene.operations.length);
  let problems: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const preference = new Map<Operation, number>();
    const prefer = (operation: Operation): number => {
      if (attempt === 0) return operation.acknowledged;
      const known = preference.get(operation) ?? random.below(2 ** 32);
      preference.set(operation, known);
      return known;
    };
    const found = problemsOfOneTry({ scene, shown, inside, covering, prefer });
    if (found.length === 0) return [];
    if (attempt === 0) problems = found;
  }
  return problems;
}

interface Try {
  readonly scene: Scene;
  readonly shown: Map<string, Shown>;
  readonly inside: Set<Operation>;
  readonly covering: Map<string, Operation[]>;
  readonly prefer: (operation: Operation) => number;
}

function problemsOfOneTry({ scene, shown, inside, covering, prefer }: Try): string[] {
  const problems: string[] = [];
  const edges = new Map<Operation, Set<Operation>>();
  const added = new Set<Operation>();
  for (const [where, operation] of shown) {
    const covers = covering.get(where) ?? [];
    const showsZeroes = operation === "zero" || (operation === "base" && isZeroShown(scene, where));
    const before = covers.filter((other) => inside.has(other) && (!showsZeroes || other.kind === "write"));
    if (operation === "base" && before.length === 0) continue;
    const last =
      typeof operation === "string"
        ? showsZeroes
          ? lastZero({ before, covers, interval: scene.interval, prefer })
          : undefined
        : operation;
    if (last === undefined) {
      problems.push(
        before.length === 0
          ? `${where} reads as zeroes, but no operation made it so`
          : `${where} reads as ${showsZeroes ? "zeroes" : "before"}, but operation ${before.at(-1)?.number} must be in, and nothing can have undone it`,
      );
      continue;
    }
    if (!inside.has(last)) added.add(last);
    for (const other of before) {
      if (other === last) continue;
      if (last.acknowledged < other.submitted) {
        problems.push(`${where} shows operation ${last.number}, but ${other.number} is in the point and came after it`);
      } else if (!(other.acknowledged < last.submitted)) {
        const set = edges.get(other) ?? new Set();
        edges.set(other, set.add(last));
      }
    }
    if (problems.length >= PROBLEMS_MAX) return problems;
  }
  return problems.length > 0 ? problems : cycleProblems([...inside, ...added], edges);
}

function isZeroShown(scene: Scene, where: string): boolean {
  const [disk = 0, index = 0] = where.split("/").map(Number);
  return isZeroIn(scene.base, disk, index);
}

interface ZeroChoice {
  /** The writes of S on the sector. */
  readonly before: readonly Operation[];
  /** Everything on the sector. */
  readonly covers: readonly Operation[];
  readonly interval: MarkInterval;
  readonly prefer: (operation: Operation) => number;
}

/** The preferred of the zeroings that no write of S on the sector surely follows; undefined when there is none. */
function lastZero({ before, covers, interval, prefer }: ZeroChoice): Operation | undefined {
  let best: Operation | undefined;
  for (const zero of covers) {
    const mayBeLast =
      zero.kind === "zero" &&
      zero.submitted < interval.returned &&
      before.every((other) => !(zero.acknowledged < other.submitted));
    if (mayBeLast && (best === undefined || prefer(zero) > prefer(best))) best = zero;
  }
  return best;
}

function coveringBySector(operations: readonly Operation[], interval: MarkInterval): Map<string, Operation[]> {
  const covering = new Map<string, Operation[]>();
  for (const operation of operations) {
    if (operation.submitted > interval.returned) continue;
    for (let index = operation.sector; index < operation.sector + operation.sectors; index += 1) {
      const where = `${operation.disk}/${index}`;
      const list = covering.get(where);
      if (list === undefined) covering.set(where, [operation]);
      else list.push(operation);
    }
  }
  return covering;
}

/**
 * Takes away, again and again, an operation that nothing left must precede; what stays is a cycle. Happened-before needs no edges of
 * its own: an operation is held back while one that was acknowledged before its submission is left, which is so exactly
 * while the earliest acknowledgement left is before it.
 */
function cycleProblems(operations: readonly Operation[], edges: Map<Operation, Set<Operation>>): string[] {
  const incoming = new Map<Operation, number>();
  for (const targets of edges.values())
    for (const target of targets) incoming.set(target, (incoming.get(target) ?? 0) + 1);
  const bySubmission = [...operations].sort((a, b) => a.submitted - b.submitted);
  const byAcknowledgement = [...operations].sort((a, b) => a.acknowledged - b.acknowledged);
  const gone = new Set<Operation>();
  const held = new Set<Operation>();
  let next = 0;
  let earliest = 0;
  while (gone.size < operations.length) {
    while (earliest < byAcknowledgement.length && gone.has(at(byAcknowledgement, earliest))) earliest += 1;
    const horizon = byAcknowledgement[earliest]?.acknowledged ?? Number.POSITIVE_INFINITY;
    while (next < bySubmission.length && at(bySubmission, next).submitted < horizon) {
      held.add(at(bySubmission, next));
      next += 1;
    }
    const free = [...held].filter((operation) => (incoming.get(operation) ?? 0) === 0);
    if (free.length === 0) {
      const names = [...held].slice(0, 8).map((operation) => operation.number);
      return [`no order explains operations ${names.join(", ")}: each must come before another of them`];
    }
    for (const operation of free) {
      held.delete(operation);
      gone.add(operation);
      for (const target of edges.get(operation) ?? []) incoming.set(target, (incoming.get(target) ?? 0) - 1);
    }
  }
  return [];
}

function at(operations: readonly Operation[], index: number): Operation {
  const operation = operations[index];
  if (operation === undefined) throw new RangeError(`no operation at ${index}`);
  return operation;
}
