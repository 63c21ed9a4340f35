import { assert } from "@leeward/base";
import { type Extent, endOf } from "./extent.ts";
import { RunList, type RunPosition } from "./run-list.ts";

/**
 * A set of bytes of a disk, kept as the fewest extents: sorted, disjoint, never touching. Made for millions of extents: a change
 * or a question costs two binary searches, whatever the size. Iterators are for one pass without a change in between; who
 * changes the set while walking it asks `firstFrom` again.
 */
export class ExtentSet implements Iterable<Extent> {
  readonly #runs = new RunList<true>();
  #totalBytes = 0;

  static of(extents: Iterable<Extent>): ExtentSet {
    const set = new ExtentSet();
    set.addAll(extents);
    return set;
  }

  /** How many extents the set is made of. */
  get count(): number {
    return this.#runs.count;
  }

  get totalBytes(): number {
    return this.#totalBytes;
  }

  add(extent: Extent): void {
    assert(extent.length > 0 && extent.offset >= 0, "an extent is not empty");
    let start = extent.offset;
    let end = endOf(extent);
    let covered = 0;
    // A run that ends exactly where this one begins is touched too: hence one byte before.
    const from = this.#runs.seek(start - 1);
    let to = from;
    for (let run = this.#runs.at(to); run !== undefined && run.start <= end; run = this.#runs.at(to)) {
      if (run.start <= start && run.end >= end) return;
      start = Math.min(start, run.start);
      end = Math.max(end, run.end);
      covered += run.end - run.start;
      to = this.#runs.next(to);
    }
    this.#runs.replace(from, to, [{ start, end, item: true }]);
    this.#totalBytes += end - start - covered;
  }

  addAll(extents: Iterable<Extent>): void {
    for (const extent of extents) this.add(extent);
  }

  remove(extent: Extent): void {
    const end = endOf(extent);
    const from = this.#runs.seek(extent.offset);
    const rest: { start: number; end: number; item: true }[] = [];
    let removed = 0;
    let to = from;
    for (let run = this.#runs.at(to); run !== undefined && run.start < end; run = this.#runs.at(to)) {
      if (run.start < extent.offset) rest.push({ start: run.start, end: extent.offset, item: true });
      if (run.end > end) rest.push({ start: end, end: run.end, item: true });
      removed += Math.min(run.end, end) - Math.max(run.start, extent.offset);
      to = this.#runs.next(to);
    }
    if (removed === 0) return;
    this.#runs.replace(from, to, rest);
    this.#totalBytes -= removed;
  }

  clear(): void {
    this.#runs.clear();
    this.#totalBytes = 0;
  }

  /** Whether the set has any byte of the extent. */
  intersects(extent: Extent): boolean {
    const run = this.#runs.at(this.#runs.seek(extent.offset));
    return run !== undefined && run.start < endOf(extent);
  }

  /** Whether the set has every byte of the extent. */
  covers(extent: Extent): boolean {
    const run = this.#runs.at(this.#runs.seek(extent.offset));
    return run !== undefined && run.start <= extent.offset && run.end >= endOf(extent);
  }

  /** The first extent at or after `offset`, without what lies before it; undefined when there is none. */
  firstFrom(offset: number): Extent | undefined {
    const run = this.#runs.at(this.#runs.seek(offset));
    if (run === undefined) return undefined;
    const start = Math.max(run.start, offset);
    return { offset: start, length: run.end - start };
  }

  /** What of the set lies inside of the extent, in order. */
  *within(extent: Extent): IterableIterator<Extent> {
    const end = endOf(extent);
    for (const run of this.#from(this.#runs.seek(extent.offset))) {
      if (run.start >= end) return;
      const start = Math.max(run.start, extent.offset);
      yield { offset: start, length: Math.min(run.end, end) - start };
    }
  }

  /** What of the extent is not in the set, in order. */
  *gaps(extent: Extent): IterableIterator<Extent> {
    let at = extent.offset;
    for (const found of this.within(extent)) {
      if (found.offset > at) yield { offset: at, length: found.offset - at };
      at = endOf(found);
    }
    if (at < endOf(extent)) yield { offset: at, length: endOf(extent) - at };
  }

  *[Symbol.iterator](): IterableIterator<Extent> {
    for (const run of this.#from({ leaf: 0, index: 0 })) yield { offset: run.start, length: run.end - run.start };
  }

  *#from(first: RunPosition): IterableIterator<{ readonly start: number; readonly end: number }> {
    for (
      let at = first, run = this.#runs.at(at);
      run !== undefined;
      at = this.#runs.next(at), run = this.#runs.at(at)
    ) {
      yield run;
    }
  }
}
