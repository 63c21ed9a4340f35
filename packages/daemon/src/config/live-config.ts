// The configuration while the daemon runs. Invariant: `value` is always a whole configuration that was accepted; a file that cannot be
// used changes nothing and is reported by name, and settings that need a start keep the value that the daemon started with.
import { Fault, Waiters } from "@leeward/base";
import type { Trace } from "../trace/trace.ts";
import { type ConfigSource, readConfig } from "./config-file.ts";
import type { SettingsOf, SettingTable } from "./setting.ts";

export class LiveConfig<T extends SettingTable> {
  readonly #source: ConfigSource<T>;
  readonly #trace: Trace;
  readonly #changed = new Waiters();
  #value: SettingsOf<T>;
  #fault: Fault | undefined;

  private constructor(source: ConfigSource<T>, trace: Trace, value: SettingsOf<T>) {
    this.#source = source;
    this.#trace = trace;
    this.#value = value;
  }

  /** @throws Fault `config-invalid`, `setting-unknown`, `setting-invalid`: a daemon does not start on what it cannot use */
  static async open<T extends SettingTable>(source: ConfigSource<T>, trace: Trace): Promise<LiveConfig<T>> {
    return new LiveConfig(source, trace, await readConfig(source));
  }

  get value(): SettingsOf<T> {
    return this.#value;
  }

  /** Why the file as it is now is not in force; undefined when it is. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Resolves at the next change of `value` or `fault`. */
  changed(): Promise<void> {
    return this.#changed.next();
  }

  /** Reads the file again. What it says of live settings is in force afterwards, or the last good values are kept. */
  async reload(): Promise<void> {
    try {
      const next = await readConfig(this.#source);
      const mended = this.#fault !== undefined;
      this.#fault = undefined;
      this.#adopt(next);
      if (mended) this.#changed.notify();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.#fault = error;
      this.#changed.notify();
      this.#trace.warn("The changed configuration is not used; the last good one stays.", { fault: error });
    }
  }

  #adopt(next: SettingsOf<T>): void {
    const kept: Record<string, unknown> = {};
    const waiting: string[] = [];
    let changes = 0;
    for (const [key, setting] of Object.entries(this.#source.table)) {
      const same = JSON.stringify(next[key]) === JSON.stringify(this.#value[key]);
      if (!same && !setting.live) waiting.push(key);
      if (!same && setting.live) changes += 1;
      if (!setting.live) kept[key] = this.#value[key];
    }
    if (waiting.length > 0) this.#trace.warn("Changed settings wait for the next start.", { keys: waiting.join(", ") });
    if (changes === 0) return;
    this.#value = { ...next, ...kept };
    this.#trace.info("The configuration changed.", { changes });
    this.#changed.notify();
  }
}
