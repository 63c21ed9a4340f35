import { Fault, isFault, orAborted, reconnectDelayMs, retryDelayMs, Waiters } from "@leeward/base";
import type { Clock } from "@leeward/world";
import type { Mark } from "@leeward/proto";
import type { SettledMark } from "@leeward/splitter";
import type { DiskFacts, DiskHost, DiskPolicy, DiskSettings } from "./disk-host.ts";

export interface DiskKeeperOptions {
  readonly clock: Clock;
  /** Looks at the disk as it is now, and refuses what may not be protected. */
  readonly settle: () => Promise<DiskSettings>;
  readonly openHost: (settings: DiskSettings) => DiskHost;
}

/**
 * Keeps one disk served: opens it, and opens it again after it ended unasked or could not be opened. It is the disk's lasting face:
 * whoever holds it sees the newest host's facts.
 *
 * A fault that passes is tried again soon, one that a person must mend on the retry schedule, so that nobody has to restart the
 * agent afterwards.
 */
export class DiskKeeper implements DiskHost {
  readonly #options: DiskKeeperOptions;
  readonly #waiters = new Waiters();
  #settings: DiskSettings;
  #host: DiskHost | undefined;
  #fault: Fault | undefined;

  /** `settings` stand until the disk has been looked at. */
  constructor(options: DiskKeeperOptions, settings: DiskSettings) {
    this.#options = options;
    this.#settings = settings;
  }

  get settings(): DiskSettings {
    return this.#settings;
  }

  /** Why the disk is not served, when it is not. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  facts(): DiskFacts | undefined {
    return this.#host?.facts();
  }

  changed(): Promise<void> {
    return this.#host === undefined ? this.#waiters.next() : Promise.race([this.#host.changed(), this.#waiters.next()]);
  }

  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    return this.#host?.settleMark(mark);
  }

  journaled(branch: string, sequence: number): void {
    this.#host?.journaled(branch, sequence);
  }

  setPolicy(policy: DiskPolicy): void {
    this.#settings = { ...this.#settings, policy };
    this.#host?.setPolicy(policy);
  }

  async run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      const fault = await this.#serve(signal);
      if (fault === undefined) return;
      attempt = fault.servedLong ? 1 : attempt + 1;
      this.#fault = fault.fault;
      this.#waiters.notify();
      const delayMs = fault.fault.kind === "transient" ? reconnectDelayMs(attempt) : retryDelayMs(attempt);
      await this.#options.clock.sleep(delayMs, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  /** Serves the disk until it ends; undefined when it was asked to. */
  async #serve(signal: AbortSignal): Promise<{ fault: Fault; servedLong: boolean } | undefined> {
    let served = false;
    try {
      const settings = await orAborted(this.#options.settle(), signal);
      this.#settings = { ...settings, policy: this.#settings.policy };
      await using host = this.#options.openHost(this.#settings);
      this.#host = host;
      this.#waiters.notify();
      const running = host.run(signal);
      const opened = this.#clearFaultWhenOpened(host, signal).then(() => {
        served = true;
      });
      opened.catch(() => undefined);
      await running;
      return undefined;
    } catch (error) {
      if (signal.aborted && (error === signal.reason || isFault(error))) return undefined;
      if (!isFault(error)) throw error;
      return { fault: error, servedLong: served };
    } finally {
      this.#host = undefined;
      this.#waiters.notify();
    }
  }

  async #clearFaultWhenOpened(host: DiskHost, signal: AbortSignal): Promise<void> {
    for (;;) {
      const changed = host.changed();
      if (host.facts() !== undefined) break;
      await orAborted(changed, signal);
      if (this.#host !== host) return;
    }
    this.#fault = undefined;
    this.#waiters.notify();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host?.[Symbol.asyncDispose]();
  }
}
