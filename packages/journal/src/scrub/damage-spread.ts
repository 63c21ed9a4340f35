import { type Extent, ExtentSet } from "@leeward/block";
import type { Branch } from "../history/branch.ts";
import type { JournalState } from "../history/journal-state.ts";
import type { DamageEntry, HeldSegment } from "../manifest/entry.ts";
import type { FileLibrary } from "../view/file-library.ts";
import { segmentEntries } from "../view/segment-entries.ts";
import { damageBytes, damageJoined, damageLeft } from "./damage.ts";

/** What of the damage is still to be seen from the end of segment `number` on. */
interface Step {
  readonly number: number;
  readonly left: readonly Extent[];
}

/** How far damage reaches: the entries that say so, and the points that need what is damaged. */
export interface DamageReach {
  readonly entries: readonly DamageEntry[];
  readonly pointIds: readonly string[];
}

/**
 * Follows damage from the end of segment `number` of a branch through all that comes after it, until it has been written over.
 * A segment whose index cannot be read heals nothing.
 */
export async function followDamage(
  { state, library }: { readonly state: JournalState; readonly library: FileLibrary },
  from: { readonly branch: Branch; readonly number: number; readonly extents: readonly Extent[] },
): Promise<DamageReach> {
  const entries: DamageEntry[] = [];
  const pointIds: string[] = [];
  const queue = [from];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { branch } = next;
    const steps = await stepsOf(library, next);
    entries.push(...joinedWithKnown(branch, steps));
    pointIds.push(...pointsHit(state, branch, steps));
    for (const child of state.branches) {
      const fork = child.parent?.branch === branch.id ? branch.numberEndingAt(child.parent.sequence) : undefined;
      const extents = fork === undefined ? [] : leftAt(steps, fork);
      if (extents.length > 0) queue.push({ branch: child, number: -1, extents });
    }
  }
  return { entries, pointIds };
}

async function stepsOf(
  library: FileLibrary,
  {
    branch,
    number,
    extents,
  }: { readonly branch: Branch; readonly number: number; readonly extents: readonly Extent[] },
): Promise<Step[]> {
  const steps: Step[] = [{ number, left: extents }];
  let left = extents;
  for (const segment of branch.within(number + 1, branch.nextNumber)) {
    if (left.length === 0) return steps;
    const after = damageLeft(left, await writtenBy(library, branch, segment));
    if (damageBytes(after) === damageBytes(left)) continue;
    left = after;
    steps.push({ number: segment.number, left });
  }
  return steps;
}

async function writtenBy(library: FileLibrary, branch: Branch, segment: HeldSegment): Promise<Iterable<Extent>> {
  const written = new ExtentSet();
  const options = { segment, diskBytesBefore: branch.diskBytesBefore(segment), extent: WHOLE_DISK };
  try {
    await library.use({ folder: "segments", file: segment.file }, async (reader) => {
      for await (const entries of segmentEntries(reader, options)) written.addAll(entries);
    });
  } catch {
    // It may be damaged itself; what is found there is told when its own turn comes.
    return [];
  }
  return written;
}

/**
 * The damage together with what was known before. What lies between its beginning and its end is not told apart: no point
 * stands there in any case.
 */
function joinedWithKnown(branch: Branch, steps: readonly Step[]): DamageEntry[] {
  const first = steps[0]?.number ?? 0;
  const last = steps.at(-1)?.number ?? first;
  const numbers = new Set([first, last, ...branch.damage.map(({ number }) => number)]);
  return [...numbers]
    .filter((number) => number >= first)
    .sort((a, b) => a - b)
    .map((number) => ({
      type: "damage",
      branch: branch.id,
      number,
      extents: damageJoined(leftAt(steps, number), branch.damageAt(number)),
    }));
}

function pointsHit(state: JournalState, branch: Branch, steps: readonly Step[]): string[] {
  const hit: string[] = [];
  for (const point of state.points) {
    if (point.withdrawn || point.branch !== branch.id) continue;
    const number = branch.numberEndingAt(point.sequence);
    if (number !== undefined && leftAt(steps, number).length > 0) hit.push(point.id);
  }
  return hit;
}

function leftAt(steps: readonly Step[], number: number): readonly Extent[] {
  return steps.findLast((step) => step.number <= number)?.left ?? [];
}

const WHOLE_DISK = { offset: 0, length: Number.MAX_SAFE_INTEGER };
