interface Item<Value> {
  readonly loading: Promise<Value>;
  /** Once it is there. */
  value: Value | undefined;
  bytes: number;
}

/**
 * Keeps what was loaded, the most recently used up to a number of bytes. Those who ask for what is being loaded share the load; a load that
 * fails is forgotten.
 */
export class BoundedCache<Value> {
  readonly #bytesMax: number;
  readonly #weigh: (value: Value) => number;
  /** In the order of use, the oldest first. */
  readonly #items = new Map<string, Item<Value>>();
  #bytes = 0;

  constructor(bytesMax: number, weigh: (value: Value) => number) {
    this.#bytesMax = bytesMax;
    this.#weigh = weigh;
  }

  /** Of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is kept, at once; undefined when it would have to be loaded or waited for. */
  peek(key: string): Value | undefined {
    const found = this.#items.get(key);
    if (found?.value !== undefined) this.#use(key, found);
    return found?.value;
  }

  async get(key: string, load: () => Promise<Value>): Promise<Value> {
    const found = this.#items.get(key);
    if (found !== undefined) {
      this.#use(key, found);
      return found.loading;
    }
    const item: Item<Value> = { loading: load(), value: undefined, bytes: 0 };
    this.#items.set(key, item);
    try {
      const value = await item.loading;
      item.value = value;
      item.bytes = this.#weigh(value);
      this.#bytes += item.bytes;
      this.#shrink();
      return value;
    } catch (error) {
      if (this.#items.get(key) === item) this.#items.delete(key);
      throw error;
    }
  }

  #use(key: string, item: Item<Value>): void {
    this.#items.delete(key);
    this.#items.set(key, item);
  }

  #shrink(): void {
    for (const [key, item] of this.#items) {
      if (this.#bytes <= this.#bytesMax) return;
      // What is still being loaded weighs nothing yet, and stays for those who wait.
      if (item.bytes === 0) continue;
      this.#items.delete(key);
      this.#bytes -= item.bytes;
    }
  }
}
