const PAGE_BYTES = 4096;

/** A file's content in memory: pages made when they are written; what was never written reads as zeroes. */
export class SparseBytes {
  readonly #pages = new Map<number, Uint8Array>();
  #sizeBytes = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** Bytes that it takes in memory, and so on the simulated disk. */
  get allocatedBytes(): number {
    return this.#pages.size * PAGE_BYTES;
  }

  copy(): SparseBytes {
    const copy = new SparseBytes();
    for (const [index, page] of this.#pages) copy.#pages.set(index, page.slice());
    copy.#sizeBytes = this.#sizeBytes;
    return copy;
  }

  /** Fills `target` from `position`; returns how many bytes there were. */
  read(target: Uint8Array, position: number): number {
    const length = Math.max(0, Math.min(target.length, this.#sizeBytes - position));
    for (const run of pageRuns(position, length)) {
      const page = this.#pages.get(run.page);
      const into = target.subarray(run.done, run.done + run.length);
      if (page === undefined) into.fill(0);
      else into.set(page.subarray(run.start, run.start + run.length));
    }
    return length;
  }

  write(bytes: Uint8Array, position: number): void {
    for (const run of pageRuns(position, bytes.length)) {
      let page = this.#pages.get(run.page);
      if (page === undefined) {
        page = new Uint8Array(PAGE_BYTES);
        this.#pages.set(run.page, page);
      }
      page.set(bytes.subarray(run.done, run.done + run.length), run.start);
    }
    if (bytes.length > 0) this.#sizeBytes = Math.max(this.#sizeBytes, position + bytes.length);
  }

  /** How many bytes of new pages a write there would take. */
  growthBytes(position: number, length: number): number {
    let missing = 0;
    for (const run of pageRuns(position, length)) if (!this.#pages.has(run.page)) missing += 1;
    return missing * PAGE_BYTES;
  }

  resize(sizeBytes: number): void {
    if (sizeBytes < this.#sizeBytes) {
      for (const index of [...this.#pages.keys()]) if (index * PAGE_BYTES >= sizeBytes) this.#pages.delete(index);
      this.#pages.get(Math.floor(sizeBytes / PAGE_BYTES))?.fill(0, sizeBytes % PAGE_BYTES);
    }
    this.#sizeBytes = sizeBytes;
  }
}

interface PageRun {
  readonly page: number;
  readonly start: number;
  readonly length: number;
  readonly done: number;
}

function* pageRuns(position: number, length: number): Generator<PageRun> {
  for (let done = 0; done < length; ) {
    const start = (position + done) % PAGE_BYTES;
    const run = Math.min(PAGE_BYTES - start, length - done);
    yield { page: (position + done - start) / PAGE_BYTES, start, length: run, done };
    done += run;
  }
}
