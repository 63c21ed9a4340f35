import { assert } from "@leeward/base";
import { type Extent, overlaps } from "./extent.ts";

/** The right to an extent. Released once, or by leaving the scope of a `using`. */
export interface Lock extends Disposable {
  readonly extent: Extent;
  release(): void;
}

/**
 * Exclusive locks on ranges of one disk.
 *
 * Invariant: of two overlapping requests, the one that asked first holds first, and never both at once. So whatever is done in
 * order under the lock (taking a sequence, writing the disk) has that order on the disk. The worst outcome of a mistake here is
 * a log whose order is not the disk's.
 *
 * Requests that do not overlap never wait for one another. Each call looks at all requests under way, so their number should
 * be bounded by the caller (hundreds, not millions).
 */
export class RangeLock {
  #first: Request | undefined;
  #last: Request | undefined;
  #count = 0;

  /** Requests that hold or wait. */
  get count(): number {
    return this.#count;
  }

  /** The lock at once, or undefined when an overlapping request holds or waits. */
  tryAcquire(extent: Extent): Lock | undefined {
    for (let other = this.#first; other !== undefined; other = other.next) {
      if (overlaps(other.extent, extent)) return undefined;
    }
    return this.#append(extent, 0);
  }

  /** Resolves when every overlapping request that asked before has released. */
  acquire(extent: Extent): Promise<Lock> {
    let blockers = 0;
    for (let other = this.#first; other !== undefined; other = other.next) {
      if (overlaps(other.extent, extent)) blockers += 1;
    }
    const request = this.#append(extent, blockers);
    if (blockers === 0) return Promise.resolve(request);
    const { promise, resolve } = Promise.withResolvers<Lock>();
    request.granted = resolve;
    return promise;
  }

  #append(extent: Extent, blockers: number): Request {
    const request = new Request(extent, blockers, (released) => this.#remove(released));
    request.previous = this.#last;
    if (this.#last === undefined) this.#first = request;
    else this.#last.next = request;
    this.#last = request;
    this.#count += 1;
    return request;
  }

  #remove(request: Request): void {
    if (request.previous === undefined) this.#first = request.next;
    else request.previous.next = request.next;
    if (request.next === undefined) this.#last = request.previous;
    else request.next.previous = request.previous;
    this.#count -= 1;
    for (let later = request.next; later !== undefined; later = later.next) {
      if (later.blockers === 0 || !overlaps(later.extent, request.extent)) continue;
      later.blockers -= 1;
      if (later.blockers === 0) later.granted?.(later);
    }
  }
}

class Request implements Lock {
  readonly extent: Extent;
  /** Overlapping requests before this one that have not released. At 0 this one holds. */
  blockers: number;
  granted: ((lock: Lock) => void) | undefined;
  previous: Request | undefined;
  next: Request | undefined;
  #remove: ((request: Request) => void) | undefined;

  constructor(extent: Extent, blockers: number, remove: (request: Request) => void) {
    this.extent = extent;
    this.blockers = blockers;
    this.#remove = remove;
  }

  release(): void {
    assert(this.#remove !== undefined && this.blockers === 0, "a lock is released once, by who holds it");
    const remove = this.#remove;
    this.#remove = undefined;
    remove(this);
  }

  [Symbol.dispose](): void {
    if (this.#remove !== undefined) this.release();
  }
}
