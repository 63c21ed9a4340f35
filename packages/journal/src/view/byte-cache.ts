/** A value that is kept, and how many bytes of memory it stands for. */
interface Kept<V> {
  readonly value: V;
  readonly bytes: number;
}

/**
 * Values by key, the least recently used ones forgotten when they stand for more than `bytesMax` together. A value that is being
 * loaded is loaded once, whoever asks; what fails to load is not kept.
 */
export class ByteCache<V> {
  readonly #bytesMax: number;
  readonly #bytesOf: (value: V) => number;
  readonly #kept = new Map<string, Kept<V>>();
  readonly #loading = new Map<string, Promise<V>>();
  #bytes = 0;

  constructor(options: { bytesMax: number; bytesOf: (value: V) => number }) {
    this.#bytesMax = options.bytesMax;
    this.#bytesOf = options.bytesOf;
  }

  /** Bytes that are kept now. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The value when it is there, without waiting. */
  peek(key: string): V | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return kept.value;
  }

  async get(key: string, load: () => Promise<V>): Promise<V> {
    const there = this.peek(key);
    if (there !== undefined) return there;
    const loading = this.#loading.get(key);
    if (loading !== undefined) return loading;
    const started = this.#load(key, load);
    this.#loading.set(key, started);
    return started;
  }

  /** Forgets every value whose key begins with `prefix`. */
  forget(prefix: string): void {
    for (const [key, kept] of this.#kept) {
      if (!key.startsWith(prefix)) continue;
      this.#kept.delete(key);
      this.#bytes -= kept.bytes;
    }
  }

  async #load(key: string, load: () => Promise<V>): Promise<V> {
    try {
      const value = await load();
      this.#keep(key, value);
      return value;
    } finally {
      this.#loading.delete(key);
    }
  }

  #keep(key: string, value: V): void {
    const bytes = this.#bytesOf(value);
    this.#kept.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const [oldest, kept] of this.#kept) {
      if (this.#bytes <= this.#bytesMax || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= kept.bytes;
    }
  }
}
