export interface Timer {
  readonly atMicros: number;
  /** Order of creation: decides between timers of one moment. */
  readonly number: number;
  /** undefined once it was taken back. */
  callback: (() => void) | undefined;
}

/** Timers, earliest first; those of one moment in the order of their creation. A binary heap. */
export class TimerQueue {
  readonly #heap: Timer[] = [];

  push(timer: Timer): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(timer);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !before(timer, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = timer;
  }

  /** The earliest timer that was not taken back; it stays. */
  peek(): Timer | undefined {
    while (this.#heap[0] !== undefined && this.#heap[0].callback === undefined) this.#removeFirst();
    return this.#heap[0];
  }

  pop(): Timer | undefined {
    const first = this.peek();
    if (first !== undefined) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      const left = heap[below];
      if (left === undefined) break;
      const right = heap[below + 1];
      const child = right !== undefined && before(right, left) ? right : left;
      if (child === right) below += 1;
      if (!before(child, last)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = last;
  }
}

function before(one: Timer, other: Timer): boolean {
  return one.atMicros < other.atMicros || (one.atMicros === other.atMicros && one.number < other.number);
}
