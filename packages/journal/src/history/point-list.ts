import { assert } from "@leeward/base";
import type { PointEntry } from "../manifest/entry.ts";

/** A point, and what happened to it since. */
export interface HeldPoint extends PointEntry {
  readonly withdrawn: boolean;
}

/**
 * Points by time (equal times by number), with those taken from the front counted, not moved: a list of a million points drops
 * its oldest in constant time.
 */
export class PointList {
  #items: HeldPoint[] = [];
  #start = 0;
  readonly #byId = new Map<string, HeldPoint>();

  get count(): number {
    return this.#items.length - this.#start;
  }

  /** The oldest is 0. */
  at(index: number): HeldPoint | undefined {
    return index < 0 ? undefined : this.#items[this.#start + index];
  }

  byId(id: string): HeldPoint | undefined {
    return this.#byId.get(id);
  }

  add(point: HeldPoint): void {
    assert(!this.#byId.has(point.id), "a point is added once");
    let at = this.#items.length;
    for (
      let before = this.#items[at - 1];
      at > this.#start && before !== undefined && isLater(before, point);
      before = this.#items[at - 1]
    )
      at -= 1;
    this.#items.splice(at, 0, point);
    this.#byId.set(point.id, point);
  }

  /** Puts a changed point in the place of the one with its id and time. */
  replace(point: HeldPoint): void {
    const index = this.indexOf(point.id);
    assert(index !== undefined, "only a held point is replaced");
    this.#items[this.#start + index] = point;
    this.#byId.set(point.id, point);
  }

  dropOldest(count: number): void {
    assert(count <= this.count, "no more points are dropped than there are");
    for (let index = 0; index < count; index += 1) this.#byId.delete(this.at(index)?.id ?? "");
    this.#start += count;
    if (this.#start > 1024 && this.#start * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Takes points out, wherever they stand. */
  remove(ids: ReadonlySet<string>): void {
    for (const id of ids) this.#byId.delete(id);
    this.#items = this.#items.slice(this.#start).filter(({ id }) => !ids.has(id));
    this.#start = 0;
  }

  indexOf(id: string): number | undefined {
    const point = this.#byId.get(id);
    if (point === undefined) return undefined;
    let index = this.#firstFrom(point.timeMicros);
    while (this.at(index)?.id !== id) index += 1;
    return index;
  }

  /** How many points have a time at or before `micros`. */
  countUntil(micros: number): number {
    return this.#firstFrom(micros + 1);
  }

  /** Index of the first point at or after `micros`. */
  #firstFrom(micros: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.at(middle)?.timeMicros ?? 0) >= micros) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  *[Symbol.iterator](): IterableIterator<HeldPoint> {
    for (let index = this.#start; index < this.#items.length; index += 1) {
      const item = this.#items[index];
      if (item !== undefined) yield item;
    }
  }
}

function isLater(a: PointEntry, b: PointEntry): boolean {
  return a.timeMicros > b.timeMicros || (a.timeMicros === b.timeMicros && a.number > b.number);
}
