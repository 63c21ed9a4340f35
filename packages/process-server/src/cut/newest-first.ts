import type { Change } from "./change.ts";

/** The changes that are open at one place of the sweep, the one with the highest sequence on top: a binary heap. */
export class NewestFirst {
  readonly #heap: Change[] = [];

  get top(): Change | undefined {
    return this.#heap[0];
  }

  push(change: Change): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(change);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = heap[parentAt];
      if (parent === undefined || parent.sequence >= change.sequence) break;
      heap[at] = parent;
      at = parentAt;
    }
    heap[at] = change;
  }

  pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const child = this.#newerChild(at);
      if (child === undefined || child.change.sequence <= last.sequence) break;
      heap[at] = child.change;
      at = child.at;
    }
    heap[at] = last;
  }

  #newerChild(parentAt: number): { readonly at: number; readonly change: Change } | undefined {
    const at = parentAt * 2 + 1;
    const left = this.#heap[at];
    const right = this.#heap[at + 1];
    if (left === undefined) return undefined;
    return right !== undefined && right.sequence > left.sequence ? { at: at + 1, change: right } : { at, change: left };
  }
}
