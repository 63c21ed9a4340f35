/**
 * Sorted, disjoint runs [start, end), each with an item: what ExtentSet and ExtentMap stand on.
 *
 * Runs lie in leaves of at most LEAF_RUNS, kept in one directory. A change moves at most one leaf's bytes, so millions of runs
 * stay cheap in time (two binary searches) and in memory (24 bytes a run, when leaves are full).
 * Invariant: starts rise, no run is empty, none overlaps the next, and no leaf is empty. If it broke, a changed block could be
 * missed: only `replace` changes anything, and the sets above it are tested against a plain array of blocks.
 */
const LEAF_RUNS = 256;

class Leaf<T extends object | true> {
  count = 0;
  readonly starts = new Float64Array(LEAF_RUNS);
  readonly ends = new Float64Array(LEAF_RUNS);
  readonly items: T[] = [];
}

/** A place between runs: before run `index` of leaf `leaf`. The end of the list is (number of leaves, 0). */
export interface RunPosition {
  readonly leaf: number;
  readonly index: number;
}

export interface Run<T> {
  readonly start: number;
  readonly end: number;
  readonly item: T;
}

/** See the head of the file; an item is an object, or `true` where only the range matters. */
export class RunList<T extends object | true> {
  #leaves: Leaf<T>[] = [];
  /** The end of each leaf's last run: what a search looks at, kept together so that it touches little memory. */
  #lastEnds: number[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#leaves = [];
    this.#lastEnds = [];
    this.#count = 0;
  }

  /** The place of the first run that ends after `offset`. */
  seek(offset: number): RunPosition {
    let low = 0;
    let high = this.#leaves.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#lastEnds[middle] ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    const leaf = this.#leaves[low];
    return leaf === undefined ? { leaf: low, index: 0 } : { leaf: low, index: firstEndingAfter(leaf, offset) };
  }

  /** The run after the place, or undefined at the end. */
  at(position: RunPosition): Run<T> | undefined {
    const leaf = this.#leaves[position.leaf];
    if (leaf === undefined) return undefined;
    const start = leaf.starts[position.index];
    const end = leaf.ends[position.index];
    const item = leaf.items[position.index];
    return start === undefined || end === undefined || item === undefined ? undefined : { start, end, item };
  }

  next(position: RunPosition): RunPosition {
    const count = this.#leaves[position.leaf]?.count ?? 0;
    const index = position.index + 1;
    return index < count ? { leaf: position.leaf, index } : { leaf: position.leaf + 1, index: 0 };
  }

  /** Takes the runs from `from` up to `to` out and puts `runs` there. They must keep the order. */
  replace(from: RunPosition, to: RunPosition, runs: readonly Run<T>[]): void {
    this.#removeBetween(from, to);
    let { leaf, index } = from;
    for (const run of runs) {
      ({ leaf, index } = this.#insert(leaf, index, run));
      index += 1;
    }
    this.#tidy(from.leaf);
    for (
      let near = Math.max(0, from.leaf - 1);
      near <= Math.max(leaf, from.leaf) + 1 && near < this.#leaves.length;
      near += 1
    ) {
      const changed = this.#leaves[near];
      if (changed !== undefined) this.#lastEnds[near] = changed.ends[changed.count - 1] ?? 0;
    }
  }

  #removeBetween(from: RunPosition, to: RunPosition): void {
    const first = this.#leaves[from.leaf];
    if (first === undefined) return;
    if (from.leaf === to.leaf) {
      this.#count -= removeRuns(first, from.index, to.index);
      return;
    }
    this.#count -= removeRuns(first, from.index, first.count);
    for (let index = from.leaf + 1; index < to.leaf; index += 1) this.#count -= this.#leaves[index]?.count ?? 0;
    const last = this.#leaves[to.leaf];
    if (last !== undefined) this.#count -= removeRuns(last, 0, to.index);
    this.#spliceLeaves(from.leaf + 1, to.leaf - from.leaf - 1);
  }

  #insert(leafIndex: number, index: number, run: Run<T>): RunPosition {
    let at: RunPosition = { leaf: leafIndex, index };
    let leaf = this.#leaves[at.leaf];
    if (leaf === undefined) {
      const last = this.#leaves[at.leaf - 1];
      if (last !== undefined && last.count < LEAF_RUNS) {
        at = { leaf: at.leaf - 1, index: last.count };
        leaf = last;
      } else {
        leaf = new Leaf<T>();
        this.#spliceLeaves(this.#leaves.length, 0, leaf);
        at = { leaf: this.#leaves.length - 1, index: 0 };
      }
    } else if (leaf.count === LEAF_RUNS) {
      at = this.#split(at);
      leaf = this.#leaves[at.leaf] ?? leaf;
    }
    insertRun(leaf, at.index, run);
    this.#count += 1;
    return at;
  }

  /** Every leaf that is new or changed gets its last end at the close of `replace`. */
  #spliceLeaves(index: number, removed: number, ...added: Leaf<T>[]): void {
    if (removed === 0 && added.length === 0) return;
    this.#leaves.splice(index, removed, ...added);
    this.#lastEnds.splice(index, removed, ...added.map(() => 0));
  }

  /** Makes room in a full leaf. What is put at its very end starts a new leaf, so that rising offsets leave full leaves behind. */
  #split(at: RunPosition): RunPosition {
    const full = this.#leaves[at.leaf];
    if (full === undefined) return at;
    const keep = at.index === LEAF_RUNS ? LEAF_RUNS : LEAF_RUNS >>> 1;
    const right = new Leaf<T>();
    right.starts.set(full.starts.subarray(keep));
    right.ends.set(full.ends.subarray(keep));
    right.items.push(...full.items.splice(keep));
    right.count = LEAF_RUNS - keep;
    full.count = keep;
    this.#spliceLeaves(at.leaf + 1, 0, right);
    return at.index < keep ? at : { leaf: at.leaf + 1, index: at.index - keep };
  }

  /** Drops what became empty at and beside the leaf, and joins two that are half empty together. */
  #tidy(leafIndex: number): void {
    for (
      let index = Math.min(leafIndex + 1, this.#leaves.length - 1);
      index >= Math.max(0, leafIndex - 1);
      index -= 1
    ) {
      const leaf = this.#leaves[index];
      const next = this.#leaves[index + 1];
      if (leaf === undefined) continue;
      if (leaf.count === 0) this.#spliceLeaves(index, 1);
      else if (next !== undefined && leaf.count + next.count <= LEAF_RUNS >>> 1) {
        leaf.starts.set(next.starts.subarray(0, next.count), leaf.count);
        leaf.ends.set(next.ends.subarray(0, next.count), leaf.count);
        leaf.items.push(...next.items);
        leaf.count += next.count;
        this.#spliceLeaves(index + 1, 1);
      }
    }
  }
}

function firstEndingAfter<T extends object | true>(leaf: Leaf<T>, offset: number): number {
  let low = 0;
  let high = leaf.count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((leaf.ends[middle] ?? 0) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function removeRuns<T extends object | true>(leaf: Leaf<T>, from: number, to: number): number {
  if (to <= from) return 0;
  leaf.starts.copyWithin(from, to, leaf.count);
  leaf.ends.copyWithin(from, to, leaf.count);
  leaf.items.splice(from, to - from);
  leaf.count -= to - from;
  return to - from;
}

function insertRun<T extends object | true>(leaf: Leaf<T>, index: number, run: Run<T>): void {
  leaf.starts.copyWithin(index + 1, index, leaf.count);
  leaf.ends.copyWithin(index + 1, index, leaf.count);
  leaf.starts[index] = run.start;
  leaf.ends[index] = run.end;
  leaf.items.splice(index, 0, run.item);
  leaf.count += 1;
}
