import { assert } from "@leeward/base";
import { type Extent, endOf } from "./extent.ts";
import { type Run, RunList } from "./run-list.ts";

/** A piece of what was set: `value` was set for an extent that begins `skip` bytes before this one does. */
export interface MappedExtent<T> extends Extent {
  readonly value: T;
  /** Bytes, ≥ 0: where in what `value` stands for this extent begins. */
  readonly skip: number;
}

interface Item<T> {
  readonly origin: number;
  readonly value: T;
}

/**
 * Which value holds each byte of a disk: the newest one set there. An older extent that is partly overwritten is split or cut,
 * and its pieces keep the value and say how far into it they begin, so that values need not be copied. Neighbours are never
 * joined. Cost as of ExtentSet; iterators are for one pass without a change in between.
 */
export class ExtentMap<T> implements Iterable<MappedExtent<T>> {
  readonly #runs = new RunList<Item<T>>();
  #totalBytes = 0;

  /** How many pieces the map is made of. */
  get count(): number {
    return this.#runs.count;
  }

  /** Bytes that have a value. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** From now on `value` holds the extent, whatever held it before. */
  set(extent: Extent, value: T): void {
    assert(extent.length > 0 && extent.offset >= 0, "an extent is not empty");
    this.#replace(extent, { origin: extent.offset, value });
    this.#totalBytes += extent.length;
  }

  /** From now on nothing holds the extent. */
  remove(extent: Extent): void {
    this.#replace(extent, undefined);
  }

  clear(): void {
    this.#runs.clear();
    this.#totalBytes = 0;
  }

  /** The piece that holds the byte at `offset`, whole; undefined when none does. */
  at(offset: number): MappedExtent<T> | undefined {
    const run = this.#runs.at(this.#runs.seek(offset));
    return run === undefined || run.start > offset ? undefined : piece(run, run.start, run.end);
  }

  /** The pieces inside of the extent, cut to it, in order. */
  *within(extent: Extent): IterableIterator<MappedExtent<T>> {
    const end = endOf(extent);
    let at = this.#runs.seek(extent.offset);
    for (let run = this.#runs.at(at); run !== undefined && run.start < end; run = this.#runs.at(at)) {
      yield piece(run, Math.max(run.start, extent.offset), Math.min(run.end, end));
      at = this.#runs.next(at);
    }
  }

  /** What of the extent has no value, in order. */
  *gaps(extent: Extent): IterableIterator<Extent> {
    let at = extent.offset;
    for (const found of this.within(extent)) {
      if (found.offset > at) yield { offset: at, length: found.offset - at };
      at = endOf(found);
    }
    if (at < endOf(extent)) yield { offset: at, length: endOf(extent) - at };
  }

  [Symbol.iterator](): IterableIterator<MappedExtent<T>> {
    return this.within({ offset: 0, length: Number.MAX_SAFE_INTEGER });
  }

  #replace(extent: Extent, item: Item<T> | undefined): void {
    const end = endOf(extent);
    const from = this.#runs.seek(extent.offset);
    const before: Run<Item<T>>[] = [];
    const after: Run<Item<T>>[] = [];
    let to = from;
    for (let run = this.#runs.at(to); run !== undefined && run.start < end; run = this.#runs.at(to)) {
      if (run.start < extent.offset) before.push({ start: run.start, end: extent.offset, item: run.item });
      if (run.end > end) after.push({ start: end, end: run.end, item: run.item });
      this.#totalBytes -= Math.min(run.end, end) - Math.max(run.start, extent.offset);
      to = this.#runs.next(to);
    }
    const between = item === undefined ? [] : [{ start: extent.offset, end, item }];
    this.#runs.replace(from, to, [...before, ...between, ...after]);
  }
}

function piece<T>(run: Run<Item<T>>, start: number, end: number): MappedExtent<T> {
  return { offset: start, length: end - start, value: run.item.value, skip: start - run.item.origin };
}
