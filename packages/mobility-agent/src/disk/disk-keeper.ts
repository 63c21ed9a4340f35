import { anySignal, Fault, firstOf, isFault, orAborted, reconnectDelayMs, retryDelayMs, Waiters } from "@leeward/base";
import type { Extent } from "@leeward/block";
import type { EventReport, Mark } from "@leeward/proto";
import type { ComparedExtents, HeldDigests, SettledMark } from "@leeward/splitter";
import type { Clock } from "@leeward/world";
import { diskNotServed } from "../faults.ts";
import type { Discontinuity, ResyncCause } from "./branch-file.ts";
import type { DiskFacts, DiskHost, DiskPolicy, DiskSettings, LiveDisk, ResyncOptions } from "./disk-host.ts";
import { DiskPresence } from "./disk-presence.ts";

export interface DiskKeeperOptions {
  readonly clock: Clock;
  /** Looks at the disk as it is now, and refuses what may not be protected. */
  readonly settle: () => Promise<DiskSettings>;
  readonly openHost: (settings: DiskSettings) => DiskHost;
  /** Told when the disk's state, address or faults are others, or it is complete; not of every record. */
  readonly onState: () => void;
  /** Told when the disk begins to be copied again as a whole. */
  readonly onResync: (cause: ResyncCause) => void;
  /** Told of what people should know. */
  readonly onEvent?: (event: EventReport) => void;
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
  readonly #presence: DiskPresence;
  #host: DiskHost | undefined;
  #fault: Fault | undefined;
  #told = "";
  #toldResync = 0;
  #retried = 0;
  #released = false;

  /** `settings` stand until the disk has been looked at. */
  constructor(options: DiskKeeperOptions, settings: DiskSettings) {
    this.#options = options;
    this.#settings = settings;
    this.#presence = new DiskPresence(settings);
  }

  get settings(): DiskSettings {
    return this.#settings;
  }

  /** Of the host that is open now. */
  get live(): LiveDisk | undefined {
    return this.#host?.live;
  }

  /** Why the disk is not served, when it is not. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  facts(): DiskFacts | undefined {
    return this.#host?.facts();
  }

  changed(): Promise<void> {
    return this.#waiters.next();
  }

  async settleMark(mark: Mark): Promise<SettledMark | undefined> {
    return this.#host?.settleMark(mark);
  }

  async settleWrites(): Promise<void> {
    await this.#host?.settleWrites();
  }

  journaled(branch: string, sequence: number): void {
    this.#host?.journaled(branch, sequence);
  }

  deposited(branch: string, sequence: number): void {
    this.#host?.deposited(branch, sequence);
  }

  resync(branch: string, cause: Discontinuity): void {
    this.#host?.resync(branch, cause);
  }

  async compare(held: HeldDigests): Promise<ComparedExtents> {
    return this.#served().compare(held);
  }

  async recopy(branch: string, extents: readonly Extent[]): Promise<void> {
    await this.#served().recopy(branch, extents);
  }

  async beginResync(how?: ResyncOptions): Promise<SettledMark> {
    return this.#served().beginResync(how);
  }

  /** What the disk was refused for may be over: a disk that waits is tried at once. */
  retry(): void {
    this.#retried += 1;
    this.#waiters.notify();
  }

  setPolicy(policy: DiskPolicy): void {
    this.#settings = { ...this.#settings, policy };
    this.#host?.setPolicy(policy);
  }

  release(): void {
    this.#released = true;
    this.#host?.release();
    this.retry();
  }

  async run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    while (!signal.aborted && !this.#released) {
      const fault = await this.#serve(signal);
      if (fault === undefined) return;
      attempt = fault.servedLong ? 1 : attempt + 1;
      this.#fault = fault.fault;
      this.#tell(this.#presence.ended(fault.fault));
      this.#notify();
      // It is there, and is only to be opened again.
      if (fault.fault.code === "disk-resized" && fault.servedLong) continue;
      const delayMs = fault.fault.kind === "transient" ? reconnectDelayMs(attempt) : retryDelayMs(attempt);
      await this.#rest(delayMs, signal);
    }
  }

  /** @throws Fault `disk-not-served` */
  #served(): DiskHost {
    if (this.#host === undefined) throw diskNotServed(this.#settings);
    return this.#host;
  }

  #tell(event: EventReport | undefined): void {
    if (event !== undefined) this.#options.onEvent?.(event);
  }

  /** Waits for the time to pass, or to be told to try at once. */
  async #rest(delayMs: number, signal: AbortSignal): Promise<void> {
    const before = this.#retried;
    try {
      await firstOf(signal, [
        (either) => this.#options.clock.sleep(delayMs, either),
        (either) => this.#waiters.until(() => this.#retried !== before, either),
      ]);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Serves the disk until it ends; undefined when it was asked to. */
  async #serve(signal: AbortSignal): Promise<{ fault: Fault; servedLong: boolean } | undefined> {
    let served = false;
    try {
      const settings = await orAborted(this.#options.settle(), signal);
      this.#settings = { ...settings, policy: this.#settings.policy };
      if (this.#released) return undefined;
      await using host = this.#options.openHost(this.#settings);
      this.#host = host;
      this.#waiters.notify();
      const ended = new AbortController();
      const following = this.#follow(host, anySignal([signal, ended.signal]), () => {
        served = true;
      });
      try {
        await host.run(signal);
      } finally {
        ended.abort();
        await following;
      }
      return undefined;
    } catch (error) {
      if (signal.aborted && (error === signal.reason || isFault(error))) return undefined;
      if (!isFault(error)) throw error;
      return { fault: error, servedLong: served };
    } finally {
      this.#host = undefined;
      this.#notify();
    }
  }

  /** Passes the host's changes on until it has ended; once it is open, the last fault is over. */
  async #follow(host: DiskHost, signal: AbortSignal, onOpened: () => void): Promise<void> {
    while (!signal.aborted) {
      const changed = host.changed();
      if (host.facts() !== undefined && this.#host === host) {
        this.#fault = undefined;
        this.#tell(this.#presence.opened());
        onOpened();
      }
      this.#notify();
      await orAborted(changed, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  #notify(): void {
    this.#waiters.notify();
    const facts = this.#host?.facts();
    const { resync } = facts ?? {};
    if (resync !== undefined && resync.sinceMicros !== this.#toldResync) {
      this.#toldResync = resync.sinceMicros;
      this.#options.onResync(resync);
    }
    const codes = [...(facts?.faults ?? []), ...(this.#fault === undefined ? [] : [this.#fault])].map(
      ({ code }) => code,
    );
    const state = `${facts?.state} ${facts?.reverse?.complete} ${facts?.nbdUri} ${codes.join(" ")}`;
    if (state === this.#told) return;
    this.#told = state;
    this.#options.onState();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host?.[Symbol.asyncDispose]();
  }
}
