import { type Extent, ExtentSet, endOf } from "@leeward/block";

/** Extents of damage that are remembered apart; with more, what lies between neighbours is taken for damaged too. */
const DAMAGE_EXTENTS_MAX = 4_096;

/** What is left of damage once `written` was written over it. */
export function damageLeft(damage: readonly Extent[], written: Iterable<Extent>): readonly Extent[] {
  const left = ExtentSet.of(damage);
  for (const extent of written) left.remove(extent);
  return coarse(left);
}

export function damageBytes(damage: readonly Extent[]): number {
  return damage.reduce((sum, { length }) => sum + length, 0);
}

/** Damage of two kinds together. */
export function damageJoined(a: readonly Extent[], b: readonly Extent[]): readonly Extent[] {
  const joined = ExtentSet.of(a);
  joined.addAll(b);
  return coarse(joined);
}

/** At most DAMAGE_EXTENTS_MAX extents that hold all of the set: too much is called damaged, never too little. */
function coarse(set: ExtentSet): readonly Extent[] {
  const extents = [...set];
  const together = Math.ceil(extents.length / DAMAGE_EXTENTS_MAX);
  if (together <= 1) return extents;
  const coarser: Extent[] = [];
  for (let index = 0; index < extents.length; index += together) {
    const first = extents[index];
    const last = extents[Math.min(index + together, extents.length) - 1];
    if (first !== undefined && last !== undefined) {
      coarser.push({ offset: first.offset, length: endOf(last) - first.offset });
    }
  }
  return coarser;
}
